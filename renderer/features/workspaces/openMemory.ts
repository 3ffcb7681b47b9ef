import type { HostPath } from '#core/contract/hostPath.ts';
import type { Workspace } from '#core/contract/workspaces.ts';

type Address = Pick<Workspace, 'hostId' | 'id'>;

/** In which image each workspace was opened last, until the window is closed. */
const remembered = new Map<string, HostPath>();

const keyOf = ({ hostId, id }: Address) => `${hostId} ${id}`;

export function rememberImage(address: Address, path: HostPath): void {
  remembered.set(keyOf(address), path);
}

/** The image in which a workspace was opened last in this window; null where it was not. */
export function recallImage(address: Address): HostPath | null {
  return remembered.get(keyOf(address)) ?? null;
}
