import type { BlobDescriptor } from './byteSource.ts';

/** A manifest or an index, byte for byte as the registry served it; `digest` is verified over these bytes. */
export interface ManifestBytes {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** What a reference named at the moment of asking. Everything in it is checked against its digest. */
export interface ResolvedImage {
  /**
   * What the manifest really holds, whatever the scheme of the reference says: `image` is layers to convert,
   * `sif` is one layer that is the SIF file itself.
   */
  readonly kind: 'image' | 'sif';
  /** Digest of what the reference names: of the index where there is one, else of the manifest. */
  readonly digest: string;
  readonly index: ManifestBytes | null;
  readonly manifest: ManifestBytes;
  /** `bytes` is null for a SIF, whose configuration says nothing. */
  readonly config: BlobDescriptor & { readonly bytes: Uint8Array | null };
  /** In order; the same digest may come more than once. */
  readonly layers: readonly BlobDescriptor[];
  /** OCI name (`amd64`); null where neither index nor configuration tells. */
  readonly architecture: string | null;
}
