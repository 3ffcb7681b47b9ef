import { type BrowserWindow, Notification } from 'electron';
import type { Client } from '#core/contract/index.ts';
import type { Settings } from '#core/contract/settings.ts';
import type { Task } from '#core/contract/tasks.ts';
import { endText } from './endText.ts';

/** Tells the desktop when long work ends while nobody looks at the window, as the settings say. Runs until aborted. */
export async function notifyOfEnds(
  client: Client,
  window: BrowserWindow,
  signal: AbortSignal,
): Promise<void> {
  let settings: Settings['notifications'] | null = null;
  const follow = async () => {
    for await (const state of await client.settings.watch(undefined, { signal })) {
      settings = state.settings.notifications;
    }
  };
  const watch = async () => {
    for await (const event of await client.tasks.watch(undefined, { signal })) {
      if (event.type !== 'changed' || settings === null || window.isFocused()) continue;
      const text = endText(event.task, settings);
      if (text !== null) show(event.task, text, window);
    }
  };
  await Promise.all([follow(), watch()]);
}

function show(task: Task, body: string, window: BrowserWindow): void {
  const notification = new Notification({ title: task.title, body });
  notification.on('click', () => {
    window.show();
    window.focus();
  });
  notification.show();
}
