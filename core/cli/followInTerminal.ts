import type { ReadStream } from 'node:tty';
import type { TaskId, TerminalId } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import type { Task } from '#core/contract/tasks.ts';
import type { TerminalSize } from '#core/contract/terminals.ts';
import type { TerminalChannel } from '#core/terminals/terminalChannel.ts';
import type { CommandLine, CommonOptions } from './commandLine.ts';
import { UsageError } from './failure.ts';
import { followTask } from './followTask.ts';

/** Fails with a usage error where nobody can type a password. */
export function requireTerminal({ stdin }: CommandLine, option: string): void {
  if ((stdin as Partial<ReadStream>).isTTY !== true)
    throw new UsageError(`${option} asks for a password: it needs a terminal`);
}

/**
 * Follows a task in the terminal that it opens: what it shows goes to standard error, and what is typed goes to it, Ctrl-C
 * too. Nothing of it is kept here.
 */
export async function followInTerminal(
  line: CommandLine,
  client: Client,
  taskId: TaskId,
  options: CommonOptions,
): Promise<Task> {
  const stop = new AbortController();
  const shown = show(line, client, taskId, stop.signal);
  try {
    return await followTask({ ...line, stderr: { write: () => undefined } }, client, taskId, options);
  } finally {
    stop.abort();
    await shown;
  }
}

async function show(line: CommandLine, client: Client, taskId: TaskId, signal: AbortSignal): Promise<void> {
  const { terminals } = await line.openCore();
  const id = await terminalOf(client, taskId, signal);
  if (id === null) return;
  const stdin = line.stdin as ReadStream;
  // A terminal that does not know its size says 0.
  const size: TerminalSize = {
    columns: Math.max(line.stderr.columns || 120, 2),
    rows: process.stderr.rows || 40,
  };
  const ended = new Promise<void>((resolve) => {
    let tell: (message: unknown) => void = () => undefined;
    const channel: TerminalChannel = {
      send(bytes) {
        process.stderr.write(bytes);
        tell({ type: 'acknowledge', bytes: bytes.length });
      },
      sendText(message) {
        if (message.type === 'snapshot') process.stderr.write(message.data);
        else resolve();
      },
      onBytes: (listener) => stdin.on('data', listener),
      onText: (listener) => {
        tell = listener;
      },
      onClose: () => undefined,
      close: resolve,
    };
    stdin.setRawMode(true);
    stdin.resume();
    terminals.attach(id, channel);
    tell({ type: 'attach', size });
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
  try {
    await ended;
  } finally {
    stdin.removeAllListeners('data');
    stdin.setRawMode(false);
    stdin.pause();
    process.stderr.write('\r\n');
  }
}

/** The terminal that a task opens; null where it ends without one. */
async function terminalOf(client: Client, taskId: TaskId, signal: AbortSignal): Promise<TerminalId | null> {
  try {
    for await (const { terminals } of await client.terminals.watch(undefined, { signal })) {
      const found = terminals.find(({ subject }) => subject.kind === 'task' && subject.taskId === taskId);
      if (found !== undefined) return found.id;
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
  return null;
}
