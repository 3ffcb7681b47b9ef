import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ErrorReport } from '#core/contract/errors.ts';
import { useFollow } from '#renderer/api/follow.ts';

/** A list that comes in batches. */
export interface Listing<Item> {
  readonly items: readonly Item[];
  readonly isDone: boolean;
  /** What a whole list leaves out, and why. */
  readonly note: string | null;
  readonly failure: ErrorReport | null;
  /** Grows when the list is asked for again. */
  readonly run: number;
}

/** What an event of the stream brings: more items, or the end. */
export type ListingPart<Item> = { readonly items: readonly Item[] } | { readonly note: string | null };

export interface ListingSource<Event, Item> {
  readonly open: (signal: AbortSignal) => Promise<AsyncIterable<Event>>;
  readonly read: (event: Event) => ListingPart<Item>;
}

/** Lists that are kept, so that going back asks nothing again. */
const keptLists = 24;
/** The first batch is shown at once, later ones together. */
const publishMs = 120;

export interface Listings<Item> {
  /** Follows the list of a key while the component is there; null lists nothing. */
  readonly useListing: <Event>(key: string | null, source: ListingSource<Event, Item>) => Listing<Item>;
  /** Forgets the lists whose keys begin so; those in view are asked for again. */
  readonly forget: (prefix: string) => void;
}

/** Lists of one kind, by key. */
export function createListings<Item>(): Listings<Item> {
  const empty: Listing<Item> = { items: [], isDone: false, note: null, failure: null, run: 0 };
  const idle = createStore<Listing<Item>>()(() => empty);
  const stores = new Map<string, StoreApi<Listing<Item>>>();

  function storeOf(key: string): StoreApi<Listing<Item>> {
    const store = stores.get(key) ?? createStore<Listing<Item>>()(() => empty);
    // Last in the map is used last; the first is let go.
    stores.delete(key);
    stores.set(key, store);
    for (const oldest of stores.keys()) {
      if (stores.size <= keptLists) break;
      stores.delete(oldest);
    }
    return store;
  }

  return {
    useListing(key, source) {
      const store = key === null ? idle : storeOf(key);
      const listing = useStore(store);
      const isOver = listing.isDone || listing.failure !== null;
      useFollow(key === null || isOver ? null : `${key} ${listing.run}`, {
        hasEnd: true,
        open: (signal) => {
          drop(store);
          store.setState({ ...empty, run: listing.run });
          return source.open(signal);
        },
        onEvent: (event) => take(store, source.read(event)),
        onFailure: (failure) => {
          flush(store);
          store.setState({ failure });
        },
      });
      return listing;
    },
    forget(prefix) {
      for (const [key, store] of stores) {
        if (!key.startsWith(prefix)) continue;
        drop(store);
        store.setState(({ run }) => ({ ...empty, run: run + 1 }));
      }
    },
  };
}

interface Waiting {
  readonly items: unknown[];
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Items that have come and are not shown yet, by the store that they are for. */
const waiting = new WeakMap<object, Waiting>();

function take<Item>(store: StoreApi<Listing<Item>>, part: ListingPart<Item>): void {
  if ('note' in part) {
    flush(store);
    store.setState({ isDone: true, note: part.note });
    return;
  }
  const held = waiting.get(store);
  if (held !== undefined) held.items.push(...part.items);
  else if (store.getState().items.length === 0) store.setState({ items: part.items });
  else {
    const timer = setTimeout(() => flush(store), publishMs);
    waiting.set(store, { items: [...part.items], timer });
  }
}

function drop(store: object): void {
  const held = waiting.get(store);
  if (held === undefined) return;
  clearTimeout(held.timer);
  waiting.delete(store);
}

function flush<Item>(store: StoreApi<Listing<Item>>): void {
  const held = waiting.get(store);
  if (held === undefined) return;
  drop(store);
  // Only `take` fills it, with items of this store.
  store.setState(({ items }) => ({ items: [...items, ...(held.items as Item[])] }));
}
