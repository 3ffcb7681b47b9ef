import { writeFileSync } from 'node:fs';
import { pack } from 'tar-stream';
import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { ArchiveBytesOptions, ArchiveFile } from './archiveBytes.ts';

/** A member of a tar that a test makes; a `file` with text unless said otherwise. */
export interface MadeMember {
  readonly name: string;
  readonly type?: 'file' | 'link' | 'symlink' | 'directory' | 'character-device' | 'fifo';
  readonly linkname?: string;
  readonly mode?: number;
  readonly text?: string;
  readonly pax?: Readonly<Record<string, string>>;
}

/** The bytes of a tar with these members, in their order. */
export async function tarOf(members: readonly MadeMember[]): Promise<Buffer> {
  const packing = pack();
  for (const { name, text = '', type = 'file', ...rest } of members)
    packing.entry({ name, type, mtime: new Date(1_700_000_000_000), ...rest }, type === 'file' ? text : '');
  packing.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of packing) if (piece instanceof Uint8Array) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A bare header with its checksum, for what no writer of tars would write. `name` is one character a byte. */
export function rawHeader(name: string, sizeBytes = 0, type = '0'): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 'latin1');
  block.write('0000644\0', 100);
  block.write(`${sizeBytes.toString(8).padStart(11, '0')} `, 124);
  block.write('00000000000 ', 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar\u000000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** The two blocks of zeros at the end of a tar. */
export const tarEnd = Buffer.alloc(1024);

/** Writes bytes to a file, as an archive. */
export function archiveAt(
  path: string,
  bytes: Uint8Array,
  wrapper: ArchiveFile['wrapper'] = null,
): ArchiveFile {
  writeFileSync(path, bytes);
  return { path: hostPathFromText(path), wrapper, sizeBytes: bytes.length };
}

/** Nothing but what node itself can unpack. */
export const withoutPrograms: ArchiveBytesOptions = {
  signal: new AbortController().signal,
  decompress: (program) => {
    throw workbenchError('host.commandMissing', { program });
  },
};

/** The folders that make a tar look like a system. */
export const rootMembers: readonly MadeMember[] = [
  { name: 'bin/', type: 'directory', mode: 0o755 },
  { name: 'etc/', type: 'directory', mode: 0o755 },
];

export const asPath = (text: string): HostPath => hostPathFromText(text);
