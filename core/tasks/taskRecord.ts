import { z } from 'zod';
import { taskSchema } from '#core/contract/tasks.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { mayBeAlive, processOwnerSchema, thisProcess } from '#core/hosts/processOwner.ts';

/** A task as it lies on disk: what the page sees, the input for a retry (without secrets), and who runs it. */
export const taskRecordSchema = z.object({ task: taskSchema, input: z.unknown(), owner: processOwnerSchema });
export type TaskRecord = z.infer<typeof taskRecordSchema>;

/** True for a task that will not change any more. */
export function isEnded(task: TaskRecord['task']): boolean {
  const { state } = task.status;
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}

/** A record read from disk → what is true of it now: work whose process is gone was interrupted. */
export function settleRecord(record: TaskRecord): TaskRecord {
  const isOurs =
    record.owner.processId === thisProcess.processId && record.owner.startTicks === thisProcess.startTicks;
  if (isEnded(record.task)) return { ...record, task: { ...record.task, isForeign: false } };
  if (mayBeAlive(record.owner)) return { ...record, task: { ...record.task, isForeign: !isOurs } };
  const error = workbenchError(
    'task.interrupted',
    { title: record.task.title },
    { hostId: record.task.hostId },
  ).report;
  const task = {
    ...record.task,
    isForeign: false,
    endedAt: Date.now(),
    status: { state: 'failed' as const, error },
  };
  return { ...record, task };
}
