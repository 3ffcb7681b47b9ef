import type { PullInput } from '#core/contract/images.ts';
import { formatBytes, formatDuration } from '#core/contract/quantity.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { type CommandLine, openClient } from './commandLine.ts';
import { followTask, writeEnd } from './followTask.ts';
import { hostFromArgument } from './hostArgument.ts';
import { passwordFromInput } from './passwordInput.ts';
import { printable } from './printable.ts';
import type { PullOptions } from './pullOptions.ts';
import { targetFromArgument } from './targetArgument.ts';

/** Pulls an image and shows how it goes; the path of the new file is all that goes to standard output. */
export async function pull(
  line: CommandLine,
  words: { readonly reference: string; readonly target: string | undefined },
  options: PullOptions,
): Promise<number> {
  const credentials = await passwordFromInput(line, options);
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const input: PullInput = {
    hostId: host.id,
    reference: words.reference,
    ...(await targetFromArgument(client, host, words.target)),
    form: options.sandbox === true ? 'sandbox' : 'sif',
    overwrite: options.force === true,
    allowHttp: options.http === true,
    architecture: options.arch ?? null,
    compression: options.compression ?? null,
    route: options.route ?? null,
    credentials,
  };
  const { taskId } = await client.images.pull(input);
  const task = await followTask(line, client, taskId, options);
  return writeEnd(line, task, options, {
    done: (result, seconds) => summary(task.title, result, seconds),
    cancelled: 'Cancelled. What was downloaded is kept, so that the next pull goes on from there.',
  });
}

function summary(title: string, { sizeBytes, facts }: TaskResult, seconds: number): string {
  const parts = [formatDuration(seconds)];
  if (sizeBytes !== null) parts.unshift(formatBytes(sizeBytes));
  const { bytesDownloaded, bytesReused } = facts;
  if (typeof bytesDownloaded === 'number') parts.push(`${formatBytes(bytesDownloaded)} downloaded`);
  if (typeof bytesReused === 'number' && bytesReused > 0)
    parts.push(`${formatBytes(bytesReused)} known before`);
  return `Pulled ${printable(title)} (${parts.join(', ')})`;
}
