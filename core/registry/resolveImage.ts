import type { RegistryReference } from '#core/contract/imageReference.ts';
import { type ErrorFacts, workbenchError } from '#core/errors/workbenchError.ts';
import { fetchConfig, fetchManifest } from './fetchManifest.ts';
import { type ManifestDocument, parsePlatform } from './manifest.ts';
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
  const { repository } = reference;
  const tagOrDigest = reference.digest ?? reference.tag ?? 'latest';
  const named = await fetchManifest(requests, { repository, tagOrDigest, signal });
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
  const chosen = await fetchManifest(requests, { repository, tagOrDigest: entry.digest, signal });
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
  const { repository } = reference;
  const { signal } = found.request;
  const bytes = await fetchConfig(requests, { repository, config: document.config, signal });
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
