import type { RegistryReference } from '#core/contract/imageReference.ts';
import { type ErrorFacts, workbenchError } from '#core/errors/workbenchError.ts';
import { digestOf, isDigest } from './digest.ts';
import {
  acceptedManifests,
  type ManifestDocument,
  manifestLimitBytes,
  parseManifest,
  parsePlatform,
} from './manifest.ts';
import { choosePlatform, platformName, platformsOffered } from './platformChoice.ts';
import type { RegistryRequests } from './registryRequests.ts';
import type { ManifestBytes, ResolvedImage } from './resolvedImage.ts';

export interface ResolveRequest {
  readonly reference: RegistryReference;
  readonly architecture: string;
  readonly signal: AbortSignal;
}

type Manifest = Extract<ManifestDocument, { readonly type: 'manifest' }>;

/** Asks what a reference names now: the index where there is one, the manifest for the architecture, the configuration. */
export async function resolveImage(
  requests: RegistryRequests,
  request: ResolveRequest,
): Promise<ResolvedImage> {
  const { reference, architecture, signal } = request;
  const facts: ErrorFacts = { registry: reference.registry, repository: reference.repository };
  const named = await fetchManifest(requests, request, reference.digest ?? reference.tag ?? 'latest');
  const { document } = named;
  if (document.type === 'manifest')
    return complete(requests, {
      request,
      facts,
      index: null,
      manifest: named.manifest,
      document,
      platform: null,
    });
  const entry = choosePlatform(document.entries, architecture);
  if (entry === null)
    throw workbenchError('image.nothingForArchitecture', {
      ...facts,
      reference: reference.typed,
      architecture,
      available: platformsOffered(document.entries),
    });
  signal.throwIfAborted();
  const chosen = await fetchManifest(requests, request, entry.digest);
  if (chosen.document.type !== 'manifest')
    throw workbenchError('registry.protocol', { ...facts, reason: 'an index inside an index' });
  const platform = entry.platform?.architecture ?? null;
  return complete(requests, {
    request,
    facts,
    index: named.manifest,
    manifest: chosen.manifest,
    document: chosen.document,
    platform,
  });
}

interface Found {
  readonly request: ResolveRequest;
  readonly facts: ErrorFacts;
  readonly index: ManifestBytes | null;
  readonly manifest: ManifestBytes;
  readonly document: Manifest;
  /** Architecture by the index. */
  readonly platform: string | null;
}

async function complete(requests: RegistryRequests, found: Found): Promise<ResolvedImage> {
  const { index, manifest, document, facts } = found;
  const { reference } = found.request;
  if (document.holds === 'other')
    throw workbenchError('registry.notASif', {
      ...facts,
      reference: reference.typed,
      mediaType: document.config.mediaType,
    });
  const digest = (index ?? manifest).digest;
  const base = { kind: document.holds, digest, index, manifest, layers: document.layers };
  if (document.holds === 'sif')
    return { ...base, config: { ...document.config, bytes: null }, architecture: found.platform };
  const bytes = await fetchConfig(requests, found);
  const own = parsePlatform(bytes, facts);
  if (found.platform === null) refuseOtherPlatform(own, found);
  return {
    ...base,
    config: { ...document.config, bytes },
    architecture: own.architecture ?? found.platform,
  };
}

/** An image without an index is for one platform, which only its configuration tells. */
function refuseOtherPlatform(
  own: { readonly architecture: string | null; readonly os: string | null },
  found: Found,
): void {
  const wanted = found.request.architecture;
  const isSame = own.architecture === null || own.architecture === wanted.split('/')[0];
  if (isSame && (own.os === null || own.os === 'linux')) return;
  throw workbenchError('image.nothingForArchitecture', {
    ...found.facts,
    reference: found.request.reference.typed,
    architecture: wanted,
    available: platformName(own.architecture ?? 'unknown', own.os, null),
  });
}

async function fetchManifest(
  requests: RegistryRequests,
  { reference, signal }: ResolveRequest,
  tagOrDigest: string,
): Promise<{ readonly manifest: ManifestBytes; readonly document: ManifestDocument }> {
  const { repository, registry } = reference;
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
  return { manifest: { digest: actual, mediaType, bytes }, document };
}

function mediaTypeOf(document: ManifestDocument, contentType: string | null): string {
  if (document.mediaType !== null) return document.mediaType;
  const given = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (acceptedManifests.split(', ').includes(given)) return given;
  return document.type === 'index'
    ? 'application/vnd.oci.image.index.v1+json'
    : 'application/vnd.oci.image.manifest.v1+json';
}

async function fetchConfig(requests: RegistryRequests, found: Found): Promise<Uint8Array> {
  const { config } = found.document;
  const { repository, registry } = found.request.reference;
  if (config.sizeBytes > manifestLimitBytes)
    throw workbenchError('registry.protocol', { ...found.facts, reason: 'the configuration is too large' });
  const answer = await requests.get(`${repository}/blobs/${config.digest}`, {
    repository,
    what: config.digest,
    headers: {},
    signal: found.request.signal,
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
