import type { TaskId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import { attempt } from '#renderer/state/notices.ts';
import { tasksStore } from '#renderer/state/tasks.ts';

/**
 * Drops a browser's copy of a file when the import of it is through, or its task is taken off the list: one that failed
 * can be tried again until then.
 */
export function dropWhenImported(taskId: TaskId, uploadId: string): void {
  let wasSeen = false;
  const stop = tasksStore.subscribe(look);
  look();
  function look(): void {
    const task = tasksStore.getState().tasks.find(({ id }) => id === taskId);
    if (task === undefined && !wasSeen) return;
    wasSeen = true;
    const isOver = task === undefined || ['succeeded', 'cancelled'].includes(task.status.state);
    if (!isOver) return;
    stop();
    attempt(() => client.images.dropUpload({ uploadId }));
  }
}
