import type { HostId, TaskId } from '#core/contract/ids.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';

/** Told of every command that a host starts: the command log stands behind it. */
export interface CommandObserver {
  started(
    hostId: HostId,
    spec: CommandSpec,
    taskId: TaskId | null,
  ): { ended(exitStatus: number | null): void };
}
