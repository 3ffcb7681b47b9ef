import { mergeProgress, type ProgressMemory, type ProgressUpdate } from './progress.ts';

const tellMs = 100;
const saveMs = 1000;

/** Gathers what running work reports. */
export interface ProgressReporter {
  report(update: ProgressUpdate): void;
  /** Nothing is told any more. */
  dispose(): void;
}

/**
 * Joins progress to what was known before, and has it shown at most every 100 ms (a new phase at once), and saved at most
 * every second: for other processes that look, and for whoever adopts the task.
 */
export function createProgressReporter(
  start: ProgressMemory | null,
  show: (memory: ProgressMemory, isToSave: boolean) => void,
): ProgressReporter {
  let memory = start;
  let timer: NodeJS.Timeout | null = null;
  let savedAt = 0;
  const tell = (known: ProgressMemory) => {
    const isToSave = performance.now() - savedAt >= saveMs;
    if (isToSave) savedAt = performance.now();
    show(known, isToSave);
  };
  return {
    report(update) {
      const isNewPhase = memory?.progress.phase !== update.phase;
      memory = mergeProgress(memory, update);
      if (isNewPhase) tell(memory);
      else
        timer ??= setTimeout(() => {
          timer = null;
          if (memory !== null) tell(memory);
        }, tellMs);
    },
    dispose() {
      if (timer !== null) clearTimeout(timer);
    },
  };
}
