import { RotateCw, Square, Trash2 } from 'lucide-react';
import { formatDuration } from '#core/contract/quantity.ts';
import type { Task } from '#core/contract/tasks.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { isActive, taskName, useTasks } from '#renderer/state/tasks.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { classNames } from '#renderer/ui/classNames.ts';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { ProgressBar } from '#renderer/ui/ProgressBar.tsx';
import { clockText, useNow } from '#renderer/ui/when.ts';
import { ReconnectButton } from './ReconnectButton.tsx';
import { TaskHost } from './TaskHost.tsx';
import { TaskStateIcon } from './TaskState.tsx';
import { cancelTask, dismissTasks, retryTask } from './taskActions.ts';
import { detachedText, progressOf, progressText, secondsTaken } from './taskText.ts';

export interface TaskRowProps {
  readonly task: Task;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

/** A task in the list: state, name, where it is, and what can be done about it. */
export function TaskRow({ task, isChosen, onChoose }: TaskRowProps) {
  const text = useText('tasks');
  const progress = progressOf(task);
  const isResumed = useTasks((state) => state.resumedIds.has(task.id)) && isActive(task);
  return (
    <li
      className={classNames(
        'relative flex items-start gap-2 [contain-intrinsic-height:auto_3.25rem] [content-visibility:auto] border-b border-line/60 pr-1.5 pl-3',
        isChosen ? 'bg-selected' : 'hover:bg-hover',
      )}
    >
      <button
        type="button"
        aria-current={isChosen ? 'true' : undefined}
        onClick={onChoose}
        className="flex min-w-0 flex-1 items-start gap-2 py-1.5 text-left focus-visible:-outline-offset-2"
      >
        <span className="mt-0.5">
          <TaskStateIcon state={task.status.state} />
        </span>
        <span className="flex min-w-0 flex-1 flex-col gap-0.75">
          <span className="flex min-w-0 items-center gap-2">
            <span className="truncate font-medium" title={task.title}>
              {taskName(task)}
            </span>
            {task.isForeign ? <Badge>{text('foreign')}</Badge> : null}
            {isResumed ? <Badge>{text('resumed')}</Badge> : null}
            <TaskHost task={task} className="ml-auto max-w-32 shrink-0 text-small text-ink-2" />
          </span>
          <TaskLine task={task} />
          {progress === null ? null : (
            <ProgressBar
              isThin
              label={text('progressOf', { title: task.title })}
              fraction={progress.fraction}
            />
          )}
        </span>
      </button>
      <span className="flex shrink-0 items-center pt-1.25">
        <TaskButtons task={task} />
      </span>
    </li>
  );
}

function TaskLine({ task }: { readonly task: Task }) {
  const text = useText('tasks');
  const now = useNow(isActive(task) ? 1000 : 60_000);
  const progress = progressOf(task);
  const taken = secondsTaken(task, now);
  const kind = text(`kinds.${task.kind}`);
  const host = useHosts((state) => hostOf(state, task.hostId));
  const words = [text(`states.${task.status.state}`)];
  if (task.status.state === 'detached') {
    words[0] = detachedText(task, host);
  } else if (progress !== null) {
    if (task.status.state === 'running') words[0] = text(`phases.${progress.phase}`);
    const numbers = progressText(progress);
    if (numbers !== '') words.push(numbers);
    if (progress.secondsLeft === null && taken !== null)
      words.push(text('since', { time: formatDuration(taken) }));
  } else if (task.status.state === 'failed') {
    words.push(task.status.error.title);
  } else if (task.endedAt !== null) {
    if (taken !== null) words.push(text('took', { time: formatDuration(taken) }));
    words.push(clockText(task.endedAt, now));
  }
  return (
    <span
      className={classNames(
        'text-small text-ink-2 tabular-nums',
        // What a person has to know of work out of sight is not cut.
        task.status.state === 'detached' ? 'text-pretty' : 'truncate',
      )}
    >
      {[kind, ...words].join(' · ')}
    </span>
  );
}

function TaskButtons({ task }: { readonly task: Task }) {
  const text = useText('tasks');
  const named = { title: task.title };
  if (isActive(task)) {
    if (task.isForeign) return null;
    return (
      <>
        <ReconnectButton task={task} className="mr-1 h-6! px-2 text-small" />
        <IconButton
          size="small"
          icon={Square}
          label={text('cancelTask', named)}
          disabled={task.status.state === 'cancelling'}
          onClick={() => cancelTask(task.id)}
        />
      </>
    );
  }
  return (
    <>
      {task.canRetry && task.status.state !== 'succeeded' ? (
        <IconButton
          size="small"
          icon={RotateCw}
          label={text('retryTask', named)}
          onClick={() => retryTask(task.id)}
        />
      ) : null}
      <IconButton
        size="small"
        icon={Trash2}
        label={text('dismissTask', named)}
        onClick={() => dismissTasks([task.id])}
      />
    </>
  );
}
