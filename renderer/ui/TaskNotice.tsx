import type { TaskId } from '#core/contract/ids.ts';
import type { Task } from '#core/contract/tasks.ts';
import { client } from '#renderer/api/client.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { attempt } from '#renderer/state/notices.ts';
import { showTask } from '#renderer/state/taskChoice.ts';
import { Button } from './Button.tsx';
import { ErrorNotice } from './ErrorNotice.tsx';
import { showControls } from './hostileText.ts';
import { ProgressBar } from './ProgressBar.tsx';

function useLabel({ kind, title }: Task): string {
  const text = useText('tasks');
  return text('work.label', { kind: text(`kinds.${kind}`), title: showControls(title) });
}

/** Running work in the place where it was begun, with its log and a way to cancel it. */
export function RunningTask({ task }: { readonly task: Task }) {
  const text = useText('tasks');
  const label = useLabel(task);
  const { status } = task;
  const progress = status.state === 'running' || status.state === 'cancelling' ? status.progress : null;
  return (
    <section
      aria-label={label}
      className="flex flex-col gap-1 rounded-control border border-line bg-bg px-2.5 py-2"
    >
      <div className="flex items-center gap-2">
        <p className="min-w-0 flex-1 truncate font-semibold" title={label}>
          {label}
        </p>
        <Button tone="quiet" onClick={() => showTask(task.id)}>
          {text('work.log')}
        </Button>
        <Button
          disabled={status.state === 'cancelling' || task.isForeign}
          onClick={() => attempt(() => client.tasks.cancel({ id: task.id }))}
        >
          {text('work.cancel')}
        </Button>
      </div>
      <ProgressBar label={label} fraction={progress?.fraction ?? null} />
      <p className="min-h-4.5 truncate text-small text-ink-2">{showControls(progress?.text ?? '')}</p>
    </section>
  );
}

export interface FailedTaskProps {
  readonly task: Task;
  /** The same again was begun: the failed one is over. */
  readonly onRetried: (taskId: TaskId) => void;
  readonly onDismiss: () => void;
}

/** Failed work in the place where it was begun: why, and what to do. */
export function FailedTask({ task, onRetried, onDismiss }: FailedTaskProps) {
  const text = useText('tasks');
  if (task.status.state !== 'failed') return null;
  async function retry() {
    onRetried((await client.tasks.retry({ id: task.id })).taskId);
  }
  return (
    <ErrorNotice
      report={task.status.error}
      action={
        <>
          {task.canRetry ? <Button onClick={() => attempt(retry)}>{text('work.retry')}</Button> : null}
          <Button onClick={() => showTask(task.id)}>{text('work.log')}</Button>
          <Button tone="quiet" onClick={onDismiss}>
            {text('work.dismiss')}
          </Button>
        </>
      }
    />
  );
}
