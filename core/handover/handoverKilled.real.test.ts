import { execFileSync, spawn } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { bundleProgram } from '#core/bundleProgram.fixture.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { TaskKind } from '#core/contract/tasks.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { type HandoverFixture, openHandover } from './handover.fixture.ts';

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
  const digest = createHash('sha256').update([seed, ...words].join(' '));
  return digest.digest().readUInt32BE() / 2 ** 32;
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

const why = whyMissing('tiny');

describe.skipIf(why !== null)(
  `handing over that is killed with SIGKILL (seed ${seed})`,
  () => {
    let base: string;
    let program: string;
    let f: HandoverFixture;
    let made: Workspace;
    let before: string;

    beforeAll(async () => {
      base = mkdtempSync(join(tmpdir(), 'handover-killed-'));
      program = await bundleProgram(new URL('./worker.fixture.ts', import.meta.url), join(base, 'bundle'));
    });
    afterAll(() => {
      sh('chmod -R u+rwX "$1"', base);
      rmSync(base, { recursive: true, force: true });
    });
    beforeEach(async () => {
      f = await openHandover({ folder: mkdtempSync(join(base, 'run-')) });
      made = await f.make(
        'tools',
        'for i in $(seq 1 20); do mkdir d$i; for j in $(seq 1 40); do echo $i.$j >d$i/f$j; done; done; chmod 555 d7; head -c 8000000 /dev/urandom >big',
      );
      before = treeOf(join(made.folder, 'home'));
    });

    /** Runs work in a process of its own and kills it after so many milliseconds, with all that it started or alone. */
    async function killed(kind: TaskKind, input: object, isWhole: boolean, mostMs: number): Promise<void> {
      const child = spawn(process.execPath, [program, f.folder, kind, JSON.stringify(input)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = once(child, 'exit');
      await once(child.stdout, 'data');
      await after(chance(kind, JSON.stringify(input).length, `${isWhole}`) * mostMs);
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
          .filter((line) => line.includes(f.folder) && !line.startsWith('Z'));
      await vi.waitFor(() => expect(workers()).toEqual([]), { timeout: 20_000, interval: 20 });
      await f.workspaces.removeLeftovers(localHostId);
      sh(
        '[ ! -d "$1" ] || find "$1" -maxdepth 3 -name ".making-*" -type d -empty -delete',
        join(f.folder, 'workspaces'),
      );
    }

    const hidden = (place: string) =>
      existsSync(place) ? readdirSync(place).filter((name) => name.startsWith('.')) : [];
    const pack = { hostId: localHostId, overwrite: false, compression: null, confirmed: [], folder: null };
    const adopt = (path: string, name: string, form: string | null) => ({
      hostId: localHostId,
      from: { kind: 'file', hostId: localHostId, path: hostPathFromText(path) },
      name,
      parent: null,
      form,
    });

    /** What a killed work left goes with the next one of its kind; a file with its final name is whole. */
    async function expectWhole(fileName: string): Promise<void> {
      const file = join(f.folder, fileName);
      const isThere = existsSync(file);
      if (!isThere) await f.run('workspace.pack', { ...pack, id: made.id, fileName });
      await f.run('workspace.adopt', adopt(file, 'whole', 'unpacked'));
      expect(treeOf(join((await f.one(localHostId, 'whole')).folder, 'home'))).toBe(before);
      if (isThere) await f.run('workspace.pack', { ...pack, id: made.id, fileName: 'next.sif' });
      expect(hidden(f.folder)).toEqual([]);
      expect(treeOf(join(made.folder, 'home'))).toBe(before);
    }

    const whole = [false, true];
    it.each(whole)('leaves no half-packed file (all of it: %s)', async (isWhole) => {
      await killed('workspace.pack', { ...pack, id: made.id, fileName: 'out.sif' }, isWhole, 900);
      await expectWhole('out.sif');
    });

    it.each(whole)('leaves no image with half a workspace (all of it: %s)', async (isWhole) => {
      const image = testbed().tiny.sif;
      const input = { ...pack, id: made.id, fileName: 'out.sif', imagePath: image, folder: f.folder };
      await killed('workspace.embed', input, isWhole, 900);
      await expectWhole('out.sif');
    });

    it.each(whole)('leaves no half-unpacked files below a workspace (all of it: %s)', async (isWhole) => {
      await f.run('workspace.pack', { ...pack, id: made.id, fileName: 'out.sif' });
      await f.run('workspace.adopt', adopt(join(f.folder, 'out.sif'), 'theirs', null));
      const { id, folder } = await f.one(localHostId, 'theirs');
      const input = { hostId: localHostId, id };
      await killed('workspace.unpackBelow', input, isWhole, 900);
      const image = hostPathFromText(testbed().tiny.sif);
      const { below } = await f.one(localHostId, 'theirs');
      expect(
        readdirSync(folder)
          .filter((name) => name !== 'leases' && name !== '.unpack-wanted')
          .sort(),
      ).toEqual(
        ['home', below === 'files' ? 'lower' : 'packed.sif', 'upper', 'work', 'workspace.json'].sort(),
      );
      const { stdout, stderr } = await f.inside(await f.one(localHostId, 'theirs'), image, 'cat', 'd20/f40');
      expect(stdout + stderr).toBe('20.40\n');
      // The next start takes up what was cut.
      const isCut = below === 'packed';
      expect(await f.handover.unpackingsWanted(localHostId)).toEqual(isCut ? [input] : []);
      expect(await f.handover.isToUnpack(input)).toBe(isCut);
      await f.run('workspace.unpackBelow', input);
      expect(await f.handover.unpackingsWanted(localHostId)).toEqual([]);
      expect(treeOf(join(folder, 'lower'))).toBe(before);
      expect(hidden(folder)).toEqual([]);
    });

    it.each(['over', 'unpacked'])('leaves no half-adopted workspace: %s', async (form) => {
      await f.run('workspace.pack', { ...pack, id: made.id, fileName: 'out.sif' });
      await killed('workspace.adopt', adopt(join(f.folder, 'out.sif'), 'theirs', form), form === 'over', 700);
      expect(hidden(join(f.folder, 'workspaces'))).toEqual([]);
      const { workspaces, broken } = await f.workspaces.list(localHostId);
      expect(broken).toEqual([]);
      const theirs = workspaces.find(({ name }) => name === 'theirs');
      if (theirs?.layered === null) expect(treeOf(join(theirs.folder, 'home'))).toBe(before);
      if (theirs === undefined)
        await f.run('workspace.adopt', adopt(join(f.folder, 'out.sif'), 'theirs', form));
      await expectWhole('out.sif');
    });
  },
  60_000,
);
