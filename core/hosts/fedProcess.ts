import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { tailKeeper } from './output.ts';
import { endProcessGroup } from './processGroup.ts';

/** What a fed process is started with: ordinary text, and the whole environment. */
export interface FedLaunch {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface FedOptions {
  /** Ends the process group; the call then rejects with the reason. */
  readonly signal: AbortSignal;
  /**
   * Its standard input, read one piece ahead and only as fast as the process takes it: a piece must stay valid until the
   * one after the next is asked for. Nothing when not given.
   */
  readonly source?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** Bytes that the process has taken so far. */
  readonly onTaken?: (bytes: number) => void;
}

export interface FedEnd {
  /** Null when a signal ended it. */
  readonly exitStatus: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a process of this machine that is fed from a source, for data that is too much for `Host.run`'s `stdin`.
 * Resolves whatever its exit status is, also when it ends before it has taken everything. Rejects with what the source
 * throws (the process is ended then), and when the program cannot be started.
 */
export async function runFed(launch: FedLaunch, options: FedOptions): Promise<FedEnd> {
  const { signal } = options;
  signal.throwIfAborted();
  const child = spawn(launch.program, launch.args, {
    env: { ...launch.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true, // a process group of its own, so that all of it can be ended
  });
  let isClosed = false;
  const closed = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitStatus) => {
      isClosed = true;
      resolve(exitStatus);
    });
  });
  let ending: Promise<void> | null = null;
  const end = () => {
    if (child.pid !== undefined) ending ??= endProcessGroup(child.pid, () => isClosed);
  };
  const stdout = keep(child.stdout);
  const stderr = keep(child.stderr);
  signal.addEventListener('abort', end, { once: true });
  try {
    const fed = feed(child.stdin, options).catch((thrown: unknown) => {
      end();
      throw thrown;
    });
    const [exitStatus] = await Promise.all([closed, fed]);
    signal.throwIfAborted();
    return { exitStatus, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    signal.removeEventListener('abort', end);
    await ending;
  }
}

function keep(stream: NodeJS.ReadableStream): { text(): string } {
  const kept = tailKeeper();
  stream.setEncoding('utf8').on('data', (text: string) => kept.add(text));
  return kept;
}

async function feed(input: Writable, { source, onTaken, signal }: FedOptions): Promise<void> {
  let isGone = false;
  const gone = new Promise<void>((resolve) => {
    const onGone = () => {
      isGone = true;
      resolve();
    };
    input.on('error', onGone); // it ended without reading on: its exit status tells why
    input.on('close', onGone);
  });
  let taken = 0;
  if (source !== undefined) {
    const pieces = piecesOf(source);
    let next = pieces.next();
    try {
      for (;;) {
        const piece = await next;
        if (piece.done === true || isGone || signal.aborted) break;
        const bytes = piece.value;
        // Read ahead by one piece while the process takes this one.
        next = pieces.next();
        next.catch(() => undefined); // told when it is waited for, above or below
        await Promise.race([gone, new Promise<void>((resolve) => input.write(bytes, () => resolve()))]);
        if (isGone) break;
        taken += bytes.length;
        onTaken?.(taken);
      }
    } finally {
      await next.catch(() => undefined); // it failed above, or nobody needs it any more
      await pieces.return();
    }
  }
  input.end();
}

async function* piecesOf(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* source;
}
