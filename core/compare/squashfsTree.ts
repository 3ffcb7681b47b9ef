import type { FileHandle } from 'node:fs/promises';
import type { HostPath } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { readSize, viewOf } from '#core/sif/bytes.ts';
import { superblockSize } from '#core/sif/squashfs.ts';
import { type BlockDecoder, createBlockDecoder } from './blockDecoder.ts';
import { createSharedBlocks, type DecodableBlock, isStoredPlain, storedLength } from './sharedBlocks.ts';
import {
  BrokenSquashfs,
  type FileInode,
  fragmentEntryBytes,
  fragmentsPerBlock,
  type InodeReference,
  parseBlocks,
  parseInode,
  parseListing,
  parseTables,
  type SquashfsTables,
} from './squashfsLayout.ts';
import { createMetadata, type Metadata } from './squashfsMetadata.ts';
import {
  type FileContent,
  type ImageTree,
  type StoredWindow,
  type TreeEntry,
  type TreeFolder,
  type WindowTail,
  windowBytes,
} from './tree.ts';

/** What a compressed table of two million names takes at most. */
const mostMetadataBytes = 256 * 1024 * 1024;
const nothing = new Uint8Array(0);

/** Where a squashfs lies in a file; `path` is for failures. */
export interface SquashfsPlace {
  readonly path: HostPath;
  readonly file: FileHandle;
  readonly offset: number;
  readonly lengthBytes: number;
}

interface Squashfs {
  readonly tables: SquashfsTables;
  readonly metadata: Metadata;
  readonly decoder: BlockDecoder;
  /** Tells packings apart: blocks of different ones are not comparable as they are stored. */
  readonly form: string;
  read(position: number, length: number): Promise<Uint8Array>;
  sharedBlock(index: number): DecodableBlock;
  /** Says of which image a broken rule is. */
  named<Result>(work: () => Result | Promise<Result>): Promise<Result>;
}

/**
 * Reads a squashfs without mounting it and without writing anything. Null when it is packed with what is not read here
 * (see blockDecoder.ts). Fails with image.hostileHeader, now or while it is read. A folder that contains itself is for whoever
 * walks to notice (walkTrees.ts). The file stays the caller's to close.
 */
export async function openSquashfs(place: SquashfsPlace): Promise<ImageTree | null> {
  return await named(place.path, () => open(place));
}

async function named<Result>(path: HostPath, work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof BrokenSquashfs)) throw thrown;
    throw workbenchError('image.hostileHeader', { path, reason: thrown.message }, { cause: thrown });
  }
}

async function open(place: SquashfsPlace): Promise<ImageTree | null> {
  const read = (position: number, length: number) => readExactly(place, position, length);
  const tables = parseTables(await read(0, superblockSize), place.lengthBytes);
  const decoder = await createBlockDecoder(tables.compression);
  if (decoder === null) return null;
  const start = tables.inodeTable;
  if (tables.usedBytes - start > mostMetadataBytes)
    throw new BrokenSquashfs('Its tables are larger than those of two million names');
  const metadata = createMetadata(await read(start, tables.usedBytes - start), start, decoder);
  const form = `${tables.compression}/${tables.blockSizeBytes}`;
  const shared = createSharedBlocks({
    decoder,
    blockSizeBytes: tables.blockSizeBytes,
    form,
    read: (position, length) => named(place.path, () => read(position, length)),
  });
  const squashfs: Squashfs = {
    tables,
    metadata,
    decoder,
    form,
    read,
    sharedBlock: (index) => shared(fragmentPlace(tables, metadata, index)),
    named: (work) => named(place.path, work),
  };
  const root = entryOf(squashfs, '', tables.rootReference);
  if (root.kind !== 'folder') throw new BrokenSquashfs('Its root is no folder');
  return { root, entries: tables.inodes };
}

async function readExactly(place: SquashfsPlace, position: number, length: number): Promise<Uint8Array> {
  if (position < 0 || position + length > place.lengthBytes)
    throw new BrokenSquashfs('A block lies behind the end of its squashfs');
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await place.file.read(bytes, done, length - done, place.offset + position + done);
    if (bytesRead === 0) throw new BrokenSquashfs('The file ends within its squashfs');
    done += bytesRead;
  }
  return bytes;
}

function entryOf(squashfs: Squashfs, name: string, reference: InodeReference): TreeEntry {
  const { metadata, tables } = squashfs;
  const place = () => metadata.cursor(tables.inodeTable + reference.block, reference.offset);
  const inode = parseInode(place(), tables);
  switch (inode.kind) {
    case 'folder':
      return { kind: 'folder', name, mode: inode.mode, list: folderList(squashfs, inode) };
    case 'file':
      return {
        kind: 'file',
        name,
        mode: inode.mode,
        sizeBytes: inode.sizeBytes,
        open: () =>
          squashfs.named(() => {
            const again = place();
            parseInode(again, tables);
            return contentOf(squashfs, inode, parseBlocks(again, inode));
          }),
      };
    default:
      return { name, ...inode };
  }
}

function folderList(
  squashfs: Squashfs,
  place: { readonly block: number; readonly offset: number; readonly listingBytes: number },
): TreeFolder['list'] {
  const { metadata, tables } = squashfs;
  return () =>
    squashfs.named(() => {
      if (place.listingBytes === 0) return [];
      const cursor = metadata.cursor(tables.directoryTable + place.block, place.offset);
      return parseListing(cursor, place.listingBytes).map((one) =>
        entryOf(squashfs, one.name, one.reference),
      );
    });
}

function fragmentPlace(
  tables: SquashfsTables,
  metadata: Metadata,
  index: number,
): { readonly start: number; readonly word: number } {
  if (index >= tables.fragments) throw new BrokenSquashfs('A file ends in a fragment that is not there');
  const pointerAt = tables.fragmentTable + Math.floor(index / fragmentsPerBlock) * 8;
  const block = readSize(viewOf(metadata.raw(pointerAt, 8)), 0);
  const cursor = metadata.cursor(block, (index % fragmentsPerBlock) * fragmentEntryBytes);
  const entry = viewOf(cursor.take(fragmentEntryBytes));
  return { start: readSize(entry, 0), word: entry.getUint32(8, true) };
}

function contentOf(squashfs: Squashfs, inode: FileInode, blocks: Uint32Array): FileContent {
  const { blockSizeBytes } = squashfs.tables;
  const perWindow = windowBytes / blockSizeBytes;
  /** Where each window begins in the file; found as far as it was read. */
  const starts = [inode.start];
  const startOf = (window: number) => {
    for (let known = starts.length; known <= window; known += 1)
      starts.push(
        (starts[known - 1] ?? 0) + lengthOf(blocks.subarray((known - 1) * perWindow, known * perWindow)),
      );
    return starts[window] ?? 0;
  };
  async function window(offset: number): Promise<StoredWindow> {
    const number = offset / windowBytes;
    const words = blocks.subarray(number * perWindow, (number + 1) * perWindow);
    for (const word of words)
      if (storedLength(word) > blockSizeBytes) throw new BrokenSquashfs('A block is longer than blocks are');
    const stored = words.length === 0 ? nothing : await squashfs.read(startOf(number), lengthOf(words));
    const length = Math.min(inode.sizeBytes - offset, windowBytes);
    const blocksBytes = inode.fragment === null ? length : Math.min(length, words.length * blockSizeBytes);
    return {
      form: `${squashfs.form}:${words.join()}`,
      stored,
      tail: tailOf(squashfs, inode.fragment, length - blocksBytes),
      decode: () => squashfs.named(() => decodeBlocks(squashfs, { stored, words, length: blocksBytes })),
    };
  }

  return { window: (offset) => squashfs.named(() => window(offset)), close: async () => undefined };
}

function tailOf(squashfs: Squashfs, fragment: FileInode['fragment'], length: number): WindowTail | null {
  if (fragment === null || length === 0) return null;
  const { offset } = fragment;
  const block = squashfs.sharedBlock(fragment.index);
  return {
    block,
    offset,
    length,
    decode: () =>
      squashfs.named(async () => {
        const bytes = (await block.decoded()).subarray(offset, offset + length);
        if (bytes.length !== length) throw new BrokenSquashfs('The end of a file lies outside its block');
        return bytes;
      }),
  };
}

function lengthOf(words: Uint32Array): number {
  let length = 0;
  for (const word of words) length += storedLength(word);
  return length;
}

async function decodeBlocks(
  { decoder, tables }: Squashfs,
  window: { readonly stored: StoredWindow['stored']; readonly words: Uint32Array; readonly length: number },
): Promise<Uint8Array> {
  const { blockSizeBytes } = tables;
  const bytes = new Uint8Array(window.length);
  let at = 0;
  await Promise.all(
    Array.from(window.words, async (word, index) => {
      const from = index * blockSizeBytes;
      const expected = Math.min(blockSizeBytes, window.length - from);
      const packed = window.stored.subarray(at, at + storedLength(word));
      at += packed.length;
      if (packed.length === 0) return; // a hole
      const block = isStoredPlain(word) ? packed : await decoder.decode(packed, blockSizeBytes);
      if (block.length !== expected) throw new BrokenSquashfs('A block does not unpack to its size');
      bytes.set(block, from);
    }),
  );
  return bytes;
}
