import { impossible, readSize, viewOf } from '#core/sif/bytes.ts';
import type { ByteName } from './tree.ts';

/**
 * The on-disk structures of squashfs 4 (little-endian), bytes in, values out. They are hostile: whatever breaks a rule is
 * a `BrokenSquashfs`. Source: squashfs-tools squashfs_fs.h; linux Documentation/filesystems/squashfs.rst.
 */
export class BrokenSquashfs extends Error {
  override readonly name = 'BrokenSquashfs';
}

export const noFragment = 0xffff_ffff;
/** So many names are read of one image. */
export const mostNames = 2_000_000;
const mostBlockBytes = 1024 * 1024;
const smallestBlockBytes = 4096;
/** One entry of the fragment table, and how many of them a metadata block holds. */
export const fragmentEntryBytes = 16;
export const fragmentsPerBlock = 512;

export interface SquashfsTables {
  readonly inodes: number;
  readonly blockSizeBytes: number;
  readonly fragments: number;
  /** 1 gzip, 2 lzma, 3 lzo, 4 xz, 5 lz4, 6 zstd. */
  readonly compression: number;
  readonly rootReference: InodeReference;
  readonly usedBytes: number;
  readonly inodeTable: number;
  readonly directoryTable: number;
  readonly fragmentTable: number;
}

/** Where an inode is: its metadata block from the start of the inode table, and the offset in the unpacked block. */
export interface InodeReference {
  readonly block: number;
  readonly offset: number;
}

/** The 96 bytes of the superblock; `availableBytes` is what there is of the file system. */
export function parseTables(bytes: Uint8Array, availableBytes: number): SquashfsTables {
  const view = viewOf(bytes);
  const size = (at: number) => {
    const value = readSize(view, at);
    if (value === impossible) throw new BrokenSquashfs('A place in its superblock is impossibly far away');
    return value;
  };
  const usedBytes = size(40);
  const tables: SquashfsTables = {
    inodes: view.getUint32(4, true),
    blockSizeBytes: view.getUint32(12, true),
    fragments: view.getUint32(16, true),
    compression: view.getUint16(20, true),
    rootReference: {
      block: view.getUint32(34, true) + view.getUint16(38, true) * 2 ** 32,
      offset: view.getUint16(32, true),
    },
    usedBytes,
    inodeTable: size(64),
    directoryTable: size(72),
    fragmentTable: view.getUint32(16, true) === 0 ? 0 : size(80),
  };
  const { blockSizeBytes } = tables;
  if (view.getUint16(28, true) !== 4) throw new BrokenSquashfs('Its squashfs is of a version other than 4');
  if (
    blockSizeBytes < smallestBlockBytes ||
    blockSizeBytes > mostBlockBytes ||
    (blockSizeBytes & (blockSizeBytes - 1)) !== 0
  )
    throw new BrokenSquashfs('Its size of blocks is none that squashfs has');
  if (usedBytes > availableBytes)
    throw new BrokenSquashfs('Its squashfs is longer than the place that it has');
  for (const table of [tables.inodeTable, tables.directoryTable, tables.fragmentTable])
    if (table > usedBytes) throw new BrokenSquashfs('A table lies behind the end of its squashfs');
  if (tables.inodeTable > tables.directoryTable)
    throw new BrokenSquashfs('Its tables are not in their order');
  return tables;
}

/** Hands out bytes of metadata, across its blocks. */
export interface Cursor {
  take(length: number): Uint8Array;
}

export interface FileInode {
  readonly kind: 'file';
  readonly mode: number;
  readonly sizeBytes: number;
  /** Where its first block is, from the start of the file system. */
  readonly start: number;
  /** Number of the fragment that holds its end, and where in it; null where it ends with a block of its own. */
  readonly fragment: { readonly index: number; readonly offset: number } | null;
  /** How many size words follow the inode: `parseBlocks`. */
  readonly blockCount: number;
}

export type Inode =
  | FileInode
  | {
      readonly kind: 'folder';
      readonly mode: number;
      readonly block: number;
      readonly offset: number;
      readonly listingBytes: number;
    }
  | { readonly kind: 'link'; readonly mode: number; readonly target: ByteName }
  | {
      readonly kind: 'block device' | 'character device' | 'pipe' | 'socket';
      readonly mode: number;
      readonly device: number | null;
    };

const longestTarget = 65_535;

/** One inode, at the cursor. */
export function parseInode(cursor: Cursor, { blockSizeBytes }: SquashfsTables): Inode {
  const header = viewOf(cursor.take(16));
  const type = header.getUint16(0, true);
  const mode = header.getUint16(2, true) & 0o7777;
  const view = (length: number) => viewOf(cursor.take(length));
  switch (type) {
    case 1: {
      const rest = view(16);
      return folder(mode, {
        block: rest.getUint32(0, true),
        offset: rest.getUint16(10, true),
        size: rest.getUint16(8, true),
      });
    }
    case 8: {
      const rest = view(24);
      return folder(mode, {
        block: rest.getUint32(8, true),
        offset: rest.getUint16(18, true),
        size: rest.getUint32(4, true),
      });
    }
    case 2: {
      const rest = view(16);
      return file(blockSizeBytes, {
        mode,
        start: rest.getUint32(0, true),
        fragment: rest.getUint32(4, true),
        offset: rest.getUint32(8, true),
        sizeBytes: rest.getUint32(12, true),
      });
    }
    case 9: {
      const rest = view(40);
      return file(blockSizeBytes, {
        mode,
        start: readSize(rest, 0),
        fragment: rest.getUint32(28, true),
        offset: rest.getUint32(32, true),
        sizeBytes: readSize(rest, 8),
      });
    }
    case 3:
    case 10: {
      const length = view(8).getUint32(4, true);
      if (length > longestTarget) throw new BrokenSquashfs('A link is longer than any path');
      return { kind: 'link', mode, target: latin1(cursor.take(length)) };
    }
    case 4:
    case 11:
      return { kind: 'block device', mode, device: view(8).getUint32(4, true) };
    case 5:
    case 12:
      return { kind: 'character device', mode, device: view(8).getUint32(4, true) };
    case 6:
    case 13:
      return { kind: 'pipe', mode, device: null };
    case 7:
    case 14:
      return { kind: 'socket', mode, device: null };
    default:
      throw new BrokenSquashfs('It has an inode of a kind that squashfs does not have');
  }
}

function folder(
  mode: number,
  { block, offset, size }: { readonly block: number; readonly offset: number; readonly size: number },
): Inode {
  // The size counts the names `.` and `..`, which are not stored, as three bytes.
  return { kind: 'folder', mode, block, offset, listingBytes: Math.max(0, size - 3) };
}

function file(
  blockSizeBytes: number,
  raw: {
    readonly mode: number;
    readonly start: number;
    readonly fragment: number;
    readonly offset: number;
    readonly sizeBytes: number;
  },
): FileInode {
  const { mode, start, sizeBytes } = raw;
  if (sizeBytes === impossible || start === impossible)
    throw new BrokenSquashfs('A file has an impossible size or place');
  const hasFragment = raw.fragment !== noFragment;
  return {
    kind: 'file',
    mode,
    sizeBytes,
    start,
    fragment: hasFragment ? { index: raw.fragment, offset: raw.offset } : null,
    blockCount: hasFragment ? Math.floor(sizeBytes / blockSizeBytes) : Math.ceil(sizeBytes / blockSizeBytes),
  };
}

/**
 * The size words of a file's blocks, with the cursor behind its inode: bit 24 says that a block is not packed; 0 is a
 * hole. They are read when the file is: many forged names may share one long list.
 */
export function parseBlocks(cursor: Cursor, { blockCount }: FileInode): Uint32Array {
  // The cursor fails before a forged count has cost anything: it has no more than the table does.
  const words = viewOf(cursor.take(blockCount * 4));
  const blocks = new Uint32Array(blockCount);
  for (let index = 0; index < blockCount; index += 1) blocks[index] = words.getUint32(index * 4, true);
  return blocks;
}

/** The listing of a folder: names with the places of their inodes, sorted. */
export function parseListing(
  cursor: Cursor,
  listingBytes: number,
): readonly { readonly name: ByteName; readonly reference: InodeReference }[] {
  const found: { name: ByteName; reference: InodeReference }[] = [];
  let left = listingBytes;
  while (left > 0) {
    const header = viewOf(cursor.take(12));
    left -= 12;
    const count = header.getUint32(0, true) + 1;
    if (count > 256) throw new BrokenSquashfs('A folder claims more names than it can have in a row');
    const block = header.getUint32(4, true);
    for (let index = 0; index < count; index += 1) {
      const entry = viewOf(cursor.take(8));
      const length = entry.getUint16(6, true) + 1;
      if (found.length === mostNames) throw new BrokenSquashfs('A folder has more names than any');
      if (length > 256) throw new BrokenSquashfs('A name is longer than squashfs has any');
      const name = latin1(cursor.take(length));
      refuseHostileName(name);
      left -= 8 + length;
      found.push({ name, reference: { block, offset: entry.getUint16(0, true) } });
    }
  }
  if (left < 0) throw new BrokenSquashfs('A folder is longer than it says');
  found.sort((one, other) => compareNames(one.name, other.name));
  for (const [index, { name }] of found.entries())
    if (index > 0 && found[index - 1]?.name === name) throw new BrokenSquashfs('A folder has a name twice');
  return found;
}

/** Order of bytes. */
export function compareNames(left: ByteName, right: ByteName): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function refuseHostileName(name: ByteName): void {
  if (name === '.' || name === '..' || name.includes('/') || name.includes('\0'))
    throw new BrokenSquashfs('A name in it leads elsewhere');
}

function latin1(bytes: Uint8Array): ByteName {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
