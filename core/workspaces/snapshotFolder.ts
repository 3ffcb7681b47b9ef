import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { TaskId, WorkspaceId } from '#core/contract/ids.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import type { Host } from '#core/hosts/host.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { ownerText } from './owner.ts';
import { removeTree } from './removeTree.ts';
import type { StoredSnapshot } from './storedSnapshot.ts';
import { mustRun } from './treeScript.ts';
import { beginScript, settleScript } from './treeScripts.ts';
import type { WorkspaceStore } from './workspaceStore.ts';

export function snapshotsOf({ folder }: Pick<Workspace, 'folder'>): HostPath {
  return joinPath(folder, hostPathFromText('snapshots'));
}

/** `20261120-194703-1f0c9a2b`: sorts by time, needs no quoting, and tells whose task made it. */
export function newSnapshotId(taskId: TaskId): string {
  const [day = '', time = ''] = new Date().toISOString().split('T');
  return `${day.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${shortOf(taskId)}`;
}

/** Whether a snapshot is of this task. */
export function isOfTask(id: string, taskId: TaskId): boolean {
  return id.endsWith(`-${shortOf(taskId)}`);
}

function shortOf(taskId: TaskId): string {
  return taskId.slice(0, 8);
}

export function storedSnapshot(
  { layered }: Workspace,
  facts: Pick<StoredSnapshot, 'id' | 'note' | 'bytes'>,
): StoredSnapshot {
  return { version: 1, createdAt: Date.now(), layeredDigest: layered?.digest ?? null, ...facts };
}

export async function findOrNull(
  store: WorkspaceStore,
  host: Host,
  id: WorkspaceId,
): Promise<Workspace | null> {
  return (await store.list(host)).workspaces.find((workspace) => workspace.id === id) ?? null;
}

/** Makes a private folder for what will be snapshot `id`. */
export async function beginInSnapshots(
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

/**
 * Removes what a task left among the snapshots of a workspace, and lets go of that. An exchange that was cut is brought to
 * its end: what was there before is in it.
 */
export async function endInSnapshots(
  store: WorkspaceStore,
  host: Host,
  { id, taskId }: { readonly id: WorkspaceId; readonly taskId: TaskId },
): Promise<void> {
  const workspace = await findOrNull(store, host, id);
  if (workspace === null) return;
  const snapshots = snapshotsOf(workspace);
  const isThere = (await host.files.stat(snapshots)) !== null;
  for (const { name } of isThere ? await host.files.list(snapshots) : []) {
    const path = joinPath(snapshots, name);
    if (name === `.making-${taskId}`) await removeTree(host, path, { taskId, byHand: null });
    if (!name.startsWith('.restoring-') || !isOfTask(name, taskId)) continue;
    const words = [{ path: snapshots }, { path: name }];
    const purpose = 'Remove what is left of a restoring';
    await mustRun(host, { purpose, script: settleScript, words, byHand: null, path });
  }
  await store.release(host, { id, taskId });
}

/** Does work in a private folder that goes when the work fails. */
export async function orRemove<Result>(
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
