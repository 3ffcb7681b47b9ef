import { useQuery } from '@tanstack/react-query';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { client } from '#renderer/api/client.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { hostOf, hostsStore } from '#renderer/state/hosts.ts';

type Address = Pick<Workspace, 'hostId' | 'id'>;

/** In which image each workspace was opened last, until the window is closed. */
const remembered = new Map<string, HostPath>();

const keyOf = ({ hostId, id }: Address) => `${hostId} ${id}`;

export function rememberImage(address: Address, path: HostPath): void {
  remembered.set(keyOf(address), path);
}

/**
 * The image that a form about a workspace begins with: the one of last time in this window and the one that it was made in,
 * whichever is wanted first, else the folder where images lie. Where its image lies now is asked; until that is known, and
 * where it is not found, its name in that folder stands for it.
 */
export function useFirstImage(workspace: Workspace, wanted: 'last' | 'made'): string {
  const { data } = useQuery(workspaceImageQuery(workspace));
  const last = remembered.get(keyOf(workspace)) ?? null;
  const found = data?.path ?? null;
  const name = workspace.image?.name ?? '';
  const folder = hostOf(hostsStore.getState(), workspace.hostId)?.imageFolders[0];
  const inFolder = name === '' || name.includes('/') || folder === undefined ? null : `${folder}/${name}`;
  const made = found ?? (name.startsWith('/') ? name : inFolder);
  const known = wanted === 'last' ? (last ?? made) : (made ?? last);
  return known ?? (folder === undefined ? '/' : `${folder}/`);
}

function workspaceImageQuery({ hostId, id, image }: Workspace) {
  return {
    ...contractQuery({
      path: 'workspaces.findImage',
      hostId,
      input: id,
      call: (signal) => client.workspaces.findImage({ hostId, id }, { signal }),
    }),
    enabled: image !== null,
    // Images come and go behind our back.
    refetchOnMount: 'always' as const,
  };
}
