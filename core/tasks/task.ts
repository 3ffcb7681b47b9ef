import type { z } from 'zod';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId, TaskId } from '#core/contract/ids.ts';
import type { LogLine, Progress, TaskKind, TaskResult } from '#core/contract/tasks.ts';

/** What running work may do to the world of tasks. */
export interface TaskContext {
  readonly id: TaskId;
  /**
   * Aborted on cancel, with a `TaskCancelled` reason: work must then clean up and throw the reason. Detachable work is
   * also aborted with a `TaskDetached`, when this process ends: it then leaves everything as it is and throws the reason.
   */
  readonly signal: AbortSignal;
  /** Merged into the task's progress; a fraction or byte count that would go back within a phase is held. */
  report(progress: Partial<Progress> & Pick<Progress, 'phase'>): void;
  /**
   * Adds a line to the task's log. `offset` says up to which byte of a detached job's output the log has come with this
   * line; it is kept with the line, so that whoever adopts the task goes on exactly there.
   */
  log(stream: LogLine['stream'], text: string, offset?: number): void;
  /** The last `offset` that was ever logged; 0 at first. */
  readonly resumeFrom: number;
  /** True when the task was begun before and is run again to adopt it. */
  readonly isAdopted: boolean;
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
  /**
   * Whether the work goes on without this process (on a host of its own). `run` is then called again with the same id to
   * adopt it: it finds what it began (`jobs.find(id) ?? jobs.start(…)`), and each of its steps can be done twice. A signal
   * that is aborted from the start asks it only to cancel. No: the work ends with this process.
   */
  isDetachable?(input: Input): boolean;
  run(input: Input, context: TaskContext): Promise<TaskResult>;
}

/** The reason of a cancelled task's signal. */
export class TaskCancelled extends Error {
  override readonly name = 'TaskCancelled';
}

/**
 * Thrown by detachable work that goes on without us: its line was cut (`cause` is why), or this process ends. As the
 * reason of a signal it asks for just that.
 */
export class TaskDetached extends Error {
  override readonly name = 'TaskDetached';
}
