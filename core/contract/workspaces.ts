import { z } from 'zod';
import { procedure } from './errors.ts';
import { hostPathSchema } from './hostPath.ts';
import { hostIdSchema, taskIdSchema, workspaceIdSchema } from './ids.ts';
import { actionInputSchema } from './images.ts';

/** Where every container sees its workspace, on every machine. */
export const workspaceHome = '/home/mysingularity';

/** A name that needs no quoting anywhere: letters, digits, `.`, `_`, `-`; no dot or dash first. */
export const workspaceNameSchema = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/, 'not a name');

/** Software that was found in the tree, by its own traces (`spack/`, `conda-meta/`, `pyvenv.cfg`, R library, `bin/`). */
export const softwareSchema = z.object({
  kind: z.enum(['spack', 'conda', 'venv', 'r', 'bin']),
  /** Below the workspace: `./spack`. */
  path: hostPathSchema,
  /** Packages or programs in it; null where nobody counted. */
  count: z.number().int().nonnegative().nullable(),
  version: z.string().max(160).nullable(),
});
export type Software = z.infer<typeof softwareSchema>;

/** One step in the life of a workspace. `at` is milliseconds since 1970. */
export const lineageStepSchema = z.object({
  what: z.enum(['created', 'forked', 'copied', 'packed', 'adopted', 'synced', 'restored', 'embedded']),
  at: z.number(),
  /** `user@node`. */
  by: z.string().max(320),
  /** Id of the workspace, digest of the file or path of the folder that it came from or went to. */
  from: z.string().max(16_384).nullable(),
});
export type LineageStep = z.infer<typeof lineageStepSchema>;

/** The image in which a workspace was made, or for which. */
export const workspaceImageSchema = z.object({
  name: z.string().max(4096),
  digest: z.string().max(160).nullable(),
  architecture: z.string().max(64).nullable(),
  /** `glibc 2.36`, `musl 1.2.4`; null where it could not be told. */
  libc: z.string().max(160).nullable(),
  /** Where it lay on the host of the workspace; null where that is not known. It does not travel with the workspace. */
  place: z
    .object({ node: z.string().max(256), path: hostPathSchema })
    .nullable()
    .default(null),
});
export type WorkspaceImage = z.infer<typeof workspaceImageSchema>;

export const treeSizeSchema = z.object({
  bytes: z.number().nonnegative(),
  files: z.number().int().nonnegative(),
  measuredAt: z.number(),
});

/** `workspace.json` beside the tree: what is known of a workspace. It travels with it. */
export const workspaceManifestSchema = z.object({
  version: z.literal(1),
  id: workspaceIdSchema,
  name: workspaceNameSchema,
  description: z.string().max(4000),
  createdAt: z.number(),
  image: workspaceImageSchema.nullable(),
  size: treeSizeSchema.nullable(),
  software: z.array(softwareSchema).max(256),
  lineage: z.array(lineageStepSchema).max(1024),
  /** layered: `packed.sif` below (or what came out of it, in `lower`), own writes in `upper`; null for plain files. */
  layered: z.object({ file: hostPathSchema, digest: z.string().max(160) }).nullable(),
});
export type WorkspaceManifest = z.infer<typeof workspaceManifestSchema>;

/** Somebody who has the workspace open, from a lease file; a warning, never a lock. */
export const workspaceWriterSchema = z.object({
  user: z.string().max(256),
  node: z.string().max(256),
  processId: z.number().int(),
  since: z.number(),
  what: z.string().max(1024),
  /** False where that process is gone for certain; null on another node. */
  isAlive: z.boolean().nullable(),
});
export type WorkspaceWriter = z.infer<typeof workspaceWriterSchema>;

export const workspaceSnapshotSchema = z.object({
  id: z.string().regex(/^[a-z0-9-]{8,64}$/),
  note: z.string().max(4000),
  createdAt: z.number(),
  bytes: z.number().nonnegative().nullable(),
});
export type WorkspaceSnapshot = z.infer<typeof workspaceSnapshotSchema>;

/** A workspace of a host. */
export const workspaceSchema = workspaceManifestSchema.extend({
  hostId: hostIdSchema,
  /** The folder of its manifest; the tree is in `home` below it. */
  folder: hostPathSchema,
  modifiedAt: z.number().nullable(),
  /** What lies below own writes: the packed file, or plain files, which are read faster; null where nothing does. */
  below: z.enum(['packed', 'files']).nullable(),
  snapshots: z.array(workspaceSnapshotSchema),
  writers: z.array(workspaceWriterSchema),
});
export type Workspace = z.infer<typeof workspaceSchema>;

/** Something in the folder of workspaces that is none, or cannot be read: told, left alone. */
export const brokenWorkspaceSchema = z.object({ folder: hostPathSchema, reason: z.string() });

/** How the tree comes to `/home/mysingularity`: the straight way, or the next best where that is forbidden. */
export const workspaceRouteSchema = z.enum(['home', 'bind', 'overlay', 'environment', 'none']);
export type WorkspaceRoute = z.infer<typeof workspaceRouteSchema>;

export const preflightItemSchema = z.object({
  code: z.enum([
    'userBindControl',
    'noOverlay',
    'sourceMissing',
    'writable',
    'fakerootHome',
    'hiddenHome',
    'noUserNamespaces',
    'noSquashfuse',
    'fileSystem',
    'otherWriters',
    'architecture',
    'libc',
    'documentationOnly',
  ]),
  /** blocked: it will not start; warning: it starts, and this should be known. */
  level: z.enum(['blocked', 'warning', 'note']),
  sentence: z.string(),
  nextStep: z.string().nullable(),
});
export type PreflightItem = z.infer<typeof preflightItemSchema>;

export const preflightSchema = z.object({
  route: workspaceRouteSchema,
  /** Why this way, in a sentence. */
  sentence: z.string(),
  items: z.array(preflightItemSchema),
});
export type Preflight = z.infer<typeof preflightSchema>;

const one = z.object({ hostId: hostIdSchema, id: workspaceIdSchema });
const begun = z.object({ taskId: taskIdSchema });

/** A new workspace: empty, from a folder of the host, or a fork of another on the same host. */
export const createWorkspaceInputSchema = z.object({
  hostId: hostIdSchema,
  name: workspaceNameSchema,
  description: z.string().max(4000),
  /** The host's folder of workspaces when null. */
  parent: hostPathSchema.nullable(),
  from: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('empty') }),
    z.object({ kind: z.literal('folder'), path: hostPathSchema }),
    z.object({ kind: z.literal('workspace'), id: workspaceIdSchema }),
  ]),
  /** The image that it is meant for; its facts go to the manifest. */
  imagePath: hostPathSchema.nullable(),
});
export type CreateWorkspaceInput = z.infer<typeof createWorkspaceInputSchema>;

export const snapshotInputSchema = one.extend({ note: z.string().max(4000) });
export type SnapshotInput = z.infer<typeof snapshotInputSchema>;
export const removeSnapshotInputSchema = one.extend({ snapshotId: workspaceSnapshotSchema.shape.id });
export type RemoveSnapshotInput = z.infer<typeof removeSnapshotInputSchema>;
/** Forced: also where somebody has the workspace open, or may have from another node. */
export const restoreInputSchema = removeSnapshotInputSchema.extend({ isForced: z.boolean().default(false) });
export type RestoreInput = z.infer<typeof restoreInputSchema>;
/** Forced: the same. */
export const removeWorkspaceInputSchema = one.extend({ isForced: z.boolean() });
export type RemoveWorkspaceInput = z.infer<typeof removeWorkspaceInputSchema>;
export const oneWorkspaceSchema = one;
export type OneWorkspace = z.infer<typeof oneWorkspaceSchema>;

export const workspacesContract = {
  list: procedure.input(z.object({ hostId: hostIdSchema })).output(
    z.object({
      /** Where new ones go on this host. */
      parent: hostPathSchema,
      workspaces: z.array(workspaceSchema),
      broken: z.array(brokenWorkspaceSchema),
    }),
  ),
  /** Where the image of a workspace lies on its host now; null where it is not found. Its digest decides, where known. */
  findImage: procedure.input(one).output(z.object({ path: hostPathSchema.nullable() })),
  create: procedure.input(createWorkspaceInputSchema).output(begun),
  /** Name and description; the folder keeps its name. */
  describe: procedure
    .input(one.extend({ name: workspaceNameSchema, description: z.string().max(4000) }))
    .output(workspaceSchema),
  /** Size, files and software, anew. */
  measure: procedure.input(one).output(begun),
  /** With everything in it: also read-only trees, and files of the person's subordinate ids. */
  remove: procedure.input(removeWorkspaceInputSchema).output(begun),
  snapshot: procedure.input(snapshotInputSchema).output(begun),
  /** What was there before becomes a snapshot of its own. */
  restore: procedure.input(restoreInputSchema).output(begun),
  removeSnapshot: procedure.input(removeSnapshotInputSchema).output(begun),
  /** Whether and how an action would have this workspace. */
  preflight: procedure
    .input(z.object({ id: workspaceIdSchema, action: actionInputSchema }))
    .output(preflightSchema),
};
