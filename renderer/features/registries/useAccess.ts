import { useQuery } from '@tanstack/react-query';
import type { RegistryAccess } from '#core/contract/registries.ts';
import { client } from '#renderer/api/client.ts';
import { contractKey, contractQuery, queryClient } from '#renderer/api/query.ts';
import { hostsStore, useHosts } from '#renderer/state/hosts.ts';
import { whoText } from './registryWords.ts';

/** Who one is to a registry (host and port), as the files, the keychain and its last answers say. */
export function useAccess(registry: string, isAsked = true) {
  const hostId = useHosts((state) => state.currentId);
  return useQuery({ ...accessQuery(registry, hostId), enabled: isAsked });
}

/** Who one is to a registry, where it was asked already; null where it was not, or where nobody is signed in. */
export function useKnownUser(registry: string): string | null {
  const { data } = useAccess(registry, false);
  return data === undefined || data.source.type === 'none' ? null : whoText(data);
}

/** The same, where no component is at hand. */
export function knownAccess(registry: string): RegistryAccess | null {
  const { currentId } = hostsStore.getState();
  const key = contractKey('registries.access', currentId, { registry });
  return queryClient.getQueryData<RegistryAccess>(key) ?? null;
}

function accessQuery(registry: string, hostId: ReturnType<typeof hostsStore.getState>['currentId']) {
  return contractQuery({
    path: 'registries.access',
    hostId,
    input: { registry },
    call: (signal) => client.registries.access({ registry, hostId }, { signal }),
  });
}
