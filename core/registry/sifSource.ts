import type { LibraryReference, S3Reference, ShubReference } from '#core/contract/imageReference.ts';
import type { OpenBytes } from './byteSource.ts';
import type { CredentialsOnDemand, RegistryCredentials } from './registrySettings.ts';

/** Where a SIF comes from and what is known of it before. */
export interface SifSource {
  readonly open: OpenBytes;
  /** Names the bytes: a digest, or an address without secrets. The half-fetched file is found again by it. */
  readonly identity: string;
  readonly digest: string | null;
  readonly sizeBytes: number | null;
  readonly manifestDigest: string | null;
}

/** References to files that are neither in an OCI registry nor at a plain web address. */
export type FileServiceReference = LibraryReference | ShubReference | S3Reference;

export interface SifSourceOptions {
  /** OCI name of what is wanted. */
  readonly architecture: string;
  readonly isHttpAllowed: boolean;
  readonly credentials: RegistryCredentials | CredentialsOnDemand | null;
  readonly onNotice?: (text: string) => void;
  readonly signal: AbortSignal;
}
