import { viewOf } from '#core/sif/bytes.ts';
import type { BlockDecoder } from './blockDecoder.ts';
import { BrokenSquashfs, type Cursor } from './squashfsLayout.ts';

const blockBytes = 8192;
const isPlainBit = 0x8000;
/** Of two million inodes with their names; what unpacks to more is forged. */
const mostUnpackedBytes = 512 * 1024 * 1024;

/** The metadata of a squashfs: everything behind its data, as one piece of the file. */
export interface Metadata {
  /** Bytes from `offset` of the unpacked block at `position` (from the start of the file system) on, across blocks. */
  cursor(position: number, offset: number): Cursor;
  /** Bytes as they are in the file. */
  raw(position: number, length: number): Uint8Array;
}

interface Unpacked {
  readonly bytes: Uint8Array;
  readonly next: number;
}

/** `bytes` begin at `start` of the file system. */
export function createMetadata(bytes: Uint8Array, start: number, decoder: BlockDecoder): Metadata {
  const blocks = new Map<number, Unpacked>();
  let unpackedBytes = 0;

  function raw(position: number, length: number): Uint8Array {
    const at = position - start;
    if (at < 0 || at + length > bytes.length)
      throw new BrokenSquashfs('A piece of metadata lies where none can be');
    return bytes.subarray(at, at + length);
  }

  function unpack(position: number): Unpacked {
    const known = blocks.get(position);
    if (known !== undefined) return known;
    const word = viewOf(raw(position, 2)).getUint16(0, true);
    const length = word & (isPlainBit - 1) || isPlainBit;
    const packed = raw(position + 2, length);
    const isPlain = (word & isPlainBit) !== 0;
    if (isPlain && length > blockBytes) throw new BrokenSquashfs('A block of metadata is too long');
    const block = {
      bytes: isPlain ? packed : decoder.decodeNow(packed, blockBytes),
      next: position + 2 + length,
    };
    unpackedBytes += block.bytes.length;
    if (unpackedBytes > mostUnpackedBytes) throw new BrokenSquashfs('Its metadata unpacks without end');
    blocks.set(position, block);
    return block;
  }

  function cursor(position: number, offset: number): Cursor {
    let block = unpack(position);
    let at = offset;
    if (at > block.bytes.length) throw new BrokenSquashfs('A piece of metadata lies outside its block');
    return {
      take(length) {
        if (at + length <= block.bytes.length) {
          at += length;
          return block.bytes.subarray(at - length, at);
        }
        // No length is believed before its bytes are there.
        const pieces: Uint8Array[] = [];
        for (let left = length; left > 0; ) {
          if (at === block.bytes.length) {
            block = unpack(block.next);
            at = 0;
            if (block.bytes.length === 0) throw new BrokenSquashfs('A block of metadata is empty');
          }
          const piece = block.bytes.subarray(at, at + left);
          pieces.push(piece);
          at += piece.length;
          left -= piece.length;
        }
        return Buffer.concat(pieces);
      },
    };
  }
  return { cursor, raw };
}
