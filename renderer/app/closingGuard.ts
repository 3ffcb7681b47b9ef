import { isActive, tasksStore } from '#renderer/state/tasks.ts';
import { terminalsStore } from '#renderer/state/terminals.ts';

/**
 * Asks before the window closes while work of this machine's core runs. A reload is let through: core keeps the
 * work, and the page finds it again.
 */
export function guardClosing(): void {
  let isReload = false;
  window.addEventListener(
    'keydown',
    (event) => {
      isReload = event.key === 'F5' || ((event.ctrlKey || event.metaKey) && event.code === 'KeyR');
    },
    { capture: true },
  );
  window.addEventListener('beforeunload', (event) => {
    if (!isReload && hasRunningWork()) event.preventDefault();
  });
}

/** Whether tasks or terminals of this core run: what `system.runningWork` counts, without waiting for an answer. */
export function hasRunningWork(): boolean {
  const hasTask = tasksStore
    .getState()
    .tasks.some((task) => isActive(task) && !task.isForeign && task.status.state !== 'detached');
  return hasTask || terminalsStore.getState().terminals.some((terminal) => terminal.ended === null);
}
