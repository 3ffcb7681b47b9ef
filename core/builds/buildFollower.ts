import type { BuildPhase, PhaseTime } from '#core/contract/builds.ts';
import type { Progress } from '#core/contract/tasks.ts';
import {
  type DefinitionProgress,
  endDefinitionProgress,
  initialDefinitionProgress,
  inPhase,
  reduceDefinitionProgress,
} from '#core/runtime/buildDefinitionProgress.ts';
import { mask } from '#core/runtime/shellWords.ts';
import { endOutput, feedOutput, initialOutput, type OutputEvent } from '#core/runtime/terminalOutput.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { partOfMessage } from './chainScript.ts';

const reportEveryMs = 100;
const lineEnd = 0x0a;

/** Where the bar stands when a phase begins; within the squashfs it moves. */
const shares: Readonly<Record<BuildPhase, readonly [Progress['phase'], number]>> = {
  send: ['send', 0],
  bootstrap: ['unpack', 0.1],
  files: ['copy', 0.2],
  post: ['convert', 0.25],
  test: ['convert', 0.55],
  squashfs: ['convert', 0.6],
  sif: ['finish', 0.9],
  receive: ['download', 0.92],
};

/** A build's output → its log, the task's progress, and what the history keeps of it. */
export interface BuildFollower {
  readonly progress: () => DefinitionProgress;
  /** A piece of output; `offset` is the byte of a detached job's output where it ends. */
  take(chunk: string | Uint8Array, offset?: number): void;
  /** A phase that the runtime does not tell. */
  begin(phase: BuildPhase, text: string): void;
  /** What follows is one of several builds that are one for the person; `part` from 0. */
  inPart(part: number, count: number): void;
  /** The part (from 0) that a build on a host said it is at; null where it builds the whole at once. */
  part(): number | null;
  end(outcome: 'succeeded' | 'failed' | 'cancelled'): DefinitionProgress;
}

export interface FollowerOptions {
  /** What must not be seen in the log. */
  readonly secrets: readonly string[];
  /** The image's path while it is made, which says nothing to a person, and the one that it will have. */
  readonly output: { readonly made: string; readonly target: string } | null;
  /** What an earlier process saw of it: its times count, its lines are in the log already. */
  readonly seen: readonly PhaseTime[];
  readonly onPhase: (progress: DefinitionProgress) => void;
}

/** Follows from the first byte, also when a build is adopted: the trace of its scripts must be whole. */
export function createBuildFollower(
  context: Pick<TaskContext, 'log' | 'report' | 'resumeFrom'>,
  options: FollowerOptions,
): BuildFollower {
  let output = initialOutput;
  let progress: DefinitionProgress = { ...initialDefinitionProgress, phases: options.seen };
  let isReplay = context.resumeFrom > 0;
  if (isReplay) progress = initialDefinitionProgress;
  let reportedAt = Number.NEGATIVE_INFINITY;
  let share: readonly [number, number] = [0, 1];
  let part: number | null = null;

  function shown(text: string): string {
    const { output: path, secrets } = options;
    return masked(path === null ? text : text.replaceAll(path.made, path.target), secrets);
  }

  /** In its colours; without them where these could stand in the middle of a secret. */
  function shownLine(event: Extract<OutputEvent, { type: 'line' }>): string {
    const plain = lineText(event);
    const { coloured } = event;
    return coloured === undefined || masked(plain, options.secrets) !== plain
      ? shown(plain)
      : shown(coloured);
  }

  function report(): void {
    const phase = progress.phases.at(-1)?.phase;
    if (phase === undefined || isReplay) return;
    reportedAt = performance.now();
    const [name, from] = shares[phase];
    const fraction =
      phase === 'squashfs' && progress.fraction !== null ? from + progress.fraction * 0.3 : from;
    const [start, length] = share;
    context.report({ phase: name, fraction: start + length * fraction, text: progress.text });
  }

  function beginPart(next: ReturnType<typeof partOfMessage>): void {
    if (next === null) return;
    part = next === 'whole' ? null : next.part;
    share = next === 'whole' ? [0, 1] : [next.part / next.count, 1 / next.count];
  }

  function endReplay(): void {
    isReplay = false;
    const { seen } = options;
    if (seen.length >= progress.phases.length) progress = { ...progress, phases: seen };
  }

  function takeEvent(event: OutputEvent, offset: number | undefined): void {
    const before = progress;
    if (event.type === 'line' && event.level === 'info') beginPart(partOfMessage(event.text));
    progress = reduceDefinitionProgress(progress, event, Date.now());
    if (isReplay) return;
    if (event.type === 'line' && !isChatter(event)) context.log('stderr', shownLine(event), offset);
    if (progress.phases !== before.phases) options.onPhase(progress);
    if (progress.phases !== before.phases || progress.text !== before.text) report();
    else if (performance.now() - reportedAt >= reportEveryMs && event.type === 'squash') report();
  }

  /** The last line that goes to the log carries the offset. */
  function feed(chunk: string | Uint8Array, offset: number | undefined): void {
    const fed = feedOutput(output, chunk);
    output = fed.state;
    const last = fed.events.findLastIndex((event) => event.type === 'line' && !isChatter(event));
    for (const [index, event] of fed.events.entries()) takeEvent(event, index === last ? offset : undefined);
  }

  function feedReplayed(bytes: Uint8Array, end: number): void {
    const known = Math.min(bytes.length, Math.max(0, context.resumeFrom - (end - bytes.length)));
    if (known > 0) feed(bytes.subarray(0, known), undefined);
    if (end < context.resumeFrom) return;
    endReplay();
    if (known < bytes.length) feedWhole(bytes.subarray(known), end);
  }

  function feedWhole(bytes: Uint8Array, end: number): void {
    const whole = bytes.lastIndexOf(lineEnd) + 1;
    if (whole > 0) feed(bytes.subarray(0, whole), end - (bytes.length - whole));
    if (whole < bytes.length) feed(bytes.subarray(whole), undefined);
  }

  return {
    progress: () => progress,
    take(chunk, offset) {
      if (typeof chunk === 'string' || offset === undefined) feed(chunk, undefined);
      else if (isReplay) feedReplayed(chunk, offset);
      else feedWhole(chunk, offset);
    },
    begin(phase, text) {
      if (isReplay) endReplay();
      progress = { ...inPhase(progress, phase, Date.now()), text };
      options.onPhase(progress);
      report();
    },
    inPart(from, count) {
      share = [from / count, 1 / count];
    },
    part: () => part,
    end(outcome) {
      for (const event of endOutput(output)) takeEvent(event, undefined);
      if (isReplay) endReplay();
      progress = endDefinitionProgress(progress, Date.now(), outcome);
      return progress;
    },
  };
}

/** What `-v` adds, and what mksquashfs tells of a squashfs that it made (4.5.1): nothing that a person looks for. */
function isChatter({ level, text }: Extract<OutputEvent, { type: 'line' }>): boolean {
  if (level === 'verbose' || level === 'debug') return true;
  return level === null && squashTold.test(text);
}

const squashTold =
  /^(?:Parallel mksquashfs: |Creating 4\.0 filesystem on |Exportable Squashfs 4\.0 |Filesystem size \d|(?:Inode|Directory) table size \d|Number of (?:duplicate files found|inodes|files|fragments|symbolic links|device nodes|fifo nodes|socket nodes|directories|hard-links|ids |uids|gids)|\t(?:compressed |uncompressed |duplicates are |\d[\d.]*% of uncompressed |\S+ \(\d+\)$))/;

/** A text with secrets masked, longer ones first. */
export function masked(text: string, secrets: readonly string[]): string {
  return [...secrets]
    .sort((a, b) => b.length - a.length)
    .reduce((shown, secret) => shown.replaceAll(secret, mask), text);
}

function lineText({ level, text }: Extract<OutputEvent, { type: 'line' }>): string {
  return level === null ? text : `${level.toUpperCase()}: ${text}`;
}
