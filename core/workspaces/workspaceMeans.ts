import type { HostPath } from '#core/contract/hostPath.ts';
import { type HostId, localHostId, type WorkspaceId } from '#core/contract/ids.ts';
import {
  type Workspace,
  type WorkspaceImage,
  type WorkspaceManifest,
  workspaceManifestSchema,
} from '#core/contract/workspaces.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import type { PrivateFolder, WorkspaceStore } from './workspaceStore.ts';

/** What the work on workspaces stands on. */
export interface WorkspaceMeans {
  /** Fails with host.unknown or host.notConnected. */
  readonly openHost: (id: HostId) => Promise<Host>;
  readonly store: WorkspaceStore;
  /** What the bytes of an image tell; fails with image.missing and image.notAnImage. */
  readonly describeImage: (hostId: HostId, path: HostPath) => Promise<Omit<WorkspaceImage, 'place'>>;
  /** Ends work on a workspace that goes on in the background, before it is removed. */
  readonly stopBackgroundWork: (hostId: HostId, id: WorkspaceId) => Promise<void>;
}

/** The folder in a workspace's folder that holds what is its own: the tree, or its writes above a packed file. */
export function partOf({ layered }: Pick<Workspace, 'layered'>): 'home' | 'upper' {
  return layered === null ? 'home' : 'upper';
}

/** Whether work is on a host of its own: it goes on there when the line is cut or this process ends. */
export function isThere({ hostId }: { readonly hostId: HostId }): boolean {
  return hostId !== localHostId;
}

/** What of a workspace is in its manifest. */
export function manifestOf(workspace: Workspace): WorkspaceManifest {
  return workspaceManifestSchema.parse(workspace);
}

/** Fails with workspace.busy where somebody has it open, or may have from another node. */
export function requireUnused({ name, writers, hostId }: Workspace): void {
  const writer = writers.find(({ isAlive }) => isAlive !== false);
  if (writer === undefined) return;
  const { user, node, processId, what, isAlive } = writer;
  const doubt = isAlive === null ? ', which cannot be seen from here' : '';
  const reason = `${user} runs ${what} in it on ${node}, process ${processId}${doubt}`;
  throw workbenchError('workspace.busy', { name, reason }, { hostId });
}

/** Does work in a private folder; when it fails, the folder goes with everything in it, and the failure is told. */
export async function inFolder<Result>(
  folder: Pick<PrivateFolder, 'folder' | 'discard'>,
  context: Pick<TaskContext, 'log'>,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (thrown) {
    try {
      await folder.discard();
    } catch {
      // The first failure is the one to tell; what is left goes at the next start.
      context.log('note', `${folder.folder} is left until the next start`);
    }
    throw thrown;
  }
}
