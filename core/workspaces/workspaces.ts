import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId, WorkspaceId } from '#core/contract/ids.ts';
import type { OneWorkspace, Workspace } from '#core/contract/workspaces.ts';
import type { TaskDefinition } from '#core/tasks/task.ts';
import type { WorkspaceList, WorkspaceStore } from './workspaceStore.ts';

/** The workspaces of all hosts: directories that every container sees as /home/mysingularity. */
export interface Workspaces {
  readonly store: WorkspaceStore;
  readonly taskDefinitions: readonly TaskDefinition<unknown>[];
  /** Fails with host.unknown, host.notConnected, host.permissionDenied. */
  list(hostId: HostId): Promise<WorkspaceList>;
  /** Where the image of a workspace lies now; null where it is not found. Fails with workspace.unknown. */
  findImage(workspace: OneWorkspace): Promise<HostPath | null>;
  /** Name and description; the folder keeps its name. Fails with workspace.unknown and workspace.nameTaken. */
  describe(input: Description): Promise<Workspace>;
  /** Removes what killed work left on a host. Answers with what was there. */
  removeLeftovers(hostId: HostId): Promise<readonly HostPath[]>;
}

export interface Description {
  readonly hostId: HostId;
  readonly id: WorkspaceId;
  readonly name: string;
  readonly description: string;
}
