import { workbenchError } from '#core/errors/workbenchError.ts';
import type { BlobDescriptor, OpenedBytes } from './byteSource.ts';
import { isDigest } from './digest.ts';
import { createMirroredClient } from './mirroredClient.ts';
import { openedBytes } from './openedBytes.ts';
import type { RegistryClient, RegistryClientOptions } from './registryClient.ts';
import { RegistryRequests } from './registryRequests.ts';
import { resolveImage } from './resolveImage.ts';

/** A client of one registry and its mirrors. It holds tokens in memory, and nothing else. */
export function createRegistryClient(options: RegistryClientOptions): RegistryClient {
  const { mirrors = [] } = options;
  return mirrors.length === 0
    ? createOneClient(options)
    : createMirroredClient({ ...options, mirrors }, createOneClient);
}

function createOneClient(options: RegistryClientOptions): RegistryClient {
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
