import { randomBytes } from 'node:crypto';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import {
  type RemoveSnapshotInput,
  type RestoreInput,
  removeSnapshotInputSchema,
  restoreInputSchema,
  type SnapshotInput,
  snapshotInputSchema,
  type Workspace,
} from '#core/contract/workspaces.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import { copyTree } from './copyTree.ts';
import { withStep } from './lineage.ts';
import { measureTree } from './measureTree.ts';
import { ownerText } from './owner.ts';
import { removeTree } from './removeTree.ts';
import { parseStoredSnapshot, type StoredSnapshot } from './storedSnapshot.ts';
import { mustRun } from './treeScript.ts';
import { beginScript, exchangeScript, finishScript } from './treeScripts.ts';
import { manifestOf, partOf, requireUnused, type WorkspaceMeans } from './workspaceMeans.ts';

const snapshotLimitBytes = 65_536;

/** A snapshot is a copy of the tree in `snapshots/<id>/`, with `snapshot.json` beside it: there whole, or not at all. */
export function snapshotTask(means: WorkspaceMeans): TaskDefinition<SnapshotInput> {
  async function run(input: SnapshotInput, context: TaskContext): Promise<TaskResult> {
    const host = await means.openHost(input.hostId);
    const hold = {
      id: input.id,
      taskId: context.id,
      mode: 'read',
      what: 'a snapshot of it is made',
    } as const;
    return await means.store.hold(host, hold, (workspace) => keep(host, workspace, input, context));
  }

  async function keep(
    host: Host,
    workspace: Workspace,
    input: SnapshotInput,
    context: TaskContext,
  ): Promise<TaskResult> {
    const snapshots = snapshotsOf(workspace);
    const id = newSnapshotId();
    const making = hostPathFromText(`.making-${context.id}`);
    const part = partOf(workspace);
    await begin(host, { snapshots, making, id }, context);
    return await orRemove(host, joinPath(snapshots, making), context, async () => {
      const to = joinPath(joinPath(snapshots, making), hostPathFromText(part));
      const from = joinPath(workspace.folder, hostPathFromText(part));
      const entries = part === 'home' ? (workspace.size?.files ?? null) : null;
      await copyTree(host, { from, to, entries, byHand: null }, context);
      const { size } = await measureTree(host, to, context);
      const stored = storedSnapshot(workspace, { id, note: input.note, bytes: size.bytes });
      context.signal.throwIfAborted();
      await mustRun(host, {
        purpose: 'Give the snapshot its name',
        script: finishScript,
        words: [{ path: snapshots }, { path: making }, id, 'snapshot.json', JSON.stringify(stored)],
        byHand: null,
        path: snapshots,
      });
      const path = joinPath(snapshots, hostPathFromText(id));
      return { path, digest: null, sizeBytes: size.bytes, facts: { id, files: size.files } };
    });
  }

  return {
    kind: 'workspace.snapshot',
    input: snapshotInputSchema,
    describe: ({ hostId, id }) => ({ title: means.store.titleOf(id), hostId, target: null, byHand: null }),
    storedInput: (input) => input,
    run,
  };
}

/**
 * The tree becomes a copy of a snapshot, and what was there becomes a snapshot: all of it or nothing. The copy is made
 * beside the tree first; then two renames exchange them, and a kill between them is mended before anybody looks.
 */
export function restoreTask(means: WorkspaceMeans): TaskDefinition<RestoreInput> {
  async function run(input: RestoreInput, context: TaskContext): Promise<TaskResult> {
    const host = await means.openHost(input.hostId);
    const { id } = input;
    const hold = { id, taskId: context.id, mode: 'write', what: 'it goes back to a snapshot' } as const;
    return await means.store.hold(host, hold, (workspace) => restore(host, workspace, input, context));
  }

  async function restore(
    host: Host,
    workspace: Workspace,
    input: RestoreInput,
    context: TaskContext,
  ): Promise<TaskResult> {
    if (!input.isForced) requireUnused(workspace);
    const source = await readSnapshot(host, workspace, input.snapshotId);
    const snapshots = snapshotsOf(workspace);
    const part = partOf(workspace);
    const id = newSnapshotId();
    const restoring = hostPathFromText(`.restoring-${id}`);
    const place = joinPath(snapshots, restoring);
    await begin(host, { snapshots, making: restoring, id }, context);
    const measured = await orRemove(host, place, context, async () => {
      const from = joinPath(joinPath(snapshots, hostPathFromText(source.id)), hostPathFromText(part));
      const to = joinPath(place, hostPathFromText('copy'));
      await copyTree(host, { from, to, entries: null, byHand: null }, context);
      await host.files.write(joinPath(place, hostPathFromText('part')), `${part}\n`, 0o600);
      const measure = await measureTree(host, to, context);
      // The copy took its time: somebody may have opened it meanwhile.
      if (!input.isForced) requireUnused(await means.store.find(host, input.id));
      context.signal.throwIfAborted();
      return measure;
    });
    context.report({ phase: 'finish', fraction: null, text: '' });
    const note = `Before going back to the snapshot of ${new Date(source.createdAt).toISOString()}`;
    const kept = storedSnapshot(workspace, { id, note, bytes: workspace.size?.bytes ?? null });
    await mustRun(host, {
      purpose: 'Put the snapshot in the place of the tree',
      script: exchangeScript,
      words: [{ path: snapshots }, { path: restoring }, JSON.stringify(kept)],
      byHand: null,
      path: snapshots,
      taskId: context.id,
    });
    // And somebody may have given it another name.
    const now = manifestOf(await means.store.find(host, input.id));
    const lineage = await withStep(host, now.lineage, { what: 'restored', from: source.id });
    const isPlain = part === 'home';
    await means.store.writeManifest(host, workspace.folder, {
      ...now,
      ...(isPlain ? measured : {}),
      lineage,
    });
    return {
      path: workspace.folder,
      digest: null,
      sizeBytes: measured.size.bytes,
      facts: { restored: source.id, kept: id },
    };
  }

  return {
    kind: 'workspace.restore',
    input: restoreInputSchema,
    describe: ({ hostId, id }) => ({ title: means.store.titleOf(id), hostId, target: null, byHand: null }),
    storedInput: (input) => input,
    run,
  };
}

export function removeSnapshotTask(means: WorkspaceMeans): TaskDefinition<RemoveSnapshotInput> {
  return {
    kind: 'workspace.removeSnapshot',
    input: removeSnapshotInputSchema,
    describe: ({ hostId, id }) => ({ title: means.store.titleOf(id), hostId, target: null, byHand: null }),
    storedInput: (input) => input,
    async run(input, context) {
      const host = await means.openHost(input.hostId);
      const { id: workspaceId, snapshotId } = input;
      const hold = { id: workspaceId, taskId: context.id, mode: 'read', what: 'a snapshot goes' } as const;
      return await means.store.hold(host, hold, async (workspace) => {
        const path = joinPath(snapshotsOf(workspace), hostPathFromText(snapshotId));
        if (!workspace.snapshots.some(({ id }) => id === snapshotId))
          throw workbenchError('host.pathMissing', { path }, { hostId: host.id });
        context.report({ phase: 'remove', fraction: null, text: '' });
        await removeTree(host, path, { taskId: context.id, byHand: null });
        return { path: null, digest: null, sizeBytes: null, facts: { removed: snapshotId } };
      });
    },
  };
}

function snapshotsOf({ folder }: Workspace): HostPath {
  return joinPath(folder, hostPathFromText('snapshots'));
}

/** `20261120-194703-1f0c`: sorts by time, needs no quoting. */
function newSnapshotId(): string {
  const [day = '', time = ''] = new Date().toISOString().split('T');
  return `${day.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${randomBytes(2).toString('hex')}`;
}

function storedSnapshot(
  { layered }: Workspace,
  facts: Pick<StoredSnapshot, 'id' | 'note' | 'bytes'>,
): StoredSnapshot {
  return { version: 1, createdAt: Date.now(), layeredDigest: layered?.digest ?? null, ...facts };
}

/** Fails with host.pathMissing, and with input.invalid for one that stands over another packed file than the tree does. */
async function readSnapshot(host: Host, workspace: Workspace, id: string): Promise<StoredSnapshot> {
  const folder = joinPath(snapshotsOf(workspace), hostPathFromText(id));
  const file = joinPath(folder, hostPathFromText('snapshot.json'));
  const stored = parseStoredSnapshot(await host.files.read(file, 0, snapshotLimitBytes));
  if (stored === null || stored.id !== id)
    throw workbenchError('host.pathMissing', { path: folder }, { hostId: host.id });
  if (stored.layeredDigest !== (workspace.layered?.digest ?? null))
    throw workbenchError(
      'input.invalid',
      {
        field: 'snapshot',
        path: folder,
        reason: 'It was made when the workspace stood over another packed file, or over none',
      },
      { hostId: host.id },
    );
  return stored;
}

async function begin(
  host: Host,
  place: { readonly snapshots: HostPath; readonly making: HostPath; readonly id: string },
  { id: taskId }: TaskContext,
): Promise<void> {
  await mustRun(host, {
    purpose: 'Make a private folder',
    script: beginScript,
    words: [{ path: place.snapshots }, { path: place.making }, place.id, ownerText(taskId)],
    byHand: null,
    path: place.snapshots,
  });
}

/** Does work in a private folder that goes when the work fails. */
async function orRemove<Result>(
  host: Host,
  folder: HostPath,
  context: TaskContext,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (thrown) {
    try {
      await removeTree(host, folder, { taskId: context.id, byHand: null });
    } catch {
      // The first failure is the one to tell; what is left goes at the next start.
      context.log('note', `${folder} is left until the next start`);
    }
    throw thrown;
  }
}
