import type { RegistryReference } from '#core/contract/imageReference.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { BlobDescriptor, OpenedBytes } from './byteSource.ts';
import { isDigest } from './digest.ts';
import { openedBytes } from './openedBytes.ts';
import { RegistryRequests } from './registryRequests.ts';
import type { RegistryCredentials, RegistryTimeouts } from './registrySettings.ts';
import type { ResolvedImage } from './resolvedImage.ts';
import { resolveImage } from './resolveImage.ts';

export interface RegistryClientOptions {
  /** Host and optional port, as in `RegistryReference.registry`. */
  readonly registry: string;
  /** Plain http is accepted where https is not spoken. Loopback registries need no such leave. */
  readonly isHttpAllowed: boolean;
  /** Never sent over plain http except to this machine, never to another host than the registry and its token server. */
  readonly credentials: RegistryCredentials | null;
  /** Sentences for the log of the work: waits, repeats, a token server elsewhere. */
  readonly onNotice?: (text: string) => void;
  readonly timeouts?: Partial<RegistryTimeouts>;
}

/** Reads from one registry: OCI distribution spec, with Docker's token flow. Failures are `registry.*` and `image.nothingForArchitecture`. */
export interface RegistryClient {
  /** `architecture` is an OCI name, with its variant where that matters: `amd64`, `arm64`, `arm/v7`. */
  resolve(reference: RegistryReference, architecture: string, signal: AbortSignal): Promise<ResolvedImage>;
  /** The caller verifies the digest: bytes come as the server sends them. */
  openBlob(
    repository: string,
    blob: BlobDescriptor,
    options: { readonly offset: number; readonly signal: AbortSignal },
  ): Promise<OpenedBytes>;
}

/** A client of one registry. It holds tokens in memory, and nothing else. */
export function createRegistryClient(options: RegistryClientOptions): RegistryClient {
  const requests = new RegistryRequests(options);
  return {
    resolve: (reference, architecture, signal) => resolveImage(requests, { reference, architecture, signal }),
    openBlob: (repository, blob, { offset, signal }) =>
      openBlob(requests, { repository, blob, offset, signal }),
  };
}

interface BlobRequest {
  readonly repository: string;
  readonly blob: BlobDescriptor;
  readonly offset: number;
  readonly signal: AbortSignal;
}

async function openBlob(requests: RegistryRequests, request: BlobRequest): Promise<OpenedBytes> {
  const { repository, blob, offset, signal } = request;
  if (!isDigest(blob.digest))
    throw workbenchError('registry.protocol', {
      registry: requests.registry,
      repository,
      reason: 'not a digest',
    });
  const answer = await requests.get(`${repository}/blobs/${blob.digest}`, {
    repository,
    what: blob.digest,
    headers: offset > 0 ? { range: `bytes=${offset}-` } : {},
    signal,
  });
  const facts = { registry: requests.registry, repository, digest: blob.digest };
  return (
    openedBytes(answer, { offset, facts, validator: null }) ?? openBlob(requests, { ...request, offset: 0 })
  );
}
