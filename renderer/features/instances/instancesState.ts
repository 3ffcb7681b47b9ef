import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { Instance } from '#core/contract/instances.ts';
import { hostsStore } from '#renderer/state/hosts.ts';

export type InstancesDialog =
  | { readonly kind: 'start'; readonly imagePath: HostPath | null }
  | { readonly kind: 'stop'; readonly instance: Instance };

export type InstanceTab = 'overview' | 'log';

export interface InstancesState {
  readonly chosenKey: string | null;
  /** The same instance as core told it, for commands; null where the list does not have it (any more). */
  readonly chosen: Instance | null;
  readonly tab: InstanceTab;
  readonly dialog: InstancesDialog | null;
}

const firstState: InstancesState = { chosenKey: null, chosen: null, tab: 'overview', dialog: null };

/** What the person looks at on the page of instances; it stays while other pages are shown. */
export const instancesStore = createStore<InstancesState>()(() => firstState);

// Another host has other instances.
hostsStore.subscribe((state, before) => {
  if (state.currentId !== before.currentId)
    instancesStore.setState({ chosenKey: null, chosen: null, dialog: null });
});

/** Selects from the page's state. */
export function useInstances<Value>(select: (state: InstancesState) => Value): Value {
  return useStore(instancesStore, select);
}

/** Opens a dialog of the page, or closes it with null. */
export function showInstancesDialog(dialog: InstancesDialog | null): void {
  instancesStore.setState({ dialog });
}

/** Two nodes may each have an instance of a name. */
export function keyOfInstance({ node, name }: Instance): string {
  return `${node} ${name}`;
}

/** Puts everything back: each test starts afresh. */
export function resetInstancesState(): void {
  instancesStore.setState(firstState, true);
}
