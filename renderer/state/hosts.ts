import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Host } from '#core/contract/hosts.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { RuntimeInstallation } from '#core/contract/runtime.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import type { Following } from '#renderer/api/follow.ts';
import { attempt } from './notices.ts';

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

/** A host by its id, or null where it is not listed (any more). */
export function hostOf(state: HostsState, hostId: HostId): Host | null {
  return state.hosts.find((host) => host.id === hostId) ?? null;
}

/** Whether core can ask a host anything now. */
export function isReachable(host: Host): boolean {
  return host.connection.state === 'connected' || host.connection.state === 'degraded';
}

/** Whether a connection is being made, or waits for the person. */
export function isConnecting(host: Host): boolean {
  return host.connection.state === 'connecting' || host.connection.state === 'needsYou';
}

/**
 * Connects to a host, where it is not connected, and resolves when it can be used. Rejects as `hosts.connect` does.
 */
export async function reachHost(hostId: HostId): Promise<void> {
  const host = hostOf(hostsStore.getState(), hostId);
  if (host === null || isReachable(host)) return;
  await client.hosts.connect({ hostId });
}

/** Connects to a host because the person clicked so. A failure is told; a prompt that the person cancelled is none. */
export function connectHost(hostId: HostId): void {
  attempt(async () => {
    try {
      await reachHost(hostId);
    } catch (thrown) {
      if (failureReport(thrown).code !== 'host.promptCancelled') throw thrown;
    }
  });
}

/** The runtime that a host uses, or null. */
export function chosenRuntime(host: Host | null): RuntimeInstallation | null {
  return host?.facts?.runtimes.find((runtime) => runtime.isChosen) ?? null;
}

/** Selects from the hosts: `useHosts(currentHost)`. */
export function useHosts<Value>(select: (state: HostsState) => Value): Value {
  return useStore(hostsStore, select);
}
