import type { HostPath } from '#core/contract/hostPath.ts';
import type { Image, ImageDetail } from '#core/contract/images.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { FileFacts, Host } from '#core/hosts/host.ts';
import {
  describeImage,
  emptyDescription,
  type ImageDescription,
  summariseImage,
} from '#core/sif/imageDescription.ts';
import { detailHeadBytes } from '#core/sif/imageHead.ts';
import { readImageHead, readMissing } from './imageBytes.ts';
import { readRowAt } from './imageRow.ts';
import type { Ledger } from './ledger.ts';
import { readSandboxDetail } from './sandbox.ts';

export interface DetailMeans {
  readonly host: Host;
  /** OCI name of the host's processor. */
  readonly hostArchitecture: string;
  readonly ledger: Ledger;
}

/**
 * Everything that the bytes of an image tell; it is never run. Fails with image.missing, and with image.notAnImage
 * for what is no image.
 */
export async function readImageDetail(means: DetailMeans, path: HostPath): Promise<ImageDetail> {
  const { host } = means;
  const facts = await host.files.stat(path);
  if (facts === null) throw workbenchError('image.missing', { path }, { hostId: host.id });
  const row = await readRowAt(host, path);
  if (row === null) throw workbenchError('image.notAnImage', { path }, { hostId: host.id });
  const { image, description } =
    row.format === 'sandbox'
      ? { image: row, description: { ...emptyDescription, ...(await readSandboxDetail(host.files, path)) } }
      : await describeFile(host, row, facts);
  const entry = facts.kind === 'file' ? await means.ledger.find(path, facts) : null;
  return {
    image,
    ...description,
    taskId: entry?.taskId ?? null,
    digest: entry === null ? null : `sha256:${entry.sha256}`,
    fitsHost: fitOf(image, means.hostArchitecture),
  };
}

async function describeFile(
  host: Host,
  image: Image,
  facts: FileFacts,
): Promise<{ readonly image: Image; readonly description: ImageDescription }> {
  const first = await readImageHead(host.files, image.path, {
    length: detailHeadBytes,
    fileBytes: facts.sizeBytes,
  });
  const { head, chunks } = await readMissing(host.files, image.path, { read: first, need: 'detail' });
  const description = describeImage(head, chunks) ?? { ...emptyDescription, note: image.problem };
  return { image: { ...image, ...summariseImage(head, chunks) }, description };
}

/** Programs of 386 run on amd64; nothing else is taken for granted. */
function fitOf(image: Image, hostArchitecture: string): ImageDetail['fitsHost'] {
  const { architecture } = image;
  if (image.format === 'damaged')
    return { fits: false, reason: 'The file is damaged: it can be looked into, but not relied on.' };
  if (architecture === null)
    return { fits: true, reason: 'The image does not say which processor it is for.' };
  if (architecture === hostArchitecture || (architecture === '386' && hostArchitecture === 'amd64'))
    return { fits: true, reason: `It is for ${architecture}, as this host is.` };
  return {
    fits: false,
    reason: `It is for ${architecture}, and this host is ${hostArchitecture}: its programs cannot run here.`,
  };
}
