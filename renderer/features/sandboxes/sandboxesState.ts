import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId, TaskId } from '#core/contract/ids.ts';
import type { Sandbox, SandboxSnapshot } from '#core/contract/sandboxes.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { sandboxChoiceStore } from '#renderer/state/sandboxChoice.ts';

export type SandboxesDialog =
  | { readonly kind: 'new' }
  | { readonly kind: 'clone' | 'freeze' | 'snapshot' | 'remove'; readonly sandbox: Sandbox }
  | {
      readonly kind: 'restore' | 'removeSnapshot';
      readonly sandbox: Sandbox;
      readonly snapshot: SandboxSnapshot;
    };

export type SandboxTab = 'open' | 'changes' | 'snapshots';
export type SandboxColumn = 'name' | 'base' | 'size' | 'snapshots' | 'used';

export interface SandboxSort {
  readonly column: SandboxColumn;
  readonly isDescending: boolean;
}

/** Work that was begun on this page: a task, and the sandbox that it is about; null where it makes one. */
export interface BegunWork {
  readonly taskId: TaskId;
  readonly hostId: HostId;
  readonly path: HostPath | null;
}

export interface SandboxesState {
  readonly filter: string;
  readonly sort: SandboxSort;
  readonly chosenPath: HostPath | null;
  /** The same sandbox as core told it, for commands; null where the list does not have it (any more). */
  readonly chosen: Sandbox | null;
  readonly tab: SandboxTab;
  readonly dialog: SandboxesDialog | null;
  /** Oldest first; until it ended well, or its failure was read. */
  readonly begun: readonly BegunWork[];
}

const firstState: SandboxesState = {
  filter: '',
  sort: { column: 'used', isDescending: true },
  chosenPath: null,
  chosen: null,
  tab: 'open',
  dialog: null,
  begun: [],
};

/** What the person looks at on the page of sandboxes; it stays while other pages are shown. */
export const sandboxesStore = createStore<SandboxesState>()(() => firstState);

// Another host has other sandboxes.
hostsStore.subscribe((state, before) => {
  if (state.currentId !== before.currentId)
    sandboxesStore.setState({ chosenPath: null, chosen: null, dialog: null });
});

sandboxChoiceStore.subscribe(({ wantedPath }) => {
  if (wantedPath === null) return;
  sandboxChoiceStore.setState({ wantedPath: null });
  sandboxesStore.setState({ chosenPath: wantedPath, filter: '' });
});

/** Selects from the page's state. */
export function useSandboxes<Value>(select: (state: SandboxesState) => Value): Value {
  return useStore(sandboxesStore, select);
}

/** Opens a dialog of the page, or closes it with null. */
export function showSandboxesDialog(dialog: SandboxesDialog | null): void {
  sandboxesStore.setState({ dialog });
}

/** Remembers what a task is about, so that it is shown beside it. */
export function noteWork(work: BegunWork): void {
  sandboxesStore.setState(({ begun }) => ({ begun: [...begun, work] }));
}

/** A task needs no place on the page any more. */
export function forgetWork(taskId: TaskId): void {
  sandboxesStore.setState(({ begun }) => ({ begun: begun.filter((work) => work.taskId !== taskId) }));
}

/** Puts everything back: each test starts afresh. */
export function resetSandboxesState(): void {
  sandboxesStore.setState(firstState, true);
}
