import { ChevronRight } from 'lucide-react';
import { formatBytes, formatDuration } from '#core/contract/quantity.ts';
import type { ProgressPart, Task } from '#core/contract/tasks.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { isActive, taskName, useTasks } from '#renderer/state/tasks.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { CommandLine } from '#renderer/ui/CommandLine.tsx';
import { CopyButton } from '#renderer/ui/CopyButton.tsx';
import { type Definition, DefinitionList } from '#renderer/ui/DefinitionList.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { ProgressBar } from '#renderer/ui/ProgressBar.tsx';
import { TaskLog } from '#renderer/ui/TaskLog.tsx';
import { clockText, useNow, wholeTimeText } from '#renderer/ui/when.ts';
import { FailureAction } from './FailureAction.tsx';
import { ReconnectButton } from './ReconnectButton.tsx';
import { TaskHost } from './TaskHost.tsx';
import { TaskStateWord } from './TaskState.tsx';
import { cancelTask, retryTask } from './taskActions.ts';
import { detachedText, factText, progressOf, progressText, resultText, secondsTaken } from './taskText.ts';

/** Everything about one task: progress with its parts, result or failure, the command by hand, and the log. */
export function TaskDetail({ task }: { readonly task: Task }) {
  const text = useText('tasks');
  const { state } = task.status;
  return (
    <section aria-label={text('details')} className="@container h-full min-h-0 bg-panel">
      <div className="flex h-full min-h-0 flex-col gap-2 overflow-auto px-3 py-2 @min-[40rem]:grid @min-[40rem]:grid-cols-[minmax(0,5fr)_minmax(0,6fr)] @min-[40rem]:gap-3 @min-[40rem]:overflow-hidden">
        <div className="flex min-h-0 shrink-0 flex-col gap-2 *:shrink-0 @min-[40rem]:overflow-auto">
          <TaskHead task={task} />
          {task.isForeign ? <p className="text-small text-ink-2">{text('foreignHint')}</p> : null}
          <DetachedPart task={task} />
          <RunningPart task={task} />
          {state === 'failed' ? (
            <ErrorNotice
              report={task.status.error}
              action={<FailureAction task={task} report={task.status.error} />}
            />
          ) : null}
          <ResultLine task={task} />
          <DefinitionList items={useFacts(task)} />
          {task.byHand === null ? null : (
            <div className="flex flex-col gap-1">
              <p className="text-small text-ink-3">{text('byHand')}</p>
              <CommandLine command={task.byHand} />
            </div>
          )}
        </div>
        <TaskLog key={task.id} taskId={task.id} failure={failedCommand(task)} />
      </div>
    </section>
  );
}

/** What the log marks: of a build the command that the shell traced last. */
function failedCommand({ status }: Task): { readonly command: string | null } | null {
  if (status.state !== 'failed') return null;
  const command = status.error.data['command'];
  return { command: typeof command === 'string' ? command : null };
}

/** What came of it, where that is more than a file. */
function ResultLine({ task }: { readonly task: Task }) {
  const words = resultText(task);
  if (words === null) return null;
  return (
    <p className="text-pretty [overflow-wrap:anywhere]" data-selectable>
      {words}
    </p>
  );
}

/** Work that goes on without the line to its host: where, since when, and how it is found again. */
function DetachedPart({ task }: { readonly task: Task }) {
  const text = useText('tasks');
  const host = useHosts((state) => hostOf(state, task.hostId));
  const now = useNow(60_000);
  if (task.status.state !== 'detached') return null;
  return (
    <section role="status" className="flex flex-wrap items-center gap-2.5 rounded-control bg-warn-soft p-2.5">
      <div className="min-w-56 flex-1">
        <p className="font-semibold first-letter:uppercase">{detachedText(task, host)}</p>
        <p className="text-small text-pretty text-ink-2">
          {text('goesOnHint', { time: clockText(task.status.since, now) })}
        </p>
      </div>
      <ReconnectButton task={task} />
    </section>
  );
}

function TaskHead({ task }: { readonly task: Task }) {
  const text = useText('tasks');
  const { state } = task.status;
  const isResumed = useTasks((tasks) => tasks.resumedIds.has(task.id)) && isActive(task);
  return (
    <header className="flex items-center gap-2">
      <h3 className="min-w-0 truncate text-heading font-semibold" title={task.title}>
        {taskName(task)}
      </h3>
      <span className="shrink-0 text-small">
        <TaskStateWord state={state} />
      </span>
      {isResumed ? <Badge>{text('resumed')}</Badge> : null}
      <span className="flex-1" />
      {isActive(task) && !task.isForeign ? (
        <Button disabled={state === 'cancelling'} onClick={() => cancelTask(task.id)}>
          {text('cancel')}
        </Button>
      ) : null}
      {task.canRetry && (state === 'succeeded' || state === 'cancelled') ? (
        <Button onClick={() => retryTask(task.id)}>{text(state === 'succeeded' ? 'repeat' : 'retry')}</Button>
      ) : null}
    </header>
  );
}

function useFacts(task: Task): readonly Definition[] {
  const text = useText('tasks');
  const now = useNow(1000);
  const hasOthers = useHosts((state) => state.hosts.length > 1);
  const items: Definition[] = [];
  if (hasOthers) items.push({ term: text('host'), value: <TaskHost task={task} /> });
  if (task.target !== null) {
    items.push({ term: text('target'), value: <span className="font-mono text-code">{task.target}</span> });
  }
  if (task.status.state === 'succeeded') {
    const { digest, sizeBytes, facts } = task.status.result;
    if (sizeBytes !== null) items.push({ term: text('size'), value: formatBytes(sizeBytes) });
    if (digest !== null) {
      items.push({ term: text('digest'), value: <Digest value={digest} /> });
    }
    for (const [name, value] of Object.entries(facts)) {
      items.push({
        term: factName(name, text),
        value: name === 'fileDigest' ? <Digest value={String(value)} /> : factText(name, value),
      });
    }
  }
  if (task.startedAt !== null) {
    const time = formatDuration(secondsTaken(task, now) ?? 0);
    items.push({
      term: text('started'),
      value: `${clockText(task.startedAt, now)}, ${text(isActive(task) ? 'since' : 'took', { time })}`,
      title: wholeTimeText(task.startedAt),
    });
  }
  return items;
}

type TasksText = ReturnType<typeof useText<'tasks'>>;

function Digest({ value }: { readonly value: string }) {
  const text = useText('tasks');
  return (
    <span className="flex items-start gap-1">
      <span className="min-w-0 font-mono text-code [overflow-wrap:anywhere]">{value}</span>
      <CopyButton value={value} label={text('copyDigest')} />
    </span>
  );
}

function factName(name: string, text: TasksText): string {
  switch (name) {
    case 'bytesDownloaded':
    case 'bytesReused':
    case 'bytesSent':
    case 'way':
    case 'pulledBy':
    case 'warning':
    case 'converted':
    case 'sharedWith':
    case 'isMounted':
    case 'fileDigest':
    case 'form':
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
          {progress.fraction === null
            ? text('leftUnknown')
            : text('overall', { percent: Math.floor(progress.fraction * 100) })}
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
        <details className="group text-small" open={progress.parts.length <= 8}>
          <summary className="flex list-none items-center gap-1 rounded-small text-ink-2 hover:text-ink">
            <ChevronRight aria-hidden className="size-3.5 transition-transform group-open:rotate-90" />
            {text('parts.count', { done, total: progress.parts.length })}
          </summary>
          <ul aria-label={text('parts.name')} className="mt-1 grid gap-x-4 gap-y-1">
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
    <li className="grid grid-cols-[6.5rem_minmax(2.5rem,1fr)_8.5rem_5.5rem] items-center gap-2 tabular-nums">
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
