import type { Workspace } from '#core/contract/workspaces.ts';
import { client } from '#renderer/api/client.ts';

/** Plain files in the place of the packed file below a workspace; the list follows when the task has ended. */
export async function unpackWorkspace({ hostId, id }: Pick<Workspace, 'hostId' | 'id'>): Promise<void> {
  await client.handover.unpack({ hostId, id });
}

/** Counts size, files and software of a workspace anew; the list follows when the task has ended. */
export async function measureWorkspace({ hostId, id }: Pick<Workspace, 'hostId' | 'id'>): Promise<void> {
  await client.workspaces.measure({ hostId, id });
}
