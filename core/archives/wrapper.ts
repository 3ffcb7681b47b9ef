/** How the bytes of an archive are compressed as a whole. */
export type Wrapper = 'gzip' | 'xz' | 'zstd' | 'bzip2';

const blockBytes = 512;
const checksumAt = { offset: 148, length: 8 } as const;

/** What the first bytes of a file say of its compression (RFC 1952, the xz format 1.2, RFC 8878, bzip2); null for none of ours. */
export function wrapperOf(head: Uint8Array): Wrapper | null {
  if (startsWith(head, [0x1f, 0x8b, 0x08])) return 'gzip';
  if (startsWith(head, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])) return 'xz';
  if (startsWith(head, [0x28, 0xb5, 0x2f, 0xfd])) return 'zstd';
  const level = head[3] ?? 0;
  const isBzip2 = startsWith(head, [0x42, 0x5a, 0x68]) && level >= 0x31 && level <= 0x39;
  return isBzip2 && startsWith(head.subarray(4), [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]) ? 'bzip2' : null;
}

/** Whether the first bytes are a tar header: its checksum says so, whatever the dialect (POSIX.1-1988 and later). */
export function looksLikeTar(head: Uint8Array): boolean {
  if (head.length < blockBytes) return false;
  let sum = 0;
  for (let at = 0; at < blockBytes; at += 1) {
    const isChecksum = at >= checksumAt.offset && at < checksumAt.offset + checksumAt.length;
    sum += isChecksum ? 0x20 : (head[at] ?? 0);
  }
  const text = String.fromCharCode(
    ...head.subarray(checksumAt.offset, checksumAt.offset + checksumAt.length),
  );
  const written = /^[ \0]*([0-7]+)/.exec(text)?.[1];
  return written !== undefined && Number.parseInt(written, 8) === sum && head[0] !== 0;
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => bytes[at] === byte);
}
