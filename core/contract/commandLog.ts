import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { procedure } from './errors.ts';
import { hostIdSchema, taskIdSchema } from './ids.ts';

/** A command line that the workbench ran, secrets masked. Times are milliseconds since 1970. */
export const commandRecordSchema = z.object({
  id: z.string(),
  hostId: hostIdSchema,
  taskId: taskIdSchema.nullable(),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  /** Quoted for a POSIX shell. */
  ran: z.string(),
  /** What a person would type to get the same, where it differs. */
  byHand: z.string().nullable(),
  /** Why it was run: "Shell in tiny.sif", "Convert to SIF". */
  purpose: z.string(),
  exitStatus: z.number().int().nullable(),
});
export type CommandRecord = z.infer<typeof commandRecordSchema>;

export const commandLogEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), records: z.array(commandRecordSchema) }),
  z.object({ type: z.literal('changed'), record: commandRecordSchema }),
]);
export type CommandLogEvent = z.infer<typeof commandLogEventSchema>;

export const commandLogContract = {
  watch: procedure.output(eventIterator(commandLogEventSchema)),
  /** The chosen records (all when empty) as a commented shell script. */
  exportScript: procedure
    .input(z.object({ ids: z.array(z.string()) }))
    .output(z.object({ script: z.string() })),
};
