import type { HostId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import { contractQuery, queryClient } from '#renderer/api/query.ts';

/** The keys of a host's rings. */
export function keysQuery(hostId: HostId) {
  return contractQuery({
    path: 'trust.keys',
    hostId,
    call: (signal) => client.trust.keys.list({ hostId }, { signal }),
  });
}

/** After a change: the rings are read again, and what was verified with them counts anew. */
export async function forgetKeys(): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ['trust.keys'] }),
    queryClient.invalidateQueries({ queryKey: ['trust.known'] }),
  ]);
}
