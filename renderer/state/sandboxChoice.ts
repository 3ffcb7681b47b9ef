import { createStore } from 'zustand/vanilla';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import { showHost } from './hosts.ts';
import { goToPage } from './layout.ts';

/** The sandbox that another page wants shown; null when nothing is asked for, or it was taken. */
export const sandboxChoiceStore = createStore<{ readonly wantedPath: HostPath | null }>()(() => ({
  wantedPath: null,
}));

/** Shows a sandbox on the page of sandboxes: goes there, and to its host. */
export function openSandbox(hostId: HostId, wantedPath: HostPath): void {
  showHost(hostId);
  sandboxChoiceStore.setState({ wantedPath });
  goToPage('sandboxes');
}
