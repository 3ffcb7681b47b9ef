import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { OneSandbox } from '#core/contract/sandboxes.ts';
import { client } from '#renderer/api/client.ts';
import { contractKey, contractQuery, queryClient } from '#renderer/api/query.ts';

/** The sandboxes of a host; asked again whenever the page is shown. */
export function sandboxesQuery(hostId: HostId) {
  return {
    ...contractQuery({
      path: 'sandboxes.list',
      hostId,
      call: (signal) => client.sandboxes.list({ hostId }, { signal }),
    }),
    refetchOnMount: 'always' as const,
  };
}

/** One sandbox, with the ways into it. */
export function sandboxQuery({ hostId, path }: OneSandbox) {
  return contractQuery({
    path: 'sandboxes.detail',
    hostId,
    input: path,
    call: (signal) => client.sandboxes.detail({ hostId, path }, { signal }),
  });
}

/** What changed in one: the whole tree is read, so it is asked only when the person wants it. */
export function differenceQuery({ hostId, path }: OneSandbox) {
  return {
    ...contractQuery({
      path: 'sandboxes.difference',
      hostId,
      input: path,
      call: (signal) => client.sandboxes.difference({ hostId, path }, { signal }),
    }),
    enabled: false,
  };
}

/** Its commands as a draft; for how many there are. */
export function draftQuery({ hostId, path }: OneSandbox) {
  return {
    ...contractQuery({
      path: 'sandboxes.draft',
      hostId,
      input: path,
      call: (signal) => client.sandboxes.draft({ hostId, path }, { signal }),
    }),
    staleTime: 0,
  };
}

/** What is known of the sandboxes of a host is asked again. */
export async function refreshSandboxes(hostId: HostId): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: contractKey('sandboxes.list', hostId).slice(0, 2) }),
    queryClient.invalidateQueries({ queryKey: contractKey('sandboxes.detail', hostId).slice(0, 2) }),
  ]);
}

/** A comparison that does not hold any more is forgotten. */
export async function forgetDifference(hostId: HostId, path: HostPath): Promise<void> {
  await queryClient.resetQueries({ queryKey: contractKey('sandboxes.difference', hostId, path) });
}
