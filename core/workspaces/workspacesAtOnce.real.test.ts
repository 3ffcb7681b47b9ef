import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { taskIdSchema, workspaceIdSchema } from '#core/contract/ids.ts';
import { markProcess } from '#core/hosts/processGroup.ts';
import { thisProcess } from '#core/hosts/processOwner.ts';
import { createWorkspacesFixture, type WorkspacesFixture } from './workspaces.fixture.ts';

describe('work on one workspace at once', () => {
  let fixture: WorkspacesFixture;
  let folder: string;
  let id: string;
  let snapshotId: string;
  beforeEach(async () => {
    fixture = createWorkspacesFixture();
    ({ id, folder } = await fixture.create('work'));
    writeFileSync(join(folder, 'home', 'file'), 'kept\n');
    await fixture.run('workspace.snapshot', { id, note: '' });
    snapshotId = (await fixture.one('work')).snapshots[0]?.id ?? '';
  });
  afterEach(() => fixture.dispose());

  const restore = () => ({ id, snapshotId, isForced: false });
  const locks = () => readdirSync(folder).filter((name) => name.startsWith('.working-'));
  const busy = { report: { code: 'workspace.busy', cause: expect.stringMatching(/^At the moment/) } };
  /** A lock of another process that lives until `end`. */
  async function lockOfOther(mode: 'read' | 'write') {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const { startTicks } = markProcess(child.pid ?? 0) ?? { startTicks: '' };
    const owner = { ...thisProcess, processId: child.pid, startTicks };
    const lock = {
      version: 1,
      owner,
      taskId: 'task-of-other',
      mode,
      what: 'it is packed',
      since: Date.now(),
    };
    writeFileSync(join(folder, '.working-task-of-other.json'), `${JSON.stringify(lock)}\n`);
    return {
      async end() {
        child.kill('SIGKILL');
        await once(child, 'exit');
      },
    };
  }

  const hold = (mode: 'read' | 'write', work: () => Promise<void>) =>
    fixture.workspaces.store.hold(
      fixture.host,
      {
        id: workspaceIdSchema.parse(id),
        taskId: taskIdSchema.parse('task-of-test'),
        mode,
        what: 'it is tested',
      },
      work,
    );

  it('goes alone where the tree is exchanged or removed', async () => {
    const fork = { name: 'fork', description: '', parent: null, imagePath: null };
    const writing = [
      () => fixture.run('workspace.restore', restore()),
      () => fixture.run('workspace.remove', { id, isForced: true }),
    ];
    const reading = [
      () => fixture.run('workspace.snapshot', { id, note: '' }),
      () => fixture.run('workspace.measure', { id }),
      () => fixture.run('workspace.create', { ...fork, from: { kind: 'workspace', id } }),
    ];
    await hold('write', async () => {
      for (const work of [...writing, ...reading]) await expect(work()).rejects.toMatchObject(busy);
    });
    await hold('read', async () => {
      for (const work of writing) await expect(work()).rejects.toMatchObject(busy);
    });
    expect(locks()).toEqual([]);
    expect(readdirSync(join(folder, '..'))).toEqual(['work']);
    await fixture.run('workspace.restore', restore());
    expect((await fixture.one('work')).snapshots).toHaveLength(2);
  });

  it('lets those who only read go together', async () => {
    await Promise.all([
      fixture.run('workspace.snapshot', { id, note: 'one' }),
      fixture.run('workspace.snapshot', { id, note: 'two' }),
      fixture.run('workspace.measure', { id }),
    ]);
    expect((await fixture.one('work')).snapshots).toHaveLength(3);
    expect(locks()).toEqual([]);
  });

  it('waits for no process that is dead, and minds those of others that live', async () => {
    const writer = await lockOfOther('write');
    await expect(fixture.run('workspace.snapshot', { id, note: '' })).rejects.toMatchObject(busy);
    expect(await fixture.workspaces.removeLeftovers(fixture.host.id)).toEqual([]);
    await writer.end();
    await fixture.run('workspace.snapshot', { id, note: '' });
    expect(locks()).toEqual([]);
    const reader = await lockOfOther('read');
    await expect(fixture.run('workspace.restore', restore())).rejects.toMatchObject(busy);
    await fixture.run('workspace.snapshot', { id, note: '' });
    await reader.end();
    expect(await fixture.workspaces.removeLeftovers(fixture.host.id)).toHaveLength(1);
    expect(locks()).toEqual([]);
    expect(existsSync(join(folder, 'home', 'file'))).toBe(true);
  });

  it('forks a workspace whose folder is closed to writing', async () => {
    chmodSync(folder, 0o555);
    const fork = await fixture.create('fork', {
      from: { kind: 'workspace', id: (await fixture.one('work')).id },
    });
    chmodSync(folder, 0o755);
    expect(readdirSync(join(fork.folder, 'home'))).toEqual(['file']);
  });

  it('keeps a name that was given while the tree was exchanged', async () => {
    const { id: workspaceId } = await fixture.one('work');
    const renamed = { hostId: fixture.host.id, id: workspaceId, name: 'renamed', description: 'new' };
    let describing: Promise<unknown> | null = null;
    await fixture.run('workspace.restore', restore(), {
      onPhase: (phase) => {
        if (phase === 'copy') describing ??= fixture.workspaces.describe(renamed);
      },
    });
    await describing;
    expect(await fixture.one('renamed')).toMatchObject({ description: 'new' });
  });
});
