import type { SquashfsFacts } from '#core/contract/images.ts';
import { hasAscii, impossible, readSize, viewOf } from './bytes.ts';

export const superblockSize = 96;

const compressions = ['gzip', 'lzma', 'lzo', 'xz', 'lz4', 'zstd'] as const;

/**
 * The superblock of a squashfs 4 file system (96 bytes, little-endian); null when there is none.
 * Source: squashfs-tools squashfs_fs.h `squashfs_super_block`.
 */
export function parseSuperblock(bytes: Uint8Array): SquashfsFacts | null {
  if (bytes.length < superblockSize || !hasAscii(bytes, 0, 'hsqs')) return null;
  const view = viewOf(bytes);
  const usedBytes = readSize(view, 40);
  const seconds = view.getUint32(8, true);
  return {
    compression: compressions[view.getUint16(20, true) - 1] ?? 'unknown',
    blockSizeBytes: view.getUint32(12, true),
    inodes: view.getUint32(4, true),
    usedBytes: usedBytes === impossible ? 0 : usedBytes,
    createdAt: seconds === 0 ? null : seconds * 1000,
    version: `${view.getUint16(28, true)}.${view.getUint16(30, true)}`,
  };
}
