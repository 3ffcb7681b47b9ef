import type { SyncInput, SyncPlan } from '#core/contract/handover.ts';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId, TaskId } from '#core/contract/ids.ts';
import type { Host } from '#core/hosts/host.ts';
import type { SshConnection } from '#core/hosts/ssh/sshConnection.ts';
import type { TaskDefinition } from '#core/tasks/task.ts';
import type { WorkspaceStore } from '#core/workspaces/workspaceStore.ts';

/** Two copies of a workspace, brought to the same state. */
export interface Syncing {
  readonly definition: TaskDefinition<SyncInput>;
  /** What a sync would do; changes nothing. Fails with workspace.unknown, workspace.hostile, input.invalid. */
  plan(input: SyncInput): Promise<SyncPlan>;
  /** Puts right what cut syncs left on a host, at the next start. Answers with what was there. */
  removeLeftovers(hostId: HostId): Promise<readonly HostPath[]>;
}

/** What syncing stands on. */
export interface SyncMeans {
  /** This machine: what goes between two others goes through it. */
  readonly local: Host;
  /** Fails with host.unknown or host.notConnected. */
  readonly openHost: (id: HostId) => Promise<Host>;
  /** The line to an ssh host; null for this machine. */
  readonly lineOf: (id: HostId) => SshConnection | null;
  readonly store: WorkspaceStore;
  /** Whether a task of this workbench has not ended. */
  readonly isTaskOpen: (id: TaskId) => boolean;
  /** Troubles that stop nothing. */
  readonly onProblem: (text: string) => void;
}
