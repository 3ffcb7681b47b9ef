import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostFiles } from '#core/hosts/host.ts';
import type { Chunk } from '#core/sif/bytes.ts';
import { missingRanges } from '#core/sif/imageDescription.ts';
import { type ImageHead, parseImageHead } from '#core/sif/imageHead.ts';

/** An OCI-SIF asks in three steps; a file that asks for more than this is not believed. */
const longestDialogue = 6;

export interface ImageBytes {
  readonly head: ImageHead;
  readonly chunks: readonly Chunk[];
}

/** The first `length` bytes of a file, and more where its own table of objects is longer. */
export async function readImageHead(
  files: HostFiles,
  path: HostPath,
  size: { readonly length: number; readonly fileBytes: number },
): Promise<ImageBytes> {
  const bytes = await files.read(path, 0, Math.min(size.length, size.fileBytes));
  const head = parseImageHead(bytes, size.fileBytes);
  if (head.kind !== 'needsMore') return { head, chunks: [{ offset: 0, bytes }] };
  const more = await files.read(path, 0, head.length);
  return { head: parseImageHead(more, size.fileBytes), chunks: [{ offset: 0, bytes: more }] };
}

/** Reads what the head says is still needed. */
export async function readMissing(
  files: HostFiles,
  path: HostPath,
  { read, need }: { readonly read: ImageBytes; readonly need: 'row' | 'detail' },
): Promise<ImageBytes> {
  let chunks = read.chunks;
  for (let step = 0; step < longestDialogue; step += 1) {
    const missing = missingRanges(read.head, chunks, need);
    if (missing.length === 0) break;
    for (const { offset, length } of missing)
      chunks = [...chunks, { offset, bytes: await files.read(path, offset, length) }];
  }
  return { head: read.head, chunks };
}
