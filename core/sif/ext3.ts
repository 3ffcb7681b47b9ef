import { viewOf } from './bytes.ts';

/** Read this much at `superblockOffset` of a file system. */
export const superblockBytes = 1024;
export const superblockOffset = 1024;

export interface Ext3Facts {
  readonly sizeBytes: number;
  /** What is not free: the journal and the tables count. */
  readonly usedBytes: number;
  /** Unmounted in good order, without errors and without a journal to be played. */
  readonly isClean: boolean;
}

const magicAt = 56;
const magic = 0xef53;
const stateAt = 58;
const cleanState = 1;
const incompatibleAt = 96;
const needsRecovery = 0x4;
const has64Bits = 0x80;
const largestLogBlockSize = 6;

/** A superblock of ext2, 3 or 4 → its facts; null for anything else. Layout: kernel fs/ext4/ext4.h, `struct ext4_super_block`. */
export function parseExt3(superblock: Uint8Array): Ext3Facts | null {
  if (superblock.length < superblockBytes) return null;
  const view = viewOf(superblock);
  const logBlockSize = view.getUint32(24, true);
  if (view.getUint16(magicAt, true) !== magic || logBlockSize > largestLogBlockSize) return null;
  const blockBytes = 1024 * 2 ** logBlockSize;
  const incompatible = view.getUint32(incompatibleAt, true);
  const high = (at: number) => ((incompatible & has64Bits) === 0 ? 0 : view.getUint32(at, true) * 2 ** 32);
  const blocks = view.getUint32(4, true) + high(0x150);
  const free = view.getUint32(12, true) + high(0x158);
  if (blocks * blockBytes > Number.MAX_SAFE_INTEGER) return null;
  return {
    sizeBytes: blocks * blockBytes,
    usedBytes: Math.max(0, blocks - free) * blockBytes,
    isClean: view.getUint16(stateAt, true) === cleanState && (incompatible & needsRecovery) === 0,
  };
}
