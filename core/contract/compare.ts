import { z } from 'zod';
import { procedure } from './errors.ts';
import { hostPathSchema } from './hostPath.ts';
import { hostIdSchema, taskIdSchema } from './ids.ts';
import { imageFormatSchema } from './images.ts';

/** So many rows make a page of a list. */
export const comparisonPageRows = 1000;

/** An image of a host. Only images of this machine can be compared; `compare.start` says so of others. */
export const comparedImageSchema = z.object({ hostId: hostIdSchema, path: hostPathSchema });

export const compareInputSchema = z.object({ left: comparedImageSchema, right: comparedImageSchema });
export type CompareInput = z.infer<typeof compareInputSchema>;

/** One of the two images, as it was read. */
export const comparisonSideSchema = z.object({
  path: hostPathSchema,
  format: imageFormatSchema,
  /** Of the image file; null for a sandbox. */
  sizeBytes: z.number().nonnegative().nullable(),
});
export type ComparisonSide = z.infer<typeof comparisonSideSchema>;

/** A label; null where an image does not have it. */
export const labelDifferenceSchema = z.object({
  name: z.string(),
  left: z.string().nullable(),
  right: z.string().nullable(),
});
export type LabelDifference = z.infer<typeof labelDifferenceSchema>;

export const textPartSchema = z.enum([
  'definition',
  'environment',
  'runscript',
  'startscript',
  'test',
  'help',
]);

/** A text that differs, such as the definition. Each is cut at 256 KiB; null where an image does not have it. */
export const textDifferenceSchema = z.object({
  part: textPartSchema,
  /** Which file, where a part has several: `/.singularity.d/env/90-environment.sh`. */
  file: hostPathSchema.nullable(),
  left: z.string().nullable(),
  right: z.string().nullable(),
});
export type TextDifference = z.infer<typeof textDifferenceSchema>;

export const packageManagerSchema = z.enum(['dpkg', 'apk', 'rpm', 'pip', 'conda']);
export type PackageManager = z.infer<typeof packageManagerSchema>;

/** A package whose version differs; several versions of one name are joined by `, `. Null: the image does not have it. */
export const packageDifferenceSchema = z.object({
  manager: packageManagerSchema,
  name: z.string(),
  left: z.string().nullable(),
  right: z.string().nullable(),
});
export type PackageDifference = z.infer<typeof packageDifferenceSchema>;

export const entryKindSchema = z.enum([
  'file',
  'folder',
  'link',
  'character device',
  'block device',
  'pipe',
  'socket',
]);
export type EntryKind = z.infer<typeof entryKindSchema>;

/** One name of a file system. `mode` holds the twelve permission bits; `sizeBytes` is null for all but files. */
export const comparedEntrySchema = z.object({
  kind: entryKindSchema,
  mode: z.number().int().nonnegative(),
  sizeBytes: z.number().nonnegative().nullable(),
  /** Where a symbolic link leads. */
  target: hostPathSchema.nullable(),
});
export type ComparedEntry = z.infer<typeof comparedEntrySchema>;

/** What is different about a name that both images have. */
export const entryAspectSchema = z.enum(['kind', 'content', 'mode', 'target', 'device']);
export type EntryAspect = z.infer<typeof entryAspectSchema>;

/** A name that differs: added (no `left`), removed (no `right`) or changed. Paths begin at the image's root. */
export const fileDifferenceSchema = z.object({
  path: hostPathSchema,
  left: comparedEntrySchema.nullable(),
  right: comparedEntrySchema.nullable(),
  aspects: z.array(entryAspectSchema),
});
export type FileDifference = z.infer<typeof fileDifferenceSchema>;

export const comparisonTotalsSchema = z.object({
  same: z.number(),
  added: z.number(),
  removed: z.number(),
  changed: z.number(),
  addedBytes: z.number(),
  removedBytes: z.number(),
  /** Sizes of changed files on either side. */
  changedBytes: z.object({ left: z.number(), right: z.number() }),
  packages: z.number(),
});
export type ComparisonTotals = z.infer<typeof comparisonTotalsSchema>;

/** What two images have in common and what not; the long lists come by pages. Every text is hostile. */
export const comparisonSchema = z.object({
  left: comparisonSideSchema,
  right: comparisonSideSchema,
  /** Nothing that was compared differs. */
  isEqual: z.boolean(),
  /** Why files and packages were not compared: an image's file system cannot be read. Null: they were. */
  filesNotCompared: z.string().nullable(),
  labels: z.array(labelDifferenceSchema),
  texts: z.array(textDifferenceSchema),
  totals: comparisonTotalsSchema,
  /** How many of the differing names are listed: the first 200,000; totals count all. */
  listedFiles: z.number(),
  /** What the reader must know: what was left out, and why. */
  notes: z.array(z.string()),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** A comparison whose result is kept. `comparedAt` is milliseconds since 1970. */
export const keptComparisonSchema = z.object({
  taskId: taskIdSchema,
  left: comparisonSideSchema,
  right: comparisonSideSchema,
  comparedAt: z.number(),
  isEqual: z.boolean(),
  /** Files and packages were compared, not metadata alone. */
  filesCompared: z.boolean(),
  totals: comparisonTotalsSchema,
});
export type KeptComparison = z.infer<typeof keptComparisonSchema>;

const pageInputSchema = z.object({
  taskId: taskIdSchema,
  /** Only rows whose path or name has this in it, in any case. */
  filter: z.string().max(1024),
  /** 0-based; 1,000 rows each. */
  page: z.number().int().nonnegative(),
});
export type ComparisonPageInput = z.infer<typeof pageInputSchema>;

const taskInput = z.object({ taskId: taskIdSchema });

export const compareContract = {
  /**
   * Compares two images of this machine by their content; neither is run. Fails before it begins with input.invalid for
   * an image of another host, image.missing and image.notAnImage.
   */
  start: procedure.input(compareInputSchema).output(taskInput),
  /** The comparisons whose results are kept, newest first. */
  list: procedure.output(z.object({ comparisons: z.array(keptComparisonSchema) })),
  /** Removes results that are kept; the images stay as they are. Unknown ones are no failure. */
  remove: procedure.input(z.object({ taskIds: z.array(taskIdSchema).max(1000) })).output(z.object({})),
  /** What a comparison found; fails with task.unknown when it is not kept (any more): the newest 50 are, up to 1 GiB. */
  result: procedure.input(taskInput).output(comparisonSchema),
  files: procedure
    .input(pageInputSchema)
    .output(z.object({ rows: z.array(fileDifferenceSchema), matching: z.number() })),
  packages: procedure
    .input(pageInputSchema)
    .output(z.object({ rows: z.array(packageDifferenceSchema), matching: z.number() })),
  /** Everything as one text: sections; lines that begin with `+`, `-` or `~`; sizes. Cut at 8 MiB, which it then says. */
  text: procedure.input(taskInput).output(z.object({ text: z.string() })),
};
