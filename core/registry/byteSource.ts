/** Bytes on their way from a server. `offset` is where the server really begins: 0 when it ignores ranges. */
export interface OpenedBytes {
  readonly offset: number;
  /** Size of the whole thing, where the server says it. */
  readonly totalBytes: number | null;
  /** Strong ETag or Last-Modified, for a later `If-Range`; null for what a digest names. */
  readonly validator: string | null;
  /** Ends early (rejects with `registry.interrupted` or `registry.timeout`) when the transfer is cut or stalls. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Opens the same bytes again from any offset. `validator` is what an earlier opening reported. */
export type OpenBytes = (
  offset: number,
  signal: AbortSignal,
  validator: string | null,
) => Promise<OpenedBytes>;

/** A piece of content named by its digest (`sha256:…` or `sha512:…`): OCI image-spec, descriptor.md. */
export interface BlobDescriptor {
  readonly digest: string;
  readonly sizeBytes: number;
  readonly mediaType: string;
}
