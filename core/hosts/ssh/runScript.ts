import type { RemoteContext } from './remoteContext.ts';
import { endOf, endOnAbort, endProcess } from './remoteEnd.ts';
import { startRemote } from './remoteProcess.ts';
import type { ShellAnswer } from './remoteShell.ts';
import type { ByteText } from './remoteWords.ts';

export interface ScriptOptions {
  readonly stdin?: Uint8Array | string;
  /** Ends the script's processes on the host; rejects with the signal's reason then. */
  readonly signal?: AbortSignal | undefined;
  /** Takes the output as it comes; none is kept then. */
  readonly onStdout?: (bytes: Buffer) => void;
}

/** Runs a script of ours, with our functions, on a work channel: what is big or may take long. */
export async function runScript(
  context: RemoteContext,
  script: ByteText,
  options: ScriptOptions = {},
): Promise<ShellAnswer> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const process = await startRemote(context.connection, context.shell.withLibrary(script), {
    use: 'work',
    signal: options.signal,
    stdin: options.stdin ?? '',
    onStdout: options.onStdout ?? ((bytes) => stdout.push(Buffer.from(bytes))),
    onStderr: (bytes) => stderr.push(Buffer.from(bytes)),
  });
  const stop = endOnAbort(options.signal, () => endProcess(context, process));
  try {
    const { exitStatus, failure } = await endOf(context, process);
    return {
      exitStatus: exitStatus ?? 137, // killed, as shells tell it
      failure,
      stdout: Buffer.concat(stdout),
      stderr: Buffer.concat(stderr),
    };
  } finally {
    await stop.settled();
    stop.dispose();
    options.signal?.throwIfAborted();
  }
}
