import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Host } from '#core/contract/hosts.ts';
import { client } from '#renderer/api/client.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { isReachable } from '#renderer/state/hosts.ts';

/**
 * What works on a host and why. Each check of the host asks anew, and the old answer stays until the new one is here;
 * it also stays while the host cannot be asked.
 */
export function useDiagnosis(host: Host) {
  return useQuery({
    ...contractQuery({
      path: 'hosts.doctor',
      hostId: host.id,
      input: host.facts?.checkedAt ?? null,
      call: (signal) => client.hosts.doctor({ hostId: host.id }, { signal }),
    }),
    placeholderData: keepPreviousData,
    gcTime: Number.POSITIVE_INFINITY,
    enabled: isReachable(host) && (host.facts !== null || host.kind === 'local'),
  });
}
