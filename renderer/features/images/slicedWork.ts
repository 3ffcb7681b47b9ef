/**
 * Work over long lists that never holds the page up: it is written as a generator that yields wherever it may be
 * interrupted, and is run for a few milliseconds at a time.
 */

/** How long one slice may take. A frame at 60 Hz is 16.7 ms, and the page needs most of it. */
const sliceMs = 6;
const runLength = 512;
const stepsBetweenYields = 2048;

/** Runs to the end; other events of the page are served between slices. */
export async function runInSlices<Result>(work: Generator<undefined, Result>): Promise<Result> {
  let until = performance.now() + sliceMs;
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (performance.now() >= until) {
      await nextTurn();
      until = performance.now() + sliceMs;
    }
  }
}

/** A new sorted list; equal entries keep their order. */
export function* sortSliced<Entry extends object>(
  entries: readonly Entry[],
  compare: (left: Entry, right: Entry) => number,
): Generator<undefined, Entry[]> {
  let runs: Entry[][] = [];
  for (let at = 0; at < entries.length; at += runLength) {
    runs.push(entries.slice(at, at + runLength).sort(compare));
    yield;
  }
  while (runs.length > 1) {
    const merged: Entry[][] = [];
    for (let at = 0; at < runs.length; at += 2) {
      merged.push(yield* mergeSliced(runs[at] ?? [], runs[at + 1] ?? [], compare));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

/** Two sorted lists → one; where entries are equal, those of `left` come first. */
export function* mergeSliced<Entry extends object>(
  left: readonly Entry[],
  right: readonly Entry[],
  compare: (left: Entry, right: Entry) => number,
): Generator<undefined, Entry[]> {
  const merged: Entry[] = [];
  let fromLeft = 0;
  for (const [index, entry] of right.entries()) {
    const place = firstAfter(left, fromLeft, (other) => compare(other, entry) > 0);
    yield* appendSliced(merged, left, fromLeft, place);
    fromLeft = place;
    merged.push(entry);
    if (index % 64 === 0) yield;
  }
  yield* appendSliced(merged, left, fromLeft, left.length);
  return merged;
}

function* appendSliced<Entry>(
  target: Entry[],
  source: readonly Entry[],
  from: number,
  to: number,
): Generator<undefined, void> {
  for (let at = from; at < to; at += stepsBetweenYields) {
    target.push(...source.slice(at, Math.min(to, at + stepsBetweenYields)));
    if (at > from) yield;
  }
}

/** The entries that pass, in their order. */
export function* filterSliced<Entry>(
  entries: Iterable<Entry>,
  passes: (entry: Entry) => boolean,
): Generator<undefined, Entry[]> {
  const kept: Entry[] = [];
  let seen = 0;
  for (const entry of entries) {
    if (passes(entry)) kept.push(entry);
    seen += 1;
    if (seen % stepsBetweenYields === 0) yield;
  }
  return kept;
}

/** Index at or after `from` where `isAfter` turns true; strides grow from there, because merges move on. */
function firstAfter<Entry extends object>(
  sorted: readonly Entry[],
  from: number,
  isAfter: (entry: Entry) => boolean,
): number {
  const reaches = (index: number) => {
    const entry = sorted[index];
    return entry === undefined || isAfter(entry);
  };
  let low = from;
  let stride = 1;
  while (!reaches(low + stride - 1)) {
    low += stride;
    stride *= 2;
  }
  let high = Math.min(sorted.length, low + stride - 1);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reaches(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** After the events that wait. `scheduler.postTask` does not clamp its delay as nested timeouts do. */
function nextTurn(): Promise<void> {
  if ('scheduler' in globalThis) return globalThis.scheduler.postTask(() => undefined);
  return new Promise((resolve) => setTimeout(resolve, 0));
}
