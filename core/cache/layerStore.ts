import type { CacheUsage, CleanPlan } from '#core/contract/cache.ts';
import type { BlobDescriptor, OpenedBytes } from '#core/registry/byteSource.ts';

/** Bytes of a layer as they come in. `elsewhere`: another pull, perhaps of another process, is fetching it. */
export interface LayerProgress {
  readonly digest: string;
  readonly state: 'waiting' | 'running' | 'elsewhere' | 'done';
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface ObtainOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: LayerProgress) => void;
}

export interface ObtainedLayer {
  readonly path: string;
  /** Bytes that this call took from the network. */
  readonly fetchedBytes: number;
  /** Fetched here, fetched by another pull while this one waited, or there before. */
  readonly origin: 'fetched' | 'shared' | 'stored';
}

export type OpenLayer = (layer: BlobDescriptor, offset: number, signal: AbortSignal) => Promise<OpenedBytes>;

/** Keeps the layers of one pull from being evicted until `dispose`, which also keeps the store below its cap. */
export interface LayerLease {
  /** The layer in the store, fetched when it is not there: once for all pulls of all processes. */
  obtain(layer: BlobDescriptor, open: OpenLayer, options: ObtainOptions): Promise<ObtainedLayer>;
  /** Several layers, `parallel` (3) at a time, by digest; a digest that comes twice is obtained once. The first failure stops the others. */
  obtainAll(
    layers: readonly BlobDescriptor[],
    open: OpenLayer,
    options: ObtainOptions & { readonly parallel?: number },
  ): Promise<ReadonlyMap<string, ObtainedLayer>>;
  dispose(): Promise<void>;
}

/** Layers by digest, shared by all pulls of a user: `<folder>/sha256/<hex>`, half-fetched ones `<hex>.part`. */
export interface LayerStore {
  openLease(): Promise<LayerLease>;
  usage(): Promise<CacheUsage>;
  /** Removes (or with `isDryRun` lists) what was not used within `keepDays` and is not in use now. */
  clean(options: { readonly isDryRun: boolean; readonly keepDays: number }): Promise<CleanPlan>;
}
