import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundleProgram } from '#core/bundleProgram.fixture.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { Sandbox } from '#core/contract/sandboxes.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { openSandboxes } from './sandboxes.fixture.ts';

const reason = whyMissing('apptainer', 'tiny', 'user', 'subuid');
const seed = 20_261_120;
const kills = 2;
const folder = mkdtempSync(join(tmpdir(), 'sandbox-killed-'));
const work = join(folder, 'work');
const tree = join(work, 'tree');
let program: string;

/** Numbers between 0 and 1, the same at each run. */
function* randomNumbers(from: number): Generator<number, never> {
  for (let state = from; ; ) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    yield state / 2 ** 31;
  }
}
const random = randomNumbers(seed);
/** Nothing here asks for the runtime, whose probe would take longer than the work. */
const open = () => openSandboxes(work, { hasRuntime: false });

const inside = (script: string, ...words: readonly string[]) =>
  execFileSync('unshare', ['--map-root-user', '--map-auto', 'sh', '-c', script, 'sh', ...words], {
    encoding: 'utf8',
  });
/** Names, modes, owners, sizes and contents of a tree, but for the id. */
const stateOf = (path: string) =>
  inside(
    `cd "$1" && { find . -name 'mysingularity-sandbox' -prune -o -mindepth 1 -printf '%y %m %U %P\\n' | sort
     find . -name mysingularity-sandbox -prune -o -type f -print0 | sort -z | xargs -0 sha256sum; } | sha256sum`,
    path,
  );

/** Processes that still work for this folder. */
const workers = () =>
  execFileSync('ps', ['-eo', 'pid,stat,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(work) && !/^\s*\d+ Z/.test(line));

async function worker(kind: string, input: string, afterMs: number): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [program, work, kind, input, String(afterMs)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await once(child, 'exit');
  await vi.waitFor(() => expect(workers()).toEqual([]), { timeout: 20_000, interval: 20 });
  return performance.now() - startedAt;
}

/** What the next start finds, and that nothing half-made is left for anybody. */
async function nextStart(): Promise<Sandbox> {
  const { sandboxes } = open();
  await sandboxes.list(localHostId);
  const left = inside('find "$1" -name ".mysingularity-*-*"', work);
  expect(left).toBe('');
  expect(readdirSync(join(work, 'state/sandboxes/work'))).toEqual([]);
  return await sandboxes.detail({ hostId: localHostId, path: hostPathFromText(tree) });
}

const one = { hostId: localHostId, path: tree };
/** Moments of work that takes so long, and one that it does not reach. */
const moments = (wholeMs: number) =>
  Array.from({ length: kills }, () => Math.floor(random.next().value * wholeMs));

describe.skipIf(reason !== null)(
  `work on sandboxes killed with SIGKILL (seed ${seed})${reason === null ? '' : ` (${reason})`}`,
  () => {
    beforeAll(async () => {
      program = await bundleProgram(
        new URL('./sandboxWorker.fixture.ts', import.meta.url),
        join(folder, 'bundle'),
      );
      execFileSync('mkdir', ['-p', join(work, 'state')]);
      execFileSync('apptainer', ['build', '--sandbox', tree, testbed().tiny.sif], { stdio: 'pipe' });
      inside(
        `cd "$1" && mkdir own && i=0; while [ $i -lt 800 ]; do echo $i >"own/$i"; i=$((i + 1)); done
         chown -R 7:7 own; mkdir own/closed; chown 9:9 own/closed; chmod 000 own/closed`,
        tree,
      );
      await open().note(tree);
    });
    afterAll(() => {
      inside('rm -rf "$1"', folder);
    });

    it('a clone is whole or not there', async () => {
      const before = stateOf(tree);
      for (const afterMs of moments(600)) {
        const target = join(work, 'clone');
        await worker('sandbox.clone', JSON.stringify({ ...one, target }), afterMs);
        await nextStart();
        if (existsSync(target)) {
          expect(stateOf(target)).toBe(before);
          await open().run('sandbox.remove', { ...one, path: target });
        }
      }
      expect(stateOf(tree)).toBe(before);
    });

    it('a snapshot is whole or not there; going back loses neither side', async () => {
      const before = stateOf(tree);
      for (const afterMs of moments(500)) {
        await worker('sandbox.snapshot', JSON.stringify({ ...one, note: '' }), afterMs);
        await nextStart();
      }
      const fixture = open();
      await fixture.run('sandbox.snapshot', { ...one, note: 'whole' });
      const { snapshots } = await nextStart();
      const [name = ''] = readdirSync(join(work, '.mysingularity-snapshots'));
      const treeOf = (id: string) => join(work, '.mysingularity-snapshots', name, id, 'root');
      for (const { id } of snapshots) expect(stateOf(treeOf(id))).toBe(before);
      const whole = snapshots.find(({ note }) => note === 'whole')?.id ?? '';
      for (const afterMs of moments(900)) {
        inside('date +%N >"$1/own/now"', tree);
        const current = stateOf(tree);
        await worker('sandbox.restore', JSON.stringify({ ...one, snapshotId: whole }), afterMs);
        const found = await nextStart();
        const states = [stateOf(tree), ...found.snapshots.map(({ id }) => stateOf(treeOf(id)))];
        expect([current, before]).toContain(states[0]);
        expect(states).toContain(current);
        expect(stateOf(treeOf(whole))).toBe(before);
      }
    });

    it('what a sandbox begins with is kept whole or not at all', async () => {
      for (const afterMs of moments(300)) {
        await worker('note', tree, afterMs);
        await nextStart();
      }
      await open().note(tree);
      const { files } = await open().sandboxes.difference({
        hostId: localHostId,
        path: hostPathFromText(tree),
      });
      expect(files).toEqual([]);
    });

    it('one that is being removed is whole or gone', async () => {
      const kept = stateOf(tree);
      const copy = join(work, 'doomed');
      const removals = [
        ['sandbox.remove', JSON.stringify({ ...one, path: copy })],
        ['images', copy],
      ] as const;
      for (const [kind, input] of removals)
        for (const afterMs of moments(300)) {
          if (!existsSync(copy)) await open().run('sandbox.clone', { ...one, target: copy });
          await worker(kind, input, afterMs);
          await nextStart();
          if (existsSync(copy)) expect(stateOf(copy)).toBe(kept);
        }
      if (!existsSync(copy)) await open().run('sandbox.clone', { ...one, target: copy });
      // Also what belongs to subordinate ids.
      await open().removeAsImage(copy);
      expect(readdirSync(work).filter((name) => name !== 'state' && name !== 'tree')).toEqual([
        '.mysingularity-snapshots',
      ]);
      expect(stateOf(tree)).toBe(kept);
    });
  },
);
