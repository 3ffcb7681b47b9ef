import { impossible, readName, readSize, readTime, viewOf } from './bytes.ts';
import { architectureName, descriptorSize, type SifHeader } from './header.ts';

/** Data types of objects. Source: sif pkg/sif/sif.go. */
export const dataType = {
  definition: 0x4001,
  environment: 0x4002,
  labels: 0x4003,
  partition: 0x4004,
  signature: 0x4005,
  json: 0x4006,
  raw: 0x4007,
  cryptographicMessage: 0x4008,
  sbom: 0x4009,
  ociRootIndex: 0x400a,
  ociBlob: 0x400b,
} as const;

/** One used row of a SIF's table of objects. */
export interface SifDescriptor {
  readonly id: number;
  /** A `dataType`, or a number that we do not know. */
  readonly type: number;
  /** Null: in no group. */
  readonly group: number | null;
  readonly link: { readonly id: number; readonly isGroup: boolean } | null;
  readonly offset: number;
  readonly sizeBytes: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number | null;
  /** Printable; never to be used as a path. */
  readonly name: string;
  readonly partition: SifPartition | null;
  /** The first two numbers of the type's own fields: hash kind, message format, SBOM format. */
  readonly codes: readonly [number, number];
  /** `sha256:…` of an OCI blob. */
  readonly digest: string | null;
}

export interface SifPartition {
  /** 1 squashfs, 2 ext3, 3 archive, 4 raw, 5 encrypted squashfs, 6 gocryptfs squashfs. */
  readonly fileSystem: number;
  /** 1 system, 2 primary system, 3 data, 4 overlay. */
  readonly role: number;
  readonly architecture: string | null;
}

const noGroup = 0xf0000000;
const groupMask = 0x0fffffff;
const nameAt = 73;
const extraAt = 201;

/** How many rows at the beginning of a table are in use. */
export function usedRows(table: Uint8Array): number {
  let used = 0;
  for (let at = 0; at + descriptorSize <= table.length; at += descriptorSize)
    if (table[at + 4] !== 0) used += 1;
  return used;
}

/**
 * The used rows of a table of objects; a text says which rule they break. `table` is the table or its beginning.
 * Layout: 585 bytes a row, packed, little-endian. Source: sif pkg/sif/descriptor.go `rawDescriptor`.
 */
export function parseDescriptors(table: Uint8Array, header: SifHeader): readonly SifDescriptor[] | string {
  const view = viewOf(table);
  const found: SifDescriptor[] = [];
  for (let row = 0; row < header.descriptorsTotal; row += 1) {
    const at = row * descriptorSize;
    if (at + descriptorSize > table.length) break;
    const isUsed = table[at + 4] ?? 0;
    if (isUsed === 0) continue;
    const descriptor = parseDescriptor(table, view, at);
    if (typeof descriptor === 'string') return descriptor;
    found.push(descriptor);
  }
  return brokenRule(found, header) ?? found;
}

function parseDescriptor(table: Uint8Array, view: DataView, at: number): SifDescriptor | string {
  const offset = readSize(view, at + 17);
  const sizeBytes = readSize(view, at + 25);
  if (offset === impossible || sizeBytes === impossible)
    return 'The place or size of an object is negative or impossibly large';
  const type = view.getInt32(at, true);
  const group = view.getUint32(at + 9, true);
  const link = view.getUint32(at + 13, true);
  return {
    id: view.getUint32(at + 5, true),
    type,
    group: group === 0 || group === noGroup ? null : group & groupMask,
    link: link === 0 ? null : { id: link & groupMask, isGroup: link >= noGroup },
    offset,
    sizeBytes,
    createdAt: readTime(view, at + 41),
    name: readName(table.subarray(at + nameAt, at + extraAt)),
    partition:
      type === dataType.partition
        ? {
            fileSystem: view.getInt32(at + extraAt, true),
            role: view.getInt32(at + extraAt + 4, true),
            architecture: architectureName(table, at + extraAt + 8),
          }
        : null,
    codes: [view.getInt32(at + extraAt, true), view.getInt32(at + extraAt + 4, true)],
    digest: type === dataType.ociBlob ? readName(table.subarray(at + extraAt, at + descriptorSize)) : null,
  };
}

/** Objects may not lie on the header, on the table, or on each other, and each has its own number. */
function brokenRule(descriptors: readonly SifDescriptor[], header: SifHeader): string | null {
  const ids = new Set(descriptors.map(({ id }) => id));
  if (ids.size !== descriptors.length || ids.has(0))
    return 'Two of its objects have the same number, or one has none';
  const tableEnd = header.descriptorsOffset + header.descriptorsSize;
  let end = 0;
  for (const { offset, sizeBytes } of [...descriptors].sort((left, right) => left.offset - right.offset)) {
    if (sizeBytes === 0) continue;
    if (offset < tableEnd) return 'One of its objects overlaps the header or the table of objects';
    if (offset < end) return 'Two of its objects overlap';
    end = offset + sizeBytes;
    if (end > Number.MAX_SAFE_INTEGER) return 'The place or size of an object is impossibly large';
  }
  return null;
}

/** The partition that the runtime starts from; null when there is none. */
export function primaryPartition(descriptors: readonly SifDescriptor[]): SifDescriptor | null {
  return descriptors.find(({ partition }) => partition?.role === 2) ?? null;
}
