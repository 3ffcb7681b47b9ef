import type { Comparison, FileDifference, PackageDifference } from '#core/contract/compare.ts';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { ImageDetail } from '#core/contract/images.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { compareTrees } from './compareTrees.ts';
import { differingLabels, differingTexts, sideOf, textsOfDetail, textsOfTree } from './imageTexts.ts';
import { type OpenedImage, openImage, type Unpack } from './openImage.ts';
import { differingPackages, type ReadRpm, readDatabases } from './packages.ts';
import type { ImageTree } from './tree.ts';

/** A comparison with its long lists. */
export interface WholeComparison {
  readonly comparison: Comparison;
  readonly files: readonly FileDifference[];
  readonly packages: readonly PackageDifference[];
}

interface CompareMeans {
  /** What the bytes of an image tell; fails with image.missing and image.notAnImage. */
  readonly describe: (path: HostPath) => Promise<ImageDetail>;
  readonly unpack: Unpack;
  readonly readRpm: ReadRpm;
  readonly context: Pick<TaskContext, 'signal' | 'report'>;
}

interface Side {
  readonly detail: ImageDetail;
  readonly opened: OpenedImage;
}

const always = 'Owners, times and extended attributes are not compared.';

/** Compares two images of this machine without running, mounting or (but for rare packings) unpacking either. */
export async function compareImages(
  paths: { readonly left: HostPath; readonly right: HostPath },
  means: CompareMeans,
): Promise<WholeComparison> {
  const { context } = means;
  context.report({ phase: 'resolve', fraction: 0, text: 'Looking at what they are' });
  const left = await openSide(paths.left, means);
  try {
    const right = await openSide(paths.right, means);
    try {
      return await compareSides(left, right, means);
    } finally {
      await right.opened.close();
    }
  } finally {
    await left.opened.close();
  }
}

async function openSide(path: HostPath, { describe, unpack }: CompareMeans): Promise<Side> {
  const detail = await describe(path);
  return { detail, opened: await openImage(detail, unpack) };
}

async function compareSides(left: Side, right: Side, means: CompareMeans): Promise<WholeComparison> {
  const { tree: ours } = left.opened;
  const { tree: theirs } = right.opened;
  if (ours === null || theirs === null) return compareMetadata(left, right);
  const read = await compareFileSystems(ours, theirs, means);
  const { texts, trees } = read;
  const labels = [...differingLabels(texts.left, texts.right)];
  const differingParts = [...differingTexts(texts.left, texts.right)];
  const packages = differingPackages(trees.packages.left, trees.packages.right);
  const files = trees.files.list();
  const totals = { ...trees.files.totals(), packages: packages.length };
  const fileCount = totals.added + totals.removed + totals.changed;
  return {
    comparison: {
      left: sideOf(left.detail),
      right: sideOf(right.detail),
      isEqual: fileCount + packages.length + labels.length + differingParts.length === 0,
      filesNotCompared: null,
      labels,
      texts: differingParts,
      totals,
      listedFiles: files.length,
      notes: [...trees.notes, ...noteOf('Left', left), ...noteOf('Right', right), ...read.notes, always],
    },
    files,
    packages,
  };
}

function noteOf(name: string, { opened }: Side): readonly string[] {
  return opened.note === null ? [] : [`${name}: ${opened.note}.`];
}

/** Metadata alone: an image's file system cannot be read. */
function compareMetadata(left: Side, right: Side): WholeComparison {
  const texts = { left: textsOfDetail(left.detail), right: textsOfDetail(right.detail) };
  const labels = [...differingLabels(texts.left, texts.right)];
  const differingParts = [...differingTexts(texts.left, texts.right)];
  const reasons = [left, right].flatMap(({ detail, opened }) =>
    opened.tree === null ? [`${detail.image.path}: ${opened.reason}`] : [],
  );
  const none = { same: 0, added: 0, removed: 0, changed: 0, addedBytes: 0, removedBytes: 0, packages: 0 };
  return {
    comparison: {
      left: sideOf(left.detail),
      right: sideOf(right.detail),
      isEqual: labels.length + differingParts.length === 0,
      filesNotCompared: [...new Set(reasons)].join('; '),
      labels,
      texts: differingParts,
      totals: { ...none, changedBytes: { left: 0, right: 0 } },
      listedFiles: 0,
      notes: [],
    },
    files: [],
    packages: [],
  };
}

async function compareFileSystems(ours: ImageTree, theirs: ImageTree, { context, readRpm }: CompareMeans) {
  const texts = { left: await textsOfTree(ours.root), right: await textsOfTree(theirs.root) };
  const total = Math.max(ours.entries ?? 0, theirs.entries ?? 0);
  const trees = await compareTrees(ours, theirs, {
    signal: context.signal,
    onEntries: (done) =>
      context.report({
        phase: 'compare',
        fraction: total === 0 ? null : Math.min(0.95, done / total),
        text: `${done} names`,
      }),
  });
  context.report({ phase: 'finish', fraction: 0.97, text: 'Reading the packages' });
  const { left, right } = trees.packages;
  const unread = {
    left: await readDatabases(ours.root, left, readRpm),
    right: await readDatabases(theirs.root, right, readRpm),
  };
  // The packages of one image alone would all look as if they had been removed.
  if (unread.left.length + unread.right.length > 0) for (const list of [left, right]) list.forget('rpm');
  const notes = [
    ...unread.left.map((note) => `Left: ${note}.`),
    ...unread.right.map((note) => `Right: ${note}.`),
  ];
  return { texts, trees, notes };
}
