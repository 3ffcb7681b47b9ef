import type { ErrorCode } from '#core/contract/errors.ts';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { SignedObject } from '#core/contract/trust.ts';
import { type ErrorFacts, workbenchError } from '#core/errors/workbenchError.ts';
import type { FileFacts, Host } from '#core/hosts/host.ts';
import type { SifDescriptor } from '#core/sif/descriptor.ts';
import { detailHeadBytes, parseImageHead } from '#core/sif/imageHead.ts';
import { sifObject } from '#core/sif/objectWords.ts';

/** A SIF as its table of objects tells it. */
export interface SifFile {
  readonly host: Host;
  readonly path: HostPath;
  readonly facts: FileFacts;
  readonly descriptors: readonly SifDescriptor[];
}

/** Fails with image.missing, image.notAnImage, image.truncated or image.hostileHeader. */
export async function openSif(host: Host, path: HostPath): Promise<SifFile> {
  const { isSif, ...file } = await openImage(host, path);
  if (isSif) return file;
  const reason = 'It is a file system, and only a SIF has signatures';
  throw workbenchError('image.notAnImage', { path, reason }, { hostId: host.id });
}

/** The same for images without a table of objects, which are plain file systems. */
export async function openImage(host: Host, path: HostPath): Promise<SifFile & { readonly isSif: boolean }> {
  const fail = (code: ErrorCode, more: ErrorFacts) =>
    workbenchError(code, { path, ...more }, { hostId: host.id });
  const facts = await host.files.stat(path);
  if (facts === null) throw fail('image.missing', {});
  if (facts.kind !== 'file') throw fail('image.notAnImage', { reason: 'It is not a file' });
  const readHead = async (length: number) =>
    parseImageHead(await host.files.read(path, 0, Math.min(length, facts.sizeBytes)), facts.sizeBytes);
  const first = await readHead(detailHeadBytes);
  const head = first.kind === 'needsMore' ? await readHead(first.length) : first;
  switch (head.kind) {
    case 'sif':
    case 'oci-sif':
      if (head.truncation !== null) throw fail('image.truncated', head.truncation);
      return { host, path, facts, descriptors: head.descriptors, isSif: true };
    case 'squashfs':
    case 'ext3':
      return { host, path, facts, descriptors: [], isSif: false };
    case 'damaged':
      throw fail(head.code, { reason: head.reason });
    case 'needsMore':
      throw fail('image.hostileHeader', { reason: 'Its table of objects is cut' });
    case 'unknown':
      throw fail('image.notAnImage', { reason: head.reason });
  }
}

/** An object as a verification names it. */
export function signedObject(descriptor: SifDescriptor): SignedObject {
  const { id, type, name } = sifObject(descriptor);
  return { id, type, name };
}
