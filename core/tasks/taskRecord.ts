import { z } from 'zod';
import { progressSchema, taskSchema } from '#core/contract/tasks.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { livenessOf, type ProcessOwner, processOwnerSchema, thisProcess } from '#core/hosts/processOwner.ts';

/**
 * A task as it lies on disk: what the page sees, the input for a retry (without secrets), who runs it, and, for work that
 * goes on without its process, where it was and whether it is to be cancelled when it is reached again.
 */
export const taskRecordSchema = z.object({
  task: taskSchema,
  input: z.unknown(),
  owner: processOwnerSchema,
  isDetachable: z.boolean().default(false),
  isCancelWanted: z.boolean().default(false),
  /** The last progress, and the highest fraction that was ever shown. */
  memory: z.object({ progress: progressSchema, highest: z.number() }).nullable().default(null),
});
export type TaskRecord = z.infer<typeof taskRecordSchema>;

/** True for a task that will not change any more. */
export function isEnded(task: TaskRecord['task']): boolean {
  const { state } = task.status;
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}

/**
 * A record read from disk → what is true of it now: work whose process is gone goes on by itself where it can, and was
 * interrupted where it cannot.
 */
export function settleRecord(record: TaskRecord): TaskRecord {
  const { task } = record;
  if (isEnded(task)) return { ...record, task: { ...task, isForeign: false } };
  if (livenessOf(record.owner) !== 'dead')
    return { ...record, task: { ...task, isForeign: !isThisProcess(record.owner) } };
  if (record.isDetachable) {
    const since = task.status.state === 'detached' ? task.status.since : Date.now();
    const isCancelWanted = record.isCancelWanted || task.status.state === 'cancelling';
    return {
      ...record,
      isCancelWanted,
      task: { ...task, isForeign: false, status: { state: 'detached', since } },
    };
  }
  const error = workbenchError('task.interrupted', { title: task.title }, { hostId: task.hostId }).report;
  return {
    ...record,
    task: { ...task, isForeign: false, endedAt: Date.now(), status: { state: 'failed', error } },
  };
}

/** Whether an owner is this very process. */
export function isThisProcess(owner: ProcessOwner | null): boolean {
  return owner?.processId === thisProcess.processId && owner.startTicks === thisProcess.startTicks;
}
