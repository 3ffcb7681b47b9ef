import { baseName, folderName, type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import type { TaskId } from '#core/contract/ids.ts';
import type { Host } from '#core/hosts/host.ts';
import { mustRun } from './treeScript.ts';
import { removeScript } from './treeScripts.ts';

/** Name of what is being removed by a task. */
const removingName = (taskId: string) => `.removing-${taskId}`;

/**
 * Removes a folder with everything in it, also read-only trees and files of the person's subordinate ids; never through a
 * mount or a link. It loses its name first. Nothing there is no error. Fails with workspace.busy where something is mounted
 * in it and with host.permissionDenied where folders in it belong to others; then nothing has changed.
 */
export async function removeTree(
  host: Host,
  path: HostPath,
  { taskId, byHand }: { readonly taskId: TaskId; readonly byHand: string | null },
): Promise<void> {
  await mustRun(host, {
    purpose: 'Remove a tree',
    script: removeScript,
    words: [
      { path: folderName(path) },
      { path: baseName(path) },
      { path: hostPathFromText(removingName(taskId)) },
    ],
    byHand,
    taskId,
    path,
  });
}
