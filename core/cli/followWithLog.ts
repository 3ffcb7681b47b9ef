import type { TaskId } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import type { LogLine, Task } from '#core/contract/tasks.ts';
import { stripAnsi } from '#core/runtime/terminalOutput.ts';
import { type CommandLine, type CommonOptions, writeJson } from './commandLine.ts';
import { followTask } from './followTask.ts';
import { printable } from './printable.ts';

/**
 * Follows a task by its log instead of its progress: what its program writes goes to standard error, as if it had been run
 * here. With `--json` every line is an object beside the progress.
 */
export async function followWithLog(
  line: CommandLine,
  client: Client,
  taskId: TaskId,
  options: CommonOptions,
): Promise<Task> {
  const isJson = options.json === true;
  const stop = new AbortController();
  const log = writeLog(line, client, { taskId, isJson, signal: stop.signal });
  const silent = { ...line, stderr: { write: () => undefined } };
  const task = await followTask(isJson ? line : silent, client, taskId, options);
  // The log of work that goes on without us has no end here.
  if (task.status.state === 'detached') stop.abort();
  const last = await log;
  // The last note of a failed task is the failure itself, which is written by whoever asked.
  if (last !== null && task.status.state !== 'failed') line.stderr.write(last);
  return task;
}

/** Writes the lines of the log. Answers with the note at its end, unwritten; null where it ends otherwise. */
async function writeLog(
  line: CommandLine,
  client: Client,
  {
    taskId,
    isJson,
    signal,
  }: { readonly taskId: TaskId; readonly isJson: boolean; readonly signal: AbortSignal },
): Promise<string | null> {
  let held: string | null = null;
  try {
    for await (const { lines } of await client.tasks.watchLog({ id: taskId, from: 0 }, { signal }))
      write(lines);
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
  return held;

  function write(lines: readonly LogLine[]): void {
    for (const { stream, text } of lines) {
      if (isJson) writeJson(line.stdout, { type: 'log', stream, text });
      else if (stream !== 'command') {
        if (held !== null) line.stderr.write(held);
        held = `${printable(stripAnsi(text).replaceAll('\t', '        '))}\n`;
        if (stream === 'note') continue;
        line.stderr.write(held);
        held = null;
      }
    }
  }
}
