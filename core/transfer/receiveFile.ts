import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { type HostPath, hostPathToBytes } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { fileError } from '#core/hosts/fileErrors.ts';
import { filePieces } from '#core/hosts/filePieces.ts';
import type { Host } from '#core/hosts/host.ts';

const pieceBytes = 4 * 1024 * 1024;

/** A file of a host that comes here. */
export interface ReceiveRequest {
  readonly from: HostPath;
  readonly sizeBytes: number;
  /** Lower-case hex, as the host told it. */
  readonly sha256: string;
  /** A private name on this machine. What an interrupted receiving left there is gone on with. */
  readonly part: HostPath;
  readonly onBytes: (done: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Reads a file of a host piece by piece into a part of this machine, and proves it by its SHA-256. Interrupted, the same
 * call goes on where the part ends. Fails with transfer.digestMismatch (the part is removed), disk.full, disk.quota, what
 * the line fails with, and the signal's reason.
 */
export async function receiveFile(
  { local, host }: { readonly local: Host; readonly host: Host },
  request: ReceiveRequest,
): Promise<void> {
  const { part, sizeBytes, signal } = request;
  const there = (await local.files.stat(part))?.sizeBytes ?? 0;
  let at = there <= sizeBytes ? there : 0;
  const hash = createHash('sha256');
  if (at > 0) for await (const piece of filePieces(part, { from: 0, to: at })) hash.update(piece);
  const file = await open(Buffer.from(hostPathToBytes(part)), at > 0 ? 'r+' : 'w', 0o600).catch(
    (thrown: unknown) => {
      throw fileError(thrown, part);
    },
  );
  try {
    while (at < sizeBytes) {
      signal.throwIfAborted();
      const piece = await host.files.read(request.from, at, Math.min(pieceBytes, sizeBytes - at));
      if (piece.length === 0) break; // shorter than it was: the digest tells
      await file.write(piece, 0, piece.length, at).catch((thrown: unknown) => {
        throw fileError(thrown, part);
      });
      hash.update(piece);
      at += piece.length;
      request.onBytes(at);
    }
    await file.truncate(at);
    await file.sync();
  } finally {
    await file.close();
  }
  const found = hash.digest('hex');
  if (found === request.sha256) return;
  await local.files.remove(part);
  throw workbenchError(
    'transfer.digestMismatch',
    { path: part, expected: request.sha256, found },
    { hostId: host.id },
  );
}
