import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { HostId, WorkspaceId } from '#core/contract/ids.ts';
import type { ActionVerb } from '#core/contract/runtime.ts';
import type { Workspace, WorkspaceSnapshot } from '#core/contract/workspaces.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import type { WorkspaceSort } from './workspaceRows.ts';

export type WorkspaceTab = 'summary' | 'snapshots' | 'lineage';

export type WorkspacesDialog =
  /** With a workspace, a fork of it. */
  | { readonly kind: 'create'; readonly hostId: HostId; readonly forkOf: WorkspaceId | null }
  | { readonly kind: 'adopt'; readonly hostId: HostId }
  | { readonly kind: 'open'; readonly workspace: Workspace; readonly verb: ActionVerb }
  | {
      readonly kind: 'setUp' | 'edit' | 'snapshot' | 'remove' | 'pack' | 'embed' | 'sync' | 'push';
      readonly workspace: Workspace;
    }
  | {
      readonly kind: 'restore' | 'removeSnapshot';
      readonly workspace: Workspace;
      readonly snapshot: WorkspaceSnapshot;
    };

export interface WorkspacesState {
  readonly filter: string;
  readonly sort: WorkspaceSort;
  readonly chosenId: string | null;
  /** The same workspace as core told it, for commands; null where the list does not have it (any more). */
  readonly chosen: Workspace | null;
  readonly tab: WorkspaceTab;
  readonly dialog: WorkspacesDialog | null;
}

const firstState: WorkspacesState = {
  filter: '',
  sort: { column: 'modified', isDescending: true },
  chosenId: null,
  chosen: null,
  tab: 'summary',
  dialog: null,
};

/** What the person looks at on the page of workspaces; it stays while other pages are shown. */
export const workspacesStore = createStore<WorkspacesState>()(() => firstState);

// Another host has other workspaces.
hostsStore.subscribe((state, before) => {
  if (state.currentId !== before.currentId) workspacesStore.setState({ chosenId: null, chosen: null });
});

/** Selects from the page's state. */
export function useWorkspaces<Value>(select: (state: WorkspacesState) => Value): Value {
  return useStore(workspacesStore, select);
}

/** Opens a dialog about workspaces, or closes it with null. */
export function showWorkspacesDialog(dialog: WorkspacesDialog | null): void {
  workspacesStore.setState({ dialog });
}

/** Puts everything back: each test starts afresh. */
export function resetWorkspacesState(): void {
  workspacesStore.setState(firstState, true);
}
