import type { HostPath } from '#core/contract/hostPath.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { allocatedBytes } from '#core/hosts/allocatedBytes.ts';
import type { RunningPull } from './finishPull.ts';

/** Memory can be filled with some hundred megabytes between two looks. */
const lookMs = 100;

/** A private folder in memory, and what may be taken for it. */
export interface MemoryAllowance {
  readonly folder: HostPath;
  readonly limitBytes: number;
}

/**
 * Works in a folder in memory, and stops the work when the folder has come to take more than it may: a layer of some
 * megabytes can hold many gigabytes of zeros, and the machine's memory is everybody's. Fails then with disk.full, and
 * the folder as evidence, as it does when the memory is really full.
 */
export async function withinMemory<Result>(
  pull: RunningPull,
  allowance: MemoryAllowance,
  work: (watched: RunningPull) => Promise<Result>,
): Promise<Result> {
  const { context } = pull;
  const over = new AbortController();
  const done = new AbortController();
  const watching = watch(pull, allowance, { over, done: done.signal });
  const signal = AbortSignal.any([context.signal, over.signal]);
  try {
    return await work({ ...pull, context: { ...context, signal } });
  } finally {
    done.abort();
    await watching;
  }
}

async function watch(
  { means }: RunningPull,
  { folder, limitBytes }: MemoryAllowance,
  { over, done }: { readonly over: AbortController; readonly done: AbortSignal },
): Promise<void> {
  try {
    const { files } = means.host;
    const freeBytes = await files.freeBytes(folder);
    while (!(await isOver(lookMs, done))) {
      // One question about the whole file system is cheap; only when that has lost so much, the folder is gone through.
      const lostBytes = freeBytes - (await files.freeBytes(folder));
      if (lostBytes <= limitBytes) continue;
      // What the archive keeps from being counted counts with all the rest.
      const takenBytes = (await allocatedBytes(folder)) ?? lostBytes;
      if (takenBytes <= limitBytes) continue;
      over.abort(
        workbenchError(
          'disk.full',
          { path: folder },
          { evidence: `${folder}/ has come to take ${formatBytes(takenBytes)} of memory.` },
        ),
      );
      return;
    }
  } catch (thrown) {
    over.abort(thrown); // unwatched it would not be safe to go on
  }
}

/** Waits so long; true at once when the work is done. */
function isOver(milliseconds: number, done: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      done.removeEventListener('abort', end);
      resolve(done.aborted);
    };
    const timer = setTimeout(end, milliseconds);
    done.addEventListener('abort', end);
    if (done.aborted) end();
  });
}
