import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { errorReportSchema, procedure } from './errors.ts';
import { hostPathSchema } from './hostPath.ts';
import { hostIdSchema, taskIdSchema } from './ids.ts';

/** What kinds of long work there are. A kind with the same input again is a retry. */
export const taskKinds = [
  'image.pull',
  'image.add',
  'image.import',
  'image.build',
  'image.test',
  'image.push',
  'image.publish',
  'image.compare',
  'image.encrypt',
  'image.remove',
  'cache.clean',
  'workspace.create',
  'workspace.measure',
  'workspace.remove',
  'workspace.snapshot',
  'workspace.restore',
  'workspace.removeSnapshot',
  'workspace.pack',
  'workspace.adopt',
  'workspace.unpackBelow',
  'workspace.embed',
  'workspace.sync',
  'sandbox.measure',
  'sandbox.clone',
  'sandbox.snapshot',
  'sandbox.restore',
  'sandbox.removeSnapshot',
  'sandbox.freeze',
  'sandbox.remove',
  'overlay.create',
  'overlay.check',
  'overlay.grow',
  'overlay.embed',
  'overlay.unembed',
] as const;
export const taskKindSchema = z.enum(taskKinds);
export type TaskKind = z.infer<typeof taskKindSchema>;

/** One of several things that move at once, such as a layer. */
export const progressPartSchema = z.object({
  id: z.string(),
  label: z.string(),
  state: z.enum(['waiting', 'running', 'elsewhere', 'done']),
  doneBytes: z.number().nonnegative(),
  totalBytes: z.number().nonnegative().nullable(),
});
export type ProgressPart = z.infer<typeof progressPartSchema>;

/** Where a running task is. `fraction` never goes back, and is null where nobody knows. */
export const progressSchema = z.object({
  /** Stable word of the phase: resolve, wait, download, verify, compare, convert, copy, finish. */
  phase: z.enum([
    'queue',
    'resolve',
    'wait',
    'download',
    'verify',
    'compare',
    'unpack',
    'convert',
    'copy',
    'send',
    'change',
    'remove',
    'finish',
  ]),
  fraction: z.number().min(0).max(1).nullable(),
  /** One line from the work itself, such as the runtime's own last message. */
  text: z.string(),
  bytes: z.object({ done: z.number().nonnegative(), total: z.number().nonnegative().nullable() }).nullable(),
  bytesPerSecond: z.number().nonnegative().nullable(),
  secondsLeft: z.number().nonnegative().nullable(),
  parts: z.array(progressPartSchema),
});
export type Progress = z.infer<typeof progressSchema>;

/** What a finished task made. */
export const taskResultSchema = z.object({
  path: hostPathSchema.nullable(),
  digest: z.string().nullable(),
  sizeBytes: z.number().nonnegative().nullable(),
  /** Facts for the log and the CLI: bytesDownloaded, bytesReused, converted, sharedWith. */
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type TaskResult = z.infer<typeof taskResultSchema>;

export const taskStateSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('queued') }),
  z.object({ state: z.literal('running'), progress: progressSchema }),
  z.object({ state: z.literal('cancelling'), progress: progressSchema.nullable() }),
  z.object({ state: z.literal('succeeded'), result: taskResultSchema }),
  z.object({ state: z.literal('failed'), error: errorReportSchema }),
  z.object({ state: z.literal('cancelled') }),
  z.object({ state: z.literal('detached'), since: z.number() }),
]);
export type TaskState = z.infer<typeof taskStateSchema>;

/** Times are milliseconds since 1970. */
export const taskSchema = z.object({
  id: taskIdSchema,
  kind: taskKindSchema,
  hostId: hostIdSchema,
  /** Names the thing, not the action: `docker://alpine:3.20`. */
  title: z.string(),
  /** The file that it makes or changes, where there is one. */
  target: hostPathSchema.nullable(),
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  status: taskStateSchema,
  /** What a person would type by hand to get the same. */
  byHand: z.string().nullable(),
  /** Owned by another process (a command line) of this user: shown, not cancellable from here. */
  isForeign: z.boolean(),
  canRetry: z.boolean(),
});
export type Task = z.infer<typeof taskSchema>;

/** First a snapshot, then what changed after it; `sequence` counts events of this core. */
export const taskEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), sequence: z.number(), tasks: z.array(taskSchema) }),
  z.object({ type: z.literal('changed'), sequence: z.number(), task: taskSchema }),
  z.object({ type: z.literal('removed'), sequence: z.number(), id: taskIdSchema }),
]);
export type TaskEvent = z.infer<typeof taskEventSchema>;

export const logLineSchema = z.object({
  /** Milliseconds since 1970. */
  at: z.number(),
  stream: z.enum(['note', 'command', 'stdout', 'stderr']),
  text: z.string(),
});
export type LogLine = z.infer<typeof logLineSchema>;

/**
 * Lines from number `from` on (0-based); `ended` when no more will come. Where lines of a long log are missing, `from`
 * goes ahead, and the first line says so.
 */
export const logBatchSchema = z.object({
  from: z.number(),
  lines: z.array(logLineSchema),
  ended: z.boolean(),
});
export type LogBatch = z.infer<typeof logBatchSchema>;

export const tasksContract = {
  watch: procedure.output(eventIterator(taskEventSchema)),
  /** Follows a task's log from a line on; ends with the task. */
  watchLog: procedure
    .input(z.object({ id: taskIdSchema, from: z.number().int().nonnegative() }))
    .output(eventIterator(logBatchSchema)),
  cancel: procedure.input(z.object({ id: taskIdSchema })).output(z.object({})),
  retry: procedure.input(z.object({ id: taskIdSchema })).output(z.object({ taskId: taskIdSchema })),
  /** Takes finished tasks off the list, with their logs. */
  dismiss: procedure.input(z.object({ ids: z.array(taskIdSchema) })).output(z.object({})),
};
