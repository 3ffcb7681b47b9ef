import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { HostId } from '#core/contract/ids.ts';
import { showHost } from '#renderer/state/hosts.ts';
import { goToPage } from '#renderer/state/layout.ts';

export type HostTab = 'overview' | 'doctor' | 'features' | 'facts' | 'settings' | 'leftovers';
export type HostsDialog = { readonly kind: 'add' } | { readonly kind: 'remove'; readonly hostId: HostId };

export interface HostsPageState {
  readonly filter: string;
  readonly tab: HostTab;
  readonly dialog: HostsDialog | null;
  /** The menu of hosts in the top bar is open. */
  readonly isSwitcherOpen: boolean;
}

/** What the person looks at on the hosts page; it stays while other pages are shown. */
export const hostsPageStore = createStore<HostsPageState>()(() => ({
  filter: '',
  tab: 'overview',
  dialog: null,
  isSwitcherOpen: false,
}));

/** Selects from the hosts page's state. */
export function useHostsPage<Value>(select: (state: HostsPageState) => Value): Value {
  return useStore(hostsPageStore, select);
}

/** Opens a dialog about hosts over any page, or closes it with null. */
export function showHostsDialog(dialog: HostsDialog | null): void {
  hostsPageStore.setState({ dialog });
}

/** Goes to the page of one host. */
export function openHostPage(hostId: HostId, tab: HostTab): void {
  showHost(hostId);
  hostsPageStore.setState({ tab });
  goToPage('hosts');
}
