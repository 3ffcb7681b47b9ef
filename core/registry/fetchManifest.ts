import { workbenchError } from '#core/errors/workbenchError.ts';
import type { BlobDescriptor } from './byteSource.ts';
import { digestOf, isDigest } from './digest.ts';
import { acceptedManifests, type ManifestDocument, manifestLimitBytes, parseManifest } from './manifest.ts';
import type { RegistryRequests } from './registryRequests.ts';
import type { ManifestBytes } from './resolvedImage.ts';

export interface ManifestRequest {
  readonly repository: string;
  readonly tagOrDigest: string;
  readonly signal: AbortSignal;
}

export interface FetchedManifest {
  readonly manifest: ManifestBytes;
  readonly document: ManifestDocument;
  /** Of the answer: what a registry says beside, such as the requests that are left. */
  readonly headers: Headers;
}

/**
 * A manifest or index, checked against the digest that was asked for or that the registry claims. Fails with
 * `registry.digestMismatch`, and with `registry.protocol` for what is none.
 */
export async function fetchManifest(
  requests: RegistryRequests,
  { repository, tagOrDigest, signal }: ManifestRequest,
): Promise<FetchedManifest> {
  const { registry } = requests;
  const answer = await requests.get(`${repository}/manifests/${tagOrDigest}`, {
    repository,
    what: tagOrDigest,
    headers: { accept: acceptedManifests },
    signal,
  });
  const bytes = await answer.readAll(manifestLimitBytes);
  const claimed = answer.headers.get('docker-content-digest');
  const expected = isDigest(tagOrDigest)
    ? tagOrDigest
    : claimed !== null && isDigest(claimed)
      ? claimed
      : null;
  const actual = digestOf(bytes, expected);
  if (expected !== null && expected !== actual)
    throw workbenchError('registry.digestMismatch', {
      registry,
      repository,
      expected,
      actual,
      sizeBytes: bytes.byteLength,
    });
  const document = parseManifest(bytes, { registry, repository });
  const mediaType = mediaTypeOf(document, answer.headers.get('content-type'));
  return { manifest: { digest: actual, mediaType, bytes }, document, headers: answer.headers };
}

/** An image's configuration, checked against its descriptor. Fails as `fetchManifest` does. */
export async function fetchConfig(
  requests: RegistryRequests,
  asked: { readonly repository: string; readonly config: BlobDescriptor; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  const { repository, config, signal } = asked;
  const { registry } = requests;
  if (config.sizeBytes > manifestLimitBytes)
    throw workbenchError('registry.protocol', {
      registry,
      repository,
      reason: 'the configuration is too large',
    });
  const answer = await requests.get(`${repository}/blobs/${config.digest}`, {
    repository,
    what: config.digest,
    headers: {},
    signal,
  });
  const bytes = await answer.readAll(manifestLimitBytes);
  const actual = digestOf(bytes, config.digest);
  if (actual !== config.digest || bytes.byteLength !== config.sizeBytes)
    throw workbenchError('registry.digestMismatch', {
      registry,
      repository,
      expected: config.digest,
      actual,
      sizeBytes: bytes.byteLength,
    });
  return bytes;
}

function mediaTypeOf(document: ManifestDocument, contentType: string | null): string {
  if (document.mediaType !== null) return document.mediaType;
  const given = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (acceptedManifests.split(', ').includes(given)) return given;
  return document.type === 'index'
    ? 'application/vnd.oci.image.index.v1+json'
    : 'application/vnd.oci.image.manifest.v1+json';
}
