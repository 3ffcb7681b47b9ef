import { text } from 'node:stream/consumers';
import { hostPathToText } from '#core/contract/hostPath.ts';
import { localHostId, type TaskId } from '#core/contract/ids.ts';
import type { PullInput } from '#core/contract/images.ts';
import type { Client } from '#core/contract/index.ts';
import { formatBytes, formatDuration } from '#core/contract/quantity.ts';
import type { Task } from '#core/contract/tasks.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus, exitStatusOf } from './exitStatus.ts';
import { UsageError, writeFailure } from './failure.ts';
import { pullTarget } from './pathArgument.ts';
import { printable } from './printable.ts';
import { progressOutput } from './progressOutput.ts';
import type { PullOptions } from './pullOptions.ts';

/** Pulls an image and shows how it goes; the path of the new file is all that goes to standard output. */
export async function pull(
  line: CommandLine,
  words: { readonly reference: string; readonly target: string | undefined },
  options: PullOptions,
): Promise<number> {
  const input: PullInput = {
    hostId: localHostId,
    reference: words.reference,
    ...pullTarget(words.target, line.workingFolder),
    overwrite: options.force === true,
    allowHttp: options.http === true,
    architecture: options.arch ?? null,
    compression: options.compression ?? null,
    credentials: await credentialsOf(line, options),
  };
  const client = await openClient(line);
  const { taskId } = await client.images.pull(input);
  const task = await follow(line, client, taskId, options);
  return finish(line, task, options);
}

async function credentialsOf(line: CommandLine, options: PullOptions): Promise<PullInput['credentials']> {
  if (options.user === undefined) {
    if (options.passwordStdin === true) throw new UsageError('--password-stdin needs --user');
    return null;
  }
  if (options.passwordStdin !== true) throw new UsageError('--user needs --password-stdin');
  const password = (await text(line.stdin)).replace(/\r?\n$/, '');
  return { userName: options.user, password };
}

/** Shows the task until it ends. An interrupt cancels it, and then still waits for its end. */
async function follow(
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
      if (task.endedAt !== null) return task;
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

function finish(line: CommandLine, task: Task, options: CommonOptions): number {
  const { status } = task;
  switch (status.state) {
    case 'succeeded': {
      const { path, sizeBytes, facts } = status.result;
      if (options.json === true) {
        writeJson(line.stdout, { type: 'succeeded', ...status.result });
        return exitStatus.done;
      }
      const seconds = ((task.endedAt ?? 0) - (task.startedAt ?? task.createdAt)) / 1000;
      line.stderr.write(`${summary(task.title, sizeBytes, seconds, facts)}\n`);
      if (path !== null) line.stdout.write(`${hostPathToText(path) ?? path}\n`);
      return exitStatus.done;
    }
    case 'failed':
      writeFailure(options.json === true ? line.stdout : line.stderr, status.error, options);
      return exitStatusOf(status.error.code);
    case 'cancelled':
      if (options.json === true) writeJson(line.stdout, { type: 'cancelled' });
      else
        line.stderr.write(
          'Cancelled. What was downloaded is kept, so that the next pull goes on from there.\n',
        );
      return exitStatus.interrupted;
    case 'queued':
    case 'running':
    case 'cancelling':
    case 'detached':
      throw new Error(`The task ended as ${status.state}`);
  }
}

function summary(
  title: string,
  sizeBytes: number | null,
  seconds: number,
  facts: Readonly<Record<string, string | number | boolean>>,
): string {
  const parts = [formatDuration(seconds)];
  if (sizeBytes !== null) parts.unshift(formatBytes(sizeBytes));
  const { bytesDownloaded, bytesReused } = facts;
  if (typeof bytesDownloaded === 'number') parts.push(`${formatBytes(bytesDownloaded)} downloaded`);
  if (typeof bytesReused === 'number' && bytesReused > 0)
    parts.push(`${formatBytes(bytesReused)} known before`);
  return `Pulled ${printable(title)} (${parts.join(', ')})`;
}
