import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { HostId } from '#core/contract/ids.ts';
import type { TrustKey } from '#core/contract/trust.ts';
import { hostsStore } from '#renderer/state/hosts.ts';

export type TrustDialog =
  | { readonly kind: 'create' | 'import'; readonly hostId: HostId }
  | { readonly kind: 'search'; readonly hostId: HostId; readonly term: string }
  | { readonly kind: 'export' | 'remove' | 'push'; readonly hostId: HostId; readonly key: TrustKey };

export interface TrustState {
  readonly filter: string;
  /** The key that the page shows, by the name of its row. */
  readonly chosenId: string | null;
  /** The same key as core told it, for commands; null where the list does not have it (any more). */
  readonly chosen: TrustKey | null;
  readonly dialog: TrustDialog | null;
  /** The keyserver that was typed last; null while the one of the settings stands. */
  readonly keyserver: string | null;
}

const firstState: TrustState = {
  filter: '',
  chosenId: null,
  chosen: null,
  dialog: null,
  keyserver: null,
};

/** What the person looks at on the page of keys; it stays while other pages are shown. Nothing secret is kept here. */
export const trustStore = createStore<TrustState>()(() => firstState);

// Another host has other keys.
hostsStore.subscribe((state, before) => {
  if (state.currentId !== before.currentId) trustStore.setState({ chosenId: null, chosen: null });
});

/** Selects from the page's state. */
export function useTrust<Value>(select: (state: TrustState) => Value): Value {
  return useStore(trustStore, select);
}

/** Opens a dialog about keys over any page, or closes it with null. */
export function showTrustDialog(dialog: TrustDialog | null): void {
  trustStore.setState({ dialog });
}

/** Puts everything back: each test starts afresh. */
export function resetTrustState(): void {
  trustStore.setState(firstState, true);
}
