import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { Task } from '#core/contract/tasks.ts';
import { isActive, useTasks } from '#renderer/state/tasks.ts';
import { FailedTask, RunningTask } from '#renderer/ui/TaskNotice.tsx';
import { forgetWork, noteWork, useSandboxes } from './sandboxesState.ts';

export interface WorkNoticesProps {
  readonly hostId: HostId;
  /** The sandbox that the work is about; null for work that makes one. */
  readonly path: HostPath | null;
}

/** Work on a sandbox that runs or failed, in the place where it was begun. */
export function WorkNotices({ hostId, path }: WorkNoticesProps) {
  const begun = useSandboxes((state) => state.begun);
  const tasks = useTasks((state) => state.tasks);
  const ids = new Set(
    begun.filter((work) => work.hostId === hostId && work.path === path).map(({ taskId }) => taskId),
  );
  // Work of another window, or from before a reload, is known by its folder.
  const shown = tasks.filter(
    (task) =>
      (ids.has(task.id) && (isActive(task) || task.status.state === 'failed')) ||
      (path !== null &&
        isActive(task) &&
        task.hostId === hostId &&
        task.target === path &&
        task.kind.startsWith('sandbox.')),
  );
  if (shown.length === 0) return null;
  return (
    <div className="flex shrink-0 flex-col gap-2 px-3 py-2 empty:hidden">
      {shown.map((task) =>
        isActive(task) ? (
          <RunningTask key={task.id} task={task} />
        ) : (
          <Failed key={task.id} task={task} path={path} />
        ),
      )}
    </div>
  );
}

function Failed({ task, path }: { readonly task: Task; readonly path: HostPath | null }) {
  return (
    <FailedTask
      task={task}
      onRetried={(taskId) => {
        forgetWork(task.id);
        noteWork({ taskId, hostId: task.hostId, path });
      }}
      onDismiss={() => forgetWork(task.id)}
    />
  );
}
