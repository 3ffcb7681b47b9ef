import type { Settings } from '#core/contract/settings.ts';
import type { Task } from '#core/contract/tasks.ts';

/** What to say of a change of a task; null where it is no end, or none to speak of. */
export function endText(task: Task, settings: Settings['notifications']): string | null {
  if (!settings.enabled || task.isForeign || task.endedAt === null) return null;
  const seconds = (task.endedAt - (task.startedAt ?? task.createdAt)) / 1000;
  if (seconds < settings.afterSeconds) return null;
  if (task.status.state === 'succeeded') return 'Finished';
  return task.status.state === 'failed' ? task.status.error.title : null;
}
