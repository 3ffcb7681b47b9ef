import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { procedure } from './errors.ts';
import { hostPathSchema } from './hostPath.ts';
import { hostIdSchema, taskIdSchema, workspaceIdSchema } from './ids.ts';
import { actionOptionsSchema, actionVerbSchema, hostEntrySchema } from './runtime.ts';

/** workspace: a SIF with a packed workspace in it and nothing to run. */
export const imageFormatSchema = z.enum([
  'sif',
  'oci-sif',
  'squashfs',
  'ext3',
  'sandbox',
  'workspace',
  'damaged',
]);
export type ImageFormat = z.infer<typeof imageFormatSchema>;

/** One row of the library: what the first bytes of the file say. Times are milliseconds since 1970. */
export const imageSchema = z.object({
  hostId: hostIdSchema,
  path: hostPathSchema,
  name: hostPathSchema,
  folder: hostPathSchema,
  format: imageFormatSchema,
  /** Null for a sandbox until measured. */
  sizeBytes: z.number().nullable(),
  modifiedAt: z.number(),
  /** When the image was made: the header's time, else null. */
  createdAt: z.number().nullable(),
  architecture: z.string().nullable(),
  /** Where it came from, as recorded in it: `docker://alpine:3.20`. */
  source: z.string().nullable(),
  isSigned: z.boolean(),
  isEncrypted: z.boolean(),
  /** Says what is wrong with a damaged file. */
  problem: z.string().nullable(),
});
export type Image = z.infer<typeof imageSchema>;

/** A reset starts a new list; then rows in batches; `ready` when the folders are read once; then changes as they happen. */
export const imageEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('reset') }),
  z.object({ type: z.literal('upsert'), images: z.array(imageSchema) }),
  z.object({ type: z.literal('remove'), paths: z.array(hostPathSchema) }),
  z.object({
    type: z.literal('ready'),
    folders: z.array(z.object({ path: hostPathSchema, problem: z.string().nullable() })),
    durationMs: z.number(),
  }),
]);
export type ImageEvent = z.infer<typeof imageEventSchema>;

export const sifObjectSchema = z.object({
  id: z.number(),
  /** Words of `sif list`: `Def.FILE`, `FS (Squashfs/*System/amd64)`, `Signature (SHA-256)`. */
  type: z.string(),
  name: z.string(),
  group: z.number().nullable(),
  link: z.string().nullable(),
  offset: z.number(),
  sizeBytes: z.number(),
  createdAt: z.number().nullable(),
});
export type SifObject = z.infer<typeof sifObjectSchema>;

export const squashfsFactsSchema = z.object({
  compression: z.string(),
  blockSizeBytes: z.number(),
  inodes: z.number(),
  usedBytes: z.number(),
  createdAt: z.number().nullable(),
  version: z.string(),
});
export type SquashfsFacts = z.infer<typeof squashfsFactsSchema>;

const appSchema = z.object({
  name: z.string(),
  help: z.string().nullable(),
  runscript: z.string().nullable(),
});

/** Everything that the bytes of an image tell. Texts are cut at 1 MiB and are hostile. */
export const imageDetailSchema = z.object({
  image: imageSchema,
  definition: z.string().nullable(),
  labels: z.array(z.object({ name: z.string(), value: z.string() })),
  environment: z.array(z.object({ file: z.string(), text: z.string() })),
  runscript: z.string().nullable(),
  startscript: z.string().nullable(),
  test: z.string().nullable(),
  help: z.string().nullable(),
  apps: z.array(appSchema),
  objects: z.array(sifObjectSchema),
  squashfs: squashfsFactsSchema.nullable(),
  uuid: z.string().nullable(),
  /** Runtime and version that made it, as recorded. */
  madeBy: z.string().nullable(),
  /** Why metadata is missing, such as: an old image whose metadata is inside its file system. */
  note: z.string().nullable(),
  /** The pull or add that made this file, when it is still known. */
  taskId: taskIdSchema.nullable(),
  /** sha256 of the file, when a task of ours recorded it and the file is unchanged since. */
  digest: z.string().nullable(),
  fitsHost: z.object({ fits: z.boolean(), reason: z.string() }),
});
export type ImageDetail = z.infer<typeof imageDetailSchema>;

export const compressionSchema = z.enum(['gzip-6', 'gzip-9', 'zstd-3', 'zstd-9']);
export type Compression = z.infer<typeof compressionSchema>;

export const credentialsSchema = z.object({
  userName: z.string().max(256),
  password: z.string().max(16_384),
});

/**
 * How an image gets to an ssh host: pulled by the host's own runtime on its own network (no resume there), or fetched
 * here with all our guarantees and sent.
 */
export const pullRouteSchema = z.enum(['host', 'send']);
export type PullRoute = z.infer<typeof pullRouteSchema>;

/** What a pull or import makes: one file, or a folder that can be changed. */
export const imageFormSchema = z.enum(['sif', 'sandbox']);
export type ImageForm = z.infer<typeof imageFormSchema>;

export const pullInputSchema = z.object({
  hostId: hostIdSchema,
  /** What the person pasted. */
  reference: z.string().min(1).max(4096),
  /** Folder of the target; the default image folder when null. */
  folder: hostPathSchema.nullable(),
  /** File name of the target; from the reference when null. */
  fileName: hostPathSchema.nullable(),
  /** A sandbox is made straight from the layers, with no SIF between; `compression` is for SIFs only. Older inputs have none. */
  form: imageFormSchema.default('sif'),
  overwrite: z.boolean(),
  allowHttp: z.boolean(),
  /** OCI name; the host's own when null. */
  architecture: z.string().max(32).nullable(),
  compression: compressionSchema.nullable(),
  /** How it gets to an ssh host; null takes the first that `planPull` offers, and is the only choice on this machine. */
  route: pullRouteSchema.nullable(),
  /** Used for this pull, never stored, never shown. */
  credentials: credentialsSchema.nullable(),
});
export type PullInput = z.infer<typeof pullInputSchema>;

export const pullPlanSchema = z.object({
  target: hostPathSchema,
  exists: z.object({ sizeBytes: z.number() }).nullable(),
  /** What a person would type. */
  byHand: z.string(),
  /** One sentence on how it will be done here. */
  means: z.string(),
  compressions: z.array(compressionSchema),
  /** The ways to an ssh host, the proposed one first, each with what it can and cannot do; empty on this machine. */
  routes: z.array(z.object({ route: pullRouteSchema, text: z.string() })),
});
export type PullPlan = z.infer<typeof pullPlanSchema>;

/** An image of this machine to be sent to a folder of an ssh host. */
export const pushInputSchema = z.object({
  path: hostPathSchema,
  hostId: hostIdSchema,
  /** The host's first image folder when null. */
  folder: hostPathSchema.nullable(),
  /** As the image is called here when null. */
  fileName: hostPathSchema.nullable(),
  overwrite: z.boolean(),
});
export type PushInput = z.infer<typeof pushInputSchema>;

export const pushPlanSchema = z.object({
  target: hostPathSchema,
  sizeBytes: z.number(),
  /** What has the target's name now, and whether it is the same image already. */
  exists: z.object({ sizeBytes: z.number(), isSame: z.boolean() }).nullable(),
  freeBytes: z.number().nullable(),
  /** Whether the image's architecture runs there, in a sentence when not. */
  warning: z.string().nullable(),
  byHand: z.string(),
  /** One sentence on how it will be done: rsync's delta, or a plain resumable copy. */
  means: z.string(),
});
export type PushPlan = z.infer<typeof pushPlanSchema>;

/** What the first bytes of a file or the entries of a folder say that it is. */
export const importKindSchema = z.enum([
  'sif',
  'oci-sif',
  'squashfs',
  'ext3',
  'docker-archive',
  'oci-archive',
  'oci-layout',
  'tarball',
  'sandbox',
  'docker-daemon',
  'podman-storage',
]);
export type ImportKind = z.infer<typeof importKindSchema>;

/** A file or folder of this machine, or an image of a local engine, that becomes an image of a host. */
export const importInputSchema = z.object({
  hostId: hostIdSchema,
  /** Of this machine; null for an image of a local engine. */
  path: hostPathSchema.nullable(),
  /** Which image of an archive or layout with several, as the plan lists them; or of an engine (`docker-daemon:alpine:3.20`). */
  member: z.string().max(1024).nullable(),
  /** The host's first image folder when null. */
  folder: hostPathSchema.nullable(),
  /** From the file's name when null. */
  fileName: hostPathSchema.nullable(),
  form: imageFormSchema,
  overwrite: z.boolean(),
  compression: compressionSchema.nullable(),
});
export type ImportInput = z.infer<typeof importInputSchema>;

export const importPlanSchema = z.object({
  kind: importKindSchema,
  /** Images in an archive or layout with several; the chosen one is `member`. */
  members: z.array(z.string()),
  member: z.string().nullable(),
  sizeBytes: z.number().nullable(),
  target: hostPathSchema,
  exists: z.object({ sizeBytes: z.number() }).nullable(),
  byHand: z.string(),
  /** One sentence on how it will be done. */
  means: z.string(),
  /** What will not come through as it is: device nodes, setuid bits, names that differ in case only. */
  warnings: z.array(z.string()),
});
export type ImportPlan = z.infer<typeof importPlanSchema>;

/** A container engine of this machine, with its images. */
export const importSourceSchema = z.object({
  kind: z.enum(['docker-daemon', 'podman-storage']),
  images: z.array(z.object({ member: z.string(), sizeBytes: z.number().nullable() })),
  problem: z.string().nullable(),
});
export type ImportSource = z.infer<typeof importSourceSchema>;

/** A SIF of a host to be pushed to a registry as an ORAS artifact. */
export const publishInputSchema = z.object({
  hostId: hostIdSchema,
  path: hostPathSchema,
  /** `oras://host/name:tag`. */
  reference: z.string().min(1).max(4096),
  allowHttp: z.boolean(),
  /** Another image may lose this tag. */
  overwrite: z.boolean(),
  /** Beside those that come from the image: org.opencontainers.image.… */
  annotations: z.record(z.string().max(255), z.string().max(4096)),
  /** Used for this push, never stored, never shown. */
  credentials: credentialsSchema.nullable(),
});
export type PublishInput = z.infer<typeof publishInputSchema>;

export const publishPlanSchema = z.object({
  /** In full: `oras://127.0.0.1:5000/demo/tiny:v1`. */
  reference: z.string(),
  sizeBytes: z.number(),
  /** What has the tag now, and whether it is this file already (where the file's digest is known). */
  exists: z.object({ digest: z.string(), isSame: z.boolean().nullable() }).nullable(),
  annotations: z.array(z.object({ name: z.string(), value: z.string() })),
  byHand: z.string(),
  /** One sentence on how it will be done. */
  means: z.string(),
});
export type PublishPlan = z.infer<typeof publishPlanSchema>;

const imageAddress = z.object({ hostId: hostIdSchema, path: hostPathSchema });

export const actionInputSchema = imageAddress.extend({
  verb: actionVerbSchema,
  options: actionOptionsSchema,
  /** Words after the image: the program for exec, its arguments for run. */
  args: z.array(z.string().max(131_072)).max(1024),
  /** A workspace of the same host, seen at `/home/mysingularity` in place of the home. Older inputs have none. */
  workspace: workspaceIdSchema.nullable().default(null),
  /**
   * What opens an encrypted image. A passphrase itself is not here, because this is shown and kept: it is given apart
   * (`terminals.open`), and where it is not, the runtime asks for it on the terminal.
   */
  opensWith: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('passphrase') }),
      z.object({ type: z.literal('pem'), path: hostPathSchema }),
    ])
    .optional(),
});
export type ActionInput = z.infer<typeof actionInputSchema>;

/**
 * How an image was started last, for the next time. Neither its words nor its variables: they may hold secrets, and this
 * is kept.
 */
export const rememberedRunSchema = actionOptionsSchema
  .omit({ environment: true })
  .extend({ workspace: workspaceIdSchema.nullable() });
export type RememberedRun = z.infer<typeof rememberedRunSchema>;

export const imagesContract = {
  /** Rows by the ten thousand, made by core itself: the compiler has checked their form, a schema does not again. */
  watch: procedure.input(z.object({ hostId: hostIdSchema })).output(eventIterator(z.custom<ImageEvent>())),
  refresh: procedure.input(z.object({ hostId: hostIdSchema })).output(z.object({})),
  detail: procedure.input(imageAddress).output(imageDetailSchema),
  /** What a pull of this input would do; fails as the pull would on what can be known before (bad reference, …). */
  planPull: procedure.input(pullInputSchema).output(pullPlanSchema),
  pull: procedure.input(pullInputSchema).output(z.object({ taskId: taskIdSchema })),
  /** Copies a local image into a folder of the library. */
  add: procedure
    .input(
      z.object({
        hostId: hostIdSchema,
        path: hostPathSchema,
        folder: hostPathSchema.nullable(),
        overwrite: z.boolean(),
      }),
    )
    .output(z.object({ taskId: taskIdSchema })),
  /** What an import of this input would do. Fails with image.archive* and image.notAnImage on what cannot be imported. */
  planImport: procedure.input(importInputSchema).output(importPlanSchema),
  import: procedure.input(importInputSchema).output(z.object({ taskId: taskIdSchema })),
  importSources: procedure.output(z.object({ sources: z.array(importSourceSchema) })),
  /**
   * A file that a browser gives piece by piece (it tells no path), kept privately until it was imported or the workbench
   * ends. Pieces come in order, at most 8 MiB each.
   */
  beginUpload: procedure
    .input(z.object({ name: z.string().min(1).max(255), sizeBytes: z.number().int().nonnegative() }))
    .output(z.object({ uploadId: z.string() })),
  upload: procedure
    .input(
      z.object({
        uploadId: z.string().max(64),
        offset: z.number().int().nonnegative(),
        bytes: z.instanceof(Blob),
      }),
    )
    .output(z.object({})),
  /** The whole file's path on the machine of the workbench, for `planImport`. */
  endUpload: procedure
    .input(z.object({ uploadId: z.string().max(64) }))
    .output(z.object({ path: hostPathSchema })),
  dropUpload: procedure.input(z.object({ uploadId: z.string().max(64) })).output(z.object({})),
  planPublish: procedure.input(publishInputSchema).output(publishPlanSchema),
  publish: procedure.input(publishInputSchema).output(z.object({ taskId: taskIdSchema })),
  planPush: procedure.input(pushInputSchema).output(pushPlanSchema),
  push: procedure.input(pushInputSchema).output(z.object({ taskId: taskIdSchema })),
  rename: procedure
    .input(imageAddress.extend({ newName: hostPathSchema }))
    .output(z.object({ path: hostPathSchema })),
  remove: procedure
    .input(z.object({ hostId: hostIdSchema, paths: z.array(hostPathSchema).min(1).max(10_000) }))
    .output(z.object({ removed: z.number(), freedBytes: z.number() })),
  addFolder: procedure.input(z.object({ hostId: hostIdSchema, folder: hostPathSchema })).output(z.object({})),
  removeFolder: procedure
    .input(z.object({ hostId: hostIdSchema, folder: hostPathSchema }))
    .output(z.object({})),
  /** The command line of an action and what enters from the host, before it is run. */
  previewAction: procedure
    .input(actionInputSchema)
    .output(
      z.object({ command: z.string(), enters: z.array(hostEntrySchema), warnings: z.array(z.string()) }),
    ),
  /** How this image was started last; null where it never was. */
  recallRun: procedure.input(imageAddress).output(z.object({ run: rememberedRunSchema.nullable() })),
  rememberRun: procedure.input(imageAddress.extend({ run: rememberedRunSchema })).output(z.object({})),
};
