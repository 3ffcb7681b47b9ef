import type { ImageDetail, ImageFormat } from '#core/contract/images.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { type ByteRange, type Chunk, readText, takeBytes } from './bytes.ts';
import { definitionSource, labelSource } from './definitionSource.ts';
import { dataType, primaryPartition, type SifDescriptor } from './descriptor.ts';
import type { ImageHead, SifHead } from './imageHead.ts';
import { cutText, type ImageMetadata, longestMetadata, parseLabels, parseMetadata } from './metadata.ts';
import { sifObject } from './objectWords.ts';
import { readOciSif } from './ociSif.ts';
import { packedWorkspace } from './packedWorkspace.ts';
import { parseSuperblock, superblockSize } from './squashfs.ts';

/** What a list shows of an image: the fields of the contract's Image that its bytes tell. */
export interface ImageSummary {
  readonly format: ImageFormat;
  /** Milliseconds since 1970. */
  readonly createdAt: number | null;
  readonly architecture: string | null;
  readonly source: string | null;
  readonly isSigned: boolean;
  readonly isEncrypted: boolean;
  readonly problem: string | null;
}

/** What the detail page shows beyond that. */
export type ImageDescription = Omit<ImageDetail, 'image' | 'taskId' | 'digest' | 'fitsHost'>;

/** Longest part of a definition that is read to find the source for a list. */
const sourceSearchBytes = 65_536;

/**
 * The parts of the file that are still to be read; empty when everything is there. `row` needs the definition's
 * start only. Call again with the new chunks until it is empty (an OCI-SIF asks in three steps).
 */
export function missingRanges(
  head: ImageHead,
  chunks: readonly Chunk[],
  need: 'row' | 'detail',
): readonly ByteRange[] {
  if (head.kind !== 'sif' && head.kind !== 'oci-sif') return [];
  const wanted = need === 'row' ? rowRanges(head) : detailRanges(head);
  const missing = wanted.filter((range) => takeBytes(chunks, range) === null);
  if (head.kind !== 'oci-sif' || need === 'row') return missing;
  const oci = readOciSif(head, chunks);
  return oci.state === 'wanted' ? [...missing, oci.range] : missing;
}

/** The fields of a row; null when the file is no image. */
export function summariseImage(head: ImageHead, chunks: readonly Chunk[]): ImageSummary | null {
  switch (head.kind) {
    case 'unknown':
    case 'needsMore':
      return null;
    case 'damaged':
      return { ...bareSummary('damaged', null), problem: problemOf(head) };
    case 'squashfs':
      return bareSummary('squashfs', head.facts.createdAt);
    case 'ext3':
      return bareSummary('ext3', null);
    default:
      return summariseSif(head, chunks);
  }
}

/** Everything that the bytes tell; null when the file is no image. Parts that were not read are left out. */
export function describeImage(head: ImageHead, chunks: readonly Chunk[]): ImageDescription | null {
  switch (head.kind) {
    case 'unknown':
    case 'needsMore':
      return null;
    case 'damaged':
      return { ...emptyDescription, note: problemOf(head) };
    case 'squashfs':
      return { ...emptyDescription, squashfs: head.facts, note: insideNote };
    case 'ext3':
      return { ...emptyDescription, note: insideNote };
    default:
      return describeSif(head, chunks);
  }
}

const insideNote = 'An old image: its metadata is inside its file system and can only be read by running it.';

/** What is known of an image that tells nothing. */
export const emptyDescription: ImageDescription = {
  definition: null,
  labels: [],
  environment: [],
  runscript: null,
  startscript: null,
  test: null,
  help: null,
  apps: [],
  objects: [],
  squashfs: null,
  uuid: null,
  madeBy: null,
  note: null,
};

function bareSummary(format: ImageFormat, createdAt: number | null): ImageSummary {
  return {
    format,
    createdAt,
    architecture: null,
    source: null,
    isSigned: false,
    isEncrypted: false,
    problem: null,
  };
}

function summariseSif(head: SifHead, chunks: readonly Chunk[]): ImageSummary {
  const primary = primaryPartition(head.descriptors);
  const definition = definitionOf(head, chunks, sourceSearchBytes);
  const fileSystem = primary?.partition?.fileSystem;
  return {
    format: head.truncation !== null ? 'damaged' : isPackedWorkspace(head) ? 'workspace' : head.kind,
    createdAt: head.header.createdAt,
    architecture:
      head.header.architecture ??
      (primary ?? packedWorkspace(head.descriptors)?.tree)?.partition?.architecture ??
      null,
    source: definition === null ? sourceFromLabels(head, chunks) : definitionSource(definition),
    isSigned: head.descriptors.some(({ type }) => type === dataType.signature),
    isEncrypted: fileSystem === 5 || fileSystem === 6,
    problem: head.truncation === null ? null : truncationText(head.truncation),
  };
}

/** A workspace alone; an image with one embedded is still an image. */
function isPackedWorkspace({ descriptors }: SifHead): boolean {
  return primaryPartition(descriptors) === null && packedWorkspace(descriptors) !== null;
}

/** For the few images without a definition whose metadata happens to be in what was read. */
function sourceFromLabels(head: SifHead, chunks: readonly Chunk[]): string | null {
  return labelSource(metadataOf(head, chunks)?.labels ?? []);
}

function describeSif(head: SifHead, chunks: readonly Chunk[]): ImageDescription {
  const metadata = metadataOf(head, chunks);
  const oci = head.kind === 'oci-sif' ? readOciSif(head, chunks) : null;
  const labels = metadata?.labels ?? (oci?.state === 'read' ? oci.labels : oldLabels(head, chunks));
  return {
    definition: definitionOf(head, chunks, longestMetadata) ?? metadata?.definition ?? null,
    labels: [...labels],
    environment: [...(metadata?.environment ?? (oci?.state === 'read' ? oci.environment : []))],
    runscript: metadata?.runscript ?? null,
    startscript: metadata?.startscript ?? null,
    test: metadata?.test ?? null,
    help: metadata?.help ?? null,
    apps: [...(metadata?.apps ?? [])],
    objects: head.descriptors.map(sifObject),
    squashfs: squashfsOf(head, chunks),
    uuid: head.header.uuid,
    madeBy: madeBy(labels),
    note: noteOf(head, metadata),
  };
}

function noteOf(head: SifHead, metadata: ImageMetadata | null): string | null {
  if (head.truncation !== null) return truncationText(head.truncation);
  if (isPackedWorkspace(head)) return 'A packed workspace: adopt it to work in it. There is nothing to run.';
  if (metadata !== null || head.kind === 'oci-sif') return null;
  if (metadataObject(head.descriptors) !== undefined)
    return 'Its metadata is too long or damaged, and is not shown.';
  return primaryPartition(head.descriptors) === null ? 'It holds no system to run.' : insideNote;
}

function rowRanges(head: SifHead): readonly ByteRange[] {
  const definition = head.descriptors.find(({ type }) => type === dataType.definition);
  return definition === undefined ? [] : rangeOf(head, definition, sourceSearchBytes);
}

function detailRanges(head: SifHead): readonly ByteRange[] {
  const partition = squashfsPartition(head);
  return [
    ...head.descriptors
      .filter((one) => one.type === dataType.definition || one.type === dataType.labels)
      .slice(0, 4)
      .flatMap((one) => rangeOf(head, one, longestMetadata)),
    ...[metadataObject(head.descriptors)].flatMap((one) =>
      one === undefined ? [] : rangeOf(head, one, longestMetadata),
    ),
    ...(partition === null ? [] : rangeOf(head, partition, superblockSize)),
  ];
}

/** The start of an object, as far as the file goes; nothing when it is empty or cut off. */
function rangeOf(head: SifHead, descriptor: SifDescriptor, most: number): readonly ByteRange[] {
  const length = Math.min(descriptor.sizeBytes, most);
  const end = head.truncation?.actualBytes ?? Number.POSITIVE_INFINITY;
  return length === 0 || descriptor.offset + length > end ? [] : [{ offset: descriptor.offset, length }];
}

function objectBytes(descriptor: SifDescriptor, chunks: readonly Chunk[], most: number): Uint8Array | null {
  return takeBytes(chunks, { offset: descriptor.offset, length: Math.min(descriptor.sizeBytes, most) });
}

function metadataObject(descriptors: readonly SifDescriptor[]): SifDescriptor | undefined {
  return descriptors.find(({ type, name }) => type === dataType.json && name === 'inspect-metadata.json');
}

function metadataOf(head: SifHead, chunks: readonly Chunk[]): ImageMetadata | null {
  const json = metadataObject(head.descriptors);
  const bytes = json === undefined ? null : objectBytes(json, chunks, longestMetadata);
  return bytes === null ? null : parseMetadata(bytes);
}

function definitionOf(head: SifHead, chunks: readonly Chunk[], most: number): string | null {
  const descriptor = head.descriptors.find(({ type }) => type === dataType.definition);
  const bytes = descriptor === undefined ? null : objectBytes(descriptor, chunks, most);
  return bytes === null ? null : cutText(readText(bytes));
}

function oldLabels(head: SifHead, chunks: readonly Chunk[]): ImageMetadata['labels'] {
  const descriptor = head.descriptors.find(({ type }) => type === dataType.labels);
  const bytes = descriptor === undefined ? null : objectBytes(descriptor, chunks, longestMetadata);
  return bytes === null ? [] : parseLabels(bytes);
}

function squashfsPartition(head: SifHead): SifDescriptor | null {
  const primary = primaryPartition(head.descriptors);
  return primary?.partition?.fileSystem === 1 && primary.sizeBytes >= superblockSize ? primary : null;
}

function squashfsOf(head: SifHead, chunks: readonly Chunk[]): ImageDescription['squashfs'] {
  const partition = squashfsPartition(head);
  const bytes = partition === null ? null : objectBytes(partition, chunks, superblockSize);
  return bytes === null ? null : parseSuperblock(bytes);
}

/** Runtimes record themselves in a label: `apptainer 1.4.5`. */
function madeBy(labels: ImageMetadata['labels']): string | null {
  for (const product of ['apptainer', 'singularity']) {
    const label = labels.find(({ name }) => name === `org.label-schema.usage.${product}.version`);
    if (label !== undefined) return `${product} ${label.value}`.slice(0, 128);
  }
  return null;
}

function problemOf({ reason, expectedBytes }: Extract<ImageHead, { kind: 'damaged' }>): string {
  return expectedBytes === null
    ? `${reason}.`
    : `${reason}: at least ${formatBytes(expectedBytes)} are needed.`;
}

function truncationText({ expectedBytes, actualBytes }: NonNullable<SifHead['truncation']>): string {
  return `Incomplete: ${formatBytes(actualBytes)} of ${formatBytes(expectedBytes)} are there.`;
}
