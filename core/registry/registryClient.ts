import type { RegistryReference } from '#core/contract/imageReference.ts';
import type { BlobDescriptor, OpenedBytes } from './byteSource.ts';
import type { CredentialsOnDemand, RegistryCredentials, RegistryTimeouts } from './registrySettings.ts';
import type { ResolvedImage } from './resolvedImage.ts';

export interface RegistryClientOptions {
  /** Host and optional port, as in `RegistryReference.registry`. */
  readonly registry: string;
  /** Plain http is accepted where https is not spoken. Loopback registries need no such leave. */
  readonly isHttpAllowed: boolean;
  /** Never sent over plain http except to this machine, never to another host than the registry and its token server. */
  readonly credentials: RegistryCredentials | CredentialsOnDemand | null;
  /**
   * Asked before the registry itself, in this order: `host[:port][/prefix]`, where the prefix stands before the names of
   * repositories, or an http(s) address. They never get the credentials.
   */
  readonly mirrors?: readonly string[];
  /** Sentences for the log of the work: which mirror answered, waits, repeats, a token server elsewhere. */
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
