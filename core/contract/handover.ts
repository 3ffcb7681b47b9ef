import { z } from 'zod';
import { procedure } from './errors.ts';
import { hostPathSchema } from './hostPath.ts';
import { hostIdSchema, taskIdSchema, workspaceIdSchema } from './ids.ts';
import { oneWorkspaceSchema, workspaceManifestSchema, workspaceNameSchema } from './workspaces.ts';

/** Something of a tree that will not do elsewhere, or should not go there. */
export const strayKindSchema = z.enum([
  'linkOut',
  'linkAbsolute',
  'foreignOwner',
  'socket',
  'device',
  'unreadable',
  'setuid',
  'secret',
]);
export const strayFileSchema = z.object({
  kind: strayKindSchema,
  /** Below the workspace. */
  path: hostPathSchema,
  /** Where a link leads, whose file it is, what kind of secret it looks like. */
  detail: z.string().max(4096),
  /** Left out unless confirmed by its path. */
  isLeftOut: z.boolean(),
});
export type StrayFile = z.infer<typeof strayFileSchema>;

export const packCompressionSchema = z.enum(['zstd', 'gzip']);

/** A workspace to one file: a SIF with the manifest as a JSON object and the tree as a squashfs partition. */
export const packInputSchema = z.object({
  hostId: hostIdSchema,
  id: workspaceIdSchema,
  /** On the same host; the first image folder when null. */
  folder: hostPathSchema.nullable(),
  /** `NAME.sif` when null. */
  fileName: hostPathSchema.nullable(),
  overwrite: z.boolean(),
  compression: packCompressionSchema.nullable(),
  /** Paths of stray files that are packed after all. */
  confirmed: z.array(hostPathSchema).max(10_000),
});
export type PackInput = z.infer<typeof packInputSchema>;

export const packPlanSchema = z.object({
  target: hostPathSchema,
  exists: z.object({ sizeBytes: z.number().nonnegative() }).nullable(),
  strays: z.array(strayFileSchema),
  /** More of them than are listed. */
  moreStrays: z.number().int().nonnegative(),
  compressions: z.array(packCompressionSchema),
  byHand: z.string(),
  warnings: z.array(z.string()),
});
export type PackPlan = z.infer<typeof packPlanSchema>;

/** A packed file, an image with an embedded workspace, or another host's workspace, made one's own on a host. */
export const adoptInputSchema = z.object({
  /** Where it comes to. */
  hostId: hostIdSchema,
  from: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('file'), hostId: hostIdSchema, path: hostPathSchema }),
    z.object({ kind: z.literal('workspace'), hostId: hostIdSchema, id: workspaceIdSchema }),
  ]),
  name: workspaceNameSchema,
  parent: hostPathSchema.nullable(),
  /**
   * over: at once, the packed file below and own writes above, and so it stays; unpacked: real files. Null: over where it
   * can be, and plain files below a while later where there is room for them.
   */
  form: z.enum(['over', 'unpacked']).nullable(),
});
export type AdoptInput = z.infer<typeof adoptInputSchema>;

export const adoptPlanSchema = z.object({
  manifest: workspaceManifestSchema,
  folder: hostPathSchema,
  form: z.enum(['over', 'unpacked']),
  /** Why this form, in a sentence. */
  sentence: z.string(),
  /** Unpacked, and what of it this host has free. */
  neededBytes: z.number().nonnegative().nullable(),
  freeBytes: z.number().nonnegative(),
  warnings: z.array(z.string()),
});
export type AdoptPlan = z.infer<typeof adoptPlanSchema>;

/** A copy of an image that shows a workspace at /home/mysingularity to everybody who runs it. */
export const embedInputSchema = z.object({
  hostId: hostIdSchema,
  id: workspaceIdSchema,
  imagePath: hostPathSchema,
  folder: hostPathSchema.nullable(),
  fileName: hostPathSchema,
  overwrite: z.boolean(),
  confirmed: z.array(hostPathSchema).max(10_000),
});
export type EmbedInput = z.infer<typeof embedInputSchema>;

/** One path that two workspaces have differently. */
export const syncChangeSchema = z.object({
  path: hostPathSchema,
  what: z.enum(['new', 'changed', 'removed']),
  sizeBytes: z.number().nonnegative(),
});
export type SyncChange = z.infer<typeof syncChangeSchema>;

/** What one side has of a path; null where it has nothing. `modifiedAt` is milliseconds since 1970, by that side's clock. */
export const syncFactsSchema = z
  .object({
    kind: z.enum(['file', 'folder', 'link']),
    sizeBytes: z.number().nonnegative(),
    modifiedAt: z.number(),
  })
  .nullable();

/** Both sides changed it since the last sync, and not alike. */
export const syncConflictSchema = z.object({
  path: hostPathSchema,
  here: z.enum(['new', 'changed', 'removed']),
  there: z.enum(['new', 'changed', 'removed']),
  factsHere: syncFactsSchema,
  factsThere: syncFactsSchema,
});
export type SyncConflict = z.infer<typeof syncConflictSchema>;

/** A file that would leave a side, or could where a conflict is settled so, and is known to hold a secret. */
export const syncSecretSchema = z.object({
  path: hostPathSchema,
  from: z.enum(['here', 'there']),
  /** What kind of secret it looks like. */
  detail: z.string().max(4096),
  sizeBytes: z.number().nonnegative(),
  /** It stays where it is unless confirmed by its path. */
  isLeftOut: z.boolean(),
});
export type SyncSecret = z.infer<typeof syncSecretSchema>;

/** Two copies of a workspace on two hosts. */
export const syncInputSchema = z.object({
  hostId: hostIdSchema,
  id: workspaceIdSchema,
  other: z.object({ hostId: hostIdSchema, id: workspaceIdSchema }),
  /** push: from here to the other; pull: back; both: each gets what it has not. */
  direction: z.enum(['push', 'pull', 'both']),
  /** Paths where both changed, and whose side counts; what is not named is left as it is on both. */
  resolutions: z.array(z.object({ path: hostPathSchema, keep: z.enum(['here', 'there']) })).max(100_000),
  /** Files that are known to hold passwords, tokens or private keys, and go all the same. */
  confirmed: z.array(hostPathSchema).max(10_000).default([]),
});
export type SyncInput = z.infer<typeof syncInputSchema>;

export const syncPlanSchema = z.object({
  toOther: z.array(syncChangeSchema),
  toHere: z.array(syncChangeSchema),
  conflicts: z.array(syncConflictSchema),
  secrets: z.array(syncSecretSchema),
  /** More than are listed, of each. */
  more: z.object({
    toOther: z.number(),
    toHere: z.number(),
    conflicts: z.number(),
    secrets: z.number(),
  }),
  bytes: z.number().nonnegative(),
  warnings: z.array(z.string()),
});
export type SyncPlan = z.infer<typeof syncPlanSchema>;

const begun = z.object({ taskId: taskIdSchema });

export const handoverContract = {
  planPack: procedure.input(packInputSchema).output(packPlanSchema),
  pack: procedure.input(packInputSchema).output(begun),
  planAdopt: procedure.input(adoptInputSchema).output(adoptPlanSchema),
  adopt: procedure.input(adoptInputSchema).output(begun),
  /** Plain files in the place of the packed file below a workspace: own writes stay as they are. Then it is read faster. */
  unpack: procedure.input(oneWorkspaceSchema).output(begun),
  planEmbed: procedure.input(embedInputSchema).output(packPlanSchema),
  embed: procedure.input(embedInputSchema).output(begun),
};

export const syncContract = {
  /** What a sync would do; changes nothing. */
  planSync: procedure.input(syncInputSchema).output(syncPlanSchema),
  sync: procedure.input(syncInputSchema).output(begun),
};
