import { createHash } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ForeignWatch, type HeldLock, isLeftBehind, tryLock } from './lockFile.ts';

export interface LockOptions {
  readonly signal: AbortSignal;
  /** Called once, when somebody else has the lock and the wait begins. */
  readonly onWait?: () => void;
}

/**
 * Locks by name among all processes that use the same folder, and among callers in one process. A lock whose owner died
 * (also by SIGKILL or with the machine) goes to the next that asks. Not re-entrant, no order among those who wait.
 */
export interface KeyedLock {
  /** Waits until the lock is ours; fails with the signal's reason when aborted. */
  acquire(key: string, options: LockOptions): Promise<HeldLock>;
  /** Null when somebody has it. */
  tryAcquire(key: string): Promise<HeldLock | null>;
}

/** A change in the folder wakes who waits; a dead owner changes nothing, so they also look by themselves this often. */
const lookAgainMs = 1000;
const sweepAfterMs = 3_600_000;

/** Locks as files in `folder` (ordinary text), which is made (0700) when it is not there. */
export function createKeyedLock(folder: string): KeyedLock {
  let isSwept = false;
  const prepare = async (): Promise<void> => {
    // Every time: a person may empty the cache folder while we run.
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (isSwept) return;
    isSwept = true;
    await sweep(folder);
  };
  return {
    acquire: async (key, options) => {
      await prepare();
      return acquire(folder, lockPath(folder, key), options);
    },
    tryAcquire: async (key) => {
      await prepare();
      return tryLock(lockPath(folder, key), new ForeignWatch());
    },
  };
}

async function acquire(folder: string, path: string, options: LockOptions): Promise<HeldLock> {
  const { signal, onWait } = options;
  const foreign = new ForeignWatch();
  signal.throwIfAborted();
  const atOnce = await tryLock(path, foreign);
  if (atOnce !== null) return atOnce;
  onWait?.();
  const changes = new FolderChanges(folder, signal);
  try {
    for (;;) {
      signal.throwIfAborted();
      const change = changes.next(lookAgainMs);
      const held = await tryLock(path, foreign);
      if (held !== null) return held;
      await change;
    }
  } finally {
    changes.dispose();
  }
}

/** Wakes a waiting caller when something in the folder changes, time is up, or the signal is aborted. */
class FolderChanges {
  readonly #watcher: FSWatcher | null;
  readonly #signal: AbortSignal;
  #wake: () => void = () => undefined;

  constructor(folder: string, signal: AbortSignal) {
    this.#signal = signal;
    this.#watcher = watchOrNull(folder, (name) => {
      if (name === null || name.endsWith('.lock')) this.#wake();
    });
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Resolves at the next change after this call, or after `longestMs`. */
  next(longestMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, longestMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#signal.aborted) this.#wake();
    });
  }

  dispose(): void {
    this.#wake();
    this.#watcher?.close();
    this.#signal.removeEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = (): void => this.#wake();
}

function watchOrNull(folder: string, onChange: (name: string | null) => void): FSWatcher | null {
  try {
    const watcher = watch(folder, { persistent: false }, (_event, name) => onChange(name));
    watcher.on('error', () => watcher.close()); // looking again by ourselves is enough
    return watcher;
  } catch {
    return null; // no watches left, or a file system without them: looking again by ourselves is enough
  }
}

/** Drafts and claims of processes that were killed in the middle of taking a lock. */
async function sweep(folder: string): Promise<void> {
  const old = Date.now() - sweepAfterMs;
  for (const name of await readdir(folder)) {
    if (!/^[0-9a-f]{32}\.(?:new|claim)$/.test(name)) continue;
    const path = join(folder, name);
    const facts = await stat(path).catch(() => null); // gone meanwhile
    if (facts !== null && facts.mtimeMs < old && (await isLeftBehind(path)) === true)
      await rm(path, { force: true });
  }
}

function lockPath(folder: string, key: string): string {
  return join(folder, `${createHash('sha256').update(key).digest('hex').slice(0, 40)}.lock`);
}
