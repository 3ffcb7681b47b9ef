import type { HostPath } from '#core/contract/hostPath.ts';
import type { Image, ImageEvent } from '#core/contract/images.ts';
import {
  compareRows,
  type ImageFilter,
  type ImageRow,
  type ImageSort,
  imageRow,
  rowFilter,
} from './imageRow.ts';
import { filterSliced, mergeSliced, runInSlices, sortSliced } from './slicedWork.ts';

export interface ImageFolder {
  readonly path: HostPath;
  readonly problem: string | null;
}

/** What the page shows. A new object whenever something in it changed. */
export interface ImageListSnapshot {
  /** Filtered and sorted. */
  readonly rows: readonly Image[];
  /** All images, whatever the filter. */
  readonly count: number;
  readonly sizeBytes: number;
  /** False until the folders were read once. */
  readonly isReady: boolean;
  /** The order and filter that the rows have: another object for another view. */
  readonly view: ImageView;
  readonly folders: readonly ImageFolder[];
}

export interface ImageView {
  readonly sort: ImageSort;
  readonly filter: ImageFilter;
}

/** While rows stream in, the list is arranged at most this often. */
const pauseBetweenArrangementsMs = 80;

/**
 * The images of one host as the page shows them, from the stream of `images.watch`. Batches are merged into the sorted
 * order instead of sorting anew, and everything runs in slices of a few milliseconds, so that 50,000 rows may come,
 * change, be sorted and be filtered while the person scrolls.
 */
export class ImageList {
  readonly #listeners = new Set<() => void>();
  readonly #byPath = new Map<HostPath, ImageRow>();
  /** Rows that a reset has put in doubt: gone unless they come again before `ready`. */
  #doubtful = new Set<HostPath>();
  #incoming = new Map<HostPath, Image | null>();
  #sorted: readonly ImageRow[] = [];
  #sortedBy: ImageSort;
  #view: ImageView;
  #isReady = false;
  #folders: readonly ImageFolder[] = [];
  #sizeBytes = 0;
  #shown: readonly ImageRow[] = [];
  #snapshot: ImageListSnapshot;
  #isStale = false;
  #isDisposed = false;
  #work: Promise<void> | null = null;

  constructor(view: ImageView) {
    this.#view = view;
    this.#sortedBy = view.sort;
    this.#snapshot = { rows: [], count: 0, sizeBytes: 0, isReady: false, view, folders: [] };
  }

  readonly getSnapshot = (): ImageListSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The rows of the snapshot, with what sorting asks: for putting several lists together. */
  get shown(): readonly ImageRow[] {
    return this.#shown;
  }

  /** A row by its path, whether the filter shows it or not. */
  imageAt(path: string): Image | null {
    const rows: ReadonlyMap<string, ImageRow> = this.#byPath;
    return rows.get(path)?.image ?? null;
  }

  /** Takes one event of the stream. */
  apply(event: ImageEvent): void {
    switch (event.type) {
      case 'reset':
        this.#doubtful = new Set(this.#byPath.keys());
        for (const [path, image] of this.#incoming) if (image !== null) this.#doubtful.add(path);
        break;
      case 'upsert':
        for (const image of event.images) this.#take(image.path, image);
        break;
      case 'remove':
        for (const path of event.paths) this.#take(path, null);
        break;
      case 'ready':
        for (const path of this.#doubtful) this.#incoming.set(path, null);
        this.#doubtful = new Set();
        this.#isReady = true;
        this.#folders = event.folders;
        break;
    }
    this.#arrangeSoon();
  }

  /** Sorts and filters otherwise. The old rows stay in view until the new arrangement is there. */
  setView(view: ImageView): void {
    this.#view = view;
    this.#arrangeSoon();
  }

  /** Resolves when everything that was given is shown. */
  async settled(): Promise<void> {
    while (this.#work !== null) await this.#work;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#listeners.clear();
  }

  #take(path: HostPath, image: Image | null): void {
    this.#incoming.set(path, image);
    this.#doubtful.delete(path);
  }

  #arrangeSoon(): void {
    this.#isStale = true;
    if (this.#work !== null) return;
    this.#work = this.#arrangeUntilFresh();
  }

  async #arrangeUntilFresh(): Promise<void> {
    await Promise.resolve(); // events of one turn are taken together
    while (this.#isStale && !this.#isDisposed) {
      this.#isStale = false;
      const view = this.#view;
      const rows = await runInSlices(this.#arrange(view));
      const isOutdated = this.#view !== view;
      if (!isOutdated) this.#publish(rows, view);
      if (this.#isStale && !isOutdated && !this.#isReady) await pause(pauseBetweenArrangementsMs);
    }
    this.#work = null;
  }

  *#arrange(view: ImageView): Generator<undefined, readonly ImageRow[]> {
    const added = yield* this.#intake();
    const compare = compareRows(view.sort);
    if (view.sort === this.#sortedBy) {
      if (added.length > 0 || this.#sorted.length !== this.#byPath.size) {
        const kept = yield* filterSliced(this.#sorted, (row) => !row.isGone);
        this.#sorted = yield* mergeSliced(kept, yield* sortSliced(added, compare), compare);
      }
    } else {
      const rows = yield* filterSliced(this.#byPath.values(), () => true);
      this.#sorted = yield* sortSliced(rows, compare);
      this.#sortedBy = view.sort;
    }
    const { text, chip } = view.filter;
    if (text.trim() === '' && chip === 'all') return this.#sorted;
    return yield* filterSliced(this.#sorted, rowFilter(view.filter));
  }

  /** Puts what has come into the map of rows; answers the rows that the sorted list does not have yet. */
  *#intake(): Generator<undefined, ImageRow[]> {
    const incoming = this.#incoming;
    this.#incoming = new Map();
    const added: ImageRow[] = [];
    let seen = 0;
    for (const [path, image] of incoming) {
      const old = this.#byPath.get(path);
      if (old !== undefined) {
        old.isGone = true;
        this.#byPath.delete(path);
        this.#sizeBytes -= old.image.sizeBytes ?? 0;
      }
      if (image !== null) {
        const row = imageRow(image);
        this.#byPath.set(path, row);
        this.#sizeBytes += image.sizeBytes ?? 0;
        added.push(row);
      }
      seen += 1;
      if (seen % 64 === 0) yield;
    }
    return added;
  }

  #publish(rows: readonly ImageRow[], view: ImageView): void {
    this.#shown = rows;
    this.#snapshot = {
      rows: rows.map((row) => row.image),
      count: this.#byPath.size,
      sizeBytes: this.#sizeBytes,
      isReady: this.#isReady,
      view,
      folders: this.#folders,
    };
    for (const listener of this.#listeners) listener();
  }
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
