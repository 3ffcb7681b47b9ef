import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import {
  type ArchivedImage,
  isImage,
  type OciDescriptor,
  type OciIndex,
  ociIndexSchema,
  ociManifestSchema,
} from '#core/archives/archiveImages.ts';
import { type HostPath, hostPathFromText, hostPathToBytes, joinPath } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';

const longestDocument = 4 * 1024 * 1024;
const mostNested = 3;

/** An image of an OCI layout that is to be made the only one. */
export interface LayoutChoice {
  readonly layout: HostPath;
  readonly index: OciIndex;
  readonly image: ArchivedImage;
  /** OCI name. */
  readonly architecture: string;
  /** The archive or layout as the person knows it. */
  readonly shown: HostPath;
}

/**
 * Makes a layout with one image out of one with several, in a folder that does not exist yet: its blobs are a link. So
 * every runtime takes it without a tag or digest, which they write in different ways. Every blob of the image is checked
 * against its digest, which the runtime does not do. Fails with image.archiveDamaged and image.nothingForArchitecture.
 */
export async function makeSingleLayout(
  host: Host,
  choice: LayoutChoice,
  options: { readonly folder: HostPath; readonly signal: AbortSignal },
): Promise<void> {
  const { layout, shown } = choice;
  const descriptor = await manifestOf(host, choice);
  const manifest = ociManifestSchema.safeParse(await readDocument(host, choice, descriptor));
  if (!manifest.success)
    throw workbenchError('image.archiveDamaged', { path: shown, reason: 'A manifest of it makes no sense' });
  for (const blob of [manifest.data.config, ...manifest.data.layers])
    await requireBlob(host, choice, blob, options.signal);
  const inside = (name: string) => joinPath(options.folder, hostPathFromText(name));
  await host.files.makeFolder(options.folder, 0o700);
  await host.files.write(inside('oci-layout'), '{"imageLayoutVersion":"1.0.0"}', 0o600);
  const { mediaType, digest, size } = descriptor;
  const index = {
    schemaVersion: 2,
    manifests: [{ mediaType: mediaType ?? 'application/vnd.oci.image.manifest.v1+json', digest, size }],
  };
  await host.files.write(inside('index.json'), JSON.stringify(index), 0o600);
  await fs.symlink(
    Buffer.from(hostPathToBytes(joinPath(layout, hostPathFromText('blobs')))),
    Buffer.from(hostPathToBytes(inside('blobs'))),
  );
}

/** The descriptor of the manifest for the architecture, through nested indexes. */
async function manifestOf(host: Host, choice: LayoutChoice): Promise<OciDescriptor> {
  const { index, image } = choice;
  const chosen = index.manifests[image.index];
  if (chosen === undefined) throw damaged(choice, 'Its index ends too early');
  const isNameless = typeof chosen.platform?.architecture === 'string' && image.name === chosen.digest;
  let descriptor = isNameless ? ofArchitecture(choice, index.manifests) : chosen;
  for (let depth = 0; depth < mostNested; depth += 1) {
    const nested = ociIndexSchema.safeParse(await readDocument(host, choice, descriptor));
    if (!nested.success) return descriptor;
    descriptor = ofArchitecture(choice, nested.data.manifests);
  }
  throw damaged(choice, 'Its indexes lead to further indexes without end');
}

function ofArchitecture(choice: LayoutChoice, descriptors: readonly OciDescriptor[]): OciDescriptor {
  const images = descriptors.filter(isImage);
  const found = images.find(({ platform }) => platform?.architecture === choice.architecture);
  if (found !== undefined) return found;
  const [only] = images;
  if (images.length === 1 && only !== undefined && (only.platform ?? null) === null) return only;
  throw workbenchError('image.nothingForArchitecture', {
    reference: choice.image.name,
    architecture: choice.architecture,
    available: [...new Set(images.map(({ platform }) => platform?.architecture ?? 'unknown'))].join(', '),
  });
}

async function readDocument(host: Host, choice: LayoutChoice, descriptor: OciDescriptor): Promise<unknown> {
  if (descriptor.size > longestDocument) throw damaged(choice, `${descriptor.digest} is too long`);
  const path = blobPath(choice, descriptor);
  const [bytes] = await host.files.readMany([{ path, offset: 0, length: descriptor.size + 1 }]);
  if (bytes === undefined || bytes === null) throw damaged(choice, `${descriptor.digest} is missing`);
  const hex = createHash('sha256').update(bytes).digest('hex');
  if (descriptor.digest !== `sha256:${hex}`)
    throw damaged(choice, `${descriptor.digest} is not what it says`);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw damaged(choice, `${descriptor.digest} is no JSON`);
  }
}

async function requireBlob(
  host: Host,
  choice: LayoutChoice,
  descriptor: OciDescriptor,
  signal: AbortSignal,
): Promise<void> {
  const path = blobPath(choice, descriptor);
  const facts = await host.files.stat(path);
  if (facts?.kind !== 'file') throw damaged(choice, `${descriptor.digest} is missing`);
  if (facts.sizeBytes !== descriptor.size) throw damaged(choice, `${descriptor.digest} has another size`);
  const hex = await host.files.sha256(path, signal);
  if (descriptor.digest !== `sha256:${hex}`)
    throw damaged(choice, `${descriptor.digest} is not what it says`);
}

function blobPath({ layout }: LayoutChoice, { digest }: OciDescriptor): HostPath {
  return joinPath(layout, hostPathFromText(`blobs/${digest.replace(':', '/')}`));
}

function damaged({ shown }: LayoutChoice, reason: string) {
  return workbenchError('image.archiveDamaged', { path: shown, reason });
}
