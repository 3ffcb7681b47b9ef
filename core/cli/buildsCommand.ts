import type { BuildRecord, BuildSummary } from '#core/contract/builds.ts';
import { type TaskId, taskIdSchema } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import { formatBytes, formatDuration } from '#core/contract/quantity.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { UsageError } from './failure.ts';
import { writeEnd } from './followTask.ts';
import { followWithLog } from './followWithLog.ts';
import { type HostOption, hostFromArgument } from './hostArgument.ts';
import { imageFromArgument } from './imageArgument.ts';
import { printable, printableLines } from './printable.ts';

export interface BuildsCommandOptions extends CommonOptions, HostOption {
  readonly image?: string;
  readonly methods?: boolean;
  readonly definition?: boolean;
  readonly rerun?: boolean;
  readonly force?: boolean;
  readonly compare?: string;
  readonly forget?: boolean;
}

/** The history of builds, or everything of one build. */
export async function builds(
  line: CommandLine,
  id: string | undefined,
  options: BuildsCommandOptions,
): Promise<number> {
  if (id !== undefined && options.image !== undefined)
    throw new UsageError('give the build, or --image, not both');
  const client = await openClient(line);
  const taskId = id === undefined ? null : idOf(id);
  if (options.rerun === true) {
    if (taskId === null) throw new UsageError('--rerun needs a build of the list');
    return await rerun(line, client, taskId, options);
  }
  if (options.compare !== undefined) {
    if (taskId === null) throw new UsageError('--compare needs two builds of the list');
    const { writeBuildComparison } = await import('./compareBuildsCommand.ts');
    return await writeBuildComparison(line, client, { left: idOf(options.compare), right: taskId }, options);
  }
  if (options.forget === true) {
    if (taskId === null) throw new UsageError('--forget needs a build of the list');
    await client.builds.forget({ ids: [taskId] });
    return exitStatus.done;
  }
  if (taskId !== null) return await showOne(line, client, taskId, options);
  if (options.image !== undefined) return await showMaker(line, client, options.image, options);
  const { builds: all } = await client.builds.history();
  if (options.json === true) writeJson(line.stdout, all);
  else for (const build of all) line.stdout.write(`${rowOf(build)}\n`);
  return exitStatus.done;
}

function idOf(text: string): TaskId {
  const parsed = taskIdSchema.safeParse(text);
  if (!parsed.success) throw new UsageError(`${JSON.stringify(text)} is no build of the list`);
  return parsed.data;
}

async function rerun(
  line: CommandLine,
  client: Client,
  id: TaskId,
  options: BuildsCommandOptions,
): Promise<number> {
  const { hostId, targetHostId, name } = await client.builds.detail({ id });
  for (const each of new Set([hostId, targetHostId])) await hostFromArgument(line, client, each);
  const { taskId } = await client.builds.rerun({ id, overwrite: options.force === true });
  const task = await followWithLog(line, client, taskId, options);
  return writeEnd(line, task, options, {
    done: (_result, seconds) => `Built ${printable(name)} again (${formatDuration(seconds)})`,
    cancelled: 'Cancelled. Nothing was left behind.',
  });
}

async function showMaker(
  line: CommandLine,
  client: Client,
  image: string,
  options: BuildsCommandOptions,
): Promise<number> {
  const host = await hostFromArgument(line, client, options.host);
  const path = await imageFromArgument(client, host, image);
  const { build, test } = await client.builds.howMade({ hostId: host.id, path });
  if (options.json === true) {
    writeJson(line.stdout, { build, test });
    return exitStatus.done;
  }
  if (test !== null) line.stdout.write(`Test: ${test.outcome} on ${new Date(test.testedAt).toISOString()}\n`);
  if (build !== null) return await showOne(line, client, build.id, options);
  line.stderr.write('No build of this workbench made this image, or it was changed since.\n');
  return exitStatus.notFound;
}

async function showOne(
  line: CommandLine,
  client: Client,
  id: TaskId,
  options: BuildsCommandOptions,
): Promise<number> {
  if (options.methods === true) {
    line.stdout.write(`${printable((await client.builds.methods({ id })).text)}\n`);
    return exitStatus.done;
  }
  const record = await client.builds.detail({ id });
  if (options.definition === true) line.stdout.write(record.definition.text);
  else if (options.json === true) writeJson(line.stdout, record);
  else line.stdout.write(detailText(record));
  return exitStatus.done;
}

function rowOf({
  id,
  startedAt,
  endedAt,
  outcome,
  name,
  hostLabel,
  target,
  sizeBytes,
}: BuildSummary): string {
  const time = endedAt === null ? '' : formatDuration((endedAt - startedAt) / 1000);
  const size = sizeBytes === null ? '' : formatBytes(sizeBytes);
  return [id, new Date(startedAt).toISOString().slice(0, 16), outcome, time, size, name, hostLabel, target]
    .map((cell) => printable(cell))
    .join('\t');
}

function detailText(record: BuildRecord): string {
  const lines: (readonly [string, string])[] = [
    ['Build', `${record.id} (${record.outcome})`],
    ['Definition', record.definition.path ?? record.name],
    ['Host', `${record.hostLabel}, ${record.runtime.product} ${record.runtime.version}`],
    ['Image', record.target],
    ...(record.digest === null ? [] : [['Digest', record.digest] as const]),
    ...(record.sizeBytes === null ? [] : [['Size', formatBytes(record.sizeBytes)] as const]),
    ['Test', record.test],
    ...record.buildArguments.map(
      ({ name, value }) => ['Argument', `${name}=${value ?? '(secret, not kept)'}`] as const,
    ),
    ...record.phases.map(
      ({ phase, startedAt, endedAt }) =>
        ['Phase', `${phase} ${formatDuration(((endedAt ?? Date.now()) - startedAt) / 1000)}`] as const,
    ),
    ...(record.error === null ? [] : [['Error', record.error.title] as const]),
  ];
  const text = lines.map(([name, value]) => `${`${name}:`.padEnd(12)}${printable(value)}\n`).join('');
  return `${text}\n${printableLines(record.definition.text)}\n`;
}
