import { z } from 'zod';
import { procedure } from './errors.ts';
import { hostPathSchema } from './hostPath.ts';
import { hostIdSchema, taskIdSchema } from './ids.ts';

/** What a sandbox was made from. */
export const sandboxBaseSchema = z.object({
  /** `docker://…`, path of a SIF, name of a definition file. */
  from: z.string().max(16_384),
  digest: z.string().max(160).nullable(),
});
export type SandboxBase = z.infer<typeof sandboxBaseSchema>;

export const sandboxSnapshotSchema = z.object({
  id: z.string().regex(/^[a-z0-9-]{8,64}$/),
  note: z.string().max(4000),
  createdAt: z.number(),
  bytes: z.number().nonnegative().nullable(),
});
export type SandboxSnapshot = z.infer<typeof sandboxSnapshotSchema>;

/** A sandbox of a host. Times are milliseconds since 1970. */
export const sandboxSchema = z.object({
  hostId: hostIdSchema,
  path: hostPathSchema,
  name: hostPathSchema,
  /** Null where the workbench did not make it. */
  base: sandboxBaseSchema.nullable(),
  createdAt: z.number().nullable(),
  lastUsedAt: z.number().nullable(),
  size: z.object({ bytes: z.number(), files: z.number(), measuredAt: z.number() }).nullable(),
  /** Some of its files belong to subordinate ids of the person: only a namespace may change or remove them. */
  hasForeignOwners: z.boolean().nullable(),
  snapshots: z.array(sandboxSnapshotSchema),
});
export type Sandbox = z.infer<typeof sandboxSchema>;

/** How a shell in it would be, in words, for each way that this host has. */
export const sandboxWaySchema = z.object({
  id: z.enum(['readOnly', 'writable', 'writableRoot', 'charliecloud', 'bubblewrap', 'unshare']),
  sentence: z.string(),
  /** What is lost with it, in sentences. */
  limits: z.array(z.string()),
  isPossible: z.boolean(),
});
export type SandboxWay = z.infer<typeof sandboxWaySchema>;

export const sandboxChangeSchema = z.object({
  path: hostPathSchema,
  what: z.enum(['added', 'changed', 'removed']),
  sizeBytes: z.number().nonnegative(),
});
export type SandboxChange = z.infer<typeof sandboxChangeSchema>;

/** What changed since it was made. */
export const sandboxDifferenceSchema = z.object({
  files: z.array(sandboxChangeSchema),
  moreFiles: z.number().int().nonnegative(),
  packages: z.array(
    z.object({
      name: z.string(),
      before: z.string().nullable(),
      after: z.string().nullable(),
      kind: z.enum(['dpkg', 'rpm', 'apk', 'pip', 'conda']),
    }),
  ),
  addedBytes: z.number().nonnegative(),
});
export type SandboxDifference = z.infer<typeof sandboxDifferenceSchema>;

const one = z.object({ hostId: hostIdSchema, path: hostPathSchema });
const begun = z.object({ taskId: taskIdSchema });

export const oneSandboxSchema = one;
export type OneSandbox = z.infer<typeof oneSandboxSchema>;
export const cloneSandboxInputSchema = one.extend({ target: hostPathSchema });
export type CloneSandboxInput = z.infer<typeof cloneSandboxInputSchema>;
export const snapshotSandboxInputSchema = one.extend({ note: z.string().max(4000) });
export type SnapshotSandboxInput = z.infer<typeof snapshotSandboxInputSchema>;
export const restoreSandboxInputSchema = one.extend({ snapshotId: sandboxSnapshotSchema.shape.id });
export type RestoreSandboxInput = z.infer<typeof restoreSandboxInputSchema>;
export const freezeSandboxInputSchema = one.extend({
  folder: hostPathSchema.nullable(),
  fileName: hostPathSchema,
  overwrite: z.boolean(),
});
export type FreezeSandboxInput = z.infer<typeof freezeSandboxInputSchema>;

export const sandboxesContract = {
  list: procedure
    .input(z.object({ hostId: hostIdSchema }))
    .output(z.object({ sandboxes: z.array(sandboxSchema) })),
  detail: procedure.input(one).output(sandboxSchema.extend({ ways: z.array(sandboxWaySchema) })),
  measure: procedure.input(one).output(begun),
  /** Waits until it is known; long trees are read once and kept until they change. */
  difference: procedure.input(one).output(sandboxDifferenceSchema),
  clone: procedure.input(cloneSandboxInputSchema).output(begun),
  snapshot: procedure.input(snapshotSandboxInputSchema).output(begun),
  restore: procedure.input(restoreSandboxInputSchema).output(begun),
  removeSnapshot: procedure.input(restoreSandboxInputSchema).output(begun),
  /** To a SIF, with the definition and lineage in it. */
  freeze: procedure.input(freezeSandboxInputSchema).output(begun),
  /** The commands of its writable shells, as a draft of a definition file. */
  draft: procedure.input(one).output(z.object({ definition: z.string(), commands: z.number().int() })),
  /** Everything of it, also files of subordinate ids. */
  remove: procedure.input(one).output(begun),
};
