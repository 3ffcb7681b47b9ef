import { readdirSync, readFileSync } from 'node:fs';
import { type HostPath, hostPathToBytes } from '#core/contract/hostPath.ts';
import { errnoOf } from './fileErrors.ts';
import { isAlive, markProcess, type ProcessMark, signalProcess, waitUntil } from './processGroup.ts';

const mostRounds = 5;
const roundMs = 2000;

/**
 * Ends, by SIGKILL, each process of this machine whose environment has a variable with this path: what a program put into
 * the background on purpose, and what no longer descends from anybody. Again where one of them started another meanwhile.
 * The path should be a private folder's, whose name nobody else has. Resolves when they are gone.
 */
export async function endProcessesMarked(variable: string, path: HostPath): Promise<void> {
  const entry = Buffer.concat([Buffer.from(`\0${variable}=`), hostPathToBytes(path), Buffer.from('\0')]);
  for (let round = 0; round < mostRounds; round += 1) {
    const found = processesWith(entry);
    if (found.length === 0) return;
    for (const mark of found) if (isAlive(mark)) signalProcess(mark.processId, 'SIGKILL');
    await waitUntil(() => found.every((mark) => !isAlive(mark)), roundMs);
  }
}

function processesWith(entry: Buffer): readonly ProcessMark[] {
  return readdirSync('/proc').flatMap((name) => {
    const mark = /^\d+$/.test(name) && Number(name) !== process.pid ? markProcess(Number(name)) : null;
    // Marked first: an id that came to another process since is seen by its start time.
    return mark !== null && environmentOf(mark.processId).includes(entry) && isAlive(mark) ? [mark] : [];
  });
}

/** NUL before and after each variable; empty for what is gone or somebody else's. */
function environmentOf(processId: number): Buffer {
  const none = Buffer.from('\0');
  try {
    return Buffer.concat([none, readFileSync(`/proc/${processId}/environ`), none]);
  } catch (thrown) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errnoOf(thrown) ?? '')) return none;
    throw thrown;
  }
}
