import { spawn } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundleProgram } from '#core/bundleProgram.fixture.ts';
import { folderName, hostPathToText } from '#core/contract/hostPath.ts';
import { taskIdSchema } from '#core/contract/ids.ts';
import { whyMissing } from '#e2e/testbed/testbed.ts';
import { createSyncFixture, type SyncEnd, type SyncFixture } from './sync.fixture.ts';

const why = whyMissing('ssh');
const taskId = taskIdSchema.parse('task-of-a-test');
/** In the name of every test: with it in MYSINGULARITY_SEED the same moments come again. */
const seed = Number(process.env['MYSINGULARITY_SEED'] ?? randomInt(2 ** 31));

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

/** Whether a process is there, and more than a master of ssh that waits. */
function isWorking(processId: number): boolean {
  try {
    const words = readFileSync(`/proc/${processId}/cmdline`, 'latin1').split('\0');
    return words[0] !== '' && !(words[0] === 'ssh' && words.includes('-M'));
  } catch {
    return false; // gone
  }
}

function kill(processes: readonly number[]): void {
  for (const id of processes) {
    try {
      process.kill(id, 'SIGKILL');
    } catch {
      // it has ended by itself
    }
  }
}

describe.skipIf(why !== null)(`a sync that is cut${why === null ? '' : ` (${why})`} (seed ${seed})`, () => {
  let base: string;
  let program: string;
  let fixture: SyncFixture;
  let round = 0;
  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), 'sync-killed-'));
    program = await bundleProgram(new URL('./syncWorker.fixture.ts', import.meta.url), join(base, 'bundle'));
    fixture = await createSyncFixture({ names: ['local', 'cluster'] });
    await fixture.here.sh(
      'mkdir a b locked turn; for i in $(seq 1 40); do echo 0 >a/$i; echo 0 >b/$i; echo 0 >locked/$i; done; chmod 555 locked',
    );
    await fixture.run();
  });
  afterAll(async () => {
    await fixture?.dispose();
    rmSync(base, { recursive: true, force: true });
  });

  /** A new state on both sides, that no sync has seen: each round changes, removes, adds, and swaps a file and a folder. */
  async function work(): Promise<void> {
    round += 1;
    const swap = round % 2 === 1 ? 'rmdir turn; echo f >turn' : 'rm turn; mkdir turn';
    await fixture.here.sh(
      `for i in $(seq 1 40); do echo ${round} >a/$i; done; rm -f a/new*; echo n >a/new${round}; mkdir d${round}; echo d >d${round}/x; rm -rf d$((${round}-2)); ${swap}
head -c 3000000 /dev/urandom >a/big; sha256sum <a/big >a/big.sum`,
    );
    await fixture.there.sh(
      `for i in $(seq 1 40); do echo ${round} >b/$i; done; chmod u+w locked; rm -f locked/new*; echo n >locked/new${round}; echo ${round} >locked/1; chmod 555 locked`,
    );
  }

  /** Every file is as it was or as it became, and a large one is whole. */
  async function expectWhole({ sh }: SyncEnd): Promise<void> {
    const torn = await sh(
      `for f in a/[0-9]* b/* locked/1; do [ -f "$f" ] || { echo "no $f"; continue; }; read -r n <"$f"; case $n in ${round}|$((${round}-1))|0) ;; *) echo "$f: $n";; esac; done`,
    );
    expect(torn).toBe('');
  }

  async function expectEnd(): Promise<void> {
    await fixture.run();
    const { here, there } = fixture;
    const trees = [await here.tree(), await there.tree()];
    expect(trees[1]).toBe(trees[0]);
    const facts = await there.sh(
      `cat a/1 b/1 locked/1; ls a | grep -c new; ls locked | grep new; stat -c %a locked; ls -d d*; sha256sum <a/big | cmp - a/big.sum; ls -A ../sync | grep -v list || :`,
    );
    const folders = [round - 1, round].flatMap((each) => (each < 1 ? [] : [`d${each}`])).sort();
    expect(facts).toBe(`${round}\n${round}\n${round}\n1\nnew${round}\n555\n${folders.join('\n')}\n`);
    expect((await fixture.plan()).toHere).toEqual([]);
    expect(await here.sh('ls -A ../sync | grep -v list || :')).toBe('');
  }

  const parentOf = ({ workspace }: SyncEnd) => hostPathToText(folderName(workspace.folder)) ?? '';

  it.each([0, 1, 2, 3])(
    'leaves both sides whole when killed, and the next goes on (moment %i)',
    async (moment) => {
      await work();
      const { here, there } = fixture;
      const options = {
        names: ['local', 'cluster'],
        known: {
          folders: [parentOf(here), parentOf(there)],
          workspaces: [here.workspace.id, there.workspace.id],
        },
      };
      const child = spawn(process.execPath, [program, JSON.stringify(options)], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, TMPDIR: base },
      });
      const exited = once(child, 'exit');
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      await after(chance('kill', moment) * 1500);
      const processes = family(child.pid ?? 0);
      kill(moment % 2 === 0 ? processes : [child.pid ?? 0]);
      await exited;
      // What it had started ends by itself, but for the line.
      await vi.waitFor(() => expect(processes.filter(isWorking)).toEqual([]), {
        timeout: 20_000,
        interval: 20,
      });
      kill(processes.slice(1));
      rmSync(line.toString().trim(), { recursive: true, force: true });
      await Promise.all([expectWhole(here), expectWhole(there)]);
      await expectEnd();
    },
  );

  it.each([0, 1])('leaves both sides whole when the line is cut (moment %i)', async (moment) => {
    await work();
    const { here, there } = fixture;
    const cut = after(chance('cut', moment) * 900).then(() => kill([there.line?.processId ?? 0]));
    const end = await fixture.run().then(
      () => 'done',
      () => 'failed',
    );
    await cut;
    await there.line?.restart();
    expect(['done', 'failed']).toContain(end);
    await Promise.all([expectWhole(here), expectWhole(there)]);
    await expectEnd();
  });

  it('is put right at the next start, where no other sync comes', async () => {
    const { here, there, syncing } = fixture;
    await here.sh(`mkdir -p tidy/sub; echo kept >tidy/file; chmod 500 tidy/sub
mkdir -p ../sync; cd ../sync
for s in one two; do mkdir -p .syncing-other.$s/files .syncing-other.$s/old/tidy; done
echo came >.syncing-other.one/files/big; touch -d '20 days ago' .syncing-other.two
mv ../home/tidy/file .syncing-other.one/old/tidy/file; echo two >.syncing-other.two/old/tidy/two
chmod u+w ../home/tidy/sub; printf './tidy/sub\\0' >.syncing-other.one/unlocked.500`);
    const list = async () => await here.sh('cd ../sync; find . -path "*.syncing*" | LC_ALL=C sort');
    const before = await list();
    // Young, and nobody knows whose: perhaps of somebody who only begins.
    const { host, workspace } = here;
    const gone = await syncing.removeLeftovers(host.id);
    expect(gone.map((path) => path.split('/').at(-1))).toEqual(['.syncing-other.two']);
    expect(await here.sh('cat tidy/two; rm tidy/two')).toBe('two\n');
    expect(await list()).toBe(
      before
        .split('\n')
        .filter((line) => !line.includes('.two'))
        .join('\n'),
    );
    await here.sh("touch -d '1 hour ago' ../sync/.syncing-other.one");
    const hold = { id: workspace.id, taskId, mode: 'read', what: 'a test runs' } as const;
    await fixture.store.hold(host, hold, async () =>
      expect(await syncing.removeLeftovers(host.id)).toEqual([]),
    );
    expect(await syncing.removeLeftovers(host.id)).toHaveLength(1);
    // What was taken away is back, and what had come is kept for the next sync.
    expect(await here.sh('cat tidy/file; stat -c %a tidy/sub')).toBe('kept\n500\n');
    expect(await list()).toBe(
      './.syncing-other.one\n./.syncing-other.one/files\n./.syncing-other.one/files/big\n',
    );
    await here.sh("touch -d '20 days ago' ../sync/.syncing-other.one");
    expect(await syncing.removeLeftovers(host.id)).toHaveLength(1);
    expect(await list()).toBe('');
    await here.sh('chmod 700 tidy/sub; rm -r tidy');
    expect(await syncing.removeLeftovers(there.host.id)).toEqual([]);
  });

  it('does not send again what had come', async () => {
    await fixture.here.sh('for i in 1 2 3 4 5 6; do head -c 4000000 /dev/urandom >part$i; done');
    const stop = new AbortController();
    const watched = fixture.there.sh(
      'until ls ../sync/.syncing-*/files/part3 >/dev/null 2>&1; do sleep 0.01; done',
    );
    const running = fixture.run({}, { signal: stop.signal }).then(
      () => 'done',
      () => 'stopped',
    );
    await watched;
    stop.abort(new Error('stopped'));
    const end = await running;
    const { facts } = await fixture.run();
    if (end === 'stopped') expect(facts['bytesMoved']).toBeLessThan(20_000_000);
    expect(await fixture.there.tree()).toBe(await fixture.here.tree());
  });
});
