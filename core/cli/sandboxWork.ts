import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { buildInputSchema } from '#core/contract/builds.ts';
import { baseName, type HostPath, hostPathFromText, hostPathToText } from '#core/contract/hostPath.ts';
import { localHostId, type TaskId } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import { formatBytes, formatDuration } from '#core/contract/quantity.ts';
import type { OneSandbox } from '#core/contract/sandboxes.ts';
import { type CommandLine, type CommonOptions, openClient } from './commandLine.ts';
import { UsageError } from './failure.ts';
import { followTask, writeEnd } from './followTask.ts';
import { type ChosenHost, type HostOption, hostFromArgument } from './hostArgument.ts';
import { pathFromArgument, pathThere } from './pathArgument.ts';
import { printable } from './printable.ts';
import { targetFromArgument } from './targetArgument.ts';

type Options = CommonOptions & HostOption;

export interface CreateSandboxOptions extends Options {
  readonly http?: boolean;
}

export interface SnapshotOptions extends Options {
  readonly note?: string;
  readonly remove?: string;
}

export interface FreezeOptions extends Options {
  readonly force?: boolean;
}

/** A sandbox as a person names it: by its path. */
export async function sandboxFromArgument(
  line: CommandLine,
  path: string,
  { host: name }: HostOption,
): Promise<{ readonly client: Client; readonly host: ChosenHost; readonly one: OneSandbox }> {
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, name);
  return { client, host, one: { hostId: host.id, path: pathOn(host, path) } };
}

function pathOn(host: ChosenHost, path: string): HostPath {
  return (host.id === localHostId ? pathFromArgument : pathThere)(path, host.workingFolder);
}

/** Makes a sandbox by a pull, an import or a build. */
export async function createSandbox(
  line: CommandLine,
  { source, target }: { readonly source: string; readonly target: string | undefined },
  options: CreateSandboxOptions,
): Promise<number> {
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const place = await targetFromArgument(client, host, target);
  const { taskId } = await begin(client, host, { source, place, line, options });
  return await finish(line, client, taskId, options, `Made a sandbox of ${printable(source)}`);
}

async function begin(
  client: Client,
  host: ChosenHost,
  {
    source,
    place,
    line,
    options,
  }: {
    readonly source: string;
    readonly place: { readonly folder: HostPath | null; readonly fileName: HostPath | null };
    readonly line: CommandLine;
    readonly options: CreateSandboxOptions;
  },
): Promise<{ readonly taskId: TaskId }> {
  const path = pathFromArgument(source, line.workingFolder);
  const kind = /^[a-z0-9-]+:/i.test(source) ? 'reference' : kindOfFile(path);
  const common = { ...place, form: 'sandbox' as const, overwrite: false, compression: null };
  switch (kind) {
    case 'reference':
      return await client.images.pull({
        ...common,
        hostId: host.id,
        reference: source,
        allowHttp: options.http === true,
        architecture: null,
        route: null,
        credentials: null,
      });
    case 'definition':
      return await client.builds.build(
        buildInputSchema.parse({
          ...common,
          definition: { kind: 'file', hostId: localHostId, path },
          hostId: host.id,
          target: { hostId: host.id, ...place },
          buildArguments: [],
          binds: [],
          nv: false,
          architecture: null,
          noTest: false,
          sourceDateEpoch: null,
          temporaryFolder: null,
        }),
      );
    case 'image':
      return await client.images.import({ ...common, hostId: host.id, path, member: null });
  }
}

/** A file is a definition where its first line that says anything names an agent; what is not there is a reference. */
function kindOfFile(path: HostPath): 'definition' | 'image' | 'reference' {
  const name = hostPathToText(path);
  const facts = name === null ? undefined : statSync(name, { throwIfNoEntry: false });
  if (name === null) return 'image';
  if (facts === undefined) return 'reference';
  if (!facts.isFile()) return 'image';
  const head = Buffer.alloc(4096);
  const file = openSync(name, 'r');
  try {
    const length = readSync(file, head, 0, head.length, 0);
    const said = head.subarray(0, length).toString('latin1');
    return /^(?:\s*(?:#[^\n]*)?\n)*\s*bootstrap\s*:/i.test(said) ? 'definition' : 'image';
  } finally {
    closeSync(file);
  }
}

export async function cloneSandbox(
  line: CommandLine,
  { path, target }: { readonly path: string; readonly target: string },
  options: Options,
): Promise<number> {
  const { client, host, one } = await sandboxFromArgument(line, path, options);
  const { taskId } = await client.sandboxes.clone({ ...one, target: pathOn(host, target) });
  return await finish(line, client, taskId, options, `Cloned ${printable(path)}`);
}

export async function snapshotSandbox(
  line: CommandLine,
  path: string,
  { note, remove, ...options }: SnapshotOptions,
): Promise<number> {
  if (note !== undefined && remove !== undefined) throw new UsageError('give --note or --remove, not both');
  const { client, one } = await sandboxFromArgument(line, path, options);
  const { taskId } =
    remove === undefined
      ? await client.sandboxes.snapshot({ ...one, note: note ?? '' })
      : await client.sandboxes.removeSnapshot({ ...one, snapshotId: snapshotId(remove) });
  const done = remove === undefined ? 'Kept a snapshot of' : `Removed snapshot ${remove} of`;
  return await finish(line, client, taskId, options, `${done} ${printable(path)}`);
}

export async function restoreSandbox(
  line: CommandLine,
  { path, snapshot }: { readonly path: string; readonly snapshot: string },
  options: Options,
): Promise<number> {
  const { client, one } = await sandboxFromArgument(line, path, options);
  const { taskId } = await client.sandboxes.restore({ ...one, snapshotId: snapshotId(snapshot) });
  return await finish(line, client, taskId, options, `${printable(path)} is as it was in ${snapshot}`);
}

function snapshotId(text: string): string {
  if (!/^[a-z0-9-]{8,64}$/.test(text)) throw new UsageError(`${JSON.stringify(text)} is no id of a snapshot`);
  return text;
}

export async function freezeSandbox(
  line: CommandLine,
  { path, target }: { readonly path: string; readonly target: string | undefined },
  options: FreezeOptions,
): Promise<number> {
  const { client, host, one } = await sandboxFromArgument(line, path, options);
  const { folder, fileName } = await targetFromArgument(client, host, target);
  const name = hostPathToText(baseName(one.path)) ?? 'sandbox';
  const { taskId } = await client.sandboxes.freeze({
    ...one,
    folder,
    fileName: fileName ?? hostPathFromText(`${name}.sif`),
    overwrite: options.force === true,
  });
  return await finish(line, client, taskId, options, `Froze ${printable(path)}`);
}

export async function deleteSandbox(line: CommandLine, path: string, options: Options): Promise<number> {
  const { client, one } = await sandboxFromArgument(line, path, options);
  const { taskId } = await client.sandboxes.remove(one);
  return await finish(line, client, taskId, options, 'Removed');
}

async function finish(
  line: CommandLine,
  client: Client,
  taskId: TaskId,
  options: CommonOptions,
  done: string,
): Promise<number> {
  const task = await followTask(line, client, taskId, options);
  return writeEnd(line, task, options, {
    done: ({ sizeBytes, facts }, seconds) =>
      `${done} (${[
        ...(typeof facts['snapshotId'] === 'string' ? [`snapshot ${facts['snapshotId']}`] : []),
        ...(sizeBytes === null ? [] : [formatBytes(sizeBytes)]),
        formatDuration(seconds),
      ].join(', ')})`,
    cancelled: 'Cancelled. Nothing was left behind.',
  });
}
