import { hostPathToText } from '#core/contract/hostPath.ts';
import type { TaskId } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import type { Task, TaskResult } from '#core/contract/tasks.ts';
import { type CommandLine, type CommonOptions, writeJson } from './commandLine.ts';
import { exitStatus, exitStatusOf } from './exitStatus.ts';
import { writeFailure } from './failure.ts';
import { progressOutput } from './progressOutput.ts';

/** Shows the task until it ends, or goes on on its host without us. An interrupt cancels it, and then still waits for its end. */
export async function followTask(
  line: CommandLine,
  client: Client,
  taskId: TaskId,
  options: CommonOptions,
): Promise<Task> {
  const progress = progressOutput(line, options);
  const cancelled: Promise<unknown>[] = [];
  const release = line.onInterrupt(() => {
    cancelled.push(client.tasks.cancel({ id: taskId }));
  });
  try {
    for await (const event of await client.tasks.watch()) {
      const tasks = event.type === 'snapshot' ? event.tasks : event.type === 'changed' ? [event.task] : [];
      const task = tasks.find((candidate) => candidate.id === taskId);
      if (task === undefined) continue;
      if (task.endedAt !== null || task.status.state === 'detached') return task;
      progress.show(task);
    }
    throw new Error(`The list of tasks ended before task ${taskId} did`);
  } finally {
    progress.end();
    release();
    // A cancel that came after the end is refused, and that is what the person wanted to be told nothing about.
    await Promise.allSettled(cancelled);
  }
}

/** What a command says of a task that ended. */
export interface EndWords {
  readonly done: (result: TaskResult, seconds: number) => string;
  readonly cancelled: string;
}

/** Writes how a task ended, the path that it made to standard output, and answers the exit status. */
export function writeEnd(line: CommandLine, task: Task, options: CommonOptions, words: EndWords): number {
  const { status } = task;
  switch (status.state) {
    case 'succeeded': {
      if (options.json === true) {
        writeJson(line.stdout, { type: 'succeeded', ...status.result });
        return exitStatus.done;
      }
      const seconds = ((task.endedAt ?? 0) - (task.startedAt ?? task.createdAt)) / 1000;
      line.stderr.write(`${words.done(status.result, seconds)}\n`);
      const { path } = status.result;
      if (path !== null) line.stdout.write(`${hostPathToText(path) ?? path}\n`);
      return exitStatus.done;
    }
    case 'failed':
      writeFailure(options.json === true ? line.stdout : line.stderr, status.error, options);
      return exitStatusOf(status.error.code);
    case 'cancelled':
      if (options.json === true) writeJson(line.stdout, { type: 'cancelled' });
      else line.stderr.write(`${words.cancelled}\n`);
      return exitStatus.interrupted;
    case 'detached':
      if (options.json === true) writeJson(line.stdout, { type: 'detached', taskId: task.id });
      else
        line.stderr.write(
          'The connection was lost. The work goes on on the host; the window finds it again when it connects.\n',
        );
      return exitStatusOf('host.connectionLost');
    case 'queued':
    case 'running':
    case 'cancelling':
      throw new Error(`The task ended as ${status.state}`);
  }
}
