import type { BlockDecoder } from './blockDecoder.ts';
import { BrokenSquashfs } from './squashfsLayout.ts';
import type { SharedBlock } from './tree.ts';

export interface DecodableBlock extends SharedBlock {
  decoded(): Promise<Uint8Array>;
}

/** So many bytes of packed and of unpacked blocks are kept: neighbours in a folder are neighbours in a block. */
const keptBytes = 32 * 1024 * 1024;
const isPlainBit = 0x0100_0000;

/** Length of a block in the file, from its size word. */
export function storedLength(word: number): number {
  return word & (isPlainBit - 1);
}

export function isStoredPlain(word: number): boolean {
  return (word & isPlainBit) !== 0;
}

export interface SharedBlockMeans {
  readonly decoder: BlockDecoder;
  readonly blockSizeBytes: number;
  /** Tells packings apart. */
  readonly form: string;
  read(position: number, length: number): Promise<Uint8Array>;
}

/** The blocks that hold the ends of many files, the last used of them kept. */
export function createSharedBlocks(
  means: SharedBlockMeans,
): (place: { readonly start: number; readonly word: number }) => DecodableBlock {
  const { blockSizeBytes, decoder } = means;
  const kept = new Map<number, DecodableBlock>();
  const most = Math.max(8, Math.floor(keptBytes / blockSizeBytes));
  return ({ start, word }) => {
    const known = kept.get(start);
    if (known !== undefined) {
      kept.delete(start);
      kept.set(start, known);
      return known;
    }
    const length = storedLength(word);
    if (length > blockSizeBytes) throw new BrokenSquashfs('A block is longer than blocks are');
    const stored = means.read(start, length);
    stored.catch(() => undefined); // told to whoever asks for it
    let decoded: Promise<Uint8Array> | null = null;
    const block: DecodableBlock = {
      form: `${means.form}:${word}`,
      stored,
      decoded: () => {
        decoded ??= stored.then((bytes) =>
          isStoredPlain(word) ? bytes : decoder.decode(bytes, blockSizeBytes),
        );
        return decoded;
      },
    };
    kept.set(start, block);
    for (const oldest of kept.keys()) {
      if (kept.size <= most) break;
      kept.delete(oldest);
    }
    return block;
  };
}
