import { hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { TaskId, WorkspaceId } from '#core/contract/ids.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { WorkspaceStore } from './workspaceStore.ts';

/**
 * Removes the packed file of a workspace that has plain files in its place: nobody mounts it any more. False where somebody
 * may still read it, or work on the workspace keeps it; then the next start removes it. Nothing there is no error.
 */
export async function dropPackedFile(
  { store }: { readonly store: Pick<WorkspaceStore, 'hold'> },
  host: Host,
  { id, taskId }: { readonly id: WorkspaceId; readonly taskId: TaskId },
): Promise<boolean> {
  const hold = { id, taskId, mode: 'write', what: 'its packed file is removed' } as const;
  try {
    return await store.hold(host, hold, async ({ folder, below, writers }) => {
      if (below !== 'files' || writers.some(({ isAlive }) => isAlive !== false)) return false;
      await host.files.remove(joinPath(folder, hostPathFromText('packed.sif')));
      return true;
    });
  } catch (thrown) {
    // Other work may read it just now; it does no harm until the next start.
    if (thrown instanceof WorkbenchError && thrown.report.code === 'workspace.busy') return false;
    throw thrown;
  }
}
