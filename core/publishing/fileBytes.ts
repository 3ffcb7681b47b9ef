import { createHash } from 'node:crypto';
import type { HostPath } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { filePieces } from '#core/hosts/filePieces.ts';
import type { FileFacts, Host } from '#core/hosts/host.ts';
import type { BlobBytes } from '#core/registry/uploadOptions.ts';

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

/** `sha256:…` of the file: by the host itself where it is not this machine. */
export async function fileDigest(file: SentFile, signal: AbortSignal): Promise<string> {
  const { host, path } = file;
  if (host.kind !== 'local') return `sha256:${await host.files.sha256(path, signal)}`;
  const hash = createHash('sha256');
  for await (const piece of piecesFrom(file, 0, signal)) hash.update(piece);
  return `sha256:${hash.digest('hex')}`;
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
  const pieces =
    file.host.kind === 'local'
      ? filePieces(file.path, { from: offset, to: sizeBytes })
      : remotePieces(file, offset);
  for await (const piece of pieces) {
    signal.throwIfAborted();
    at += piece.byteLength;
    yield piece;
  }
  if (at < sizeBytes) throw changed(file);
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
