import type { RegistryRequests } from './registryRequests.ts';
import type { UploadRecords } from './uploadRecords.ts';

/** Bytes that can be read from any offset to their end, as often as is needed. */
export interface BlobBytes {
  readonly sizeBytes: number;
  /** Fails when there are fewer bytes than `sizeBytes`. A piece is valid until the one after next is asked for. */
  read(offset: number, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

export interface UploadOptions {
  readonly requests: RegistryRequests;
  readonly repository: string;
  readonly blob: BlobBytes;
  /**
   * `sha256:…`, or how to find it out: that is then done while the bytes are already on their way, and stops them when
   * the registry turns out to have them.
   */
  readonly digest: string | ((signal: AbortSignal) => Promise<string>);
  /** Other repositories of the registry that may have the blob. */
  readonly mountFrom: readonly string[];
  /** Where an unfinished upload is remembered, and the name of these bytes there; null for what is sent at once. */
  readonly record: { readonly records: UploadRecords; readonly key: string } | null;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: UploadProgress) => void;
  /** Sentences for the log of the work: repeats, what was found. */
  readonly onNotice?: (text: string) => void;
}

export interface UploadProgress {
  /** Of the whole blob, with what the registry had before. */
  readonly doneBytes: number;
  readonly sentBytes: number;
}

export interface UploadedBlob {
  readonly digest: string;
  readonly sizeBytes: number;
  /** Bytes that went over the network now. */
  readonly sentBytes: number;
  /** sent; or the repository had it; or another repository of the registry lent it. */
  readonly how: 'sent' | 'present' | 'mounted';
}
