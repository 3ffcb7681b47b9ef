import type { AdoptInput, AdoptPlan, EmbedInput, PackInput, PackPlan } from '#core/contract/handover.ts';
import type { HostId, WorkspaceId } from '#core/contract/ids.ts';
import type { OneWorkspace } from '#core/contract/workspaces.ts';
import type { TaskDefinition } from '#core/tasks/task.ts';

/** Workspaces handed from person to person and from host to host. Plans say it all before, and change nothing. */
export interface Handover {
  readonly taskDefinitions: readonly TaskDefinition<unknown>[];
  /** Ends the unpacking below a workspace that is to be removed, where this process is at it. */
  stopUnpacking(hostId: HostId, id: WorkspaceId): Promise<void>;
  /** Workspaces of a host that were adopted to be unpacked, and are not yet: their workbench ended before, or was killed. */
  unpackingsWanted(hostId: HostId): Promise<readonly OneWorkspace[]>;
  /** Whether a workspace is still to be unpacked, nobody is at it, and there is room for it. */
  isToUnpack(one: OneWorkspace): Promise<boolean>;
  /** Fails with workspace.unknown, workspace.cannotOpen. */
  planPack(input: PackInput): Promise<PackPlan>;
  /** Fails with image.missing, workspace.none, workspace.hostile, workspace.unknown. */
  planAdopt(input: AdoptInput): Promise<AdoptPlan>;
  /** Fails with workspace.unknown, image.missing, input.invalid for an image into which nothing can go. */
  planEmbed(input: EmbedInput): Promise<PackPlan>;
}
