import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId, TaskId } from '#core/contract/ids.ts';
import type { Overlay } from '#core/contract/overlays.ts';
import type { Task } from '#core/contract/tasks.ts';
import { client } from '#renderer/api/client.ts';
import { isActive, tasksStore } from '#renderer/state/tasks.ts';
import { refreshOverlays } from './overlayQueries.ts';
import { forgetWork, noteWork, overlaysStore } from './overlaysState.ts';

/** Begins work on an overlay, and shows it beside it. `path` is null for work that makes one. */
export async function beginWork(
  about: { readonly hostId: HostId; readonly path: HostPath | null },
  begin: () => Promise<{ readonly taskId: TaskId }>,
): Promise<void> {
  const { taskId } = await begin();
  noteWork({ ...about, taskId });
}

/** Looks at its file system, and changes nothing. */
export async function checkOverlay({ hostId, path }: Overlay): Promise<void> {
  await beginWork({ hostId, path }, () => client.overlays.check({ hostId, path, isMended: false }));
}

/** Reads the overlays again whenever work on them ends, until the returned function is called. */
export function followWork(): () => void {
  return tasksStore.subscribe((state, before) => {
    if (state.tasks === before.tasks || !before.isLoaded) return;
    const active = new Set(before.tasks.filter(isActive).map(({ id }) => id));
    for (const task of state.tasks)
      if (active.has(task.id) && !isActive(task) && task.kind.startsWith('overlay.')) afterWork(task);
  });
}

function afterWork({ id, kind, hostId, status }: Task): void {
  void refreshOverlays(hostId);
  const work = overlaysStore.getState().begun.find(({ taskId }) => taskId === id);
  if (work === undefined || status.state === 'failed' || kind === 'overlay.check') return;
  forgetWork(id);
  if (status.state === 'succeeded' && kind === 'overlay.create')
    overlaysStore.setState({ chosenPath: status.result.path });
}
