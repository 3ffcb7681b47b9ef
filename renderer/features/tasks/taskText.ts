import type { Host } from '#core/contract/hosts.ts';
import { formatBytes, formatDuration, formatRate } from '#core/contract/quantity.ts';
import type { Progress, Task } from '#core/contract/tasks.ts';
import { textOf } from '#renderer/i18n/i18n.ts';
import { isReachable } from '#renderer/state/hosts.ts';

/** What a running task says in one line: `12.3 MB of 60 MB, 48 MB/s, 31 s left`. Unknown parts are left out. */
export function progressText(progress: Progress): string {
  const { bytes, bytesPerSecond, secondsLeft } = progress;
  const parts: string[] = [];
  if (bytes !== null) {
    parts.push(
      bytes.total === null
        ? formatBytes(bytes.done)
        : textOf('tasks:bytes', { done: formatBytes(bytes.done), total: formatBytes(bytes.total) }),
    );
  }
  if (bytesPerSecond !== null) parts.push(formatRate(bytesPerSecond));
  if (secondsLeft !== null) parts.push(textOf('tasks:left', { time: formatDuration(secondsLeft) }));
  return parts.join(', ');
}

/** Progress of a task, where it has one. */
export function progressOf(task: Task): Progress | null {
  const { status } = task;
  return status.state === 'running' || status.state === 'cancelling' ? status.progress : null;
}

/** What is said of work that goes on alone on its host: `goes on on hydra; found again when you reconnect`. */
export function detachedText(task: Task, host: Host | null): string {
  const isThere = host !== null && isReachable(host);
  return textOf(isThere ? 'tasks:goesOn' : 'tasks:goesOnAway', { host: host?.label ?? task.hostId });
}

/** Seconds that a task has taken until now or its end; null before its start. */
export function secondsTaken(task: Task, now: number): number | null {
  if (task.startedAt === null) return null;
  return Math.max(0, ((task.endedAt ?? now) - task.startedAt) / 1000);
}

/** A result's fact in words; sizes as sizes. */
export function factText(name: string, value: string | number | boolean): string {
  if (typeof value === 'boolean') return textOf(value ? 'tasks:yes' : 'tasks:no');
  if (typeof value === 'number' && /bytes/i.test(name)) return formatBytes(value);
  return String(value);
}

/** What came of an import or a push in one line: `Pushed to oras://ghcr.io/lab/tool:1`; null where the facts say it all. */
export function resultText(task: Task): string | null {
  if (task.status.state !== 'succeeded') return null;
  const { title, target } = task;
  if (task.kind === 'image.import') {
    return target === null ? null : textOf('tasks:result.import', { target });
  }
  if (task.kind !== 'image.publish') return null;
  const isThere = task.status.result.facts['bytesSent'] === 0;
  return textOf(isThere ? 'tasks:result.publishAgain' : 'tasks:result.publish', { title });
}
