import type { Image } from '#core/contract/images.ts';
import type { ImageList, ImageListSnapshot, ImageView } from './imageList.ts';
import { compareRows, type ImageRow } from './imageRow.ts';
import { mergeSliced, runInSlices } from './slicedWork.ts';

/** One of the lists that are shown together. */
export interface MergedPart {
  readonly list: ImageList;
  /** Whether its rows are on their way: the whole is not ready before they are here. */
  readonly isExpected: boolean;
}

/**
 * The lists of several hosts as one, in the order that they all have. Each list sorts and filters its own rows; here
 * they are only put together, in slices, so that the page stays free.
 */
export class MergedImages {
  readonly #listeners = new Set<() => void>();
  #parts: readonly MergedPart[] = [];
  #stops: readonly (() => void)[] = [];
  #snapshot: ImageListSnapshot;
  #isStale = false;
  #work: Promise<void> | null = null;

  constructor(view: ImageView) {
    this.#snapshot = { rows: [], count: 0, sizeBytes: 0, isReady: false, view, folders: [] };
  }

  readonly getSnapshot = (): ImageListSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Shows these lists together from now on. */
  setParts(parts: readonly MergedPart[]): void {
    for (const stop of this.#stops) stop();
    this.#parts = parts;
    this.#stops = parts.map(({ list }) => list.subscribe(() => this.#mergeSoon()));
    this.#mergeSoon();
  }

  /** Resolves when what the lists have is shown. */
  async settled(): Promise<void> {
    while (this.#work !== null) await this.#work;
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    this.#parts = [];
    this.#listeners.clear();
  }

  #mergeSoon(): void {
    this.#isStale = true;
    this.#work ??= this.#mergeUntilFresh();
  }

  async #mergeUntilFresh(): Promise<void> {
    await Promise.resolve(); // changes of one turn are taken together
    while (this.#isStale) {
      this.#isStale = false;
      const view = this.#commonView();
      // Lists that are still being arranged otherwise tell when they are done.
      if (view === null) continue;
      const parts = this.#parts;
      const rows = await runInSlices(mergeAll(parts, view));
      if (parts === this.#parts) this.#publish(rows, view);
    }
    this.#work = null;
  }

  /** The view that all lists have; null while they differ. */
  #commonView(): ImageView | null {
    const views = this.#parts.map(({ list }) => list.getSnapshot().view);
    const [first] = views;
    if (first === undefined) return this.#snapshot.view;
    if (!views.every((view) => isSameView(view, first))) return null;
    return isSameView(this.#snapshot.view, first) ? this.#snapshot.view : first;
  }

  #publish(rows: readonly Image[], view: ImageView): void {
    const snapshots = this.#parts.map(({ list }) => list.getSnapshot());
    this.#snapshot = {
      rows,
      count: snapshots.reduce((sum, { count }) => sum + count, 0),
      sizeBytes: snapshots.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      isReady: this.#parts.every(({ list, isExpected }) => !isExpected || list.getSnapshot().isReady),
      view,
      folders: [],
    };
    for (const listener of [...this.#listeners]) listener();
  }
}

function* mergeAll(parts: readonly MergedPart[], view: ImageView): Generator<undefined, readonly Image[]> {
  const compare = compareRows(view.sort);
  let rows: readonly ImageRow[] = [];
  for (const { list } of parts) rows = yield* mergeSliced(rows, list.shown, compare);
  return rows.map((row) => row.image);
}

function isSameView(left: ImageView, right: ImageView): boolean {
  return (
    left.sort.column === right.sort.column &&
    left.sort.isDescending === right.sort.isDescending &&
    left.filter.text === right.filter.text &&
    left.filter.chip === right.filter.chip
  );
}
