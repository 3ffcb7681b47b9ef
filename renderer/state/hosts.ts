import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Host } from '#core/contract/hosts.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { RuntimeInstallation } from '#core/contract/runtime.ts';
import { client } from '#renderer/api/client.ts';
import type { Following } from '#renderer/api/follow.ts';

export interface HostsState {
  /** False until core has told its hosts. */
  readonly isLoaded: boolean;
  readonly hosts: readonly Host[];
  /** The host that pages show. */
  readonly currentId: HostId;
}

/** The hosts, and which of them the pages show. The machine of core is the first. */
export const hostsStore = createStore<HostsState>()(() => ({
  isLoaded: false,
  hosts: [],
  // The contract's own id of core's machine; its module would bring the schema library into the first chunk.
  currentId: 'local' as HostId,
}));

/** Follows core's hosts. */
export const hostsFollowing: Following<{ readonly hosts: readonly Host[] }> = {
  open: (signal) => client.hosts.watch(undefined, { signal }),
  onEvent: ({ hosts }) => hostsStore.setState({ isLoaded: true, hosts }),
};

/** Makes the pages show another host. */
export function showHost(hostId: HostId): void {
  hostsStore.setState({ currentId: hostId });
}

/** The host that pages show, or null before core has told. */
export function currentHost(state: HostsState): Host | null {
  return state.hosts.find((host) => host.id === state.currentId) ?? null;
}

/** The runtime that a host uses, or null. */
export function chosenRuntime(host: Host | null): RuntimeInstallation | null {
  return host?.facts?.runtimes.find((runtime) => runtime.isChosen) ?? null;
}

/** Selects from the hosts: `useHosts(currentHost)`. */
export function useHosts<Value>(select: (state: HostsState) => Value): Value {
  return useStore(hostsStore, select);
}
