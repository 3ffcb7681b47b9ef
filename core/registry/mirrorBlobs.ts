import type { Hash } from 'node:crypto';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { BlobDescriptor, OpenedBytes } from './byteSource.ts';
import { hashFor } from './digest.ts';

/** A blob's bytes at one of the places that may have it. */
export interface BlobPlace {
  readonly name: string;
  open(offset: number): Promise<OpenedBytes>;
}

/** What is known of one blob between two openings: a transfer that breaks is taken up at the next place. */
export interface BlobProgress {
  /** Index of the place to ask. */
  place: number;
  /** Over all bytes that were handed out, while they are known from the first on. */
  hash: Hash | null;
  position: number;
  /** Bytes of a mirror are among those that were handed out. */
  hasMirrorBytes: boolean;
  /** What was handed out is wrong: the next opening begins at 0, whatever is asked for. */
  mustRestart: boolean;
}

export function newProgress(place: number): BlobProgress {
  return { place, hash: null, position: 0, hasMirrorBytes: false, mustRestart: false };
}

/** Called when a place (its index) is given up for this blob, and the one after it is asked. */
export type GiveUp = (index: number, why: WorkbenchError) => void;

/**
 * Opens a blob at the first place that gives it, the registry itself last. Bytes of mirrors are checked as they pass:
 * the last piece is held back until the digest is right. Where a mirror breaks off or lies, the stream ends with
 * `registry.interrupted`, and the next opening goes on at the next place, from the start after a lie.
 */
export async function openAtPlaces(
  places: readonly BlobPlace[],
  asked: { readonly blob: BlobDescriptor; readonly offset: number; readonly signal: AbortSignal },
  { progress, onGiveUp }: { readonly progress: BlobProgress; readonly onGiveUp: GiveUp },
): Promise<OpenedBytes> {
  const { blob, signal } = asked;
  const offset = progress.mustRestart ? 0 : asked.offset;
  for (;;) {
    const place = places[progress.place];
    const next = places[progress.place + 1];
    if (place === undefined) throw new RangeError('no place for a blob');
    try {
      const opened = await place.open(offset);
      if (next !== undefined && opened.totalBytes !== null && opened.totalBytes !== blob.sizeBytes) {
        await opened.chunks[Symbol.asyncIterator]().return?.();
        throw lie(place, blob, `${opened.totalBytes} bytes`);
      }
      return watched(opened, { places, blob, progress, onGiveUp });
    } catch (thrown) {
      signal.throwIfAborted();
      if (next === undefined || !(thrown instanceof WorkbenchError)) throw thrown;
      progress.place += 1;
      onGiveUp(progress.place - 1, thrown);
    }
  }
}

interface Watch {
  readonly places: readonly BlobPlace[];
  readonly blob: BlobDescriptor;
  readonly progress: BlobProgress;
  readonly onGiveUp: GiveUp;
}

function watched(opened: OpenedBytes, watch: Watch): OpenedBytes {
  const { places, blob, progress } = watch;
  if (opened.offset === 0) {
    progress.hash = hashFor(blob.digest).hash;
    progress.position = 0;
    progress.hasMirrorBytes = false;
    progress.mustRestart = false;
  } else if (opened.offset !== progress.position) {
    progress.hash = null; // what lies before was not seen here
    progress.position = opened.offset;
  }
  progress.hasMirrorBytes ||= progress.place < places.length - 1;
  return progress.hasMirrorBytes ? { ...opened, chunks: checked(opened.chunks, watch) } : opened;
}

async function* checked(chunks: AsyncIterable<Uint8Array>, watch: Watch): AsyncGenerator<Uint8Array> {
  const { blob, progress } = watch;
  const handOut = (chunk: Uint8Array): Uint8Array => {
    progress.hash?.update(chunk);
    progress.position += chunk.byteLength;
    return chunk;
  };
  let held: Uint8Array = new Uint8Array(0);
  try {
    for await (const chunk of chunks) {
      if (progress.position + held.byteLength + chunk.byteLength > blob.sizeBytes)
        throw untrue(watch, `more than ${blob.sizeBytes} bytes`);
      if (held.byteLength > 0) yield handOut(held);
      held = chunk;
    }
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError)) throw thrown;
    goOn(watch, thrown);
    if (!progress.mustRestart && held.byteLength > 0) yield handOut(held); // not to be fetched again
    throw thrown;
  }
  if (progress.position + held.byteLength < blob.sizeBytes) {
    if (held.byteLength > 0) yield handOut(held);
    const { position } = progress;
    throw goOn(
      watch,
      workbenchError('registry.interrupted', { doneBytes: position, totalBytes: blob.sizeBytes }),
    );
  }
  if (progress.hash !== null) {
    const { algorithm } = hashFor(blob.digest);
    const actual = `${algorithm}:${progress.hash.copy().update(held).digest('hex')}`;
    if (actual !== blob.digest) throw goOn(watch, untrue(watch, actual));
  }
  if (held.byteLength > 0) yield handOut(held);
}

/** Makes the next opening begin anew, and gives the failure that a download takes up by itself. */
function untrue({ places, blob, progress }: Watch, actual: string): WorkbenchError {
  progress.mustRestart = true;
  const place = places[progress.place];
  const { data } = lie(place ?? null, blob, actual).report;
  return workbenchError('registry.interrupted', { ...data, doneBytes: 0, totalBytes: blob.sizeBytes });
}

function lie(place: BlobPlace | null, blob: BlobDescriptor, actual: string): WorkbenchError {
  const registry = place?.name ?? 'the mirror';
  return workbenchError('registry.digestMismatch', { registry, expected: blob.digest, actual });
}

/** The next place from here on, where there is one. */
function goOn({ places, progress, onGiveUp }: Watch, why: WorkbenchError): WorkbenchError {
  if (progress.place < places.length - 1) {
    progress.place += 1;
    onGiveUp(progress.place - 1, why);
  }
  return why;
}
