import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId, TaskId } from '#core/contract/ids.ts';
import type { Overlay } from '#core/contract/overlays.ts';
import { hostsStore } from '#renderer/state/hosts.ts';

export type OverlaysDialog =
  | { readonly kind: 'create' }
  | { readonly kind: 'grow' | 'embed' | 'mend' | 'remove'; readonly overlay: Overlay };

/** Work that was begun on this page: a task, and the overlay that it is about; null where it makes one. */
export interface BegunWork {
  readonly taskId: TaskId;
  readonly hostId: HostId;
  readonly path: HostPath | null;
}

export interface OverlaysState {
  readonly chosenPath: HostPath | null;
  /** The same overlay as core told it, for commands; null where the list does not have it (any more). */
  readonly chosen: Overlay | null;
  readonly dialog: OverlaysDialog | null;
  /** Oldest first; until it ended well, or its failure was read. A check stays, with what it found. */
  readonly begun: readonly BegunWork[];
}

const firstState: OverlaysState = { chosenPath: null, chosen: null, dialog: null, begun: [] };

/** What the person looks at on the page of overlays; it stays while other pages are shown. */
export const overlaysStore = createStore<OverlaysState>()(() => firstState);

// Another host has other overlays.
hostsStore.subscribe((state, before) => {
  if (state.currentId !== before.currentId)
    overlaysStore.setState({ chosenPath: null, chosen: null, dialog: null });
});

/** Selects from the page's state. */
export function useOverlays<Value>(select: (state: OverlaysState) => Value): Value {
  return useStore(overlaysStore, select);
}

/** Opens a dialog of the page, or closes it with null. */
export function showOverlaysDialog(dialog: OverlaysDialog | null): void {
  overlaysStore.setState({ dialog });
}

/** Remembers what a task is about, so that it is shown beside it; what was told of the overlay before goes. */
export function noteWork(work: BegunWork): void {
  overlaysStore.setState(({ begun }) => ({
    begun: [...begun.filter(({ path }) => path === null || path !== work.path), work],
  }));
}

/** A task needs no place on the page any more. */
export function forgetWork(taskId: TaskId): void {
  overlaysStore.setState(({ begun }) => ({ begun: begun.filter((work) => work.taskId !== taskId) }));
}

/** Puts everything back: each test starts afresh. */
export function resetOverlaysState(): void {
  overlaysStore.setState(firstState, true);
}
