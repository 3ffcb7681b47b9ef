import type { HostPath } from '#core/contract/hostPath.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
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
 * whichever is wanted first, else the folder where images lie. A workspace keeps the name of its image alone.
 */
export function firstImage(workspace: Workspace, wanted: 'last' | 'made'): string {
  const last = remembered.get(keyOf(workspace)) ?? null;
  const name = workspace.image?.name ?? '';
  const folder = hostOf(hostsStore.getState(), workspace.hostId)?.imageFolders[0];
  const inFolder = name === '' || name.includes('/') || folder === undefined ? null : `${folder}/${name}`;
  const made = name.startsWith('/') ? name : inFolder;
  const known = wanted === 'last' ? (last ?? made) : (made ?? last);
  return known ?? (folder === undefined ? '/' : `${folder}/`);
}
