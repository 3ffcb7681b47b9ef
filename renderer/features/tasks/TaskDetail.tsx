import { formatBytes, formatDuration } from '#core/contract/quantity.ts';
import type { ProgressPart, Task } from '#core/contract/tasks.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { CommandLine } from '#renderer/ui/CommandLine.tsx';
import { type Definition, DefinitionList } from '#renderer/ui/DefinitionList.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { ProgressBar } from '#renderer/ui/ProgressBar.tsx';
import { clockText, useNow, wholeTimeText } from '#renderer/ui/when.ts';
import { FailureAction } from './FailureAction.tsx';
import { TaskLog } from './TaskLog.tsx';
import { TaskStateWord } from './TaskState.tsx';
import { cancelTask, retryTask } from './taskActions.ts';
import { factText, progressOf, progressText, secondsTaken } from './taskText.ts';

/** Everything about one task: progress with its parts, result or failure, the command by hand, and the log. */
export function TaskDetail({ task }: { readonly task: Task }) {
  const text = useText('tasks');
  const progress = progressOf(task);
  return (
    <section
      aria-label={text('details')}
      className="flex h-full min-h-0 flex-col gap-2 overflow-auto bg-panel px-3 py-2"
    >
      <header className="flex shrink-0 items-center gap-2">
        <h2 className="min-w-0 truncate text-heading font-semibold" title={task.title}>
          {task.title}
        </h2>
        <span className="shrink-0 text-small">
          <TaskStateWord state={task.status.state} />
        </span>
        <span className="flex-1" />
        {progress !== null && !task.isForeign ? (
          <Button disabled={task.status.state === 'cancelling'} onClick={() => cancelTask(task.id)}>
            {text('cancel')}
          </Button>
        ) : null}
        {task.canRetry && task.endedAt !== null && task.status.state !== 'failed' ? (
          <Button onClick={() => retryTask(task.id)}>{text('retry')}</Button>
        ) : null}
      </header>
      {task.isForeign ? <p className="shrink-0 text-small text-ink-2">{text('foreignHint')}</p> : null}
      {progress === null ? null : <RunningPart task={task} />}
      {task.status.state === 'failed' ? (
        <div className="shrink-0">
          <ErrorNotice
            report={task.status.error}
            action={<FailureAction task={task} report={task.status.error} />}
          />
        </div>
      ) : null}
      <div className="shrink-0">
        <DefinitionList items={useFacts(task)} />
      </div>
      {task.byHand === null ? null : (
        <div className="shrink-0">
          <CommandLine command={task.byHand}>
            <span className="shrink-0 text-small text-ink-3">{text('byHand')}</span>
          </CommandLine>
        </div>
      )}
      <TaskLog key={task.id} taskId={task.id} />
    </section>
  );
}

function useFacts(task: Task): readonly Definition[] {
  const text = useText('tasks');
  const now = useNow(1000);
  const items: Definition[] = [];
  if (task.target !== null) {
    items.push({ term: text('target'), value: <span className="font-mono text-code">{task.target}</span> });
  }
  if (task.status.state === 'succeeded') {
    const { digest, sizeBytes, facts } = task.status.result;
    if (sizeBytes !== null) items.push({ term: text('size'), value: formatBytes(sizeBytes) });
    if (digest !== null) {
      items.push({ term: text('digest'), value: <span className="font-mono text-code">{digest}</span> });
    }
    for (const [name, value] of Object.entries(facts)) {
      items.push({ term: factName(name, text), value: factText(name, value) });
    }
  }
  if (task.startedAt !== null) {
    const taken = secondsTaken(task, now) ?? 0;
    items.push({
      term: text('started'),
      value: `${clockText(task.startedAt, now)}, ${text('took', { time: formatDuration(taken) })}`,
      title: wholeTimeText(task.startedAt),
    });
  }
  return items;
}

type TasksText = ReturnType<typeof useText<'tasks'>>;

function factName(name: string, text: TasksText): string {
  switch (name) {
    case 'bytesDownloaded':
    case 'bytesReused':
    case 'converted':
    case 'sharedWith':
      return text(`fact.${name}`);
    default:
      return name;
  }
}

function RunningPart({ task }: { readonly task: Task }) {
  const text = useText('tasks');
  const now = useNow(1000);
  const progress = progressOf(task);
  if (progress === null) return null;
  const taken = secondsTaken(task, now);
  const numbers = progressText(progress);
  const moving = progress.parts.filter((part) => part.state !== 'done');
  const done = progress.parts.length - moving.length;
  return (
    <div className="flex shrink-0 flex-col gap-1">
      <p className="flex items-baseline gap-2">
        <span className="font-medium">{text(`phases.${progress.phase}`)}</span>
        <span className="text-small text-ink-2 tabular-nums">{numbers}</span>
        <span className="flex-1" />
        <span className="text-small text-ink-2 tabular-nums">
          {progress.fraction === null ? text('leftUnknown') : `${Math.floor(progress.fraction * 100)} %`}
          {taken === null ? '' : `, ${text('since', { time: formatDuration(taken) })}`}
        </span>
      </p>
      <ProgressBar label={text('progressOf', { title: task.title })} fraction={progress.fraction} />
      {progress.text === '' ? null : (
        <p className="truncate font-mono text-code text-ink-2" title={progress.text}>
          {progress.text}
        </p>
      )}
      {progress.parts.length === 0 ? null : (
        <details className="text-small" open={progress.parts.length <= 8}>
          <summary className="text-ink-2">
            {text('parts.count', { done, total: progress.parts.length })}
          </summary>
          <ul aria-label={text('parts.name')} className="mt-1 grid gap-x-4 gap-y-1 min-[1500px]:grid-cols-2">
            {progress.parts.map((part) => (
              <PartRow key={part.id} part={part} />
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function PartRow({ part }: { readonly part: ProgressPart }) {
  const text = useText('tasks');
  const fraction =
    part.totalBytes === null || part.totalBytes === 0
      ? part.state === 'done'
        ? 1
        : null
      : Math.min(1, part.doneBytes / part.totalBytes);
  const isMoving = part.state === 'running' || part.state === 'elsewhere';
  return (
    <li className="grid grid-cols-[8.5rem_minmax(4rem,1fr)_9rem_7rem] items-center gap-2 tabular-nums">
      <span className="truncate font-mono text-code" title={part.id}>
        {part.label}
      </span>
      <ProgressBar
        isThin
        label={text('progressOf', { title: part.label })}
        fraction={isMoving ? fraction : (fraction ?? 0)}
        tone={part.state === 'done' ? 'ok' : 'accent'}
      />
      <span className="text-right text-ink-2">
        {part.totalBytes === null
          ? formatBytes(part.doneBytes)
          : text('bytes', { done: formatBytes(part.doneBytes), total: formatBytes(part.totalBytes) })}
      </span>
      <span className="text-ink-3">{text(`parts.${part.state}`)}</span>
    </li>
  );
}
