import { execFileSync, spawn } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { bundleProgram } from '#core/bundleProgram.fixture.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import type { TaskKind } from '#core/contract/tasks.ts';
import { createWorkspacesFixture, type WorkspacesFixture } from './workspaces.fixture.ts';

const sh = (script: string, ...words: string[]) =>
  execFileSync('sh', ['-c', script, 'sh', ...words], { encoding: 'latin1' });
const treeOf = (folder: string) =>
  sh(
    `cd "$1" && { find . -mindepth 1 -printf '%P %y %m %l\\0'; find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum; } | LC_ALL=C sort -z | sha256sum`,
    folder,
  );

/** In the name of every test: with it in MYSINGULARITY_SEED the same moments come again. */
const seed = Number(process.env['MYSINGULARITY_SEED'] ?? randomInt(2 ** 31));

/** At random from 0 to 1, and the same for the same seed and words. */
function chance(...words: readonly (string | number)[]): number {
  return (
    createHash('sha256')
      .update([seed, ...words].join(' '))
      .digest()
      .readUInt32BE() /
    2 ** 32
  );
}

/** A process and all that it started, as /proc tells. */
function family(processId: number): readonly number[] {
  const parents = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])] as const];
    } catch {
      return []; // gone meanwhile
    }
  });
  const found = [processId];
  for (const one of found) for (const [id, parent] of parents) if (parent === one) found.push(id);
  return found;
}

describe(`work on workspaces that is killed with SIGKILL (seed ${seed})`, () => {
  let base: string;
  let program: string;
  let folder: string;
  let fixture: WorkspacesFixture;
  const parent = () => join(folder, 'workspaces');
  const home = (name: string) => join(parent(), name, 'home');

  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), 'workspaces-killed-'));
    program = await bundleProgram(new URL('./worker.fixture.ts', import.meta.url), join(base, 'bundle'));
    sh(
      `mkdir -p "$1/source" && cd "$1/source" && for i in $(seq 1 30); do mkdir d$i; for j in $(seq 1 30); do echo $i.$j >d$i/f$j; done; done; chmod 555 d7 d8`,
      base,
    );
  });
  afterAll(() => {
    sh('chmod -R u+rwX "$1"', base);
    rmSync(base, { recursive: true, force: true });
  });
  beforeEach(() => {
    folder = mkdtempSync(join(base, 'run-'));
    mkdirSync(parent());
    fixture = createWorkspacesFixture({ folder });
  });

  /** Runs work in a process of its own and kills it after so many milliseconds, with all that it started or alone. */
  async function killed(
    kind: TaskKind,
    input: object,
    { afterMs, isWhole }: { readonly afterMs: number; readonly isWhole: boolean },
  ): Promise<void> {
    const child = spawn(process.execPath, [program, folder, kind, JSON.stringify(input)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');
    await after(afterMs);
    for (const id of isWhole ? family(child.pid ?? 0) : [child.pid ?? 0]) {
      try {
        process.kill(id, 'SIGKILL');
      } catch {
        // it has ended by itself
      }
    }
    await exited;
    const workers = () =>
      execFileSync('ps', ['-eo', 'stat,args'], { encoding: 'utf8' })
        .split('\n')
        .filter((line) => line.includes(folder) && !line.startsWith('Z'));
    await vi.waitFor(() => expect(workers()).toEqual([]), { timeout: 20_000, interval: 20 });
    await fixture.workspaces.removeLeftovers(fixture.host.id);
    // Killed before it could say whose it is: nothing is in it yet, and it goes when it is old.
    sh('find "$1" -maxdepth 3 -name ".making-*" -type d -empty -delete', parent());
  }

  const hidden = (place: string) =>
    existsSync(place) ? readdirSync(place).filter((name) => name.startsWith('.')) : [];

  /** The workbench alone, and with all that it started. */
  const whole = [false, true];
  it.each(whole)('leaves no half-made workspace (all of it: %s)', async (isWhole) => {
    const source = join(base, 'source');
    const before = treeOf(source);
    const from = { kind: 'folder', path: hostPathFromText(source) };
    const input = { name: 'made', description: '', parent: null, from, imagePath: null };
    await killed('workspace.create', input, { afterMs: chance('create', `${isWhole}`) * 400, isWhole });
    expect(hidden(parent())).toEqual([]);
    const { workspaces, broken } = await fixture.workspaces.list(fixture.host.id);
    expect(broken).toEqual([]);
    for (const { name } of workspaces) expect(treeOf(home(name))).toBe(before);
    expect(treeOf(source)).toBe(before);
  });

  it.each(whole)('restores all or nothing (all of it: %s)', async (isWhole) => {
    const { id } = await fixture.create('work');
    sh('cp -a "$1/." "$2"', join(base, 'source'), home('work'));
    const first = treeOf(home('work'));
    await fixture.run('workspace.snapshot', { id, note: '' });
    sh('cd "$1" && rm -rf d1 && echo new >new', home('work'));
    const second = treeOf(home('work'));
    const snapshotId = (await fixture.one('work')).snapshots[0]?.id;
    const afterMs = chance('restore', `${isWhole}`) * 500;
    await killed('workspace.restore', { id, snapshotId }, { afterMs, isWhole });
    const { snapshots } = await fixture.one('work');
    const place = join(parent(), 'work', 'snapshots');
    expect(hidden(place)).toEqual([]);
    const kept = snapshots.filter((each) => each.id !== snapshotId);
    expect(treeOf(home('work'))).toBe(kept.length === 0 ? second : first);
    for (const each of kept) expect(treeOf(join(place, each.id, 'home'))).toBe(second);
    expect(treeOf(join(place, snapshotId ?? '', 'home'))).toBe(first);
  });

  it.each(whole)(
    'keeps a snapshot, or none; removes all of a workspace, or nothing (all of it: %s)',
    async (isWhole) => {
      const { id } = await fixture.create('work');
      sh('cp -a "$1/." "$2"', join(base, 'source'), home('work'));
      const tree = treeOf(home('work'));
      await killed(
        'workspace.snapshot',
        { id, note: '' },
        { afterMs: chance('snapshot', `${isWhole}`) * 400, isWhole },
      );
      const { snapshots } = await fixture.one('work');
      const place = join(parent(), 'work', 'snapshots');
      expect(hidden(place)).toEqual([]);
      for (const each of snapshots) expect(treeOf(join(place, each.id, 'home'))).toBe(tree);
      expect(treeOf(home('work'))).toBe(tree);
      await killed(
        'workspace.remove',
        { id, isForced: false },
        { afterMs: chance('remove', `${isWhole}`) * 200, isWhole },
      );
      expect(hidden(parent())).toEqual([]);
      const { workspaces, broken } = await fixture.workspaces.list(fixture.host.id);
      expect(broken).toEqual([]);
      for (const { name } of workspaces) expect(treeOf(home(name))).toBe(tree);
    },
  );

  it('mends a restoring that was cut between its two renames', async () => {
    const { id } = await fixture.create('work');
    await fixture.run('workspace.snapshot', { id, note: '' });
    const place = join(parent(), 'work', 'snapshots');
    sh(
      `cd "$1" && mkdir -p .restoring-later-1 && cd .restoring-later-1 && mkdir new && echo back >new/back && echo home >part &&
printf '{"version":1,"id":"later-1x","note":"n","createdAt":1,"bytes":null,"layeredDigest":null}' >snapshot.json && echo now >../../home/now && mv ../../home old`,
      place,
    );
    expect(await fixture.one('work')).toMatchObject({ id });
    expect(readdirSync(home('work'))).toEqual(['back']);
    expect(readdirSync(join(place, 'later-1', 'home'))).toEqual(['now']);
    expect(hidden(place)).toEqual([]);
  });
});
