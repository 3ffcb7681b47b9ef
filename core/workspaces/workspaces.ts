import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId, WorkspaceId } from '#core/contract/ids.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import type { TaskDefinition } from '#core/tasks/task.ts';
import type { WorkspaceList, WorkspaceStore } from './workspaceStore.ts';

/** The workspaces of all hosts: directories that every container sees as /home/mysingularity. */
export interface Workspaces {
  readonly store: WorkspaceStore;
  readonly taskDefinitions: readonly TaskDefinition<unknown>[];
  /** Fails with host.unknown, host.notConnected, host.permissionDenied. */
  list(hostId: HostId): Promise<WorkspaceList>;
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
