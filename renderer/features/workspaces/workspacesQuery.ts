import type { HostId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import { contractQuery, queryClient } from '#renderer/api/query.ts';

/** The workspaces of a host. */
export function workspacesQuery(hostId: HostId) {
  return contractQuery({
    path: 'workspaces.list',
    hostId,
    call: (signal) => client.workspaces.list({ hostId }, { signal }),
  });
}

/** After a change, or on request: the lists are read again. */
export async function forgetWorkspaces(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: ['workspaces.list'] });
}
