import { z } from 'zod';
import { procedure } from './errors.ts';
import { hostPathSchema } from './hostPath.ts';
import { hostIdSchema, workspaceIdSchema } from './ids.ts';
import { actionOptionsSchema } from './runtime.ts';

/** As the runtime takes them: it refuses other letters. */
export const instanceNameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'not a name');

/** A container that runs in the background; the runtime knows it on the node where it was started alone. */
export const instanceSchema = z.object({
  name: z.string().max(256),
  hostId: hostIdSchema,
  /** The login node; state of instances is kept per host name. */
  node: z.string().max(256),
  /** Null where it runs on another node than the one that was asked. */
  processId: z.number().int().nullable(),
  imagePath: hostPathSchema,
  /** Milliseconds since 1970; null where it is not known. */
  startedAt: z.number().nullable(),
  isRunning: z.boolean(),
  /** Of the log files, for `logs`. */
  outBytes: z.number().nonnegative().nullable(),
  errorBytes: z.number().nonnegative().nullable(),
  /** Known where the workbench started it. */
  workspaceId: workspaceIdSchema.nullable(),
});
export type Instance = z.infer<typeof instanceSchema>;

export const startInstanceInputSchema = z.object({
  hostId: hostIdSchema,
  imagePath: hostPathSchema,
  name: instanceNameSchema,
  options: actionOptionsSchema,
  workspace: workspaceIdSchema.nullable(),
  /** Overlay images or folders, in order. */
  overlays: z.array(z.object({ path: hostPathSchema, isReadOnly: z.boolean() })).max(16),
  /** Arguments of its start script. */
  args: z.array(z.string().max(131_072)).max(1024),
});
export type StartInstanceInput = z.infer<typeof startInstanceInputSchema>;

/** What an instance uses now; null where the host's control groups do not tell. */
export const instanceStatsSchema = z.object({
  cpuSeconds: z.number().nonnegative().nullable(),
  memoryBytes: z.number().nonnegative().nullable(),
  memoryLimitBytes: z.number().nonnegative().nullable(),
  processes: z.number().int().nonnegative().nullable(),
  /** Why nothing is known, in a sentence. */
  reason: z.string().nullable(),
});
export type InstanceStats = z.infer<typeof instanceStatsSchema>;

const one = z.object({ hostId: hostIdSchema, name: z.string().min(1).max(256) });

export const instancesContract = {
  list: procedure
    .input(z.object({ hostId: hostIdSchema }))
    .output(z.object({ node: z.string(), instances: z.array(instanceSchema) })),
  start: procedure.input(startInstanceInputSchema).output(instanceSchema),
  /** The command line of a start, before it is run. */
  previewStart: procedure
    .input(startInstanceInputSchema)
    .output(z.object({ command: z.string(), warnings: z.array(z.string()) })),
  stats: procedure.input(one).output(instanceStatsSchema),
  /** The end of what it wrote, of each stream at most this many bytes. */
  logs: procedure
    .input(one.extend({ limitBytes: z.number().int().positive().max(4_194_304) }))
    .output(z.object({ out: z.string(), error: z.string(), isCut: z.boolean() })),
  /** Ends it in good order, after ten seconds by force. */
  stop: procedure.input(one).output(z.object({})),
};
