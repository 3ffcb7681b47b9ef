import type { EntryKind } from '#core/contract/compare.ts';

/** Contents are read in windows of this size: the largest block that squashfs knows, so that blocks never straddle. */
export const windowBytes = 1024 * 1024;

/** The file system of an image, read without running or mounting it, and without following any of its links. */
export interface ImageTree {
  readonly root: TreeFolder;
  /** How many names there are; null where only counting would tell. */
  readonly entries: number | null;
}

/** A name as one character a byte (latin1): names are bytes, are sorted as bytes, and may be anything but NUL and `/`. */
export type ByteName = string;

interface EntryFacts {
  readonly name: ByteName;
  /** The twelve permission bits. */
  readonly mode: number;
}

export interface TreeFolder extends EntryFacts {
  readonly kind: 'folder';
  /** Sorted by name, each name once; null when it is closed to this user. */
  list(): Promise<readonly TreeEntry[] | null>;
}

export interface TreeFile extends EntryFacts {
  readonly kind: 'file';
  readonly sizeBytes: number;
  /** Null when the file is closed to this user. */
  open(): Promise<FileContent | null>;
}

interface TreeLink extends EntryFacts {
  readonly kind: 'link';
  readonly target: ByteName;
}

interface TreeSpecial extends EntryFacts {
  readonly kind: Exclude<EntryKind, 'file' | 'folder' | 'link'>;
  /** Major and minor number as the file system packs them; null for pipes and sockets. */
  readonly device: number | null;
}

export type TreeEntry = TreeFolder | TreeFile | TreeLink | TreeSpecial;

export interface FileContent {
  /** The bytes from `offset`, a multiple of `windowBytes`, to the window's or the file's end, as they are stored. */
  window(offset: number): Promise<StoredWindow>;
  close(): Promise<void>;
}

/** A window of a file. Equal stored bytes of one format are equal contents; different ones have to be decoded. */
export interface StoredWindow {
  /** Two windows are comparable as stored when this is the same text: packing, block size and lengths of the blocks. */
  readonly form: string;
  readonly stored: Uint8Array;
  /** The part that shares a block with other files. */
  readonly tail: WindowTail | null;
  /** The bytes before the tail, unpacked. */
  decode(): Promise<Uint8Array>;
}

export interface WindowTail {
  readonly block: SharedBlock;
  readonly offset: number;
  readonly length: number;
  decode(): Promise<Uint8Array>;
}

/** A block that holds the ends of many files; one object a block as long as it is kept. */
export interface SharedBlock {
  readonly form: string;
  readonly stored: Promise<Uint8Array>;
}
