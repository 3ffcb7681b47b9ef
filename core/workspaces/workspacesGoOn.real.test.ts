import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundleProgram } from '#core/bundleProgram.fixture.ts';
import type { HostPath } from '#core/contract/hostPath.ts';
import { type TaskId, taskIdSchema } from '#core/contract/ids.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { untilTask } from '#core/tasks/lineThere.fixture.ts';
import { whyMissing } from '#e2e/testbed/testbed.ts';
import { inside, openTasks, openThere, type ThereFixture, treeOf } from './there.fixture.ts';

const why = whyMissing('ssh');

describe.skipIf(why !== null)(
  `copies on a host that go on without us${why === null ? '' : ` (${why})`}`,
  () => {
    let base: string;
    let state: string;
    let there: ThereFixture;
    let made: Workspace;
    let source: HostPath;
    let before: string;

    beforeAll(async () => {
      base = mkdtempSync(join(tmpdir(), 'goes-on-'));
      state = join(base, 'state');
      there = await openThere('cluster', { state, ssh: join(base, 'ssh'), parent: null });
      source = inside(there.parent, '.source');
      await there.line.say(
        `mkdir "$1" && cd "$1" && seq 1 700 | xargs touch && echo one >"$(printf 'a\\nb')" && ln -s /etc away && mkdir locked && echo x >locked/x && chmod 500 locked`,
        source,
      );
      before = await treeOf(there.line, source);
    });
    afterAll(async () => {
      await there.line.say('chmod -R u+rwX "$1"', there.parent);
      await there.close();
      rmSync(base, { recursive: true, force: true });
    });

    const names = async (folder: HostPath) =>
      (await there.line.say('ls -A "$1" 2>/dev/null | grep -v "^[.]source$"', folder))
        .split('\n')
        .filter(Boolean);
    const isDetached = async (id: TaskId) =>
      (await untilTask(there.tasks, id, ({ status }) => status.state === 'detached')).status.state;
    const goOn = (copy: string) => there.line.say(`kill -s CONT ${copy}`);
    /** As another workbench of the same user would, which knows nothing of the tasks. */
    const removeLeftovers = () => there.fixture.workspaces.removeLeftovers(there.line.host.id);

    async function cutInTheMiddle(start: () => Promise<TaskId>) {
      const { id, copy } = await there.line.stopCopy(there.parent, start);
      there.line.cut();
      expect(await isDetached(id)).toBe('detached');
      return { id, copy };
    }

    it('a copy whose line is cut is found again, and comes out equal', async () => {
      const input = { name: 'made', description: '', parent: null, imagePath: null };
      const { id, copy } = await cutInTheMiddle(() =>
        there.start('workspace.create', { ...input, from: { kind: 'folder', path: source } }),
      );
      await there.line.restore();
      expect(await there.line.jobOf(id)).toMatchObject({ state: 'running' });
      expect(await removeLeftovers()).toEqual([]);
      expect(await names(there.parent)).toEqual([`.making-${id}`]);
      await goOn(copy);
      await vi.waitFor(
        async () => expect(await there.line.jobOf(id)).toMatchObject({ state: 'ended' }),
        10_000,
      );
      // Whole, and for whoever adopts it.
      expect(await removeLeftovers()).toEqual([]);
      await there.tasks.resume(there.line.host.id);
      const task = await there.tasks.ended(id);
      expect(task.status, JSON.stringify(task.status)).toMatchObject({
        state: 'succeeded',
        result: { facts: { files: 703 } },
      });
      made = await there.fixture.one('made');
      expect(made.size?.files).toBe(703);
      expect(await treeOf(there.line, inside(made.folder, 'home'))).toBe(before);
      expect(await names(there.parent)).toEqual(['made']);
      expect(await there.line.jobOf(id)).toBeNull();
    });

    it('a fork holds its original as long as it runs, and is cancelled when it is reached again', async () => {
      const input = { name: 'fork', description: '', parent: null, imagePath: null };
      const { id, copy } = await cutInTheMiddle(() =>
        there.start('workspace.create', { ...input, from: { kind: 'workspace', id: made.id } }),
      );
      await expect(there.tasks.cancel(id)).rejects.toMatchObject({
        report: { code: expect.stringMatching(/^host\./) },
      });
      await there.line.restore();
      const removal = there.fixture.run('workspace.remove', { id: made.id, isForced: true });
      await expect(removal).rejects.toMatchObject({
        report: { code: 'workspace.busy', cause: expect.stringContaining('a fork of it is made') },
      });
      expect(await removeLeftovers()).toEqual([]);
      // What is stopped gets its interrupt when it is let go on.
      const interrupted = `until grep -qs '^ShdPnd:.*2$' /proc/${copy}/status; do sleep 0.05; done; kill -s CONT ${copy}`;
      await Promise.all([there.tasks.cancel(id), there.line.say(interrupted)]);
      expect(there.tasks.get(id)?.status.state).toBe('cancelled');
      expect(await names(there.parent)).toEqual(['made']);
      expect((await names(made.folder)).sort()).toEqual(['home', 'workspace.json']);
      expect(await there.line.jobOf(id)).toBeNull();
      expect(await there.line.say(`kill -0 ${copy} 2>/dev/null && echo alive`)).toBe('');
    });

    it('a snapshot that was killed there is told as that, and nothing of it stays', async () => {
      const { id, copy } = await cutInTheMiddle(() =>
        there.start('workspace.snapshot', { id: made.id, note: '' }),
      );
      await there.line.restore();
      const snapshots = inside(made.folder, 'snapshots');
      // The supervisor first, by the id that it wrote down: what died without an exit status.
      const identity = `"\${XDG_STATE_HOME:-$HOME/.local/state}/mysingularity/jobs/${id}/identity"`;
      await there.line.say(`read -r pid _ <${identity} && kill -s KILL "$pid" ${copy}`);
      expect(await there.line.jobOf(id)).toMatchObject({ state: 'gone' });
      await there.tasks.resume(there.line.host.id);
      expect((await there.tasks.ended(id)).status).toMatchObject({
        state: 'failed',
        error: { code: 'task.interrupted' },
      });
      expect(await names(snapshots)).toEqual([]);
      expect((await names(made.folder)).sort()).toEqual(['home', 'snapshots', 'workspace.json']);
      expect(await there.line.jobOf(id)).toBeNull();
    });

    it('a snapshot whose workbench is killed is taken up by its next start', async () => {
      const program = await bundleProgram(
        new URL('./thereWorker.fixture.ts', import.meta.url),
        join(base, 'bundle'),
      );
      const input = JSON.stringify({ id: made.id, note: 'kept' });
      const words = [program, state, join(base, 'other'), there.parent, 'workspace.snapshot', input];
      const { id, copy } = await there.line.stopCopy(there.parent, async () => {
        const worker = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
        const [said] = (await once(worker.stdout, 'data')) as [Buffer];
        const gone = once(worker, 'exit');
        const task = taskIdSchema.parse(said.toString().trim());
        await vi.waitFor(async () => expect(await there.line.jobOf(task)).not.toBeNull(), 10_000);
        worker.kill('SIGKILL');
        await gone;
        return task;
      });
      await there.tasks.dispose();
      there.tasks = await openTasks(state, there.fixture);
      expect(there.tasks.get(id)).toMatchObject({ status: { state: 'detached' }, isForeign: false });
      expect(await removeLeftovers()).toEqual([]);
      await there.tasks.resume(there.line.host.id);
      await goOn(copy);
      expect((await there.tasks.ended(id)).status).toMatchObject({ state: 'succeeded' });
      const [kept] = (await there.fixture.one('made')).snapshots;
      expect(kept?.note).toBe('kept');
      expect(await names(inside(made.folder, 'snapshots'))).toEqual([kept?.id]);
      expect(await treeOf(there.line, inside(made.folder, 'snapshots', kept?.id ?? '', 'home'))).toBe(before);
      expect((await names(made.folder)).sort()).toEqual(['home', 'snapshots', 'workspace.json']);
    });

    it('a return to a snapshot goes on, too, and exchanges the trees when it is found again', async () => {
      await there.line.say('echo changed >"$1/new"', inside(made.folder, 'home'));
      const changed = await treeOf(there.line, inside(made.folder, 'home'));
      const [snapshot] = (await there.fixture.one('made')).snapshots;
      const { id, copy } = await cutInTheMiddle(() =>
        there.start('workspace.restore', { id: made.id, snapshotId: snapshot?.id, isForced: false }),
      );
      await there.line.restore();
      expect(await removeLeftovers()).toEqual([]);
      const other = there.fixture.run('workspace.snapshot', { id: made.id, note: '' });
      await expect(other).rejects.toMatchObject({ report: { code: 'workspace.busy' } });
      await goOn(copy);
      await there.tasks.resume(there.line.host.id);
      expect((await there.tasks.ended(id)).status).toMatchObject({ state: 'succeeded' });
      const { snapshots, lineage } = await there.fixture.one('made');
      const kept = snapshots.find((each) => each.id !== snapshot?.id)?.id ?? '';
      expect(lineage.at(-1)).toMatchObject({ what: 'restored', from: snapshot?.id });
      expect(await treeOf(there.line, inside(made.folder, 'home'))).toBe(before);
      expect(await treeOf(there.line, inside(made.folder, 'snapshots', kept, 'home'))).toBe(changed);
      expect(await names(inside(made.folder, 'snapshots'))).toHaveLength(2);
      expect((await names(made.folder)).sort()).toEqual(['home', 'snapshots', 'workspace.json']);
    });
  },
);
