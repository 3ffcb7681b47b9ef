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
  /** Null where its state on another node does not tell. */
  imagePath: hostPathSchema.nullable(),
  /** Milliseconds since 1970; null where it is not known. */
  startedAt: z.number().nullable(),
  /** Null on another node: nobody can tell from here. */
  isRunning: z.boolean().nullable(),
  /** Of the log files, for `logs`. */
  outBytes: z.number().nonnegative().nullable(),
  errorBytes: z.number().nonnegative().nullable(),
  /** Known where the workbench started it. */
  workspace: z.object({ id: workspaceIdSchema, name: z.string().max(256) }).nullable(),
});
export type Instance = z.infer<typeof instanceSchema>;

export const startInstanceInputSchema = z.object({
  hostId: hostIdSchema,
  imagePath: hostPathSchema,
  name: instanceNameSchema,
  /** With its overlays. */
  options: actionOptionsSchema,
  workspace: workspaceIdSchema.nullable(),
  /** Arguments of its start script. */
  args: z.array(z.string().max(131_072)).max(1024),
});
export type StartInstanceInput = z.infer<typeof startInstanceInputSchema>;

/** What an instance uses now. */
export const instanceStatsSchema = z.object({
  cpuSeconds: z.number().nonnegative().nullable(),
  /** Of control groups what they charge to it; of processes their resident memory, in which shared pages count more than once. */
  memoryBytes: z.number().nonnegative().nullable(),
  /** Null where there is none, or nobody tells. */
  memoryLimitBytes: z.number().nonnegative().nullable(),
  processes: z.number().int().nonnegative().nullable(),
  /** Who told: the host's control groups, or the processes themselves where there are none. */
  source: z.enum(['controlGroups', 'processes']).nullable(),
  /** Why the control groups do not tell, in a sentence. */
  reason: z.string().nullable(),
});
export type InstanceStats = z.infer<typeof instanceStatsSchema>;

/** One that is there: other programs may have given it a name that `start` would not. */
export const oneInstanceSchema = z.object({
  hostId: hostIdSchema,
  name: z.string().regex(/^[A-Za-z0-9_.][A-Za-z0-9_.-]{0,255}$/, 'not a name'),
});
export type OneInstance = z.infer<typeof oneInstanceSchema>;

export const instancesContract = {
  /** Those of the node that answers, and what the home folder keeps of other nodes. */
  list: procedure
    .input(z.object({ hostId: hostIdSchema }))
    .output(z.object({ node: z.string(), instances: z.array(instanceSchema) })),
  /** Fails with instance.exists, image.missing, overlay.busy, workspace.cannotOpen, runtime.*. */
  start: procedure.input(startInstanceInputSchema).output(instanceSchema),
  /** The command line of a start, before it is run. */
  previewStart: procedure
    .input(startInstanceInputSchema)
    .output(z.object({ command: z.string(), warnings: z.array(z.string()) })),
  stats: procedure.input(oneInstanceSchema).output(instanceStatsSchema),
  /** The end of what it wrote, of each stream at most this many bytes. It stays when the instance is stopped. */
  logs: procedure
    .input(oneInstanceSchema.extend({ limitBytes: z.number().int().positive().max(4_194_304) }))
    .output(z.object({ out: z.string(), error: z.string(), isCut: z.boolean() })),
  /** Ends it in good order, after ten seconds by force. Fails with instance.unknown. */
  stop: procedure.input(oneInstanceSchema).output(z.object({})),
};
