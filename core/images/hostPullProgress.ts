import { hostPullNotes } from '#core/runtime/hostPull.ts';
import { type BuildProgress, initialBuildProgress, reduceBuildProgress } from '#core/runtime/progress.ts';
import { endOutput, feedOutput, initialOutput, type OutputEvent } from '#core/runtime/terminalOutput.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { createTransferMeter, type TransferRate } from '#core/tasks/transferMeter.ts';

const reportEveryMs = 100;
const lineEnd = 0x0a;
/** Shares of the bar: a whole image is all download; of a conversion only the compression is measured. */
const downloadTo = 0.9;
const squashFrom = 0.6;
const squashTo = 0.95;

export interface HostPullProgress {
  /** A piece of the job's output and the byte of it where the piece ends. */
  take(bytes: Uint8Array, offset: number): void;
  /** The output is over. */
  end(): void;
}

/**
 * The runtime's output on a host → progress of the task and lines of its log, each with the byte up to which it was read.
 * For `docker` nobody knows before the end how many layers there are, so the total is unknown; whole images tell theirs.
 */
export function createHostPullProgress(
  to: Pick<TaskContext, 'report' | 'log'>,
  options: { readonly isWholeImage: boolean },
): HostPullProgress {
  const meter = createTransferMeter();
  let output = initialOutput;
  let progress: BuildProgress = initialBuildProgress;
  let reportedAt = Number.NEGATIVE_INFINITY;
  let before: number | null = null;

  function rateOf(done: number, total: number | null): TransferRate {
    before ??= done;
    return meter.measure(done - before, total === null ? null : total - done);
  }

  function reportDownload(done: number, seen: number): void {
    const total = options.isWholeImage ? seen : null;
    to.report({
      phase: 'download',
      text: progress.text,
      bytes: { done, total },
      fraction: total === null || total === 0 ? null : Math.min(1, done / total) * downloadTo,
      ...rateOf(done, total),
    });
  }

  function reportStage(): void {
    const { stage, fraction, text } = progress;
    if (text === hostPullNotes.checking) to.report({ phase: 'verify', fraction: 0.96, text });
    else if (stage === 'start') to.report({ phase: 'resolve', fraction: null, text });
    else if (stage === 'fetch') to.report({ phase: 'download', text });
    else {
      const isMeasured = stage === 'squash' && fraction !== null;
      const share = isMeasured ? squashFrom + fraction * (squashTo - squashFrom) : null;
      to.report({ phase: 'convert', fraction: share, text });
    }
  }

  function takeEvent(event: OutputEvent, offset: number | undefined): void {
    const { text, stage } = progress;
    progress = reduceBuildProgress(progress, event);
    if (event.type === 'line') {
      to.log(
        'stdout',
        event.level === null ? event.text : `${event.level.toUpperCase()}: ${event.text}`,
        offset,
      );
      if (progress.text !== text || progress.stage !== stage) reportStage();
      return;
    }
    if (performance.now() - reportedAt < reportEveryMs) return;
    reportedAt = performance.now();
    if (event.type === 'download') reportDownload(event.doneBytes, event.totalBytes);
    else reportStage();
  }

  /** The last line carries the offset: all of a piece reach the log's file together. */
  function feed(bytes: Uint8Array, offset: number | undefined): void {
    const fed = feedOutput(output, bytes);
    output = fed.state;
    const last = fed.events.findLastIndex(({ type }) => type === 'line');
    for (const [index, event] of fed.events.entries()) takeEvent(event, index === last ? offset : undefined);
  }

  return {
    take(bytes, offset) {
      const whole = bytes.lastIndexOf(lineEnd) + 1;
      if (whole > 0) feed(bytes.subarray(0, whole), offset - (bytes.length - whole));
      if (whole < bytes.length) feed(bytes.subarray(whole), undefined);
    },
    end() {
      for (const event of endOutput(output)) takeEvent(event, undefined);
    },
  };
}
