import type { HostId, WorkspaceId } from '#core/contract/ids.ts';
import type { OneInstance, StartInstanceInput } from '#core/contract/instances.ts';
import { client } from '#renderer/api/client.ts';
import { contractKey, contractQuery, queryClient } from '#renderer/api/query.ts';

const logLimitBytes = 262_144;

/** The instances of a host; asked again whenever the page is shown, and every quarter of a minute while it is. */
export function instancesQuery(hostId: HostId) {
  return {
    ...contractQuery({
      path: 'instances.list',
      hostId,
      call: (signal) => client.instances.list({ hostId }, { signal }),
    }),
    refetchOnMount: 'always' as const,
    refetchInterval: 15_000,
  };
}

export function instanceStatsQuery({ hostId, name }: OneInstance) {
  return {
    ...contractQuery({
      path: 'instances.stats',
      hostId,
      input: name,
      call: (signal) => client.instances.stats({ hostId, name }, { signal }),
    }),
    refetchOnMount: 'always' as const,
    refetchInterval: 10_000,
  };
}

export function instanceLogsQuery({ hostId, name }: OneInstance) {
  return {
    ...contractQuery({
      path: 'instances.logs',
      hostId,
      input: name,
      call: (signal) => client.instances.logs({ hostId, name, limitBytes: logLimitBytes }, { signal }),
    }),
    refetchOnMount: 'always' as const,
    refetchInterval: 5000,
  };
}

export function previewStartQuery(input: StartInstanceInput | null) {
  return {
    ...contractQuery({
      path: 'instances.previewStart',
      hostId: input?.hostId ?? ('local' as HostId),
      input: JSON.stringify(input),
      call: (signal) =>
        input === null
          ? Promise.reject(new Error('nothing to preview'))
          : client.instances.previewStart(input, { signal }),
    }),
    enabled: input !== null,
  };
}

/** What a start can have: the host's workspaces and overlays. */
export function workspacesForStart(hostId: HostId) {
  return contractQuery({
    path: 'workspaces.list',
    hostId,
    call: (signal) => client.workspaces.list({ hostId }, { signal }),
  });
}

/** Where the image of the chosen workspace lies now. */
export function imageForStart(hostId: HostId, id: WorkspaceId | null) {
  return {
    ...contractQuery({
      path: 'workspaces.findImage',
      hostId,
      input: id ?? '',
      call: (signal) =>
        id === null
          ? Promise.resolve({ path: null })
          : client.workspaces.findImage({ hostId, id }, { signal }),
    }),
    enabled: id !== null,
    // Images come and go behind our back.
    refetchOnMount: 'always' as const,
  };
}

export function overlaysForStart(hostId: HostId) {
  return contractQuery({
    path: 'overlays.list',
    hostId,
    call: (signal) => client.overlays.list({ hostId }, { signal }),
  });
}

/** What is known of the instances of a host is asked again. */
export async function refreshInstances(hostId: HostId): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: contractKey('instances.list', hostId).slice(0, 2) });
}

export async function refreshLogs(hostId: HostId): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: contractKey('instances.logs', hostId).slice(0, 2) });
}
