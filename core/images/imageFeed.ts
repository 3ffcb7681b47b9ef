import type { HostPath } from '#core/contract/hostPath.ts';
import type { Image, ImageEvent } from '#core/contract/images.ts';

const batchRows = 2000;
const gatherMs = 16;

type ReadyEvent = Extract<ImageEvent, { readonly type: 'ready' }>;

/**
 * What one watcher of the library still has to be told: paths, never rows, so that a slow watcher costs little and
 * always gets the newest state. Rows come in batches of at most 2,000, gathered for 16 ms.
 */
export class ImageFeed {
  readonly #rows: ReadonlyMap<HostPath, Image>;
  readonly #dirty: Set<HostPath>;
  #ready: ReadyEvent | null = null;
  #failure: { readonly thrown: unknown } | null = null;
  #mustReset = true;
  #timer: NodeJS.Timeout | null = null;
  #wake: (() => void) | null = null;

  constructor(rows: ReadonlyMap<HostPath, Image>) {
    this.#rows = rows;
    this.#dirty = new Set(rows.keys());
  }

  /** The row at this path came, went or changed. */
  mark(path: HostPath): void {
    this.#dirty.add(path);
    if (this.#dirty.size >= batchRows) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), gatherMs);
  }

  /** Said after everything that was marked before. */
  markReady(event: ReadyEvent): void {
    this.#ready = event;
    this.#flush();
  }

  /** Ends the watcher with this failure. */
  fail(thrown: unknown): void {
    this.#failure = { thrown };
    this.#flush();
  }

  /** Ends quietly when the signal is aborted. */
  async *events(signal: AbortSignal): AsyncGenerator<ImageEvent, void, undefined> {
    const onAbort = () => this.#flush();
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        if (this.#failure !== null) throw this.#failure.thrown;
        const event = this.#next();
        if (event !== null) yield event;
        else await this.#sleep();
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      if (this.#timer !== null) clearTimeout(this.#timer);
    }
  }

  #next(): ImageEvent | null {
    if (this.#mustReset) {
      this.#mustReset = false;
      return { type: 'reset' };
    }
    if (this.#timer !== null) return null; // still gathering
    if (this.#dirty.size > 0) return this.#batch();
    const ready = this.#ready;
    this.#ready = null;
    return ready;
  }

  /** Rows that are there, or, when the first marks are of rows that went, paths. The rest stays marked. */
  #batch(): ImageEvent {
    const images: Image[] = [];
    const gone: HostPath[] = [];
    for (const path of this.#dirty) {
      const image = this.#rows.get(path);
      if (image === undefined) gone.push(path);
      else images.push(image);
      if (images.length === batchRows || gone.length === batchRows) break;
    }
    if (images.length > 0) {
      for (const image of images) this.#dirty.delete(image.path);
      return { type: 'upsert', images };
    }
    for (const path of gone) this.#dirty.delete(path);
    return { type: 'remove', paths: gone };
  }

  #sleep(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#wake?.();
    this.#wake = null;
  }
}
