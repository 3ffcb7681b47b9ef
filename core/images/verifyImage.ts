import type { HostPath } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { detailHeadBytes } from '#core/sif/imageHead.ts';
import { readImageHead } from './imageBytes.ts';

/**
 * Whether a file is a whole image, from its head. Fails with image.notAnImage, image.truncated or
 * image.hostileHeader. `shownAs` is the path that the person knows it by.
 */
export async function verifyImage(
  host: Host,
  path: HostPath,
  options: { readonly mustBeSif: boolean; readonly shownAs: HostPath },
): Promise<void> {
  const facts = await host.files.stat(path);
  const shown = { path: options.shownAs };
  const where = { hostId: host.id };
  if (facts === null) throw workbenchError('image.missing', shown, where);
  if (facts.kind !== 'file')
    throw workbenchError('image.notAnImage', { ...shown, reason: 'It is not a file' }, where);
  const size = { length: detailHeadBytes, fileBytes: facts.sizeBytes };
  const { head } = await readImageHead(host.files, path, size);
  switch (head.kind) {
    case 'sif':
    case 'oci-sif':
      if (head.truncation !== null)
        throw workbenchError('image.truncated', { ...shown, ...head.truncation }, where);
      return;
    case 'squashfs':
    case 'ext3':
      if (!options.mustBeSif) return;
      throw workbenchError('image.notAnImage', { ...shown, reason: 'It is a file system, not a SIF' }, where);
    case 'damaged':
      throw workbenchError(
        head.code,
        { ...shown, reason: head.reason, expectedBytes: head.expectedBytes, actualBytes: facts.sizeBytes },
        where,
      );
    case 'needsMore':
      throw workbenchError('image.hostileHeader', { ...shown, reason: 'Its table of objects is cut' }, where);
    case 'unknown':
      throw workbenchError('image.notAnImage', { ...shown, reason: head.reason }, where);
  }
}
