import { StringDecoder } from 'node:string_decoder';
import { setTimeout as after } from 'node:timers/promises';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import type { CommandOutcome, RunOptions } from '../host.ts';
import { lineSplitter, tailKeeper } from '../output.ts';
import { programScript } from './remoteCommand.ts';
import { lostLine, type RemoteContext, startFailure } from './remoteContext.ts';
import { endOf, endOnAbort, endProcess, lastWordsMs } from './remoteEnd.ts';
import { startRemote } from './remoteProcess.ts';
import { endRemoteGroup } from './remoteProcesses.ts';
import type { ShellAnswer } from './remoteShell.ts';
import { type ByteText, quoteBytes } from './remoteWords.ts';
import { startSshPty } from './sshPty.ts';

const quietStdinBytes = 8 * 1024;

/** Runs a command with pipes on a channel of its own. */
export async function runWithPipes(
  context: RemoteContext,
  spec: CommandSpec,
  options: RunOptions,
): Promise<CommandOutcome> {
  const environment = await context.environment();
  const startedAt = performance.now();
  const stdout = outputOf('stdout', options);
  const stderr = outputOf('stderr', options);
  const process = await startRemote(
    context.connection,
    programScript(spec, environment, options.workingFolder),
    {
      use: 'work',
      signal: options.signal,
      stdin: options.stdin ?? '',
      onStdout: stdout.add,
      onStderr: stderr.add,
    },
  );
  const stop = endOnAbort(options.signal, () => endProcess(context, process));
  try {
    const end = await endOf(context, process);
    await stop.settled();
    if (end.failure !== null) throw startFailure(context, spec, end.failure, options.workingFolder);
    return {
      exitStatus: end.exitStatus,
      signal: end.signal,
      stdout: stdout.text(),
      stderr: stderr.text(),
      durationMs: performance.now() - startedAt,
    };
  } catch (thrown) {
    await stop.settled();
    options.signal?.throwIfAborted();
    throw thrown;
  } finally {
    stop.dispose();
  }
}

/** Runs a command with a terminal on a channel of its own. */
export async function runWithTerminal(
  context: RemoteContext,
  spec: CommandSpec,
  options: RunOptions & Required<Pick<RunOptions, 'terminal'>>,
): Promise<CommandOutcome> {
  const startedAt = performance.now();
  const stdout = outputOf('stdout', options, options.onChunk);
  const pty = await startSshPty(context, spec, {
    use: 'work',
    size: options.terminal,
    signal: options.signal,
    ...(options.workingFolder === undefined ? {} : { workingFolder: options.workingFolder }),
  });
  const ended = new Promise<{ exitStatus: number | null; signal: string | null }>((resolve) =>
    pty.onExit(resolve),
  );
  const stop = endOnAbort(options.signal, async () => {
    // Out of reach: then what is here is ended, and the far side hangs up by itself.
    await endRemoteGroup(context.shell, context.machine(), pty.mark, ended).catch(() => undefined);
    await Promise.race([ended, after(lastWordsMs)]);
    await pty.dispose();
  });
  pty.onData((bytes) => stdout.add(Buffer.from(bytes)));
  try {
    const { exitStatus, signal } = await ended;
    await stop.settled();
    if (pty.isCut && options.signal?.aborted !== true) throw lostLine(context.connection);
    return {
      exitStatus,
      signal,
      stdout: stdout.text(),
      stderr: '',
      durationMs: performance.now() - startedAt,
    };
  } finally {
    stop.dispose();
  }
}

/** Whether a command may go through the persistent shell: nobody watches it, and its input is small. */
export function isForShell(options: RunOptions): boolean {
  return (
    options.isQuiet === true &&
    options.terminal === undefined &&
    options.onChunk === undefined &&
    options.onLine === undefined &&
    (options.stdin?.length ?? 0) <= quietStdinBytes &&
    !hasNul(options.stdin)
  );
}

/** Runs a small quiet command on the persistent shell. */
export async function runOnShell(
  context: RemoteContext,
  spec: CommandSpec,
  options: RunOptions,
): Promise<CommandOutcome> {
  const environment = await context.environment();
  const startedAt = performance.now();
  // The shell is mute meanwhile: bash would tell of a killed subshell with the text of its script.
  const body = `( exec 2>&3 3>&-; ${programScript(spec, environment, options.workingFolder)}\n)`;
  const input = Buffer.from(options.stdin ?? '').toString('latin1');
  const fed = input === '' ? body : `printf %s ${quoteBytes(input)} | ${body}`;
  const script = `{ ${fed}; } 3>&2 2>/dev/null`;
  const answer = await askShell(context, script, options.signal);
  if (answer.failure !== null) throw startFailure(context, spec, answer.failure, options.workingFolder);
  const stdout = outputOf('stdout', options);
  const stderr = outputOf('stderr', options);
  stdout.add(answer.stdout);
  stderr.add(answer.stderr);
  return {
    exitStatus: answer.exitStatus,
    signal: null,
    stdout: stdout.text(),
    stderr: stderr.text(),
    durationMs: performance.now() - startedAt,
  };
}

/** A signal ends what the shell runs; the shell itself goes on. */
async function askShell(
  context: RemoteContext,
  script: ByteText,
  signal: AbortSignal | undefined,
): Promise<ShellAnswer> {
  let hasBegun = false;
  const answer = context.shell.run(script, { signal, onBegin: () => (hasBegun = true) });
  let ending: Promise<void> = Promise.resolve();
  const onAbort = () => {
    if (hasBegun) ending = interruptShell(context, answer);
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await answer;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await ending;
    signal?.throwIfAborted();
  }
}

async function interruptShell(context: RemoteContext, answer: Promise<unknown>): Promise<void> {
  const process = await context.shell.process();
  const mark = await process?.began;
  if (mark == null) return;
  await endRemoteGroup(context.shell, context.machine(), mark, answer).catch(() => process?.cut()); // out of reach
}

/** Decodes a stream, keeps its end and gives its lines. */
function outputOf(stream: 'stdout' | 'stderr', options: RunOptions, onText?: (text: string) => void) {
  const keeper = tailKeeper(options.keepBytes);
  const decoder = new StringDecoder('utf8');
  const lines = lineSplitter((line) => options.onLine?.(line, stream));
  const take = (text: string) => {
    if (text === '') return;
    onText?.(text);
    keeper.add(text);
    lines.add(text);
  };
  return {
    add: (bytes: Buffer) => take(decoder.write(bytes)),
    text() {
      take(decoder.end());
      lines.end();
      return keeper.text();
    },
  };
}

function hasNul(stdin: RunOptions['stdin']): boolean {
  return stdin !== undefined && (typeof stdin === 'string' ? stdin.includes('\0') : stdin.includes(0));
}
