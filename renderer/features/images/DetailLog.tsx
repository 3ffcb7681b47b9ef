import { lazy, Suspense } from 'react';
import type { TaskId } from '#core/contract/ids.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { useTasks } from '#renderer/state/tasks.ts';
import { Spinner } from '#renderer/ui/Spinner.tsx';

// Loaded with the first log that is looked at: the list of images has no other use for it.
const TaskLog = lazy(async () => ({ default: (await import('#renderer/ui/TaskLog.tsx')).TaskLog }));

/** The log of the task that made an image. Give it the task's id as `key`. */
export function DetailLog({ taskId }: { readonly taskId: TaskId }) {
  const text = useText('images');
  const status = useTasks((state) => state.tasks.find(({ id }) => id === taskId)?.status ?? null);
  const command = status?.state === 'failed' ? status.error.data['command'] : null;
  return (
    <div className="flex h-full min-h-56 flex-col pb-2.5">
      <Suspense fallback={<Spinner />}>
        <TaskLog
          taskId={taskId}
          unknown={text('log.none')}
          failure={
            status?.state === 'failed' ? { command: typeof command === 'string' ? command : null } : null
          }
        />
      </Suspense>
    </div>
  );
}
