import { z } from 'zod';
import { procedure } from './errors.ts';
import { hostPathSchema } from './hostPath.ts';
import { hostIdSchema } from './ids.ts';

/** The runtime makes none smaller. */
export const smallestOverlayBytes = 64 * 1024 * 1024;

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
  usedBytes: z.number().nonnegative().nullable(),
  /** Uid of its top folder: only that user can write new files without fakeroot. Null where it could not be read. */
  ownerId: z.number().int().nullable(),
  isOwn: z.boolean().nullable(),
  wasUnmountedInOrder: z.boolean().nullable(),
  holders: z.array(
    z.object({ processId: z.number().int(), user: z.string(), command: z.string(), isWriting: z.boolean() }),
  ),
});
export type Overlay = z.infer<typeof overlaySchema>;

export const createOverlayInputSchema = z.object({
  hostId: hostIdSchema,
  folder: hostPathSchema.nullable(),
  fileName: hostPathSchema,
  sizeBytes: z.number().int().min(smallestOverlayBytes),
  /** Folders that belong to the person in it, such as /home/mysingularity. */
  folders: z.array(hostPathSchema).max(64),
  /** For use with --fakeroot: its top folder belongs to root. */
  isFakeroot: z.boolean(),
});
export type CreateOverlayInput = z.infer<typeof createOverlayInputSchema>;

const one = z.object({ hostId: hostIdSchema, path: hostPathSchema });

export const overlaysContract = {
  list: procedure
    .input(z.object({ hostId: hostIdSchema }))
    .output(z.object({ overlays: z.array(overlaySchema) })),
  detail: procedure.input(one).output(overlaySchema),
  create: procedure.input(createOverlayInputSchema).output(overlaySchema),
  /** Looks at the file system; mends it where asked, a copy of the damaged file kept beside it. */
  check: procedure
    .input(one.extend({ isMended: z.boolean() }))
    .output(z.object({ isClean: z.boolean(), report: z.string(), keptCopy: hostPathSchema.nullable() })),
  grow: procedure.input(one.extend({ sizeBytes: z.number().int() })).output(overlaySchema),
  /** Into a SIF, which grows by the whole size. Fails where it has one already. */
  embed: procedure.input(one.extend({ imagePath: hostPathSchema })).output(z.object({})),
  remove: procedure.input(one).output(z.object({})),
};
