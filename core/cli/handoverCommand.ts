import type { AdoptInput, PackPlan } from '#core/contract/handover.ts';
import { baseName, type HostPath, hostPathFromText, hostPathSchema } from '#core/contract/hostPath.ts';
import { localHostId, type TaskId } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import { formatBytes, formatDuration } from '#core/contract/quantity.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { UsageError } from './failure.ts';
import { followTask, writeEnd } from './followTask.ts';
import { type ChosenHost, type HostOption, hostFromArgument } from './hostArgument.ts';
import { imageFromArgument } from './imageArgument.ts';
import { pathFromArgument, pathThere } from './pathArgument.ts';
import { printable } from './printable.ts';
import { targetFromArgument } from './targetArgument.ts';
import { workspaceFromArgument, workspaceName } from './workspaceArgument.ts';

interface Options extends CommonOptions, HostOption {
  readonly dryRun?: boolean;
}
interface PackingOptions extends Options {
  readonly include?: readonly string[];
  readonly overwrite?: boolean;
}
export interface PackOptions extends PackingOptions {
  readonly compression?: 'zstd' | 'gzip';
}
export type EmbedOptions = PackingOptions;
export interface AdoptOptions extends Options {
  readonly name: string;
  readonly over?: boolean;
  readonly unpacked?: boolean;
  readonly from?: string;
  readonly parent?: string;
}

/** A workspace to one file; its path goes to standard output. */
export async function packWorkspace(
  line: CommandLine,
  words: { readonly workspace: string; readonly out: string | undefined },
  options: PackOptions,
): Promise<number> {
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const workspace = await workspaceFromArgument(client, host.id, words.workspace);
  const target =
    words.out === undefined
      ? { folder: null, fileName: null }
      : await targetFromArgument(client, host, words.out, '');
  const input = {
    hostId: host.id,
    id: workspace.id,
    folder: target.folder,
    fileName: target.fileName,
    overwrite: options.overwrite === true,
    compression: options.compression ?? null,
    confirmed: confirmedOf(options),
  };
  if (options.dryRun === true) return writePlan(line, await client.handover.planPack(input), options);
  const { taskId } = await client.handover.pack(input);
  return await follow(line, { client, taskId, done: `Packed ${workspace.name}` }, options);
}

/** A copy of an image with a workspace in it; its path goes to standard output. */
export async function embedWorkspace(
  line: CommandLine,
  words: { readonly workspace: string; readonly image: string; readonly out: string },
  options: EmbedOptions,
): Promise<number> {
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const workspace = await workspaceFromArgument(client, host.id, words.workspace);
  const imagePath = await imageFromArgument(client, host, words.image);
  const target = await targetFromArgument(client, host, words.out, '');
  const input = {
    hostId: host.id,
    id: workspace.id,
    imagePath,
    folder: target.folder,
    fileName: target.fileName ?? baseName(imagePath),
    overwrite: options.overwrite === true,
    confirmed: confirmedOf(options),
  };
  if (options.dryRun === true) return writePlan(line, await client.handover.planEmbed(input), options);
  const { taskId } = await client.handover.embed(input);
  return await follow(line, { client, taskId, done: `Embedded ${workspace.name}` }, options);
}

/** A packed file, an image or another host's workspace, made one's own; the new folder goes to standard output. */
export async function adoptWorkspace(
  line: CommandLine,
  source: string,
  options: AdoptOptions,
): Promise<number> {
  if (options.over === true && options.unpacked === true)
    throw new UsageError('say --over or --unpacked, not both');
  const name = workspaceName(options.name);
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const from = await hostFromArgument(line, client, options.from);
  const input: AdoptInput = {
    hostId: host.id,
    from: await sourceOf(client, from, source),
    name,
    parent: options.parent === undefined ? null : pathOf(host, options.parent),
    form: options.over === true ? 'over' : options.unpacked === true ? 'unpacked' : null,
  };
  if (options.dryRun === true) {
    const plan = await client.handover.planAdopt(input);
    if (options.json === true) writeJson(line.stdout, plan);
    else {
      const { folder, sentence, neededBytes, freeBytes, warnings } = plan;
      const needed = neededBytes === null ? '' : `${formatBytes(neededBytes)} are needed, `;
      const lines = [folder, sentence, `${needed}${formatBytes(freeBytes)} are free.`, ...warnings];
      line.stdout.write(lines.map((text) => `${printable(text)}\n`).join(''));
    }
    return exitStatus.done;
  }
  const { taskId } = await client.handover.adopt(input);
  const done = ({ facts }: TaskResult) =>
    facts['form'] === 'over' && input.form === null
      ? `\nIt lies packed. Reading becomes faster by: ${unpackByHand(name, options.host)}`
      : '';
  return await follow(line, { client, taskId, done: `Adopted ${name}`, more: done }, options);
}

/** Plain files in the place of the packed file below a workspace; its folder goes to standard output. */
export async function unpackWorkspace(line: CommandLine, name: string, options: Options): Promise<number> {
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const workspace = await workspaceFromArgument(client, host.id, name);
  const { taskId } = await client.handover.unpack({ hostId: host.id, id: workspace.id });
  return await follow(line, { client, taskId, done: `Unpacked ${workspace.name}` }, options);
}

/** A file, by its path or of the library; on another host also a workspace there. */
async function sourceOf(client: Client, from: ChosenHost, source: string): Promise<AdoptInput['from']> {
  if (from.id === localHostId || source.includes('/') || source.endsWith('.sif'))
    return { kind: 'file', hostId: from.id, path: await imageFromArgument(client, from, source) };
  const { id } = await workspaceFromArgument(client, from.id, source);
  return { kind: 'workspace', hostId: from.id, id };
}

function unpackByHand(name: string, host: string | undefined): string {
  const there = host === undefined ? '' : ` --host ${printable(host)}`;
  return `mysingularity workspace unpack ${name}${there}`;
}

function pathOf({ id, workingFolder }: ChosenHost, text: string): HostPath {
  return (id === localHostId ? pathFromArgument : pathThere)(text, workingFolder);
}

/** Below the workspace, however it was typed; names as a dry run writes them, too. */
function confirmedOf({ include = [] }: PackingOptions): HostPath[] {
  return include.map((path) => {
    const below = path.replace(/^(?:\.\/|\/home\/mysingularity\/)+/, '').replace(/\/+$/, '');
    const escaped = hostPathSchema.safeParse(below);
    return escaped.success ? escaped.data : hostPathFromText(below);
  });
}

function writePlan(line: CommandLine, plan: PackPlan, { json }: CommonOptions): number {
  if (json === true) {
    writeJson(line.stdout, plan);
    return exitStatus.done;
  }
  const { target, exists, strays, moreStrays, warnings, byHand } = plan;
  const lines = [
    `${target}${exists === null ? '' : ` (there already, ${formatBytes(exists.sizeBytes)})`}`,
    ...strays.map(
      ({ isLeftOut, path, detail }) => `${isLeftOut ? 'Left out' : 'Packed  '}  ${path}  ${detail}`,
    ),
    ...(moreStrays === 0 ? [] : [`and ${moreStrays} more`]),
    ...warnings,
    byHand,
  ];
  line.stdout.write(lines.map((text) => `${printable(text)}\n`).join(''));
  return exitStatus.done;
}

async function follow(
  line: CommandLine,
  work: {
    readonly client: Client;
    readonly taskId: TaskId;
    readonly done: string;
    /** What is said behind it. */
    readonly more?: (result: TaskResult) => string;
  },
  options: CommonOptions,
): Promise<number> {
  const task = await followTask(line, work.client, work.taskId, options);
  return writeEnd(line, task, options, {
    done: (result, seconds) => {
      const { sizeBytes, facts } = result;
      const { leftOut, adoptByHand } = facts;
      const parts = [
        ...(sizeBytes === null ? [] : [formatBytes(sizeBytes)]),
        formatDuration(seconds),
        ...(typeof leftOut === 'number' && leftOut > 0 ? [`${leftOut} left out: --dry-run names them`] : []),
      ];
      const more =
        typeof adoptByHand === 'string'
          ? `\nMade one’s own without a workbench: ${printable(adoptByHand)}`
          : '';
      return `${printable(work.done)} (${parts.join(', ')})${more}${work.more?.(result) ?? ''}`;
    },
    cancelled: 'Cancelled. Nothing was left behind.',
  });
}
