import type { z } from 'zod';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId, TaskId } from '#core/contract/ids.ts';
import type { LogLine, Progress, TaskKind, TaskResult } from '#core/contract/tasks.ts';

/** What running work may do to the world of tasks. */
export interface TaskContext {
  readonly id: TaskId;
  /** Aborted on cancel, with a `TaskCancelled` reason. Work must then clean up and throw the reason. */
  readonly signal: AbortSignal;
  /** Merged into the task's progress; a fraction or byte count that would go back within a phase is held. */
  report(progress: Partial<Progress> & Pick<Progress, 'phase'>): void;
  log(stream: LogLine['stream'], text: string): void;
}

/** A kind of long work. `input` must survive JSON; what may not be stored (secrets) is dropped by `storedInput`. */
export interface TaskDefinition<Input> {
  readonly kind: TaskKind;
  readonly input: z.ZodType<Input>;
  describe(input: Input): {
    readonly title: string;
    readonly hostId: HostId;
    readonly target: HostPath | null;
    readonly byHand: string | null;
  };
  storedInput(input: Input): Input;
  run(input: Input, context: TaskContext): Promise<TaskResult>;
}

/** The reason of a cancelled task's signal. */
export class TaskCancelled extends Error {
  override readonly name = 'TaskCancelled';
}
