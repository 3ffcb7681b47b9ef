import { formatBytes, formatDuration, formatRate } from '#core/contract/quantity.ts';
import type { Progress, ProgressPart, Task } from '#core/contract/tasks.ts';
import { printable } from './printable.ts';

const phaseWords: Readonly<Record<Progress['phase'], string>> = {
  queue: 'Waiting for its turn',
  resolve: 'Looking up',
  wait: 'Waiting for other work on the same image',
  download: 'Downloading',
  verify: 'Verifying',
  compare: 'Comparing',
  unpack: 'Unpacking',
  convert: 'Converting to SIF',
  copy: 'Copying',
  send: 'Sending',
  remove: 'Removing',
  change: 'Changing',
  finish: 'Finishing',
};

/** Layers shown at once; the rest is counted. */
const shownParts = 8;
const barWidth = 20;

/** A running task as lines of a terminal: the whole first, then each layer that moves. */
export function progressLines(task: Task, columns: number): string[] {
  const { status } = task;
  if (status.state === 'queued') return ['Waiting for its turn'];
  if (status.state === 'cancelling') return ['Cancelling…'];
  if (status.state !== 'running') return [];
  return [progressLine(status.progress), ...partLines(status.progress.parts)].map((line) =>
    clip(line, columns),
  );
}

/** `Downloading  42 %  12 MB of 30 MB  48 MB/s  1 s left`; what is not known is left out. */
export function progressLine(progress: Progress): string {
  const { fraction, bytes, bytesPerSecond, secondsLeft, text } = progress;
  const parts = [phaseWords[progress.phase]];
  if (fraction !== null) parts.push(`${Math.floor(fraction * 100)} %`);
  if (bytes !== null) parts.push(amount(bytes.done, bytes.total));
  if (bytesPerSecond !== null) parts.push(formatRate(bytesPerSecond));
  if (secondsLeft !== null) parts.push(`${formatDuration(secondsLeft)} left`);
  if (text !== '') parts.push(printable(text));
  return parts.join('  ');
}

function partLines(parts: readonly ProgressPart[]): string[] {
  if (parts.length === 0) return [];
  const moving = parts.filter((part) => part.state === 'running' || part.state === 'elsewhere');
  const done = parts.filter((part) => part.state === 'done').length;
  const lines = moving.slice(0, shownParts).map(partLine);
  return [...lines, `  ${done} of ${parts.length} layers done`];
}

function partLine(part: ProgressPart): string {
  const place = part.state === 'elsewhere' ? '  (fetched by another pull)' : '';
  const fraction = part.totalBytes ? Math.min(1, part.doneBytes / part.totalBytes) : 0;
  const filled = Math.floor(fraction * barWidth);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
  return `  ${printable(part.label)}  ${bar}  ${amount(part.doneBytes, part.totalBytes)}${place}`;
}

function amount(done: number, total: number | null): string {
  return total === null ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`;
}

function clip(line: string, columns: number): string {
  const characters = Array.from(line);
  return characters.length < columns ? line : `${characters.slice(0, Math.max(1, columns - 2)).join('')}…`;
}

/** The words that a plain log gets when this changes: the phase, and each tenth of a known whole. */
export function progressStep(progress: Progress): string {
  const tenth = progress.fraction === null ? '' : Math.floor(progress.fraction * 10);
  return `${progress.phase} ${tenth}`;
}
