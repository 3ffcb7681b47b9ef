import { formatBytes, formatDuration } from '#core/contract/quantity.ts';
import type { Task } from '#core/contract/tasks.ts';
import { textOf } from '#renderer/i18n/i18n.ts';
import { addNotice } from '#renderer/state/notices.ts';
import { settingsStore } from '#renderer/state/settings.ts';
import { showTask } from '#renderer/state/taskChoice.ts';
import { isActive, taskName, tasksStore } from '#renderer/state/tasks.ts';

/** Tells the person when work ends: in the window always, on the desktop when it was long and nobody looks. */
export function followTaskEnds(): void {
  tasksStore.subscribe((state, before) => {
    if (!before.isLoaded) return;
    const active = new Map(before.tasks.filter(isActive).map((task) => [task.id, task]));
    for (const task of state.tasks) {
      if (!isActive(task) && active.has(task.id)) tell(task);
      if (isActive(task) && !before.tasks.some((known) => known.id === task.id)) askForPermission();
    }
  });
}

/** Words for the end of a task: what ended, and how it went. */
export function endText(task: Task): { readonly title: string; readonly detail: string } {
  const values = { kind: textOf(`tasks:kinds.${task.kind}`) };
  switch (task.status.state) {
    case 'succeeded':
      return {
        title: textOf('tasks:notice.succeeded', values),
        detail: `${taskName(task)}, ${resultText(task)}`,
      };
    case 'failed':
      return {
        title: textOf('tasks:notice.failed', values),
        detail: `${taskName(task)}. ${task.status.error.title}`,
      };
    case 'cancelled':
    case 'cancelling':
      return { title: textOf('tasks:notice.cancelled', values), detail: taskName(task) };
    case 'queued':
    case 'running':
    case 'detached':
      return { title: textOf('tasks:notice.detached', values), detail: taskName(task) };
  }
}

function resultText(task: Task): string {
  const seconds =
    task.startedAt === null || task.endedAt === null ? 0 : (task.endedAt - task.startedAt) / 1000;
  const time = formatDuration(seconds);
  const sizeBytes = task.status.state === 'succeeded' ? task.status.result.sizeBytes : null;
  return sizeBytes === null
    ? textOf('tasks:notice.plain', { time })
    : textOf('tasks:notice.size', { time, size: formatBytes(sizeBytes) });
}

function tell(task: Task): void {
  const { title, detail } = endText(task);
  const tone = task.status.state === 'succeeded' ? 'ok' : task.status.state === 'failed' ? 'bad' : 'plain';
  addNotice({ tone, title, detail, taskId: task.id, report: null });
  if (isWorthDesktop(task)) notifyDesktop(task, title, detail);
}

function isWorthDesktop(task: Task): boolean {
  const notifications = settingsStore.getState().settings?.notifications;
  if (notifications?.enabled !== true || task.startedAt === null || task.endedAt === null) return false;
  const isLong = (task.endedAt - task.startedAt) / 1000 >= notifications.afterSeconds;
  return isLong && (document.hidden || !document.hasFocus());
}

function notifyDesktop(task: Task, title: string, detail: string): void {
  if (!('Notification' in window) || Notification.permission !== 'granted') return;
  const notification = new Notification(title, {
    tag: task.id,
    ...(detail === null ? {} : { body: detail }),
  });
  notification.addEventListener('click', () => {
    window.focus();
    showTask(task.id);
    notification.close();
  });
}

/** Asked when the person has just started work, so that it is plain what for. */
function askForPermission(): void {
  if (settingsStore.getState().settings?.notifications.enabled !== true) return;
  if (!('Notification' in window) || Notification.permission !== 'default' || document.hidden) return;
  void Notification.requestPermission();
}
