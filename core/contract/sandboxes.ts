import { z } from 'zod';
import { packageManagerSchema } from './compare.ts';
import { procedure } from './errors.ts';
import { hostPathSchema } from './hostPath.ts';
import { hostIdSchema, taskIdSchema } from './ids.ts';

/** What a sandbox was made from. */
export const sandboxBaseSchema = z.object({
  kind: z.enum(['registry', 'image', 'definition']),
  /** `docker://…`, path of an image, name of a definition file. */
  from: z.string().max(16_384),
  /** `sha256:…` of the manifest, image or definition; null where it is not known. */
  digest: z.string().max(160).nullable(),
});
export type SandboxBase = z.infer<typeof sandboxBaseSchema>;

export const sandboxSnapshotSchema = z.object({
  id: z.string().regex(/^[a-z0-9-]{8,64}$/),
  note: z.string().max(4000),
  createdAt: z.number(),
  /** On the disk when it was made, where that was measured. */
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
  /** When the workbench last opened a shell in it. */
  lastUsedAt: z.number().nullable(),
  /** `bytes` on the disk. */
  size: z.object({ bytes: z.number(), files: z.number(), measuredAt: z.number() }).nullable(),
  /** Some of its files belong to subordinate ids of the person: only a namespace may change or remove them. */
  hasForeignOwners: z.boolean().nullable(),
  /** Oldest first. */
  snapshots: z.array(sandboxSnapshotSchema),
});
export type Sandbox = z.infer<typeof sandboxSchema>;

/** Ways into a sandbox: three of the runtime, three for hosts that have none. */
export const sandboxWayIdSchema = z.enum([
  'readOnly',
  'writable',
  'writableRoot',
  'charliecloud',
  'bubblewrap',
  'unshare',
]);
export type SandboxWayId = z.infer<typeof sandboxWayIdSchema>;

/** How a shell in it would be, in words, for each way that this host has. */
export const sandboxWaySchema = z.object({
  id: sandboxWayIdSchema,
  sentence: z.string(),
  /** What is lost with it, in sentences; for one that is not possible, why. */
  limits: z.array(z.string()),
  isPossible: z.boolean(),
});
export type SandboxWay = z.infer<typeof sandboxWaySchema>;

/**
 * A shell in a sandbox. `isWritable` and `isRoot` say it for the ways that are not the runtime's, whose own ways say it by
 * themselves; the way of namespaces (`unshare`) is always root inside.
 */
export const sandboxShellSchema = z.object({
  hostId: hostIdSchema,
  path: hostPathSchema,
  way: sandboxWayIdSchema,
  isWritable: z.boolean(),
  isRoot: z.boolean(),
});
export type SandboxShell = z.infer<typeof sandboxShellSchema>;

export const sandboxChangeSchema = z.object({
  path: hostPathSchema,
  what: z.enum(['added', 'changed', 'removed']),
  /** Of what is there now; of a removed one, what it had. */
  sizeBytes: z.number().nonnegative(),
});
export type SandboxChange = z.infer<typeof sandboxChangeSchema>;

/** What changed since it was made. */
export const sandboxDifferenceSchema = z.object({
  /** The first 10,000 by path. */
  files: z.array(sandboxChangeSchema),
  moreFiles: z.number().int().nonnegative(),
  totals: z.object({
    added: z.number().int().nonnegative(),
    changed: z.number().int().nonnegative(),
    removed: z.number().int().nonnegative(),
  }),
  packages: z.array(
    z.object({
      name: z.string(),
      before: z.string().nullable(),
      after: z.string().nullable(),
      kind: packageManagerSchema,
    }),
  ),
  /** By so much its files are larger than they were; below zero where they are smaller. */
  addedBytes: z.number(),
  /** What could not be compared, in sentences. */
  notes: z.array(z.string()),
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
  /** The host's default image folder when null. */
  folder: hostPathSchema.nullable(),
  fileName: hostPathSchema,
  overwrite: z.boolean(),
});
export type FreezeSandboxInput = z.infer<typeof freezeSandboxInputSchema>;

/** All of these fail with sandbox.unknown for what is no sandbox. */
export const sandboxesContract = {
  /** Those in the image folders of a host, and those elsewhere that the workbench made. */
  list: procedure
    .input(z.object({ hostId: hostIdSchema }))
    .output(z.object({ sandboxes: z.array(sandboxSchema) })),
  detail: procedure.input(one).output(sandboxSchema.extend({ ways: z.array(sandboxWaySchema) })),
  measure: procedure.input(one).output(begun),
  /** Reads the whole tree, and answers then. Fails with sandbox.noBase. */
  difference: procedure.input(one).output(sandboxDifferenceSchema),
  clone: procedure.input(cloneSandboxInputSchema).output(begun),
  snapshot: procedure.input(snapshotSandboxInputSchema).output(begun),
  /** What is there becomes a snapshot first. */
  restore: procedure.input(restoreSandboxInputSchema).output(begun),
  removeSnapshot: procedure.input(restoreSandboxInputSchema).output(begun),
  /** To a SIF, with the definition and lineage in it. */
  freeze: procedure.input(freezeSandboxInputSchema).output(begun),
  /** The commands of its writable shells, as a draft of a definition file. */
  draft: procedure.input(one).output(z.object({ definition: z.string(), commands: z.number().int() })),
  /** Everything of it, also files of subordinate ids, and its snapshots. Fails with sandbox.busy. */
  remove: procedure.input(one).output(begun),
};
