import type { PublishInput } from '#core/contract/images.ts';
import { formatBytes, formatDuration } from '#core/contract/quantity.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { UsageError } from './failure.ts';
import { followTask, writeEnd } from './followTask.ts';
import { type HostOption, hostFromArgument } from './hostArgument.ts';
import { imageFromArgument } from './imageArgument.ts';
import { type PasswordOptions, passwordFromInput } from './passwordInput.ts';
import { printable } from './printable.ts';

export interface PublishOptions extends CommonOptions, HostOption, PasswordOptions {
  readonly overwrite?: boolean;
  readonly http?: boolean;
  readonly annotation?: readonly string[];
  readonly dryRun?: boolean;
}

/** Pushes a SIF of a host to a registry; the reference with its digest goes to standard output. */
export async function publish(
  line: CommandLine,
  words: { readonly image: string; readonly reference: string },
  options: PublishOptions,
): Promise<number> {
  const credentials = await passwordFromInput(line, options);
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const input: PublishInput = {
    hostId: host.id,
    path: await imageFromArgument(client, host, words.image),
    reference: words.reference,
    allowHttp: options.http === true,
    overwrite: options.overwrite === true,
    annotations: annotationsOf(options.annotation ?? []),
    credentials,
  };
  if (options.dryRun === true) {
    const plan = await client.images.planPublish(input);
    if (options.json === true) writeJson(line.stdout, plan);
    else line.stdout.write(`${printable(plan.means)}\n${printable(plan.byHand)}\n`);
    return exitStatus.done;
  }
  const { taskId } = await client.images.publish(input);
  const task = await followTask(line, client, taskId, options);
  const status = writeEnd(line, task, options, {
    done: (result, seconds) => summary(task.title, result, seconds),
    cancelled: 'Cancelled. The tag is as it was; what was sent is used by the next push.',
  });
  if (status === exitStatus.done && options.json !== true && task.status.state === 'succeeded')
    line.stdout.write(`${printable(task.title)}@${task.status.result.digest ?? ''}\n`);
  return status;
}

function annotationsOf(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=');
      if (at < 1) throw new UsageError(`${JSON.stringify(word)}: expected NAME=VALUE`);
      return [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}

function summary(reference: string, { sizeBytes, facts }: TaskResult, seconds: number): string {
  const parts = [formatDuration(seconds)];
  if (sizeBytes !== null) parts.unshift(formatBytes(sizeBytes));
  const { bytesReused } = facts;
  if (typeof bytesReused === 'number' && bytesReused > 0)
    parts.push(`${formatBytes(bytesReused)} there before`);
  return `Pushed ${printable(reference)} (${parts.join(', ')})`;
}
