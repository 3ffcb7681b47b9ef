import type { ImportInput } from '#core/contract/images.ts';
import { formatBytes, formatDuration } from '#core/contract/quantity.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { followTask, writeEnd } from './followTask.ts';
import { type HostOption, hostFromArgument } from './hostArgument.ts';
import { pathFromArgument } from './pathArgument.ts';
import { printable } from './printable.ts';
import type { PullOptions } from './pullOptions.ts';
import { targetFromArgument } from './targetArgument.ts';

export interface ImportOptions
  extends CommonOptions,
    HostOption,
    Pick<PullOptions, 'force' | 'compression' | 'sandbox'> {
  readonly member?: string;
  readonly dryRun?: boolean;
}

const engine = /^(docker-daemon|podman-storage):/;

/** Makes an image of a file of this machine, whatever it is; the path of the image goes to standard output. */
export async function importFile(
  line: CommandLine,
  words: { readonly file: string; readonly target: string | undefined },
  options: ImportOptions,
): Promise<number> {
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const isEngine = engine.test(words.file);
  const input: ImportInput = {
    hostId: host.id,
    path: isEngine ? null : pathFromArgument(words.file, line.workingFolder),
    member: isEngine ? words.file : (options.member ?? null),
    ...(await targetFromArgument(client, host, words.target)),
    form: options.sandbox === true ? 'sandbox' : 'sif',
    overwrite: options.force === true,
    compression: options.compression ?? null,
  };
  const plan = await client.images.planImport(input);
  if (options.dryRun === true) {
    if (options.json === true) writeJson(line.stdout, plan);
    else line.stdout.write(`${plan.kind}: ${printable(plan.means)}\n${printable(plan.byHand)}\n`);
    return exitStatus.done;
  }
  if (options.json !== true)
    for (const warning of plan.warnings) line.stderr.write(`Warning: ${printable(warning)}\n`);
  const { taskId } = await client.images.import(input);
  const task = await followTask(line, client, taskId, options);
  return writeEnd(line, task, options, {
    done: ({ sizeBytes }, seconds) =>
      `Imported ${printable(words.file)} (${[...(sizeBytes === null ? [] : [formatBytes(sizeBytes)]), formatDuration(seconds)].join(', ')})`,
    cancelled: 'Cancelled. Nothing was left behind.',
  });
}
