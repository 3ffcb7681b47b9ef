import type { DownloadProgress } from '#core/registry/download.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { createTransferMeter } from '#core/tasks/transferMeter.ts';

const reportEveryMs = 100;
/** Share of the bar of a plain download; checking and writing through have the rest. */
const downloadShare = 0.95;

/** Reports one download, ten times a second at most. */
export function createDownloadProgress(report: TaskContext['report']): (progress: DownloadProgress) => void {
  const meter = createTransferMeter();
  let before: number | null = null;
  let reportedAt = Number.NEGATIVE_INFINITY;
  return ({ doneBytes, totalBytes }) => {
    before ??= doneBytes;
    const isWhole = doneBytes === totalBytes;
    if (performance.now() - reportedAt < reportEveryMs && !isWhole) return;
    reportedAt = performance.now();
    report({
      phase: 'download',
      text: '',
      fraction: totalBytes === null || totalBytes === 0 ? null : (doneBytes / totalBytes) * downloadShare,
      bytes: { done: doneBytes, total: totalBytes },
      ...meter.measure(doneBytes - before, totalBytes === null ? null : totalBytes - doneBytes),
    });
  };
}
