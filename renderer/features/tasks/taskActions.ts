import type { TaskId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import { attempt } from '#renderer/state/notices.ts';
import { chooseTask } from '#renderer/state/taskChoice.ts';
import { isActive, tasksStore } from '#renderer/state/tasks.ts';

/** Asks core to cancel; the row shows `cancelling` until it has ended. */
export function cancelTask(id: TaskId): void {
  attempt(() => client.tasks.cancel({ id }));
}

/** Starts the same work again and shows the new task. */
export function retryTask(id: TaskId): void {
  attempt(async () => {
    const { taskId } = await client.tasks.retry({ id });
    chooseTask(taskId);
  });
}

/** Takes ended tasks and their logs off the list. */
export function dismissTasks(ids: readonly TaskId[]): void {
  attempt(() => client.tasks.dismiss({ ids: [...ids] }));
}

/** Takes all ended tasks off the list. */
export function dismissFinished(): void {
  const ended = tasksStore.getState().tasks.filter((task) => !isActive(task));
  if (ended.length > 0) dismissTasks(ended.map((task) => task.id));
}
