import { useQuery } from '@tanstack/react-query';
import type { HostId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { useHosts } from '#renderer/state/hosts.ts';

/** Who one is to a registry (host and port), as the files, the keychain and its last answers say. */
export function useAccess(registry: string, isAsked = true) {
  const hostId = useHosts((state) => state.currentId);
  return useQuery({ ...accessQuery(registry, hostId), enabled: isAsked });
}

/** The name by which one is signed in, where that was looked up already; null where it was not, or where nobody is signed in. */
export function useKnownUser(registry: string): string | null {
  const { data } = useAccess(registry, false);
  return data === undefined || data.source.type === 'none' ? null : data.userName;
}

function accessQuery(registry: string, hostId: HostId) {
  return contractQuery({
    path: 'registries.access',
    hostId,
    input: { registry },
    call: (signal) => client.registries.access({ registry, hostId }, { signal }),
  });
}
