import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { TaskId } from '#core/contract/ids.ts';
import type { TaskKind } from '#core/contract/tasks.ts';
import { type LineThere, openLine, untilTask } from '#core/tasks/lineThere.fixture.ts';
import { TaskManager } from '#core/tasks/taskManager.ts';
import { whyMissing } from '#e2e/testbed/testbed.ts';
import { openSandboxes, type SandboxesFixture } from './sandboxes.fixture.ts';

const why = whyMissing('ssh', 'subuid');

describe.skipIf(why !== null)(
  `copies of sandboxes on a host that go on without us${why === null ? '' : ` (${why})`}`,
  () => {
    let base: string;
    let line: LineThere;
    let fixture: SandboxesFixture;
    let tasks: TaskManager;
    let folder: HostPath;
    let path: HostPath;
    let before: string;

    const at = (...names: readonly string[]) =>
      names.reduce<HostPath>((place, name) => joinPath(place, hostPathFromText(name)), folder);

    /** As the next start of the workbench, and at a room that nobody has opened before. */
    async function openWorkbench(): Promise<void> {
      fixture = openSandboxes(join(base, 'state'), { hasRuntime: false, host: line.host });
      tasks = await TaskManager.open(join(base, 'tasks'));
      for (const definition of fixture.sandboxes.taskDefinitions) tasks.define(definition);
    }

    beforeAll(async () => {
      base = mkdtempSync(join(tmpdir(), 'sandbox-on-'));
      line = await openLine('cluster', join(base, 'ssh'));
      folder = await line.host.files.makeTemporaryFolder(line.host.homeFolder, 'sandboxes go on ');
      path = at('tree');
      await line.say(
        `mkdir -p "$1/.singularity.d" "$1/files" && cd "$1/files" && seq 1 500 | xargs touch && echo one >one && ln one two &&
unshare --map-root-user --map-auto sh -c 'mkdir closed && echo mine >closed/owned && chown -R 7:7 closed && chmod 700 closed'`,
        path,
      );
      await openWorkbench();
      await fixture.run('sandbox.measure', { hostId: line.host.id, path });
      before = await stateOf(path);
    });
    afterAll(async () => {
      await tasks.dispose();
      await fixture.run('sandbox.remove', { hostId: line.host.id, path });
      await line.host.files.remove(folder);
      await line.close();
      rmSync(base, { recursive: true, force: true });
    });

    /** Names, modes, owners, links and contents of a tree, but for its id. */
    const stateOf = (tree: HostPath) =>
      line.say(
        `cd "$1" && unshare --map-root-user --map-auto sh -c "{ find . -mindepth 1 ! -name mysingularity-sandbox -printf '%y %m %n %U %P\\\\n' | sort; cat files/one files/closed/owned; } | sha256sum"`,
        tree,
      );
    const names = async (place: HostPath) =>
      (await line.say('ls -A "$1"', place)).split('\n').filter(Boolean).sort();
    const locksOf = async (...ids: readonly TaskId[]) =>
      await line.say(
        `ls -A "\${XDG_STATE_HOME:-$HOME/.local/state}/mysingularity/sandboxes" | grep -F ${ids.map((id) => `-e ${id}`).join(' ')} || :`,
      );

    async function cutInTheMiddle(kind: TaskKind, input: object) {
      const { id, copy } = await line.stopCopy(folder, () =>
        tasks.start(kind, { hostId: line.host.id, path, ...input }),
      );
      line.cut();
      await untilTask(tasks, id, ({ status }) => status.state === 'detached');
      return { id, copy };
    }

    async function finished(id: TaskId, copy: string) {
      await line.say(`kill -s CONT ${copy}`);
      await tasks.resume(line.host.id);
      const { status } = await tasks.ended(id);
      expect(await line.jobOf(id)).toBeNull();
      return status;
    }

    it('a clone holds its original as long as it runs, and comes out equal for the next workbench', async () => {
      const target = at('clone');
      const { id, copy } = await cutInTheMiddle('sandbox.clone', { target });
      await tasks.dispose();
      await line.restore();
      await openWorkbench();
      expect(tasks.get(id)?.status.state).toBe('detached');
      expect(await line.jobOf(id)).toMatchObject({ state: 'running' });
      await expect(fixture.run('sandbox.remove', { hostId: line.host.id, path })).rejects.toMatchObject({
        report: { code: 'sandbox.busy', cause: expect.stringContaining('a copy of it is made') },
      });
      expect(await names(folder)).toEqual([`.mysingularity-${id}-copy`, 'tree']);
      expect(await locksOf(id)).not.toBe('');
      expect(await finished(id, copy)).toMatchObject({ state: 'succeeded', result: { path: target } });
      expect(await names(folder)).toEqual(['clone', 'tree']);
      expect(await stateOf(target)).toBe(before);
      // Files of subordinate ids, too.
      const foreign = 'find "$1/files" -maxdepth 1 ! -uid "$(id -u)" -printf %f';
      expect(await line.say(foreign, target)).toBe('closed');
      expect((await fixture.sandboxes.list(line.host.id)).map((each) => each.path)).toEqual(
        expect.arrayContaining([target, path]),
      );
      await fixture.run('sandbox.remove', { hostId: line.host.id, path: target });
      expect(await names(folder)).toEqual(['tree']);
    });

    it('a snapshot is cancelled when it is reached again, is told where it was killed, and is whole at last', async () => {
      const cancelled = await cutInTheMiddle('sandbox.snapshot', { note: '' });
      await line.restore();
      const interrupted = `until grep -qs '^ShdPnd:.*2$' /proc/${cancelled.copy}/status; do sleep 0.05; done; kill -s CONT ${cancelled.copy}`;
      await Promise.all([tasks.cancel(cancelled.id), line.say(interrupted)]);
      expect(tasks.get(cancelled.id)?.status.state).toBe('cancelled');
      const killed = await cutInTheMiddle('sandbox.snapshot', { note: '' });
      await line.restore();
      const identity = `"\${XDG_STATE_HOME:-$HOME/.local/state}/mysingularity/jobs/${killed.id}/identity"`;
      await line.say(`read -r pid _ <${identity} && kill -s KILL "$pid" ${killed.copy}`);
      expect(await finished(killed.id, killed.copy)).toMatchObject({
        state: 'failed',
        error: { code: 'task.interrupted' },
      });
      const [kept = ''] = await names(at('.mysingularity-snapshots'));
      expect(await names(at('.mysingularity-snapshots', kept))).toEqual([]);
      const whole = await cutInTheMiddle('sandbox.snapshot', { note: 'whole' });
      await line.restore();
      expect(await finished(whole.id, whole.copy)).toMatchObject({ state: 'succeeded' });
      const { snapshots } = await fixture.sandboxes.detail({ hostId: line.host.id, path });
      expect(snapshots).toMatchObject([{ note: 'whole' }]);
      expect(await stateOf(at('.mysingularity-snapshots', kept, snapshots[0]?.id ?? '', 'root'))).toBe(
        before,
      );
      expect(await names(at('.mysingularity-snapshots', kept))).toEqual([snapshots[0]?.id]);
      expect(await locksOf(cancelled.id, killed.id, whole.id)).toBe('');
    });

    it('a return to a snapshot goes on, too, and exchanges the trees when it is found again', async () => {
      await line.say('echo changed >"$1/files/one"', path);
      const changed = await stateOf(path);
      const one = { hostId: line.host.id, path };
      const [snapshot] = (await fixture.sandboxes.detail(one)).snapshots;
      const { id, copy } = await cutInTheMiddle('sandbox.restore', { snapshotId: snapshot?.id });
      await line.restore();
      const other = fixture.run('sandbox.snapshot', { ...one, note: '' });
      await expect(other).rejects.toMatchObject({ report: { code: 'sandbox.busy' } });
      expect(await finished(id, copy)).toMatchObject({ state: 'succeeded' });
      expect(await stateOf(path)).toBe(before);
      const { snapshots } = await fixture.sandboxes.detail(one);
      expect(snapshots).toMatchObject([{ note: 'whole' }, { note: 'Before going back to whole' }]);
      const [kept = ''] = await names(at('.mysingularity-snapshots'));
      const ids = snapshots.map((each) => each.id);
      expect(await names(at('.mysingularity-snapshots', kept))).toEqual([...ids].sort());
      expect(await stateOf(at('.mysingularity-snapshots', kept, ids[1] ?? '', 'root'))).toBe(changed);
      expect(await locksOf(id)).toBe('');
    });
  },
);
