import type { LayerProgress } from '#core/cache/layerStore.ts';
import type { Progress, ProgressPart } from '#core/contract/tasks.ts';
import type { BlobDescriptor } from '#core/registry/byteSource.ts';
import { createTransferMeter } from '#core/tasks/transferMeter.ts';

const reportEveryMs = 100;

/** Share of a docker pull's bar that is the download; the conversion has the rest. */
export const downloadShare = 0.5;

/**
 * Adds up the layers of a pull: one part a layer, bytes, rate and time left. Reports at once when a layer changes its
 * state, else ten times a second.
 */
export function createLayerProgress(
  layers: readonly BlobDescriptor[],
  report: (progress: Partial<Progress> & Pick<Progress, 'phase'>) => void,
): { update(progress: LayerProgress): void } {
  const parts = new Map<string, ProgressPart>();
  for (const { digest, sizeBytes } of layers)
    parts.set(digest, {
      id: digest,
      label: digest.replace(/^sha\d+:/, '').slice(0, 12),
      state: 'waiting',
      doneBytes: 0,
      totalBytes: sizeBytes,
    });
  const totalBytes = sum(parts, (part) => part.totalBytes ?? 0);
  /**
   * What each layer had when its bytes were first told of: that did not come over the network now. (A layer that is
   * continued is first told of with none, before its part is looked at.)
   */
  const before = new Map<string, number>();
  const meter = createTransferMeter();
  let reportedAt = Number.NEGATIVE_INFINITY;

  function say(): void {
    reportedAt = performance.now();
    const done = sum(parts, (part) => part.doneBytes);
    const moved = done - [...before.values()].reduce((all, bytes) => all + bytes, 0);
    report({
      phase: 'download',
      fraction: totalBytes === 0 ? null : Math.min(1, done / totalBytes) * downloadShare,
      text: '',
      bytes: { done, total: totalBytes },
      ...meter.measure(moved, totalBytes - done),
      parts: [...parts.values()],
    });
  }

  return {
    update(progress) {
      const part = parts.get(progress.digest);
      if (part === undefined) return;
      if (!before.has(progress.digest) && progress.doneBytes > 0)
        before.set(progress.digest, progress.doneBytes);
      parts.set(progress.digest, { ...part, state: progress.state, doneBytes: progress.doneBytes });
      if (progress.state !== part.state || performance.now() - reportedAt >= reportEveryMs) say();
    },
  };
}

function sum(parts: ReadonlyMap<string, ProgressPart>, value: (part: ProgressPart) => number): number {
  let total = 0;
  for (const part of parts.values()) total += value(part);
  return total;
}
