import type { extract as Extract, ExtractEvents } from 'tar-stream';
import type { HostPath } from '#core/contract/hostPath.ts';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import { type ArchiveMember, archiveMember } from './archiveMember.ts';

const mostMembers = 2_000_000;
const blockBytes = 512;
/** Options that the library's types leave out: one character a byte, and tars from before POSIX. */
const tarOptions = { filenameEncoding: 'latin1', allowUnknownFormat: true };

type Source = ExtractEvents['entry'][1];

/** Reads the content of a member; what is not read is passed over. */
export interface MemberContent {
  /** All of it at once: for small ones. */
  bytes(): Promise<Uint8Array>;
  /** Piece by piece; the next comes when the last was taken. */
  pieces(): AsyncIterable<Uint8Array>;
}

/** Called for each member in the archive's order. The next comes when the answer, if any, is there. */
export type VisitMember = (member: ArchiveMember, content: MemberContent) => Promise<void> | undefined;

/**
 * Reads a tar (v7, ustar, pax, GNU) as a stream, without unpacking. Fails with image.archiveDamaged (cut, corrupt, no
 * tar) and image.archiveHostile (too many members), and with whatever `visit` throws. Long headers have at most 4 MiB.
 */
export async function readMembers(
  bytes: AsyncIterable<Uint8Array>,
  visit: VisitMember,
  { path, signal }: { readonly path: HostPath; readonly signal: AbortSignal },
): Promise<void> {
  // A start must not wait for what only imports need.
  const { extract } = await import('tar-stream');
  const parser = extract(tarOptions as Parameters<typeof Extract>[0]);
  let failure: unknown = null;
  let members = 0;
  const closed = new Promise<void>((resolve) => parser.on('close', () => resolve()));
  parser.on('error', (thrown: unknown) => {
    failure ??= thrown;
  });
  parser.on('entry', (header, stream, next) => {
    const fail = (thrown: unknown) => {
      failure ??= thrown;
      parser.destroy();
    };
    stream.on('error', fail);
    try {
      members += 1;
      if (members > mostMembers)
        throw workbenchError('image.archiveHostile', {
          path,
          reason: `It has more than ${mostMembers.toLocaleString('en-US')} members`,
        });
      const pending = visit(archiveMember(header), contentOf(stream));
      if (pending === undefined) {
        stream.resume();
        next();
      } else
        pending.then(() => {
          stream.resume();
          next();
        }, fail);
    } catch (thrown) {
      fail(thrown);
    }
  });
  let last: Uint8Array = new Uint8Array();
  for await (const piece of bytes) {
    signal.throwIfAborted();
    if (failure !== null) break;
    last = endOf(last, piece);
    if (!parser.write(piece)) await Promise.race([closed, drained(parser)]);
    signal.throwIfAborted();
  }
  if (failure === null) parser.end(null);
  await closed;
  if (failure !== null) throw asFailure(failure, path);
  if (last.length < blockBytes || last.some((byte) => byte !== 0))
    throw workbenchError('image.archiveDamaged', { path, reason: 'Its end is missing' });
}

function contentOf(stream: Source): MemberContent {
  return {
    bytes: () =>
      new Promise((resolve, reject) => {
        const pieces: Uint8Array[] = [];
        stream.on('data', (piece) => {
          if (piece instanceof Uint8Array) pieces.push(piece);
        });
        stream.on('end', () =>
          resolve(pieces.length === 1 ? (pieces[0] ?? new Uint8Array()) : Buffer.concat(pieces)),
        );
        stream.on('error', reject);
        stream.on('close', () => reject(new Error('The archive ended within a file.')));
      }),
    pieces: () => stream as AsyncIterable<Uint8Array>,
  };
}

function drained(parser: ReturnType<typeof Extract>): Promise<void> {
  return new Promise((resolve) => parser.once('drain', () => resolve()));
}

/** The last block of what came so far: a whole archive ends with blocks of zeros. */
function endOf(before: Uint8Array, piece: Uint8Array): Uint8Array {
  if (piece.length >= blockBytes) return piece.subarray(piece.length - blockBytes);
  return Buffer.concat([before, piece]).subarray(-blockBytes);
}

/** The parser speaks of a broken archive only; what visitors and the source throw has a name or a code. */
function asFailure(thrown: unknown, path: HostPath): unknown {
  if (thrown instanceof WorkbenchError || !(thrown instanceof Error)) return thrown;
  if (!/^(?:Invalid|Unexpected|Header exceeds|The archive ended)/.test(thrown.message)) return thrown;
  return workbenchError(
    'image.archiveDamaged',
    { path, reason: /Unexpected|ended/.test(thrown.message) ? 'Its end is missing' : thrown.message },
    { evidence: thrown.message, cause: thrown },
  );
}
