import type { HostPath } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import { formatBytes, formatDuration } from '#core/contract/quantity.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { type CommandLine, type CommonOptions, openClient } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { UsageError } from './failure.ts';
import { followTask, writeEnd } from './followTask.ts';
import { type ChosenHost, hostFromArgument } from './hostArgument.ts';
import { imageFromArgument } from './imageArgument.ts';
import { printable } from './printable.ts';
import { type TargetChoice, targetFromArgument } from './targetArgument.ts';

export interface PushOptions extends CommonOptions {
  readonly overwrite?: boolean;
}

/** `HOST[:PATH]` in two: the host, and what is in front of the path. */
export function splitTarget(word: string): { readonly host: string; readonly before: string } {
  const [, host = ''] = /^(\[[^\]]*\]|[^:]*)/.exec(word) ?? [];
  if (host === '') throw new UsageError(`${JSON.stringify(word)}: expected HOST[:PATH]`);
  return { host, before: word.length > host.length ? `${host}:` : host };
}

/** Sends images of this machine to a host, one after the other; their paths there go to standard output. */
export async function push(
  line: CommandLine,
  words: readonly string[],
  options: PushOptions,
): Promise<number> {
  const images = words.slice(0, -1);
  const destination = words.at(-1) ?? '';
  if (images.length === 0) throw new UsageError('expected IMAGE… HOST[:PATH]');
  const { host: name, before } = splitTarget(destination);
  const client = await openClient(line);
  const here: ChosenHost = { id: localHostId, workingFolder: line.workingFolder };
  const paths: HostPath[] = [];
  for (const image of images) paths.push(await imageFromArgument(client, here, image));
  const host = await hostFromArgument(line, client, name);
  if (host.id === localHostId) throw new UsageError('the images are on this machine already');
  const target = await targetFromArgument(client, host, destination, before);
  if (paths.length > 1 && target.fileName !== null)
    throw new UsageError(`${JSON.stringify(destination)}: several images need a folder; end it with /`);
  for (const [index, path] of paths.entries()) {
    const status = await pushOne({ line, client, host, name }, { path, target }, options);
    if (status === exitStatus.done) continue;
    const left = paths.length - index - 1;
    if (left > 0 && options.json !== true) line.stderr.write(`Not sent: ${left} more.\n`);
    return status;
  }
  return exitStatus.done;
}

async function pushOne(
  to: {
    readonly line: CommandLine;
    readonly client: Client;
    readonly host: ChosenHost;
    readonly name: string;
  },
  what: { readonly path: HostPath; readonly target: TargetChoice },
  options: PushOptions,
): Promise<number> {
  const { line, client, host } = to;
  const { taskId } = await client.images.push({
    path: what.path,
    hostId: host.id,
    ...what.target,
    overwrite: options.overwrite === true,
  });
  const task = await followTask(line, client, taskId, options);
  return writeEnd(line, task, options, {
    done: (result, seconds) => summary(what.path, to.name, result, seconds),
    cancelled: 'Cancelled. What was sent is kept there, so that the next push goes on from there.',
  });
}

function summary(path: HostPath, host: string, { sizeBytes, facts }: TaskResult, seconds: number): string {
  const title = `${printable(path)} to ${printable(host)}`;
  const { bytesSent, way, warning } = facts;
  const ending = typeof warning === 'string' ? `\nWarning: ${printable(warning)}` : '';
  if (way === 'none') return `Already there: ${title} (the same SHA-256)${ending}`;
  const parts = [sizeBytes === null ? '' : formatBytes(sizeBytes), formatDuration(seconds)];
  if (typeof bytesSent === 'number' && bytesSent !== sizeBytes) parts.push(`${formatBytes(bytesSent)} sent`);
  return `Sent ${title} (${parts.filter((part) => part !== '').join(', ')})${ending}`;
}
