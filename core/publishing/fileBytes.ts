import { createReadStream } from 'node:fs';
import { type HostPath, hostPathToBytes } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { FileFacts, Host } from '#core/hosts/host.ts';
import type { BlobBytes } from '#core/registry/upload.ts';

const localPieceBytes = 1024 * 1024;
/** Each piece is a round trip over the line. */
const remotePieceBytes = 8 * 1024 * 1024;

/** A file that is sent somewhere else, as it was when that began. */
export interface SentFile {
  readonly host: Host;
  readonly path: HostPath;
  readonly facts: FileFacts;
}

/** The bytes of a file of any host. Fails with `image.busy` when it has become shorter meanwhile. */
export function fileBytes(file: SentFile): BlobBytes {
  return {
    sizeBytes: file.facts.sizeBytes,
    read: (offset, signal) => piecesFrom(file, offset, signal),
  };
}

/** Fails with `image.busy` when the file is not what it was. */
export async function requireUnchanged(file: SentFile): Promise<void> {
  const now = await file.host.files.stat(file.path);
  const { facts } = file;
  const isSame =
    now !== null &&
    now.sizeBytes === facts.sizeBytes &&
    now.modifiedAt === facts.modifiedAt &&
    now.inode === facts.inode;
  if (!isSame) throw changed(file);
}

async function* piecesFrom(
  file: SentFile,
  offset: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { sizeBytes } = file.facts;
  let at = offset;
  const pieces = file.host.kind === 'local' ? localPieces(file, offset) : remotePieces(file, offset);
  for await (const piece of pieces) {
    signal.throwIfAborted();
    // What was added since is not part of what is sent.
    const wanted = piece.subarray(0, sizeBytes - at);
    at += wanted.byteLength;
    if (wanted.byteLength > 0) yield wanted;
    if (at === sizeBytes) return;
  }
  if (at < sizeBytes) throw changed(file);
}

function localPieces({ path }: SentFile, start: number): AsyncIterable<Uint8Array> {
  return createReadStream(Buffer.from(hostPathToBytes(path)), { start, highWaterMark: localPieceBytes });
}

async function* remotePieces(
  { host, path, facts }: SentFile,
  start: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = start; at < facts.sizeBytes; ) {
    const piece = await host.files.read(path, at, Math.min(remotePieceBytes, facts.sizeBytes - at));
    if (piece.byteLength === 0) return;
    at += piece.byteLength;
    yield piece;
  }
}

function changed({ path, host }: SentFile) {
  return workbenchError(
    'image.busy',
    { path, reason: 'The file was changed while it was sent' },
    { hostId: host.id },
  );
}
