import { randomUUID } from 'node:crypto';
import type { HostPath } from '#core/contract/hostPath.ts';
import { taskIdSchema } from '#core/contract/ids.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { requireIdle } from './runningIn.ts';
import { findRecord, folderOfRecord, isSandbox, listSnapshots } from './sandboxRecord.ts';
import type { SandboxRoom } from './sandboxRoom.ts';
import { removeTrees } from './treeCopies.ts';

/** Removes the tree of a sandbox. */
export type RemoveFolder = (path: HostPath) => Promise<void>;

/** Whole or not at all, also where we are killed, and whoever of the person's ids owns what is in it. */
export async function removeFolder(room: SandboxRoom, path: HostPath): Promise<void> {
  await removeTrees(room, newTaskId(), [path]);
}

const newTaskId = () => taskIdSchema.parse(`remove-${randomUUID()}`);

/**
 * Lets others remove sandboxes, while nothing runs in them and no other work is at them; what was known of those that are
 * gone then goes too. One with snapshots is refused (sandbox.busy): who does not know of them must not lose them.
 */
export async function removeElsewhere<Result>(
  room: SandboxRoom,
  [path, ...others]: readonly HostPath[],
  remove: (removeFolder: RemoveFolder) => Promise<Result>,
): Promise<Result> {
  if (path === undefined) return await remove((tree) => removeFolder(room, tree));
  const taskId = newTaskId();
  return await room.hold(path, { taskId, mode: 'write', what: 'it is removed' }, async () => {
    await requireIdle(room, path);
    const record = await findRecord(room, path);
    const { length } = await listSnapshots(room, record);
    if (length > 0)
      throw workbenchError('sandbox.busy', { path, snapshots: length }, { hostId: room.host.id });
    const result = await removeElsewhere(room, others, remove);
    if (record !== null && !(await isSandbox(room, path)))
      await room.host.files.remove(folderOfRecord(room, record.id));
    return result;
  });
}
