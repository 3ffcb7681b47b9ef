import { hasAscii, impossible, readSize, readTime, viewOf } from './bytes.ts';

/** The global header of a SIF: 128 bytes at offset 0, little-endian, packed. Source: sif pkg/sif/sif.go `header`. */
export interface SifHeader {
  /** OCI name; null for code 00 and unknown codes. */
  readonly architecture: string | null;
  /** Null when the image is deterministic. */
  readonly uuid: string | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number | null;
  readonly modifiedAt: number | null;
  readonly descriptorsTotal: number;
  /** As the header counts them. */
  readonly descriptorsUsed: number;
  readonly descriptorsOffset: number;
  readonly descriptorsSize: number;
  readonly dataOffset: number;
  readonly dataSize: number;
}

export const headerSize = 128;
export const descriptorSize = 585;
/** Where runtimes put the table of objects, its rows, and where objects may begin behind it. */
export const usualTableOffset = 4096;
export const usualRows = 48;
export const usualDataOffset = usualTableOffset + usualRows * descriptorSize;
/** Runtimes make room for 48; more than this is an attack on the reader's memory. */
export const mostDescriptors = 4096;

const magicAt = 32;
const magic = 'SIF_MAGIC\0';

/** Architecture codes. Source: sif pkg/sif/arch.go. */
const architectures: Readonly<Record<string, string>> = {
  '01': '386',
  '02': 'amd64',
  '03': 'arm',
  '04': 'arm64',
  '05': 'ppc64',
  '06': 'ppc64le',
  '07': 'mips',
  '08': 'mipsle',
  '09': 'mips64',
  '10': 'mips64le',
  '11': 's390x',
  '12': 'riscv64',
  '13': 'loong64',
};

export function isSif(head: Uint8Array): boolean {
  return hasAscii(head, magicAt, magic);
}

/** Two ASCII digits → OCI name. */
export function architectureName(bytes: Uint8Array, at: number): string | null {
  const code = String.fromCharCode(bytes[at] ?? 0, bytes[at + 1] ?? 0);
  return Object.hasOwn(architectures, code) ? (architectures[code] ?? null) : null;
}

/** OCI name → two ASCII digits; 00 for what the format has no number for. */
export function architectureCode(name: string | null): string {
  return Object.entries(architectures).find(([, known]) => known === name)?.[0] ?? '00';
}

/** Header of a file that `isSif`; a text says which rule it breaks. Needs the first 128 bytes. */
export function parseHeader(head: Uint8Array): SifHeader | string {
  if (!hasAscii(head, 42, '01\0')) return 'The version of its format is not 01';
  const view = viewOf(head);
  const header: SifHeader = {
    architecture: architectureName(head, 45),
    uuid: readUuid(head.subarray(48, 64)),
    createdAt: readTime(view, 64),
    modifiedAt: readTime(view, 72),
    descriptorsTotal: readSize(view, 88),
    descriptorsUsed: readSize(view, 88) - readSize(view, 80),
    descriptorsOffset: readSize(view, 96),
    descriptorsSize: readSize(view, 104),
    dataOffset: readSize(view, 112),
    dataSize: readSize(view, 120),
  };
  return brokenRule(header, readSize(view, 80)) ?? header;
}

function brokenRule(header: SifHeader, free: number): string | null {
  const { descriptorsTotal: total, descriptorsOffset, descriptorsSize, dataOffset, dataSize } = header;
  if ([total, free, descriptorsOffset, descriptorsSize, dataOffset, dataSize].includes(impossible))
    return 'A number in its header is negative or impossibly large';
  if (total > mostDescriptors) return `Its header announces ${total} objects, far more than any image has`;
  if (free > total) return 'Its header announces more free places for objects than places';
  if (descriptorsSize !== total * descriptorSize)
    return 'The size of its table of objects does not fit their number';
  if (descriptorsOffset < headerSize) return 'Its table of objects overlaps the header';
  return null;
}

function readUuid(bytes: Uint8Array): string | null {
  if (bytes.every((byte) => byte === 0)) return null;
  let text = '';
  for (let index = 0; index < 16; index += 1) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += '-';
    text += hexPairs[bytes[index] ?? 0];
  }
  return text;
}

const hexPairs: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
);
