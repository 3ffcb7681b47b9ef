import { PlugZap } from 'lucide-react';
import { formatBytes, formatDuration, formatRate } from '#core/contract/quantity.ts';
import type { Task } from '#core/contract/tasks.ts';
import { useConnectionState } from '#renderer/api/useConnectionState.ts';
import { HostState } from '#renderer/features/hosts/HostState.tsx';
import { useText } from '#renderer/i18n/i18n.ts';
import { chosenRuntime, currentHost, useHosts } from '#renderer/state/hosts.ts';
import { goToPage } from '#renderer/state/layout.ts';
import { showTask } from '#renderer/state/taskChoice.ts';
import { isActive, useTasks } from '#renderer/state/tasks.ts';
import { HostDot } from '#renderer/ui/HostDot.tsx';

/** The line at the foot: host, runtime, rights, free space, and the work that runs. */
export function StatusBar() {
  return (
    <footer className="col-span-2 flex items-center gap-4 overflow-hidden border-t border-line bg-rail px-3 text-tiny whitespace-nowrap text-ink-2 tabular-nums">
      <HostStatus />
      <span className="flex-1" />
      <WorkStatus />
    </footer>
  );
}

function HostStatus() {
  const text = useText('frame');
  const names = useText('hosts');
  const host = useHosts(currentHost);
  const connection = useConnectionState();
  if (host === null) return <span>{text('status.connecting')}</span>;
  const runtime = chosenRuntime(host);
  const { facts } = host;
  const isAway = connection === 'gone' || connection === 'refused';
  return (
    <button
      type="button"
      onClick={() => goToPage('hosts')}
      className="flex min-w-0 items-center gap-4 rounded-small hover:text-ink focus-visible:-outline-offset-2"
    >
      <span className="flex items-center gap-1.5">
        {isAway ? <PlugZap aria-hidden className="size-3 text-warn" /> : <HostDot colour={host.colour} />}
        <b className="max-w-60 truncate font-semibold">{host.label}</b>
        {isAway ? text('status.away') : <HostState host={host} />}
      </span>
      {runtime === null ? null : (
        <span>
          {names(`product.${runtime.product}`)} {runtime.version}
        </span>
      )}
      {facts === null ? null : <span className="min-w-0 truncate">{facts.privilege}</span>}
      {facts?.freeBytes === null || facts === null ? null : (
        <span>{text('status.free', { size: formatBytes(facts.freeBytes) })}</span>
      )}
    </button>
  );
}

function WorkStatus() {
  const text = useText('frame');
  const tasks = useText('tasks');
  const active = useTasks((state) => state.tasks.filter(isActive).length);
  const task = useTasks((state) => state.tasks.find((candidate) => candidate.status.state === 'running'));
  if (task === undefined) return null;
  return (
    <button
      type="button"
      onClick={() => showTask(task.id)}
      className="flex min-w-0 items-center gap-1.5 rounded-small hover:text-ink focus-visible:-outline-offset-2"
    >
      <span className="max-w-80 truncate">{task.title}</span>
      <span>{workText(task, text, tasks)}</span>
      {active > 1 ? <span>{text('status.more', { count: active - 1 })}</span> : null}
    </button>
  );
}

function workText(
  task: Task,
  text: ReturnType<typeof useText<'frame'>>,
  tasks: ReturnType<typeof useText<'tasks'>>,
): string {
  if (task.status.state !== 'running') return '';
  const { phase, fraction, bytesPerSecond, secondsLeft } = task.status.progress;
  return [
    tasks(`phases.${phase}`),
    fraction === null ? null : `${Math.floor(fraction * 100)} %`,
    bytesPerSecond === null ? null : formatRate(bytesPerSecond),
    secondsLeft === null ? null : text('status.left', { time: formatDuration(secondsLeft) }),
  ]
    .filter((part) => part !== null)
    .join(', ');
}
