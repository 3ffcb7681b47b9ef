import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Host } from '#core/contract/hosts.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { RuntimeInstallation } from '#core/contract/runtime.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import type { Following } from '#renderer/api/follow.ts';
import { layoutStore } from './layout.ts';
import { attempt, reportFailure } from './notices.ts';
import { rememberedHostId, rememberHostId } from './rememberedHost.ts';

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
  currentId: rememberedHostId(),
}));

/** Follows core's hosts. */
export const hostsFollowing: Following<{ readonly hosts: readonly Host[] }> = {
  open: (signal) => client.hosts.watch(undefined, { signal }),
  onEvent: ({ hosts }) =>
    hostsStore.setState((state) => ({
      isLoaded: true,
      hosts,
      // A host that was removed cannot be shown: the pages go back to the first, core's own machine.
      currentId: hosts.some(({ id }) => id === state.currentId)
        ? state.currentId
        : (hosts[0]?.id ?? state.currentId),
    })),
};

/** Takes in a host that core has just made, before its stream tells of it, so that it can be shown at once. */
export function noteHost(host: Host): void {
  hostsStore.setState(({ hosts }) => ({
    hosts: hosts.some(({ id }) => id === host.id) ? hosts : [...hosts, host],
  }));
}

/** Makes the pages show another host. */
export function showHost(hostId: HostId): void {
  rememberHostId(hostId);
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
  if (host !== null && isReachable(host)) return;
  await client.hosts.connect({ hostId });
}

/** Connects to a host because the person clicked so; a failure is told, unless the page in view says it anyway. */
export function connectHost(hostId: HostId): void {
  reachHost(hostId).catch((thrown) => {
    if (!isReasonInView(hostId, thrown)) reportFailure(thrown);
  });
}

/** The hosts page shows why its host could not be reached, for as long as that is so. */
function isReasonInView(hostId: HostId, thrown: unknown): boolean {
  const isShown = layoutStore.getState().page === 'hosts' && hostsStore.getState().currentId === hostId;
  return isShown && failureReport(thrown).code.startsWith('host.');
}

/** Closes the line to a host, or gives up making one. Detached work goes on. */
export function disconnectHost(hostId: HostId): void {
  attempt(() => client.hosts.disconnect({ hostId }));
}

/** How a host is, in one word: its line where that is not as it should be, else what the probe found. */
export type HostCondition = Host['connection']['state'] | Host['state'];

/** The one word for a host's state, for lists, badges and the status line. */
export function hostCondition({ kind, state, connection }: Host): HostCondition {
  if (kind === 'local') return state;
  if (connection.state === 'connected' && (state === 'noRuntime' || state === 'checking')) return state;
  return connection.state;
}

/** The runtime that a host uses, or null. */
export function chosenRuntime(host: Host | null): RuntimeInstallation | null {
  return host?.facts?.runtimes.find((runtime) => runtime.isChosen) ?? null;
}

/** Selects from the hosts: `useHosts(currentHost)`. */
export function useHosts<Value>(select: (state: HostsState) => Value): Value {
  return useStore(hostsStore, select);
}
