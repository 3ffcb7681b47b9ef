import { viewOf } from './bytes.ts';
import type { dataType, SifPartition } from './descriptor.ts';
import {
  architectureCode,
  descriptorSize,
  headerSize,
  type SifHeader,
  usualDataOffset,
  usualRows,
  usualTableOffset,
} from './header.ts';

/** An object that comes into a SIF; its bytes lie at `offset` already, or will. */
export interface NewObject {
  readonly type: (typeof dataType)['json' | 'partition'];
  /** At most 127 ASCII characters. */
  readonly name: string;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly partition: SifPartition | null;
}

const groupOne = 0xf0000001;

/** Header and empty table of a SIF without id and times, so that the same objects give the same bytes. */
export function emptySif(): Uint8Array {
  const head = new Uint8Array(usualDataOffset);
  putAscii(head, 0, '#!/usr/bin/env run-singularity\n');
  putAscii(head, 32, 'SIF_MAGIC');
  putAscii(head, 42, '01');
  putAscii(head, 45, '00');
  const view = viewOf(head);
  for (const [at, value] of [
    [80, usualRows],
    [88, usualRows],
    [96, usualTableOffset],
    [104, usualRows * descriptorSize],
    [112, usualDataOffset],
  ] as const)
    view.setBigInt64(at, BigInt(value), true);
  return head;
}

/**
 * Header and table of a SIF with more objects in its first group; null where its table has no room for them. `head` holds
 * both, as `header` describes them. Layout: sif pkg/sif/sif.go `header`, pkg/sif/descriptor.go `rawDescriptor`.
 */
export function withObjects(
  head: Uint8Array,
  header: Pick<SifHeader, 'descriptorsOffset' | 'descriptorsTotal' | 'dataOffset' | 'dataSize'>,
  objects: readonly NewObject[],
): Uint8Array | null {
  const { descriptorsOffset, descriptorsTotal, dataOffset } = header;
  const end = descriptorsOffset + descriptorsTotal * descriptorSize;
  if (head.length < Math.max(end, headerSize)) return null;
  const changed = head.slice(0, end);
  const view = viewOf(changed);
  const rows = Array.from({ length: descriptorsTotal }, (_, row) => descriptorsOffset + row * descriptorSize);
  const free = rows.filter((at) => changed[at + 4] === 0);
  const highest = rows.reduce(
    (most, at) => Math.max(most, changed[at + 4] === 0 ? 0 : view.getUint32(at + 5, true)),
    0,
  );
  let dataEnd = dataOffset + header.dataSize;
  for (const [index, object] of objects.entries()) {
    const at = free[index];
    if (at === undefined) return null;
    changed.fill(0, at, at + descriptorSize);
    view.setInt32(at, object.type, true);
    changed[at + 4] = 1;
    view.setUint32(at + 5, highest + 1 + index, true);
    view.setUint32(at + 9, groupOne, true);
    const padded = object.sizeBytes + Math.max(0, object.offset - dataEnd);
    for (const [field, value] of [
      [17, object.offset],
      [25, object.sizeBytes],
      [33, padded],
    ] as const)
      view.setBigInt64(at + field, BigInt(value), true);
    putAscii(changed, at + 73, object.name.slice(0, 127));
    if (object.partition !== null) {
      view.setInt32(at + 201, object.partition.fileSystem, true);
      view.setInt32(at + 205, object.partition.role, true);
      putAscii(changed, at + 209, architectureCode(object.partition.architecture));
    }
    dataEnd = Math.max(dataEnd, object.offset + object.sizeBytes);
  }
  view.setBigInt64(80, BigInt(free.length - objects.length), true);
  view.setBigInt64(120, BigInt(dataEnd - dataOffset), true);
  return changed;
}

function putAscii(bytes: Uint8Array, at: number, text: string): void {
  for (let index = 0; index < text.length; index += 1) bytes[at + index] = text.charCodeAt(index);
}
