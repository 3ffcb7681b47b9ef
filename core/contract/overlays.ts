import { z } from 'zod';
import { procedure } from './errors.ts';
import { hostPathSchema } from './hostPath.ts';
import { hostIdSchema, taskIdSchema } from './ids.ts';

/** The runtime makes none smaller. */
export const smallestOverlayBytes = 64 * 1024 * 1024;

/** What has an overlay open. */
export const overlayHolderSchema = z.object({
  /** Null where it belongs to somebody else: then only its lock is seen. */
  processId: z.number().int().nullable(),
  user: z.string().max(256),
  command: z.string().max(256),
  isWriting: z.boolean(),
});
export type OverlayHolder = z.infer<typeof overlayHolderSchema>;

/** A file with a file system of changes (ext3), by itself or embedded in a SIF. */
export const overlaySchema = z.object({
  hostId: hostIdSchema,
  /** Of the overlay, or of the SIF that it is in. */
  path: hostPathSchema,
  isEmbedded: z.boolean(),
  /** Of the file system. */
  sizeBytes: z.number().nonnegative(),
  /** Blocks on the disk; a new one is sparse. */
  allocatedBytes: z.number().nonnegative().nullable(),
  /** While somebody writes to it: as it was before. */
  usedBytes: z.number().nonnegative().nullable(),
  /** Uid of its top folder: only that user can write new files without fakeroot. Null where it could not be read. */
  ownerId: z.number().int().nullable(),
  isOwn: z.boolean().nullable(),
  /** Null while somebody writes to it, and where it could not be read. */
  wasUnmountedInOrder: z.boolean().nullable(),
  holders: z.array(overlayHolderSchema),
  /** What of it could not be read, and why, in a sentence. */
  problem: z.string().nullable(),
});
export type Overlay = z.infer<typeof overlaySchema>;

const one = z.object({ hostId: hostIdSchema, path: hostPathSchema });
export const oneOverlaySchema = one;
export type OneOverlay = z.infer<typeof oneOverlaySchema>;
const begun = z.object({ taskId: taskIdSchema });

export const createOverlayInputSchema = z.object({
  hostId: hostIdSchema,
  /** The host's first image folder when null. */
  folder: hostPathSchema.nullable(),
  fileName: hostPathSchema,
  sizeBytes: z
    .number()
    .int()
    .min(smallestOverlayBytes)
    .max(16 * 1024 ** 4),
  /** Folders that belong to the person in it, such as /home/mysingularity. */
  folders: z
    .array(
      z
        .string()
        .max(4096)
        .regex(/^\/[^,\n]+$/, 'not a whole path'),
    )
    .max(64),
  /** For use with --fakeroot: its top folder belongs to root. */
  isFakeroot: z.boolean(),
});
export type CreateOverlayInput = z.infer<typeof createOverlayInputSchema>;

/** Mended: on a copy, which takes its place when it is sound; the damaged file stays beside it. */
export const checkOverlayInputSchema = one.extend({ isMended: z.boolean() });
export type CheckOverlayInput = z.infer<typeof checkOverlayInputSchema>;

export const growOverlayInputSchema = one.extend({
  sizeBytes: z
    .number()
    .int()
    .min(smallestOverlayBytes)
    .max(16 * 1024 ** 4),
});
export type GrowOverlayInput = z.infer<typeof growOverlayInputSchema>;

export const embedOverlayInputSchema = one.extend({ imagePath: hostPathSchema });
export type EmbedOverlayInput = z.infer<typeof embedOverlayInputSchema>;

export const overlaysContract = {
  /** Those of the image folders, by themselves or in a SIF, and those elsewhere that the workbench made. */
  list: procedure
    .input(z.object({ hostId: hostIdSchema }))
    .output(z.object({ overlays: z.array(overlaySchema) })),
  /** Fails with overlay.damaged for what is none. */
  detail: procedure.input(one).output(overlaySchema),
  /** Fails with image.targetExists; the task makes a file of the name only when it is whole. */
  create: procedure.input(createOverlayInputSchema).output(begun),
  /**
   * Looks at the file system; mends it where asked. The facts of its result: isClean, report (the end of what the check said),
   * keptCopy (path of the damaged file, where it was mended).
   */
  check: procedure.input(checkOverlayInputSchema).output(begun),
  /** Never smaller; one in a SIF cannot grow. Fails with overlay.busy and overlay.damaged, and leaves the file as it was. */
  grow: procedure.input(growOverlayInputSchema).output(begun),
  /** What embedding would come to. Fails as `embed` does on what is known before. */
  planEmbed: procedure.input(embedOverlayInputSchema).output(
    z.object({
      imageBytes: z.number().nonnegative(),
      /** The image grows by the whole size: nothing in it is sparse. */
      overlayBytes: z.number().nonnegative(),
      freeBytes: z.number().nonnegative().nullable(),
      command: z.string(),
    }),
  ),
  /** A copy into a SIF, which then replaces the image. Fails where it has one already, or is signed. */
  embed: procedure.input(embedOverlayInputSchema).output(begun),
  /**
   * Takes the overlay out of a SIF, with what is in it: out of a copy, which then replaces the image. Fails with overlay.busy
   * while something has the image open, and where it is signed together with its overlay.
   */
  unembed: procedure.input(one).output(begun),
  /** Fails with overlay.busy while something has it open; one in a SIF is taken out by `unembed`. */
  remove: procedure.input(one).output(z.object({})),
};
