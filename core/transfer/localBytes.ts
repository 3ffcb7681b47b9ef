import { createHash, type Hash } from 'node:crypto';
import type { HostPath } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { filePieces } from '#core/hosts/filePieces.ts';
import type { FileFacts, Host } from '#core/hosts/host.ts';

/** A file that is being sent: of this machine, or of another host, whose bytes go through this machine. */
export interface SendSource {
  readonly host: Host;
  readonly path: HostPath;
  readonly facts: FileFacts;
}

/** Bytes of the file from `from` to `to`. Fails with transfer.failed when the file became shorter. */
export async function* localBytes(
  source: SendSource,
  range: { readonly from: number; readonly to: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  let at = range.from;
  for await (const bytes of piecesOf(source, range)) {
    at += bytes.length;
    yield bytes;
  }
  if (at < range.to) throw changedError(source);
}

const remotePieceBytes = 4 * 1024 * 1024;

async function* piecesOf(
  { host, path }: SendSource,
  range: { readonly from: number; readonly to: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  if (host.kind === 'local') {
    yield* filePieces(path, range);
    return;
  }
  for (let at = range.from; at < range.to; ) {
    const piece = await host.files.read(path, at, Math.min(remotePieceBytes, range.to - at));
    if (piece.length === 0) return;
    at += piece.length;
    yield piece;
  }
}

/** The same bytes, while they go through a hash. */
export async function* hashing(
  bytes: AsyncIterable<Uint8Array>,
  hash: Hash,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
}

/** SHA-256 of each of the first blocks. */
export async function blockDigests(
  source: SendSource,
  blocks: { readonly count: number; readonly blockBytes: number; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const digests: string[] = [];
  for (let block = 0; block < blocks.count; block += 1) {
    const hash = createHash('sha256');
    const from = block * blocks.blockBytes;
    for await (const chunk of localBytes(source, { from, to: from + blocks.blockBytes })) hash.update(chunk);
    blocks.signal.throwIfAborted();
    digests.push(hash.digest('hex'));
  }
  return digests;
}

/** Fails with transfer.failed when the file is not what it was when the sending began. */
export async function requireUnchanged(source: SendSource): Promise<void> {
  const now = await source.host.files.stat(source.path);
  const { facts } = source;
  const isSame =
    now !== null &&
    now.sizeBytes === facts.sizeBytes &&
    now.modifiedAt === facts.modifiedAt &&
    now.inode === facts.inode;
  if (!isSame) throw changedError(source);
}

function changedError({ path, host }: SendSource) {
  return workbenchError(
    'transfer.failed',
    { path, host: null, reason: 'The file was changed while it was sent' },
    { hostId: host.id },
  );
}
