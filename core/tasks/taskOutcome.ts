import type { TaskState } from '#core/contract/tasks.ts';
import { reportOf, WorkbenchError } from '#core/errors/workbenchError.ts';
import { isLineFailure } from '#core/hosts/lineFailure.ts';
import { TaskCancelled, type TaskContext, type TaskDefinition, TaskDetached } from './task.ts';

/** What became of a run. */
export interface TaskOutcome {
  readonly status: TaskState;
  /** Why it is detached: a line was cut, or it could not be cancelled. Null for everything else. */
  readonly cutBy: WorkbenchError | null;
}

/** Runs work to its end. What goes on without us is detached, not ended: also when it was to be cancelled. */
export async function outcomeOf(
  definition: TaskDefinition<unknown>,
  input: unknown,
  { context, isDetachable }: { readonly context: TaskContext; readonly isDetachable: boolean },
): Promise<TaskOutcome> {
  try {
    return { status: { state: 'succeeded', result: await definition.run(input, context) }, cutBy: null };
  } catch (thrown) {
    const { signal } = context;
    const detached = isDetachable ? detachmentOf(thrown, context) : null;
    if (detached !== null) return detached;
    if (signal.aborted && signal.reason instanceof TaskCancelled) {
      if (thrown !== signal.reason) context.log('note', `While cancelling: ${reportOf(thrown).title}`);
      return { status: { state: 'cancelled' }, cutBy: null };
    }
    return { status: { state: 'failed', error: reportOf(thrown) }, cutBy: null };
  }
}

/**
 * Null for a failure of the work itself. A first run that never had a line to its host has begun nothing there: it fails
 * with that; work that is adopted may run there, whatever kept us from reaching it.
 */
function detachmentOf(thrown: unknown, { signal, isAdopted }: TaskContext): TaskOutcome | null {
  const status: TaskState = { state: 'detached', since: Date.now() };
  if (signal.reason instanceof TaskDetached) return { status, cutBy: null };
  if (thrown instanceof TaskDetached)
    return { status, cutBy: thrown.cause instanceof WorkbenchError ? thrown.cause : null };
  if (!isLineFailure(thrown)) return null;
  return isAdopted || thrown.report.code === 'host.connectionLost' ? { status, cutBy: thrown } : null;
}
