import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type HostPath, hostPathToBytes } from '#core/contract/hostPath.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { Wrapper } from './wrapper.ts';

const pieceBytes = 256 * 1024;
/** Real archives are seldom compressed better than to a tenth; what is beyond both of these is made to fill a disk. */
const usualBomb: BombLimits = { bytes: 20e9, ratio: 200 };

/** Unpacked bytes, and how many times the compressed ones, from which on an archive is a bomb. */
export interface BombLimits {
  readonly bytes: number;
  readonly ratio: number;
}

/** A file of this machine that holds an archive. */
export interface ArchiveFile {
  readonly path: HostPath;
  readonly wrapper: Wrapper | null;
  readonly sizeBytes: number;
}

/**
 * Unpacks a stream with a program of this machine (`xz`, `zstd`, `bzip2`): for what node cannot. Fails with
 * host.commandMissing, and with image.archiveDamaged where the program says so.
 */
export type Decompress = (
  program: Exclude<Wrapper, 'gzip'>,
  source: AsyncIterable<Uint8Array>,
  options: { readonly signal: AbortSignal; readonly path: HostPath },
) => AsyncIterable<Uint8Array>;

export interface ArchiveBytesOptions {
  readonly signal: AbortSignal;
  readonly decompress: Decompress;
  /** Bytes of the file itself that were read so far. */
  readonly onRead?: (done: number) => void;
  /** 20 GB and 200 times when not given. */
  readonly bomb?: BombLimits;
}

/**
 * The bytes of an archive without their compression. Fails with image.archiveDamaged (cut or corrupt), with
 * image.archiveHostile (a bomb), and with what node says of a file that cannot be read.
 */
export async function* archiveBytes(
  file: ArchiveFile,
  options: ArchiveBytesOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { bomb = usualBomb } = options;
  let readBytes = 0;
  async function* source(): AsyncGenerator<Uint8Array, void, undefined> {
    const stream = createReadStream(Buffer.from(hostPathToBytes(file.path)), { highWaterMark: pieceBytes });
    for await (const piece of stream as AsyncIterable<Uint8Array>) {
      options.signal.throwIfAborted();
      readBytes += piece.length;
      options.onRead?.(readBytes);
      yield piece;
    }
  }
  let madeBytes = 0;
  for await (const piece of unwrapped(file, source(), options)) {
    madeBytes += piece.length;
    if (file.wrapper !== null && madeBytes > bomb.bytes && madeBytes > bomb.ratio * readBytes)
      throw workbenchError('image.archiveHostile', {
        path: file.path,
        reason: `It unpacks to more than ${bomb.ratio} times its size: ${formatBytes(madeBytes)} and no end`,
      });
    yield piece;
  }
}

function unwrapped(
  file: ArchiveFile,
  source: AsyncIterable<Uint8Array>,
  { signal, decompress }: ArchiveBytesOptions,
): AsyncIterable<Uint8Array> {
  switch (file.wrapper) {
    case null:
      return source;
    case 'gzip':
      return gunzipped(file, source);
    default:
      return decompress(file.wrapper, source, { signal, path: file.path });
  }
}

async function* gunzipped(
  file: ArchiveFile,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const gunzip = createGunzip({ chunkSize: pieceBytes });
  const flow = pipeline(source, gunzip);
  flow.catch(() => undefined); // the same failure comes out of the reading below
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
    await flow;
  } catch (thrown) {
    if (thrown instanceof WorkbenchError || !isOfZlib(thrown)) throw thrown;
    throw workbenchError(
      'image.archiveDamaged',
      { path: file.path, reason: 'Its gzip compression is broken' },
      { evidence: thrown.message, cause: thrown },
    );
  } finally {
    gunzip.destroy();
    await flow.catch(() => undefined); // told above, or nobody reads on
  }
}

function isOfZlib(thrown: unknown): thrown is Error {
  return thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('Z_');
}
