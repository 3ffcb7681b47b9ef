import { mkdir, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { BlobDescriptor } from '#core/registry/byteSource.ts';
import { isDigest } from '#core/registry/digest.ts';
import { diskFailure } from '#core/registry/diskFailure.ts';
import { downloadToFile } from '#core/registry/download.ts';
import { finishLayer, layerPath, markUsed, partPath, sizeOf } from './layerFiles.ts';
import type { LayerLease, LayerProgress, ObtainedLayer, ObtainOptions, OpenLayer } from './layerStore.ts';
import { LeaseFile } from './leases.ts';
import type { HeldLock } from './lockFile.ts';
import type { StorePlace } from './storeCleaning.ts';

/** How often the growing part of another pull is measured. */
const measureMs = 300;

/** The layers of one pull: leased, and fetched where they are missing. */
export class StoreLease implements LayerLease {
  readonly #place: StorePlace;
  readonly #lease: LeaseFile;
  readonly #trim: () => Promise<void>;

  constructor(place: StorePlace, trim: () => Promise<void>) {
    this.#place = place;
    this.#lease = new LeaseFile(place.leaseFolder);
    this.#trim = trim;
  }

  async obtain(layer: BlobDescriptor, open: OpenLayer, options: ObtainOptions): Promise<ObtainedLayer> {
    const { folder } = this.#place;
    requireDigest(layer);
    const path = layerPath(folder, layer.digest);
    await this.#hold([layer.digest]);
    const wasStored = (await sizeOf(path)) === layer.sizeBytes;
    const tell = (state: LayerProgress['state'], doneBytes: number): void =>
      options.onProgress?.({ digest: layer.digest, state, doneBytes, totalBytes: layer.sizeBytes });
    const held = await this.#lock(layer, options.signal, tell);
    try {
      const origin = wasStored ? 'stored' : 'shared';
      if ((await sizeOf(path)) === layer.sizeBytes) {
        await markUsed(path);
        tell('done', layer.sizeBytes);
        return { path, fetchedBytes: 0, origin };
      }
      const fetchedBytes = await this.#fetch(layer, open, { ...options, tell });
      tell('done', layer.sizeBytes);
      return { path, fetchedBytes, origin: 'fetched' };
    } finally {
      await held.release();
    }
  }

  async obtainAll(
    layers: readonly BlobDescriptor[],
    open: OpenLayer,
    options: ObtainOptions & { readonly parallel?: number },
  ): Promise<ReadonlyMap<string, ObtainedLayer>> {
    const different = new Map(layers.map((layer) => [layer.digest, layer]));
    for (const layer of different.values()) requireDigest(layer);
    await this.#hold([...different.keys()]);
    await this.#refuseFullDisk([...different.values()]);
    // The largest first: what ends last then is small.
    const waiting = [...different.values()].sort((one, other) => one.sizeBytes - other.sizeBytes);
    for (const { digest, sizeBytes } of waiting)
      options.onProgress?.({ digest, state: 'waiting', doneBytes: 0, totalBytes: sizeBytes });
    const obtained = new Map<string, ObtainedLayer>();
    await runTogether(options.parallel ?? 3, options.signal, async (signal) => {
      for (let layer = waiting.pop(); layer !== undefined; layer = waiting.pop())
        obtained.set(layer.digest, await this.obtain(layer, open, { ...options, signal }));
    });
    return obtained;
  }

  async dispose(): Promise<void> {
    await this.#lease.dispose();
    try {
      await this.#trim();
    } catch {
      // A store that cannot be trimmed now is trimmed after the next pull; this one is done.
    }
  }

  async #hold(digests: readonly string[]): Promise<void> {
    const { folder } = this.#place;
    try {
      for (const digest of digests)
        await mkdir(dirname(layerPath(folder, digest)), { recursive: true, mode: 0o700 });
      await this.#lease.add(digests);
    } catch (thrown) {
      throw diskFailure(thrown, folder) ?? thrown;
    }
  }

  /** While another pull has the layer, its progress is told: the size of the growing part. */
  async #lock(
    layer: BlobDescriptor,
    signal: AbortSignal,
    tell: (state: LayerProgress['state'], doneBytes: number) => void,
  ): Promise<HeldLock> {
    const { folder, locks } = this.#place;
    let measuring: NodeJS.Timeout | null = null;
    const measure = (): void => {
      sizeOf(partPath(folder, layer.digest)).then(
        (size) => {
          if (measuring !== null && size !== null) tell('elsewhere', Math.min(size, layer.sizeBytes));
        },
        () => undefined, // only a display: the wait itself goes on
      );
    };
    try {
      return await locks.acquire(layer.digest, {
        signal,
        onWait: () => {
          measuring = setInterval(measure, measureMs);
          tell('elsewhere', 0);
          measure();
        },
      });
    } finally {
      if (measuring !== null) clearInterval(measuring);
      measuring = null;
    }
  }

  async #fetch(
    layer: BlobDescriptor,
    open: OpenLayer,
    options: ObtainOptions & { readonly tell: (state: LayerProgress['state'], doneBytes: number) => void },
  ): Promise<number> {
    const { folder } = this.#place;
    // Of another size than its digest promises: spoilt by the disk or by a person.
    await rm(layerPath(folder, layer.digest), { force: true });
    options.tell('running', 0);
    const { fetchedBytes } = await downloadToFile({
      open: (offset, signal) => open(layer, offset, signal),
      partPath: partPath(folder, layer.digest),
      expected: { digest: layer.digest, sizeBytes: layer.sizeBytes },
      signal: options.signal,
      onProgress: ({ doneBytes }) => options.tell('running', doneBytes),
    });
    await finishLayer(folder, layer.digest);
    return fetchedBytes;
  }

  async #refuseFullDisk(layers: readonly BlobDescriptor[]): Promise<void> {
    const { folder } = this.#place;
    let neededBytes = 0;
    for (const layer of layers) {
      const there = (await sizeOf(layerPath(folder, layer.digest))) === layer.sizeBytes;
      const part = there ? layer.sizeBytes : ((await sizeOf(partPath(folder, layer.digest))) ?? 0);
      neededBytes += Math.max(0, layer.sizeBytes - part);
    }
    const { bavail, bsize } = await statfs(folder);
    if (neededBytes > bavail * bsize)
      throw workbenchError('disk.full', {
        path: hostPathFromText(folder),
        neededBytes,
        freeBytes: bavail * bsize,
      });
  }
}

/** `count` workers at once; the first failure stops the others, and is thrown when all have stopped. */
async function runTogether(
  count: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const together = new AbortController();
  const stop = (): void => together.abort(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    try {
      await work(together.signal);
    } catch (thrown) {
      failures.push(thrown);
      together.abort(thrown);
    }
  };
  await Promise.all(Array.from({ length: count }, worker));
  signal.removeEventListener('abort', stop);
  if (failures.length > 0) throw failures[0];
}

function requireDigest(layer: BlobDescriptor): void {
  if (!isDigest(layer.digest)) throw workbenchError('registry.protocol', { reason: 'not a digest' });
}
