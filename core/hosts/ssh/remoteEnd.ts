import { setTimeout as after } from 'node:timers/promises';
import type { StartFailure } from './remoteCommand.ts';
import type { RemoteContext } from './remoteContext.ts';
import { type RemoteProcess, SilenceError } from './remoteProcess.ts';
import { endRemoteGroup } from './remoteProcesses.ts';

/** How long an ended command's ssh may take to tell so. */
export const lastWordsMs = 3000;

/** Calls `end` when the signal aborts; `settled` waits until that has ended. */
export function endOnAbort(
  signal: AbortSignal | undefined,
  end: () => Promise<void>,
): { settled(): Promise<void>; dispose(): void } {
  let ending: Promise<void> = Promise.resolve();
  const onAbort = () => {
    ending = end();
  };
  if (signal?.aborted === true) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  return {
    settled: () => ending,
    dispose: () => signal?.removeEventListener('abort', onAbort),
  };
}

/** Ends what a process runs remotely, then the process. */
export async function endProcess(context: RemoteContext, process: RemoteProcess): Promise<void> {
  const mark = await Promise.race([process.began, after(lastWordsMs, null)]);
  try {
    if (mark !== null) await endRemoteGroup(context.shell, context.machine(), mark, process.ended);
    await Promise.race([process.ended, after(lastWordsMs)]);
  } catch {
    // The line is gone, or it ended in its own way: nothing more can be done from here.
  } finally {
    process.cut();
  }
}

/** The end of a process. Where it was not told and the host still answers, somebody killed the wrapper with it. */
export async function endOf(
  context: RemoteContext,
  process: RemoteProcess,
): Promise<{ exitStatus: number | null; signal: string | null; failure: StartFailure | null }> {
  try {
    return { ...(await process.ended), signal: null };
  } catch (thrown) {
    if (!(thrown instanceof SilenceError)) throw thrown;
    if (thrown.end.hasBegun && (await context.shell.isAnswering()))
      return { exitStatus: null, signal: 'SIGKILL', failure: null };
    throw thrown.explain();
  }
}
