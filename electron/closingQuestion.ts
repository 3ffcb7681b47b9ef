import { type BrowserWindow, dialog } from 'electron';
import type { Core } from '#core/createCore.ts';

/** Whether the window may close: at once when nothing runs, else as the person says. */
export async function mayClose(window: BrowserWindow, core: Promise<Core>): Promise<boolean> {
  const client = (await core).client();
  const { tasks, terminals } = await client.system.runningWork();
  if (tasks + terminals === 0) return true;
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: 'End running work?',
    detail: `${runningText(tasks, terminals)} Closing the window ends it. What a pull has downloaded is kept.`,
    buttons: ['Keep running', 'End and close'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  return response === 1;
}

function runningText(tasks: number, terminals: number): string {
  const parts = [counted(tasks, 'task'), counted(terminals, 'terminal')].filter((part) => part !== '');
  return `${parts.join(' and ')} still running.`;
}

function counted(count: number, noun: string): string {
  if (count === 0) return '';
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}
