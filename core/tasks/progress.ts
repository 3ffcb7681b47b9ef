import type { Progress } from '#core/contract/tasks.ts';

export type ProgressUpdate = Partial<Progress> & Pick<Progress, 'phase'>;

/** Progress of a task and the highest fraction that was ever shown of it. */
export interface ProgressMemory {
  readonly progress: Progress;
  readonly highest: number;
}

/**
 * Joins an update to what is known. A new phase forgets the bytes, rate and parts of the old one; a fraction never goes
 * back, over all phases; bytes never go back within a phase.
 */
export function mergeProgress(memory: ProgressMemory | null, update: ProgressUpdate): ProgressMemory {
  const previous = memory?.progress;
  const same = previous !== undefined && previous.phase === update.phase ? previous : undefined;
  const wanted = update.fraction === undefined ? (same?.fraction ?? null) : update.fraction;
  const highest = Math.max(memory?.highest ?? 0, wanted ?? 0);
  const bytes = update.bytes === undefined ? (same?.bytes ?? null) : update.bytes;
  return {
    highest,
    progress: {
      phase: update.phase,
      fraction: wanted === null ? null : highest,
      text: update.text ?? same?.text ?? '',
      bytes: bytes === null ? null : { ...bytes, done: Math.max(bytes.done, same?.bytes?.done ?? 0) },
      bytesPerSecond:
        update.bytesPerSecond === undefined ? (same?.bytesPerSecond ?? null) : update.bytesPerSecond,
      secondsLeft: update.secondsLeft === undefined ? (same?.secondsLeft ?? null) : update.secondsLeft,
      parts: update.parts ?? same?.parts ?? [],
    },
  };
}
