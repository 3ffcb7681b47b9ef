import { hostPathToText } from '#core/contract/hostPath.ts';
import { localHostId, type TaskId } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import { formatBytes, formatDuration } from '#core/contract/quantity.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import type { CreateWorkspaceInput, Workspace } from '#core/contract/workspaces.ts';
import { askYes } from './askYes.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { UsageError } from './failure.ts';
import { followTask, writeEnd } from './followTask.ts';
import { type ChosenHost, type HostOption, hostFromArgument } from './hostArgument.ts';
import { imageFromArgument } from './imageArgument.ts';
import { pathFromArgument, pathThere } from './pathArgument.ts';
import { formatTime, printable, table } from './printable.ts';
import { workspaceFromArgument, workspaceName } from './workspaceArgument.ts';
import { workspaceText } from './workspaceText.ts';

type Options = CommonOptions & HostOption;
export interface CreateOptions extends Options {
  readonly from?: string;
  readonly image?: string;
  readonly parent?: string;
  readonly description: string;
}
export interface DescribeOptions extends Options {
  readonly name?: string;
  readonly description?: string;
}
export interface NoteOption extends Options {
  readonly note: string;
}
export interface ForceOption extends Options {
  readonly force?: boolean;
}
export interface DeleteOptions extends ForceOption {
  readonly snapshot?: string;
  readonly yes?: boolean;
}

export async function createWorkspace(
  line: CommandLine,
  name: string,
  options: CreateOptions,
): Promise<number> {
  const wanted = workspaceName(name);
  const { client, host } = await open(line, options);
  const pathOf = (text: string) =>
    (host.id === localHostId ? pathFromArgument : pathThere)(text, host.workingFolder);
  return await create(line, client, options, {
    hostId: host.id,
    name: wanted,
    description: options.description,
    parent: options.parent === undefined ? null : pathOf(options.parent),
    from: options.from === undefined ? { kind: 'empty' } : { kind: 'folder', path: pathOf(options.from) },
    imagePath: options.image === undefined ? null : await imageFromArgument(client, host, options.image),
  });
}

export async function forkWorkspace(
  line: CommandLine,
  names: { readonly name: string; readonly fork: string },
  options: Options & { readonly description?: string },
): Promise<number> {
  const wanted = workspaceName(names.fork);
  const { client, host } = await open(line, options);
  const source = await workspaceFromArgument(client, host.id, names.name);
  return await create(line, client, options, {
    hostId: host.id,
    name: wanted,
    description: options.description ?? source.description,
    parent: null,
    from: { kind: 'workspace', id: source.id },
    imagePath: null,
  });
}

export async function listWorkspaces(line: CommandLine, options: Options): Promise<number> {
  const { client, host } = await open(line, options);
  const list = await client.workspaces.list({ hostId: host.id });
  if (options.json === true) {
    writeJson(line.stdout, list);
    return exitStatus.done;
  }
  line.stdout.write(`${printable(list.parent)}\n`);
  if (list.workspaces.length === 0)
    line.stdout.write('  No workspaces yet. mysingularity workspace create NAME makes one.\n');
  else
    line.stdout.write(
      table([
        ['  NAME', 'SIZE', 'FILES', 'CHANGED', 'SOFTWARE', 'OPEN', 'DESCRIPTION'],
        ...list.workspaces.map(rowOf),
      ]),
    );
  for (const { folder, reason } of list.broken)
    line.stderr.write(`${printable(folder)}: ${printable(reason)}\n`);
  return exitStatus.done;
}

export async function showWorkspace(line: CommandLine, name: string, options: Options): Promise<number> {
  const { workspace } = await openOne(line, name, options);
  if (options.json === true) writeJson(line.stdout, workspace);
  else line.stdout.write(workspaceText(workspace));
  return exitStatus.done;
}

export async function describeWorkspace(
  line: CommandLine,
  name: string,
  options: DescribeOptions,
): Promise<number> {
  if (options.name === undefined && options.description === undefined)
    throw new UsageError('say --name, --description or both');
  const wanted = options.name === undefined ? null : workspaceName(options.name);
  const { client, host, workspace } = await openOne(line, name, options);
  const described = await client.workspaces.describe({
    hostId: host.id,
    id: workspace.id,
    name: wanted ?? workspace.name,
    description: options.description ?? workspace.description,
  });
  if (options.json === true) writeJson(line.stdout, described);
  else line.stderr.write(`${printable(workspace.name)} is now ${printable(described.name)}.\n`);
  return exitStatus.done;
}

export async function measureWorkspace(line: CommandLine, name: string, options: Options): Promise<number> {
  const { client, host, workspace } = await openOne(line, name, options);
  const { taskId } = await client.workspaces.measure({ hostId: host.id, id: workspace.id });
  const status = await follow(line, client, taskId, { options, done: () => 'Measured', told: null });
  if (status === exitStatus.done && options.json !== true)
    line.stdout.write(workspaceText(await workspaceFromArgument(client, host.id, workspace.id)));
  return status;
}

export async function snapshotWorkspace(
  line: CommandLine,
  name: string,
  options: NoteOption,
): Promise<number> {
  const { client, host, workspace } = await openOne(line, name, options);
  const input = { hostId: host.id, id: workspace.id, note: options.note };
  const { taskId } = await client.workspaces.snapshot(input);
  return await follow(line, client, taskId, {
    options,
    done: () => `Kept ${printable(workspace.name)} as it is`,
    told: 'id',
  });
}

export async function listSnapshots(line: CommandLine, name: string, options: Options): Promise<number> {
  const { workspace } = await openOne(line, name, options);
  if (options.json === true) writeJson(line.stdout, workspace.snapshots);
  else if (workspace.snapshots.length > 0)
    line.stdout.write(
      table([
        ['SNAPSHOT', 'MADE', 'SIZE', 'NOTE'],
        ...workspace.snapshots.map(({ id, createdAt, bytes, note }) => [
          id,
          formatTime(createdAt),
          bytes === null ? '-' : formatBytes(bytes),
          printable(note),
        ]),
      ]),
    );
  else line.stderr.write('No snapshots yet.\n');
  return exitStatus.done;
}

export async function restoreWorkspace(
  line: CommandLine,
  { name, snapshot }: { readonly name: string; readonly snapshot: string },
  options: ForceOption,
): Promise<number> {
  const { client, host, workspace } = await openOne(line, name, options);
  const { taskId } = await client.workspaces.restore({
    hostId: host.id,
    id: workspace.id,
    snapshotId: snapshotOf(workspace, snapshot),
    isForced: options.force === true,
  });
  return await follow(line, client, taskId, {
    options,
    done: ({ facts }) =>
      `${printable(workspace.name)} is what it was at ${snapshot}; what was there is kept as snapshot ${facts['kept']}`,
    told: 'kept',
  });
}

export async function deleteWorkspace(
  line: CommandLine,
  name: string,
  options: DeleteOptions,
): Promise<number> {
  const { client, host, workspace } = await openOne(line, name, options);
  const snapshotId = options.snapshot === undefined ? null : snapshotOf(workspace, options.snapshot);
  if (options.yes !== true) {
    const isYes = await askYes(`${doomedText(workspace, snapshotId)} Remove it?`);
    if (isYes === null) throw new UsageError('nobody can be asked here: say --yes to remove it');
    if (!isYes) return exitStatus.interrupted;
  }
  const one = { hostId: host.id, id: workspace.id };
  const { taskId } =
    snapshotId === null
      ? await client.workspaces.remove({ ...one, isForced: options.force === true })
      : await client.workspaces.removeSnapshot({ ...one, snapshotId });
  return await follow(line, client, taskId, {
    options,
    done: () => `Removed ${printable(snapshotId ?? workspace.name)}`,
  });
}

function doomedText({ name, folder, size, snapshots }: Workspace, snapshotId: string | null): string {
  if (snapshotId !== null) return `Snapshot ${snapshotId} of ${printable(name)}.`;
  const amount = size === null ? '' : `, ${formatBytes(size.bytes)} in ${size.files} files`;
  const kept = snapshots.length === 0 ? '' : `, and its snapshots (${snapshots.length})`;
  return `${printable(hostPathToText(folder) ?? folder)}${amount}${kept}.`;
}

function snapshotOf({ snapshots, name }: Workspace, argument: string): string {
  const found = snapshots.find(({ id }) => id === argument);
  if (found === undefined)
    throw new UsageError(`${JSON.stringify(argument)} is no snapshot of ${printable(name)}`);
  return found.id;
}

async function create(
  line: CommandLine,
  client: Client,
  options: Options,
  input: CreateWorkspaceInput,
): Promise<number> {
  const { taskId } = await client.workspaces.create(input);
  return await follow(line, client, taskId, { options, done: () => `Made ${printable(input.name)}` });
}

/** `told`: the fact of the result that goes to standard output in the place of its path; null for nothing. */
async function follow(
  line: CommandLine,
  client: Client,
  taskId: TaskId,
  words: {
    readonly options: CommonOptions;
    readonly done: (result: TaskResult) => string;
    readonly told?: string | null;
  },
): Promise<number> {
  const { options, done, told } = words;
  const task = await followTask(line, client, taskId, options);
  const isTold = told !== undefined && options.json !== true && task.status.state === 'succeeded';
  const shown =
    isTold && task.status.state === 'succeeded'
      ? { ...task, status: { ...task.status, result: { ...task.status.result, path: null } } }
      : task;
  const status = writeEnd(line, shown, options, {
    done: (result, seconds) => `${done(result)} (${formatDuration(seconds)})`,
    cancelled: 'Cancelled. Nothing was left behind.',
  });
  if (isTold && told !== null && task.status.state === 'succeeded')
    line.stdout.write(`${task.status.result.facts[told] ?? ''}\n`);
  return status;
}

async function open(
  line: CommandLine,
  options: Options,
): Promise<{ readonly client: Client; readonly host: ChosenHost }> {
  const client = await openClient(line);
  return { client, host: await hostFromArgument(line, client, options.host) };
}

async function openOne(
  line: CommandLine,
  name: string,
  options: Options,
): Promise<{ readonly client: Client; readonly host: ChosenHost; readonly workspace: Workspace }> {
  const { client, host } = await open(line, options);
  return { client, host, workspace: await workspaceFromArgument(client, host.id, name) };
}

function rowOf({ name, size, modifiedAt, software, writers, description }: Workspace): readonly string[] {
  const openBy = writers.filter(({ isAlive }) => isAlive !== false);
  return [
    `  ${printable(name)}`,
    size === null ? '-' : formatBytes(size.bytes),
    size === null ? '-' : String(size.files),
    formatTime(modifiedAt),
    [...new Set(software.map(({ kind }) => kind))].join(',') || '-',
    openBy.length === 0 ? '-' : String(openBy.length),
    printable(description.split('\n')[0] ?? ''),
  ];
}
