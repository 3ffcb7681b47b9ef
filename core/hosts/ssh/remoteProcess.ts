import type { WorkbenchError } from '#core/errors/workbenchError.ts';
import { createDeferred } from './deferred.ts';
import { createFence, newMarker } from './fence.ts';
import { pipeInput, pipeWord, type StartFailure, wrapScript } from './remoteCommand.ts';
import type { ByteText } from './remoteWords.ts';
import type { ChannelUse, SshConnection } from './sshConnection.ts';
import { explainSilence, type SilentEnd, spawnFailure, spawnSsh } from './sshProcess.ts';

/** A remote process group at one time: ids are reused, so the start time of its leader goes with it. */
export interface RemoteMark {
  readonly processId: number;
  readonly group: number;
  readonly startTicks: string;
}

export interface RemoteEnd {
  /** As the remote shell has it: 128 + N when signal N ended the program. */
  readonly exitStatus: number;
  readonly failure: StartFailure | null;
}

export interface RemoteProcess {
  /** Resolves when the program is about to run; null when it never came to that (`ended` then tells why). */
  readonly began: Promise<RemoteMark | null>;
  /** Resolves with the true end; rejects with the `SilentEnd` in a `SilenceError` when it was never told. */
  readonly ended: Promise<RemoteEnd>;
  readonly write: (bytes: Uint8Array | string) => void;
  readonly endInput: () => void;
  /** Ends the local ssh. What runs remotely is not touched. */
  readonly cut: () => void;
}

export interface RemoteProcessOptions {
  readonly use: ChannelUse;
  readonly signal?: AbortSignal | undefined;
  /** What the script is given as input; without it the input stays open for `write`. */
  readonly stdin?: string | Uint8Array;
  readonly onStdout: (bytes: Buffer) => void;
  readonly onStderr: (bytes: Buffer) => void;
}

/** The end of a remote process was not told; `explain` says why, and tells the connection where that was it. */
export class SilenceError extends Error {
  override readonly name = 'SilenceError';
  readonly end: SilentEnd;
  readonly #connection: SshConnection;

  constructor(connection: SshConnection, end: SilentEnd) {
    super(`ssh ended with ${end.exitStatus ?? 'a signal'} and the remote command did not tell its end`);
    this.#connection = connection;
    this.end = end;
  }

  explain(): WorkbenchError {
    return explainSilence(this.#connection, this.end);
  }
}

/** How much of what login shells print is kept as evidence. */
const noiseBytes = 8192;

/**
 * Runs a script (for a subshell of `/bin/sh`) on a channel of its own. Waits for the channel; rejects as `openChannel`
 * does. Its output comes without what login shells print before it.
 */
export async function startRemote(
  connection: SshConnection,
  body: ByteText,
  options: RemoteProcessOptions,
): Promise<RemoteProcess> {
  const channel = await connection.openChannel(options.use, options.signal);
  const marker = newMarker();
  const child = spawnSsh(channel, pipeWord);
  child.stdin.write(pipeInput(wrapScript(marker, body)));
  if (options.stdin !== undefined) child.stdin.end(options.stdin);
  const began = createDeferred<RemoteMark | null>();
  const ended = createDeferred<RemoteEnd>();
  let mark: RemoteMark | null = null;
  let failure: StartFailure | null = null;
  let exitStatus: number | null = null;
  let hasErrors = false;
  let noise = '';
  let stderrNoise = '';
  const output = createFence(marker, {
    onData(bytes) {
      if (mark !== null) options.onStdout(bytes);
      else noise = `${noise}${bytes.toString('utf8')}`.slice(-noiseBytes);
    },
    onMark([kind, ...words]) {
      if (kind === 'B' && words.length > 0) {
        mark = { processId: Number(words[0]), group: Number(words[1]), startTicks: words[2] ?? '' };
        began.resolve(mark);
      } else if (kind === 'F') failure = startFailureOf(words[0]);
      else if (kind === 'E') exitStatus = Number(words[0]);
    },
  });
  const errors = createFence(marker, {
    onData(bytes) {
      if (hasErrors) options.onStderr(bytes);
      stderrNoise = `${stderrNoise}${bytes.toString('utf8')}`.slice(-noiseBytes);
    },
    onMark() {
      hasErrors = true;
      stderrNoise = '';
    },
  });
  child.stdout.on('data', output.add);
  child.stderr.on('data', errors.add);
  child.on('error', (thrown) => {
    began.resolve(null);
    ended.reject(spawnFailure(connection, thrown));
  });
  child.on('close', (status) => {
    output.end();
    errors.end();
    began.resolve(null);
    if (exitStatus !== null) ended.resolve({ exitStatus, failure });
    else
      ended.reject(
        new SilenceError(connection, {
          exitStatus: status,
          hasBegun: mark !== null,
          noise,
          stderr: stderrNoise,
        }),
      );
  });
  return {
    began: began.promise,
    ended: ended.promise,
    write: (bytes) => child.stdin.write(bytes),
    endInput: () => child.stdin.end(),
    cut: () => child.kill('SIGKILL'),
  };
}

/** The word of an `F` mark. */
export function startFailureOf(word: string | undefined): StartFailure {
  return word === 'folder' || word === 'denied' ? word : 'missing';
}
