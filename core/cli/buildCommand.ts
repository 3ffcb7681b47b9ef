import type { BuildArgument, BuildInput, BuildPlan, NeededFile, PickedFile } from '#core/contract/builds.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { Compression } from '#core/contract/images.ts';
import type { Client } from '#core/contract/index.ts';
import { formatBytes, formatDuration } from '#core/contract/quantity.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { UsageError } from './failure.ts';
import { followInTerminal, requireTerminal } from './followInTerminal.ts';
import { writeEnd } from './followTask.ts';
import { followWithLog } from './followWithLog.ts';
import { hostFromArgument } from './hostArgument.ts';
import { pathFromArgument, pathThere } from './pathArgument.ts';
import { printable } from './printable.ts';
import { targetFromArgument } from './targetArgument.ts';

export interface BuildCommandOptions extends CommonOptions {
  readonly on?: string;
  readonly host?: string;
  readonly sandbox?: boolean;
  readonly sudo?: boolean;
  readonly buildArg?: readonly string[];
  readonly secretArg?: readonly string[];
  readonly bind?: readonly string[];
  /** `SOURCE=HOST:PATH`. */
  readonly from?: readonly string[];
  readonly nv?: boolean;
  readonly arch?: string;
  /** False with `--no-test`. */
  readonly test?: boolean;
  readonly force?: boolean;
  readonly compression?: Compression;
  /** True where no time was given. */
  readonly reproducible?: number | true;
  readonly checkpoints?: BuildInput['checkpoints'];
  readonly tmpdir?: string;
  readonly dryRun?: boolean;
}

/** Builds an image from a definition file; the path of the image is all that goes to standard output. */
export async function build(
  line: CommandLine,
  words: { readonly image: string; readonly definition: string },
  options: BuildCommandOptions,
): Promise<number> {
  const buildArguments = argumentsOf(options);
  const client = await openClient(line);
  const builder = await hostFromArgument(line, client, options.on ?? options.host);
  const holder = await hostFromArgument(line, client, options.host);
  const { tmpdir } = options;
  const input: BuildInput = {
    definition: {
      kind: 'file',
      hostId: localHostId,
      path: pathFromArgument(words.definition, line.workingFolder),
    },
    elsewhere: await pickedFiles(line, client, options.from ?? []),
    hostId: builder.id,
    target: { hostId: holder.id, ...(await targetFromArgument(client, holder, words.image)) },
    form: options.sandbox === true ? 'sandbox' : 'sif',
    buildArguments,
    binds: [...(options.bind ?? [])],
    nv: options.nv === true,
    architecture: options.arch ?? null,
    noTest: options.test === false,
    way: options.sudo === true ? 'sudo' : 'own',
    overwrite: options.force === true,
    compression: options.compression ?? null,
    sourceDateEpoch: epochOf(options.reproducible),
    checkpoints: options.checkpoints ?? 'use',
    temporaryFolder:
      tmpdir === undefined
        ? null
        : builder.id === localHostId
          ? pathFromArgument(tmpdir, line.workingFolder)
          : hostPathFromText(tmpdir),
  };
  if (input.way === 'sudo' && options.dryRun !== true) requireTerminal(line, '--sudo');
  const plan = await client.builds.plan(input);
  requireUsed(input.elsewhere, plan.files);
  if (options.dryRun === true) {
    if (options.json === true) writeJson(line.stdout, plan);
    else line.stdout.write(planText(plan));
    return exitStatus.done;
  }
  if (options.json !== true)
    for (const warning of plan.warnings) line.stderr.write(`Warning: ${printable(warning)}\n`);
  const { taskId } = await client.builds.build(input);
  const task =
    input.way === 'sudo'
      ? await followInTerminal(line, client, taskId, options)
      : await followWithLog(line, client, taskId, options);
  const status = writeEnd(line, task, options, {
    done: ({ sizeBytes }, seconds) =>
      `Built ${printable(words.image)} (${[...(sizeBytes === null ? [] : [formatBytes(sizeBytes)]), formatDuration(seconds)].join(', ')})`,
    cancelled: 'Cancelled. Nothing was left behind.',
  });
  if (task.status.state === 'failed' && options.json !== true) {
    const { line: number, command } = task.status.error.data;
    if (typeof number === 'number')
      line.stderr.write(
        `${printable(words.definition)}:${number}: ${printable(typeof command === 'string' ? command : task.status.error.cause)}\n`,
      );
  }
  return status;
}

async function pickedFiles(
  line: CommandLine,
  client: Client,
  words: readonly string[],
): Promise<PickedFile[]> {
  const picked: PickedFile[] = [];
  for (const word of words) {
    const [, source, name] = /^(.+?)=([^=:/]+):./s.exec(word) ?? [];
    if (source === undefined || name === undefined)
      throw new UsageError(`${JSON.stringify(word)}: expected SOURCE=HOST:PATH`);
    const host = await hostFromArgument(line, client, name);
    picked.push({ source, hostId: host.id, path: pathThere(word, host.workingFolder, `${source}=${name}:`) });
  }
  return picked;
}

/** A misspelt source would be left out without a word. */
function requireUsed(picked: readonly PickedFile[], files: readonly NeededFile[]): void {
  for (const { source } of picked)
    if (!files.some((file) => file.source === source))
      throw new UsageError(`--from: the definition names no ${JSON.stringify(source)}`);
}

function argumentsOf({ buildArg = [], secretArg = [] }: BuildCommandOptions): BuildArgument[] {
  const plain = buildArg.map((word) => {
    const at = word.indexOf('=');
    if (at < 1) throw new UsageError(`${JSON.stringify(word)}: expected NAME=VALUE`);
    return { name: word.slice(0, at), value: word.slice(at + 1), isSecret: false };
  });
  const secret = secretArg.map((name) => {
    const value = process.env[name];
    if (value === undefined) throw new UsageError(`--secret-arg ${name}: there is no such variable`);
    return { name, value, isSecret: true };
  });
  return [...plain, ...secret];
}

function epochOf(given: number | true | undefined): number | null {
  if (given === undefined) return null;
  if (given !== true) return given;
  const own = process.env['SOURCE_DATE_EPOCH'] ?? '';
  return /^\d{1,12}$/.test(own) ? Number(own) : 0;
}

function planText(plan: BuildPlan): string {
  const lines = [
    plan.means,
    plan.way.sentence,
    ...(plan.way.isFromDocumentation ? ['(This way is known from documentation only.)'] : []),
    ...plan.way.limits.map((limit) => `- ${limit}`),
    `Target: ${plan.target}${plan.exists === null ? '' : ' (exists)'}`,
    ...plan.files.map((file) => `Line ${file.line} needs ${file.source}: ${fileText(file)}`),
    ...plan.checkpoints.map(
      ({ name, line, isKept, sizeBytes }) =>
        `Checkpoint ${name} (line ${line}): ${isKept ? `kept, ${formatBytes(sizeBytes ?? 0)}` : 'not made yet'}`,
    ),
    `Temporary folder: ${plan.space.folder}, ${formatBytes(plan.space.freeBytes)} free${plan.space.neededBytes === null ? '' : `, about ${formatBytes(plan.space.neededBytes)} needed`}`,
    ...plan.warnings.map((warning) => `Warning: ${warning}`),
    `By hand: ${plan.byHand}`,
    ...(plan.way.asRoot === null ? [] : [`As root, by hand: ${plan.way.asRoot}`]),
  ];
  return lines.map((text) => `${printable(text)}\n`).join('');
}

function fileText({ kind, sizeBytes, count, hostId, pickedPath, isSent }: NeededFile): string {
  const place = pickedPath === null ? '' : ` at ${hostId.replace(/^ssh:/, '')}:${pickedPath}`;
  if (kind === 'missing') return `MISSING${place}`;
  if (kind === 'there') return 'on that host';
  const size = `${formatBytes(sizeBytes)}, ${count} file${count === 1 ? '' : 's'}`;
  return `${size}${place}${isSent ? '' : ', used as it lies'}`;
}
