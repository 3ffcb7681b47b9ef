import { listLimit } from './adapter.ts';

export interface Page<Entry, Next> {
  readonly entries: readonly Entry[];
  /** What to ask the next page with; null at the end. Never an address that the service gave. */
  readonly next: Next | null;
}

/** So many pages in a row may bring nothing new: then the service repeats itself, or names nothing that can be named. */
const barrenLimit = 3;

/**
 * A service's pages as batches: each name once, at most `limit` entries. A service whose pages never end is left after
 * three that bring nothing new.
 */
export async function* listPages<Entry extends { readonly name: string }, Next>(
  first: Next,
  readPage: (next: Next) => Promise<Page<Entry, Next>>,
  limit: number = listLimit,
): AsyncGenerator<readonly Entry[]> {
  const seen = new Set<string>();
  let barren = 0;
  let next: Next | null = first;
  while (next !== null && barren < barrenLimit && seen.size < limit) {
    const page: Page<Entry, Next> = await readPage(next);
    const fresh: Entry[] = [];
    for (const entry of page.entries) {
      if (seen.size >= limit || seen.has(entry.name)) continue;
      seen.add(entry.name);
      fresh.push(entry);
    }
    barren = fresh.length === 0 ? barren + 1 : 0;
    if (fresh.length > 0) yield fresh;
    next = page.next;
  }
}

/** Batches of several lists as one: each name once, at most as many as anybody scrolls through. */
export async function* asOneList<Entry extends { readonly name: string }>(
  batches: AsyncIterable<readonly Entry[]>,
): AsyncGenerator<readonly Entry[]> {
  const seen = new Set<string>();
  for await (const batch of batches) {
    const fresh = batch.filter(({ name }) => !seen.has(name)).slice(0, listLimit - seen.size);
    for (const { name } of fresh) seen.add(name);
    if (fresh.length > 0) yield fresh;
    if (seen.size >= listLimit) return;
  }
}
