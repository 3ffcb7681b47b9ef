import { promisify } from 'node:util';
import { inflate, inflateSync } from 'node:zlib';
import { ZSTDDecoder } from 'zstddec';
import { BrokenSquashfs } from './squashfsLayout.ts';

/** Unpacks blocks of one compression. What is no such block, or unpacks to more than `mostBytes`, is a BrokenSquashfs. */
export interface BlockDecoder {
  /** At once: for metadata, which is small. */
  decodeNow(packed: Uint8Array, mostBytes: number): Uint8Array;
  /** Beside other work where that can be. */
  decode(packed: Uint8Array, mostBytes: number): Promise<Uint8Array>;
}

const inflateBeside = promisify<Uint8Array, { readonly maxOutputLength: number }, Uint8Array>(inflate);
const gzip = 1;
const zstd = 6;

/** Null for a compression that is not read here (lzma, lzo, xz, lz4). Numbers as in the superblock. */
export async function createBlockDecoder(compression: number): Promise<BlockDecoder | null> {
  if (compression === gzip)
    return {
      decodeNow: (packed, maxOutputLength) => {
        try {
          return inflateSync(packed, { maxOutputLength });
        } catch (thrown) {
          throw damaged(thrown);
        }
      },
      decode: async (packed, maxOutputLength) => {
        try {
          return await inflateBeside(packed, { maxOutputLength });
        } catch (thrown) {
          throw damaged(thrown);
        }
      },
    };
  if (compression !== zstd) return null;
  const decoder = new ZSTDDecoder();
  await decoder.init();
  const decodeNow = (packed: Uint8Array, mostBytes: number) => {
    const bytes = decoder.decode(packed, mostBytes);
    // It answers with nothing where it fails; no block of a squashfs is empty.
    if (bytes.length === 0) throw damaged(undefined);
    return bytes;
  };
  return { decodeNow, decode: async (packed, mostBytes) => decodeNow(packed, mostBytes) };
}

function damaged(cause: unknown): BrokenSquashfs {
  return new BrokenSquashfs('A packed block in it is damaged', { cause });
}
