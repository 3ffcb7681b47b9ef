import { reportOf } from '#core/errors/workbenchError.ts';
import type { DetachedJob, DetachedOptions } from '#core/hosts/detachedJob.ts';
import { createDetachedJobs } from '#core/hosts/detachedJobs.ts';
import type { Host } from '#core/hosts/host.ts';
import { isLineFailure } from '#core/hosts/lineFailure.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import { type TaskContext, TaskDetached } from './task.ts';

/** Work whose long part is a detached job under the task's id. Its steps may be cut anywhere and are then done again. */
export interface DetachedWork<Result> {
  /** What an earlier run of the task brought to its end, with only the job left to remove; else null. */
  made(): Promise<Result | null>;
  /** Prepares everything, and starts the job last. */
  begin(start: (spec: CommandSpec, options: DetachedOptions) => Promise<DetachedJob>): Promise<DetachedJob>;
  /** Follows the job to its end and does the rest. */
  complete(job: DetachedJob): Promise<Result>;
  /**
   * Removes what there is of it without a final name, and lets go of what it holds, once the job is over. Nothing there is
   * no error.
   */
  end(): Promise<void>;
}

/**
 * Runs or adopts such work. Where the line is cut, or this process ends, it is left as it is (`TaskDetached`); when it fails
 * or is cancelled, its job is ended and nothing of it stays.
 */
export async function runDetached<Result>(
  host: Host,
  context: TaskContext,
  work: DetachedWork<Result>,
): Promise<Result> {
  const { id, signal, isAdopted } = context;
  const jobs = createDetachedJobs(host);
  let mayRun = false;
  const start = (spec: CommandSpec, options: DetachedOptions) => {
    mayRun = true; // also when the answer is lost
    return jobs.start(id, spec, options);
  };
  try {
    const made = isAdopted ? await work.made() : null;
    let job = await jobs.find(id);
    mayRun = job !== null;
    if (made === null) signal.throwIfAborted();
    if (made === null && job === null) {
      if (isAdopted) await work.end(); // the line was cut while it was prepared
      job = await work.begin(start);
    }
    const result = made ?? (job === null ? null : await work.complete(job));
    if (result === null) throw new Error('begun without a job');
    await work.end();
    await job?.remove();
    return result;
  } catch (thrown) {
    if (signal.reason instanceof TaskDetached) throw signal.reason;
    if (isLineFailure(thrown)) throw mayRun ? new TaskDetached('cut', { cause: thrown }) : thrown;
    await clearAway(context, { jobs, work });
    throw signal.aborted ? signal.reason : thrown;
  }
}

/** What cannot be ended now stays detached when it was to be cancelled. */
async function clearAway(
  { id, signal, log }: TaskContext,
  {
    jobs,
    work,
  }: {
    readonly jobs: ReturnType<typeof createDetachedJobs>;
    readonly work: Pick<DetachedWork<unknown>, 'end'>;
  },
): Promise<void> {
  try {
    const job = await jobs.find(id);
    await job?.cancel();
    await work.end();
    await job?.remove();
  } catch (thrown) {
    if (signal.aborted) throw new TaskDetached('not cancelled', { cause: thrown });
    log('note', `Something was left behind on the host: ${reportOf(thrown).title}`);
  }
}
