import type { SquashfsFacts } from '#core/contract/images.ts';
import { type ByteRange, hasAscii, readText, viewOf } from './bytes.ts';
import { dataType, parseDescriptors, type SifDescriptor, usedRows } from './descriptor.ts';
import {
  descriptorSize,
  headerSize,
  isSif,
  parseHeader,
  type SifHeader,
  usualDataOffset,
  usualTableOffset,
} from './header.ts';
import { parseSuperblock } from './squashfs.ts';

/**
 * Read these for one row of a list: from the header on to the first eight objects of a table in its usual place, more than
 * most images have, and the first bytes behind that table, which are nearly always the definition.
 */
export const listingRanges: readonly ByteRange[] = [
  { offset: 0, length: usualTableOffset + 8 * descriptorSize },
  { offset: usualDataOffset, length: 4688 },
];
/** The same where each byte travels: the header, the first four objects, and the first bytes of the definition. */
export const leanRanges: readonly ByteRange[] = [
  { offset: 0, length: headerSize },
  { offset: usualTableOffset, length: 4 * descriptorSize },
  { offset: usualDataOffset, length: 1616 },
];

/**
 * The first two of these ranges → a head for `parseImageHead`; null for what is no SIF, or has its table elsewhere: its
 * beginning must then be read whole. What lies between header and table means nothing.
 */
export function leanHead(start: Uint8Array, table: Uint8Array): Uint8Array | null {
  const header = start.length === headerSize && isSif(start) ? parseHeader(start) : null;
  if (header === null || typeof header === 'string' || header.descriptorsOffset !== leanRanges[1]?.offset)
    return null;
  const head = new Uint8Array(header.descriptorsOffset + table.length);
  head.set(start);
  head.set(table, header.descriptorsOffset);
  return head;
}

/** Read this much for the details of an image: nearly always everything before the file system. */
export const detailHeadBytes = 65_536;

/** What the first bytes of a file say it is. */
export type ImageHead =
  | SifHead
  | { readonly kind: 'squashfs'; readonly offset: number; readonly facts: SquashfsFacts }
  | { readonly kind: 'ext3'; readonly offset: number }
  /** The table of objects is longer than what was read: read the first `length` bytes and ask again. */
  | { readonly kind: 'needsMore'; readonly length: number }
  /** A SIF whose header breaks a rule: nothing else of it is believed. */
  | {
      readonly kind: 'damaged';
      readonly code: 'image.hostileHeader' | 'image.truncated';
      readonly reason: string;
      readonly expectedBytes: number | null;
    }
  | { readonly kind: 'unknown'; readonly reason: string };

export interface SifHead {
  /** `oci-sif` holds OCI blobs in the place of a definition and a partition (SingularityCE 4). */
  readonly kind: 'sif' | 'oci-sif';
  readonly header: SifHeader;
  readonly descriptors: readonly SifDescriptor[];
  /** Set when the file ends before its last object does: cut while being copied. */
  readonly truncation: { readonly expectedBytes: number; readonly actualBytes: number } | null;
}

/** Larger than any file: an object that claims to end here is forged, not cut. */
const largestFile = 2 ** 50;

/**
 * The first bytes of a file and its size → what it is. Never throws, whatever the bytes are; its work is bounded by
 * the length of `head`. Read `listingRanges` or `detailHeadBytes`; a `needsMore` answer is rare.
 */
export function parseImageHead(head: Uint8Array, fileSizeBytes: number): ImageHead {
  if (isSif(head)) return parseSif(head, fileSizeBytes);
  return parsePlainImage(head) ?? { kind: 'unknown', reason: whatItLooksLike(head, fileSizeBytes) };
}

function parseSif(head: Uint8Array, fileSizeBytes: number): ImageHead {
  if (head.length < headerSize)
    return { kind: 'damaged', code: 'image.truncated', reason: 'Its header is cut', expectedBytes: null };
  const header = parseHeader(head);
  if (typeof header === 'string') return forged(header);
  const tableEnd = header.descriptorsOffset + header.descriptorsSize;
  if (tableEnd > largestFile) return forged('Its table of objects is impossibly far away');
  if (tableEnd > fileSizeBytes)
    return {
      kind: 'damaged',
      code: 'image.truncated',
      reason: 'Its table of objects is cut',
      expectedBytes: tableEnd,
    };
  const table = head.subarray(header.descriptorsOffset, tableEnd);
  // Used rows come first: the empty rest of the table need not be there.
  if (tableEnd > head.length && usedRows(table) < header.descriptorsUsed)
    return { kind: 'needsMore', length: tableEnd };
  const descriptors = parseDescriptors(table, header);
  if (typeof descriptors === 'string') return forged(descriptors);
  const end = descriptors.reduce(
    (farthest, { offset, sizeBytes }) => Math.max(farthest, offset + sizeBytes),
    header.dataOffset + header.dataSize,
  );
  if (end > largestFile) return forged('The place or size of an object is impossibly large');
  return {
    kind:
      descriptors.some(({ type }) => type === dataType.ociRootIndex) && !descriptors.some(isPrimary)
        ? 'oci-sif'
        : 'sif',
    header,
    descriptors,
    truncation: end > fileSizeBytes ? { expectedBytes: end, actualBytes: fileSizeBytes } : null,
  };
}

function isPrimary({ partition }: SifDescriptor): boolean {
  return partition?.role === 2;
}

function forged(reason: string): ImageHead {
  return { kind: 'damaged', code: 'image.hostileHeader', reason, expectedBytes: null };
}

const launchLine = ' run-singularity\n';
const ext3MagicAt = 1080;

/**
 * Images of Singularity 2: a squashfs or ext3 file system, plain or behind a launch line.
 * Source: apptainer pkg/image squashfs.go and ext3.go.
 */
function parsePlainImage(head: Uint8Array): ImageHead | null {
  for (const offset of possibleStarts(head)) {
    const facts = parseSuperblock(head.subarray(offset));
    if (facts !== null) return { kind: 'squashfs', offset, facts };
    const view = viewOf(head);
    if (offset + ext3MagicAt + 2 <= head.length && view.getUint16(offset + ext3MagicAt, true) === 0xef53)
      return { kind: 'ext3', offset };
  }
  return null;
}

function possibleStarts(head: Uint8Array): readonly number[] {
  if (!hasAscii(head, 0, '#!')) return [0];
  for (let at = 2; at < 256; at += 1)
    if (hasAscii(head, at, launchLine)) return [at + launchLine.length, at + launchLine.length + 1];
  return [0];
}

function whatItLooksLike(head: Uint8Array, fileSizeBytes: number): string {
  if (fileSizeBytes === 0) return 'The file is empty';
  const start = readText(head.subarray(0, 512)).trimStart().toLowerCase();
  if (start.startsWith('<!doctype html') || start.startsWith('<html')) return 'It is a web page';
  if (start.startsWith('#!')) return 'It is a script';
  if (start.startsWith('bootstrap:')) return 'It is a definition file: an image can be built from it';
  if (head[0] === 0x1f && head[1] === 0x8b) return 'It is a gzip archive';
  if (hasAscii(head, 257, 'ustar')) return 'It is a tar archive';
  return 'Its first bytes are not those of an image';
}
