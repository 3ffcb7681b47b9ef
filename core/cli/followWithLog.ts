import type { TaskId } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import type { Task } from '#core/contract/tasks.ts';
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
  const log = writeLog(line, client, { taskId, isJson });
  const silent = { ...line, stderr: { write: () => undefined } };
  const task = await followTask(isJson ? line : silent, client, taskId, options);
  await log;
  return task;
}

async function writeLog(
  line: CommandLine,
  client: Client,
  { taskId, isJson }: { readonly taskId: TaskId; readonly isJson: boolean },
): Promise<void> {
  for await (const { lines } of await client.tasks.watchLog({ id: taskId, from: 0 }))
    for (const { stream, text } of lines) {
      if (isJson) writeJson(line.stdout, { type: 'log', stream, text });
      else if (stream !== 'command') line.stderr.write(`${printable(text)}\n`);
    }
}
