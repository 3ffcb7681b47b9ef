import type { LogLine, Progress } from '#core/contract/tasks.ts';
import { type BuildProgress, initialBuildProgress, reduceBuildProgress } from '#core/runtime/progress.ts';
import { endOutput, feedOutput, initialOutput, type OutputEvent } from '#core/runtime/terminalOutput.ts';
import { downloadShare } from './layerProgress.ts';

const reportEveryMs = 100;
/** Where the bar of a docker pull stands when the compression begins and ends: unpacking is not measured by anybody. */
const squashFrom = downloadShare + 0.1;
const squashTo = 0.95;

export interface ConversionProgress {
  /** A piece of the runtime's output on its terminal. */
  take(chunk: string): void;
  /** The output is over. */
  end(): void;
}

/** The runtime's own output → progress of the task and lines of its log. What it does not say is shown as unknown. */
export function createConversionProgress(to: {
  readonly report: (progress: Partial<Progress> & Pick<Progress, 'phase'>) => void;
  readonly log: (stream: LogLine['stream'], text: string) => void;
}): ConversionProgress {
  let output = initialOutput;
  let progress: BuildProgress = initialBuildProgress;
  let reportedAt = Number.NEGATIVE_INFINITY;
  let squashStartedAt: number | null = null;

  function report(secondsLeft: number | null): void {
    reportedAt = performance.now();
    to.report({ phase: 'convert', fraction: overallFraction(progress), text: progress.text, secondsLeft });
  }

  function takeEvent(event: OutputEvent): void {
    const before = progress;
    progress = reduceBuildProgress(progress, event);
    if (event.type === 'line') to.log('stdout', lineText(event));
    if (event.type === 'squash') {
      squashStartedAt ??= performance.now();
      const elapsedMs = performance.now() - squashStartedAt;
      if (performance.now() - reportedAt >= reportEveryMs) report(secondsLeftOf(event, elapsedMs));
    } else if (progress.text !== before.text || progress.stage !== before.stage) report(null);
  }

  return {
    take(chunk) {
      const fed = feedOutput(output, chunk);
      output = fed.state;
      for (const event of fed.events) takeEvent(event);
    },
    end() {
      for (const event of endOutput(output)) takeEvent(event);
    },
  };
}

/**
 * The files still to come at the average speed so far: files differ too much in size for the speed of the moment to
 * say anything. Null until there is an average to speak of.
 */
function secondsLeftOf(
  { done, total }: { readonly done: number; readonly total: number },
  elapsedMs: number,
): number | null {
  if (elapsedMs < 1500 || done < total * 0.05) return null;
  return ((elapsedMs / 1000) * (total - done)) / done;
}

function overallFraction({ stage, fraction }: BuildProgress): number | null {
  if (stage !== 'squash' || fraction === null) return null;
  return squashFrom + fraction * (squashTo - squashFrom);
}

function lineText({ level, text }: Extract<OutputEvent, { type: 'line' }>): string {
  return level === null ? text : `${level.toUpperCase()}: ${text}`;
}
