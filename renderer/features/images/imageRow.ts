import type { Image } from '#core/contract/images.ts';
import { compareNatural, type NaturalText, naturalText } from '#core/contract/naturalOrder.ts';
import type { ImageVerdict } from '#core/contract/trust.ts';
import { type ImageVerdicts, verdictOf } from './imageVerdicts.ts';

/** An image as the table keeps it: with what sorting and filtering ask again and again. */
export interface ImageRow {
  readonly image: Image;
  readonly name: NaturalText;
  readonly source: NaturalText | null;
  /** Folded text in which filter words are looked for. */
  readonly haystack: string;
  /** True once a newer row or nothing stands in its place. Set by the list that owns the row. */
  isGone: boolean;
}

export const sortColumns = [
  'name',
  'host',
  'size',
  'architecture',
  'source',
  'created',
  'trust',
  'format',
] as const;
export type SortColumn = (typeof sortColumns)[number];
export interface ImageSort {
  readonly column: SortColumn;
  readonly isDescending: boolean;
}

export const imageChips = [
  'all',
  'sif',
  'sandbox',
  'signed',
  'verified',
  'tampered',
  'encrypted',
  'otherArchitecture',
  'damaged',
] as const;
/** Which kind of images is shown. */
export type ImageChip = (typeof imageChips)[number];

export interface ImageFilter {
  readonly text: string;
  readonly chip: ImageChip;
  /** OCI name of the host's processor; null while it is unknown, and then no image is "other". */
  readonly hostArchitecture: string | null;
  /** Of the host's images. Only the chips `verified` and `tampered` ask for them. */
  readonly verdicts: ImageVerdicts;
}

/** The word would find every image of a person who has no other host. */
const localHost: string = 'local';

/** Prepares a row. */
export function imageRow(image: Image): ImageRow {
  return {
    image,
    name: naturalText(image.name),
    source: image.source === null ? null : naturalText(image.source),
    haystack: fold(
      [
        image.name,
        image.source ?? '',
        image.architecture ?? '',
        image.format,
        image.folder,
        image.hostId === localHost ? '' : image.hostId,
      ].join('\n'),
    ),
    isGone: false,
  };
}

/** Order of rows; unknown values last in either direction, equal ones by name and then by path. */
export function compareRows(sort: ImageSort): (left: ImageRow, right: ImageRow) => number {
  const direction = sort.isDescending ? -1 : 1;
  if (sort.column === 'name') {
    return (left, right) => direction * compareNatural(left.name, right.name) || comparePath(left, right);
  }
  if (sort.column === 'source') {
    return (left, right) =>
      orderKnown(left.source, right.source, direction, compareNatural) || compareName(left, right);
  }
  const value = sortValue(sort.column);
  return (left, right) =>
    orderKnown(value(left.image), value(right.image), direction, comparePlain) || compareName(left, right);
}

/** Whether a row is shown. Words must all occur, anywhere, without regard to case and accents. */
export function rowFilter(filter: ImageFilter): (row: ImageRow) => boolean {
  const words = fold(filter.text)
    .split(/\s+/)
    .filter((word) => word !== '');
  return (row) => hasChip(row.image, filter) && words.every((word) => row.haystack.includes(word));
}

/** True where the image was made for another processor than the host's; false while either is unknown. */
export function isOtherArchitecture(image: Image, hostArchitecture: string | null): boolean {
  return image.architecture !== null && hostArchitecture !== null && image.architecture !== hostArchitecture;
}

function hasChip(image: Image, { chip, hostArchitecture, verdicts }: ImageFilter): boolean {
  switch (chip) {
    case 'all':
      return true;
    case 'sif':
      return image.format === 'sif' || image.format === 'oci-sif';
    case 'sandbox':
      return image.format === 'sandbox';
    case 'signed':
      return image.isSigned;
    case 'verified':
      return image.isSigned && verdictOf(verdicts, image)?.verdict === 'valid';
    case 'tampered':
      return image.isSigned && isBroken(verdictOf(verdicts, image));
    case 'encrypted':
      return image.isEncrypted;
    case 'damaged':
      return image.format === 'damaged';
    case 'otherArchitecture':
      return isOtherArchitecture(image, hostArchitecture);
  }
}

/** A signature that does not hold, whatever broke it. */
function isBroken(found: ImageVerdict | null): boolean {
  return found?.verdict === 'tampered' || found?.verdict === 'invalid';
}

function sortValue(column: Exclude<SortColumn, 'name' | 'source'>): (image: Image) => string | number | null {
  switch (column) {
    case 'host':
      return (image) => image.hostId;
    case 'size':
      return (image) => image.sizeBytes;
    case 'architecture':
      return (image) => image.architecture;
    case 'created':
      return (image) => image.createdAt ?? image.modifiedAt;
    case 'trust':
      return (image) =>
        (image.isEncrypted ? 1 : 0) + (image.isSigned ? 0 : 2) + (image.format === 'damaged' ? 4 : 0);
    case 'format':
      return (image) => image.format;
  }
}

function orderKnown<Value>(
  left: Value | null,
  right: Value | null,
  direction: number,
  compare: (left: Value, right: Value) => number,
): number {
  if (left === null || right === null) return (left === null ? 1 : 0) - (right === null ? 1 : 0);
  return direction * compare(left, right);
}

function comparePlain(left: string | number, right: string | number): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function compareName(left: ImageRow, right: ImageRow): number {
  return compareNatural(left.name, right.name) || comparePath(left, right);
}

function comparePath(left: ImageRow, right: ImageRow): number {
  return comparePlain(left.image.path, right.image.path);
}

const plainText = /^[ -~\n]*$/;

/** Lower case, without accents: what a person types who looks for something. */
function fold(text: string): string {
  if (plainText.test(text)) return text.toLowerCase();
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
