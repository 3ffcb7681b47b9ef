import { randomBytes } from 'node:crypto';
import { parseImageReference, type RegistryReference } from '#core/contract/imageReference.ts';
import type { BlobDescriptor } from '../byteSource.ts';
import { digestOf } from '../digest.ts';
import { answer, answerRange, type Handler } from './scriptedServer.ts';

/** An image in memory: index → manifest (amd64) → configuration and layers of random bytes, as `demo/x:v1`. */
export interface ImageFixture {
  readonly index: Uint8Array;
  readonly manifest: Uint8Array;
  readonly config: Uint8Array;
  readonly layers: readonly { readonly descriptor: BlobDescriptor; readonly bytes: Uint8Array }[];
  readonly handle: Handler;
}

const oci = 'application/vnd.oci.image';
const layerType = `${oci}.layer.v1.tar+gzip`;

export function makeImage(layerSizes: readonly number[]): ImageFixture {
  const layers = layerSizes.map((size) => {
    const bytes = randomBytes(size);
    return { bytes, descriptor: { digest: digestOf(bytes), sizeBytes: size, mediaType: layerType } };
  });
  const config = encode({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } });
  const manifest = encode({
    schemaVersion: 2,
    mediaType: `${oci}.manifest.v1+json`,
    config: wire({
      digest: digestOf(config),
      sizeBytes: config.byteLength,
      mediaType: `${oci}.config.v1+json`,
    }),
    layers: layers.map(({ descriptor }) => wire(descriptor)),
  });
  const entry = {
    digest: digestOf(manifest),
    size: manifest.byteLength,
    mediaType: `${oci}.manifest.v1+json`,
  };
  const index = encode({
    schemaVersion: 2,
    mediaType: `${oci}.index.v1+json`,
    manifests: [
      { ...entry, platform: { architecture: 'amd64', os: 'linux' } },
      { ...entry, platform: { architecture: 'arm64', os: 'linux', variant: 'v8' } },
      { ...entry, platform: { architecture: 'unknown', os: 'unknown' } },
    ],
  });
  const blobs = new Map([[digestOf(config), config] as const]);
  for (const { descriptor, bytes } of layers) blobs.set(descriptor.digest, bytes);
  const manifests = new Map([
    ['v1', index],
    [digestOf(index), index],
    [digestOf(manifest), manifest],
  ]);
  const handle: Handler = (request, response) => {
    const path = request.url ?? '';
    const [, kind = '', name = ''] = /^\/v2\/demo\/x\/(manifests|blobs)\/(.+)$/.exec(path) ?? [];
    const found = kind === 'manifests' ? manifests.get(name) : blobs.get(name);
    if (path === '/v2/') answer(response, 200);
    else if (found !== undefined) answerRange(request, response, found);
    else answer(response, 404, { errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] });
  };
  return { index, manifest, config, layers, handle };
}

/** `docker://<registry>/demo/x<rest>` as the contract parses it. */
export function referenceAt(registry: string, rest = ':v1'): RegistryReference {
  const parsed = parseImageReference(`docker://${registry}/demo/x${rest}`);
  if (!parsed.ok || !('registry' in parsed.reference)) throw new TypeError('not a reference');
  return parsed.reference;
}

export function encode(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function wire({ digest, sizeBytes, mediaType }: BlobDescriptor): object {
  return { digest, size: sizeBytes, mediaType };
}
