import type { Client } from '#core/contract/index.ts';
import {
  type Instance,
  instanceNameSchema,
  type OneInstance,
  oneInstanceSchema,
} from '#core/contract/instances.ts';
import { formatBytes, formatDuration } from '#core/contract/quantity.ts';
import { type ActionFlags, actionOptions } from './actionArguments.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { reportOfFailure, UsageError, writeFailure } from './failure.ts';
import { type HostOption, hostFromArgument } from './hostArgument.ts';
import { imageFromArgument } from './imageArgument.ts';
import { formatTime, printable, printableLines, table } from './printable.ts';
import { workspaceFromArgument } from './workspaceArgument.ts';

type Options = CommonOptions & HostOption;

export interface StartOptions extends Options, ActionFlags {
  readonly dryRun?: boolean;
}

export async function startInstance(
  line: CommandLine,
  { image, name, args }: { readonly image: string; readonly name: string; readonly args: readonly string[] },
  options: StartOptions,
): Promise<number> {
  if (!instanceNameSchema.safeParse(name).success)
    throw new UsageError(
      `${JSON.stringify(name)} is no name of an instance: letters, digits, dot, underscore and dash, at most 64`,
    );
  actionOptions(options, line.workingFolder); // what is wrong with the words is said before anything is asked of a host
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const input = {
    hostId: host.id,
    imagePath: await imageFromArgument(client, host, image),
    name,
    options: actionOptions(options, host.workingFolder),
    workspace:
      options.workspace === undefined
        ? null
        : (await workspaceFromArgument(client, host.id, options.workspace)).id,
    args: [...args],
  };
  if (options.dryRun === true) {
    const shown = await client.instances.previewStart(input);
    if (options.json === true) writeJson(line.stdout, shown);
    else {
      line.stdout.write(`${shown.command}\n`);
      for (const warning of shown.warnings) line.stderr.write(`  Warning: ${printable(warning)}\n`);
    }
    return exitStatus.done;
  }
  const started = await client.instances.start(input);
  if (options.json === true) writeJson(line.stdout, started);
  else {
    line.stderr.write(`Started on ${printable(started.node)}, process ${started.processId}\n`);
    line.stdout.write(`${started.name}\n`);
  }
  return exitStatus.done;
}

export async function listInstances(line: CommandLine, options: Options): Promise<number> {
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const { node, instances } = await client.instances.list({ hostId: host.id });
  if (options.json === true) {
    writeJson(line.stdout, { node, instances });
    return exitStatus.done;
  }
  const here = instances.filter((one) => one.isRunning !== null);
  const elsewhere = instances.filter((one) => one.isRunning === null);
  if (here.length === 0) line.stderr.write(`No instances on ${printable(node)}\n`);
  else line.stdout.write(table([['NAME', 'PROCESS', 'SINCE', 'WORKSPACE', 'IMAGE'], ...here.map(row)]));
  if (elsewhere.length > 0)
    line.stderr.write(
      `Started on other nodes, and reached only there: ${elsewhere.map((one) => printable(`${one.name} (${one.node})`)).join(', ')}\n`,
    );
  return exitStatus.done;
}

function row({ name, processId, startedAt, workspace, imagePath }: Instance): readonly string[] {
  return [name, `${processId ?? '-'}`, formatTime(startedAt), workspace?.name ?? '-', imagePath ?? '-'].map(
    printable,
  );
}

export async function instanceStats(line: CommandLine, name: string, options: Options): Promise<number> {
  const { client, one } = await instanceFromArgument(line, name, options);
  const stats = await client.instances.stats(one);
  if (options.json === true) {
    writeJson(line.stdout, stats);
    return exitStatus.done;
  }
  const { cpuSeconds, memoryBytes, memoryLimitBytes, processes, reason } = stats;
  const limit = memoryLimitBytes === null ? '' : ` of ${formatBytes(memoryLimitBytes)}`;
  line.stdout.write(
    table([
      ['Processor time', cpuSeconds === null ? '-' : formatDuration(cpuSeconds)],
      ['Memory', memoryBytes === null ? '-' : `${formatBytes(memoryBytes)}${limit}`],
      ['Processes', processes === null ? '-' : `${processes}`],
    ]),
  );
  if (stats.source === 'processes')
    line.stderr.write(`Counted from its processes. ${printable(reason ?? '')}\n`);
  else if (reason !== null) line.stderr.write(`${printable(reason)}\n`);
  return exitStatus.done;
}

export async function instanceLogs(
  line: CommandLine,
  name: string,
  options: Options & { readonly bytes: number },
): Promise<number> {
  const { client, one } = await instanceFromArgument(line, name, options);
  const logs = await client.instances.logs({ ...one, limitBytes: options.bytes });
  if (options.json === true) writeJson(line.stdout, logs);
  else {
    line.stdout.write(printableLines(logs.out));
    line.stderr.write(printableLines(logs.error));
  }
  return exitStatus.done;
}

/** On this terminal; answers the shell's own exit status. */
export async function instanceShell(line: CommandLine, name: string, options: Options): Promise<number> {
  try {
    const { one } = await instanceFromArgument(line, name, options);
    const core = await line.openCore();
    const spec = await core.instanceShell(one);
    const release = line.holdInterrupts();
    try {
      return await core.runAttached(one.hostId, spec);
    } finally {
      release();
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    writeFailure(line.stderr, reportOfFailure(error), options);
    return exitStatus.notStarted;
  }
}

export async function stopInstance(line: CommandLine, name: string, options: Options): Promise<number> {
  const { client, one } = await instanceFromArgument(line, name, options);
  await client.instances.stop(one);
  if (options.json === true) writeJson(line.stdout, { stopped: name });
  else line.stderr.write(`Stopped ${printable(name)}\n`);
  return exitStatus.done;
}

async function instanceFromArgument(
  line: CommandLine,
  name: string,
  options: HostOption,
): Promise<{ readonly client: Client; readonly one: OneInstance }> {
  if (!oneInstanceSchema.shape.name.safeParse(name).success)
    throw new UsageError(`${JSON.stringify(name)} is no name of an instance`);
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  return { client, one: { hostId: host.id, name } };
}
