import { open } from 'node:fs/promises';
import { type HostPath, hostPathToBytes } from '#core/contract/hostPath.ts';
import { fileError } from './fileErrors.ts';

const pieceBytes = 1024 * 1024;

/**
 * A file of this machine from byte `from` to `to`, in pieces of at most 1 MiB; fewer where the file ends before. Two
 * buffers take turns: a piece is valid until the one after the next is asked for. (A new buffer for each costs as much as
 * sending it.) Fails as `HostFiles.read` does.
 */
export async function* filePieces(
  path: HostPath,
  range: { readonly from: number; readonly to: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await open(Buffer.from(hostPathToBytes(path)), 'r').catch((thrown: unknown) => {
    throw fileError(thrown, path);
  });
  try {
    let [buffer, other] = [Buffer.allocUnsafeSlow(pieceBytes), Buffer.allocUnsafeSlow(pieceBytes)];
    for (let at = range.from; at < range.to; ) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(pieceBytes, range.to - at), at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
      [buffer, other] = [other, buffer];
    }
  } finally {
    await file.close();
  }
}
