import { baseName } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { ActionInput } from '#core/contract/images.ts';
import type { Client } from '#core/contract/index.ts';
import type { ActionVerb } from '#core/contract/runtime.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { type ActionFlags, actionOptions } from './actionArguments.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { reportOfFailure, UsageError, writeFailure } from './failure.ts';
import { type ChosenHost, type HostOption, hostFromArgument } from './hostArgument.ts';
import { imageFromArgument } from './imageArgument.ts';
import { type PassphraseOptions, passphraseFromInput } from './passphraseInput.ts';
import { pathFromArgument, pathThere } from './pathArgument.ts';
import { printable } from './printable.ts';
import { workspaceFromArgument } from './workspaceArgument.ts';

export interface ActionCommandOptions extends CommonOptions, HostOption, ActionFlags, PassphraseOptions {
  readonly pem?: string;
  readonly dryRun?: boolean;
}

/**
 * Runs shell, exec or run with this terminal, and answers the program's own exit status. A dry run only shows the
 * command and what enters the container from the host.
 */
export async function runAction(
  line: CommandLine,
  action: { readonly verb: ActionVerb; readonly image: string; readonly args: readonly string[] },
  options: ActionCommandOptions,
): Promise<number> {
  actionOptions(options, line.workingFolder); // what is wrong with the words is said before anything is asked of a host
  try {
    const client = await openClient(line);
    const host = await hostFromArgument(line, client, options.host);
    const plain = await actionInput(client, host, action, options);
    const opensWith = await whatOpens(client, host, plain, options);
    const input = opensWith === undefined ? plain : { ...plain, opensWith };
    return options.dryRun === true ? await preview(line, input, options) : await attach(line, input, options);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    writeFailure(line.stderr, reportOfFailure(error), options);
    return exitStatus.notStarted;
  }
}

async function actionInput(
  client: Client,
  host: ChosenHost,
  { verb, image, args }: Parameters<typeof runAction>[1],
  flags: ActionFlags,
): Promise<ActionInput> {
  return {
    hostId: host.id,
    path: await imageFromArgument(client, host, image),
    verb,
    options: actionOptions(flags, host.workingFolder),
    args: [...args],
    workspace:
      flags.workspace === undefined
        ? null
        : (await workspaceFromArgument(client, host.id, flags.workspace)).id,
  };
}

async function preview(line: CommandLine, input: ActionInput, options: CommonOptions): Promise<number> {
  const core = await line.openCore();
  const shown = await core.client().images.previewAction(input);
  if (options.json === true) {
    writeJson(line.stdout, shown);
    return exitStatus.done;
  }
  line.stdout.write(`${shown.command}\n`);
  for (const entry of shown.enters) {
    line.stderr.write(`  ${entry.enters ? 'enters' : 'stays out'}: ${printable(entry.text)}\n`);
  }
  for (const warning of shown.warnings) line.stderr.write(`  Warning: ${printable(warning)}\n`);
  return exitStatus.done;
}

/** Variables by which a person gives the runtime itself the key, on this machine. */
const exported = ['PASSPHRASE', 'PEM_PATH', 'PEM_DATA'].flatMap((what) =>
  ['APPTAINER', 'SINGULARITY'].map((product) => `${product}_ENCRYPTION_${what}`),
);

/** What opens the image, when it is encrypted and the environment does not have it. */
async function whatOpens(
  client: Client,
  host: ChosenHost,
  { hostId, path }: ActionInput,
  { pem, passphraseStdin, host: named }: ActionCommandOptions,
): Promise<ActionInput['opensWith']> {
  if (pem !== undefined && passphraseStdin === true)
    throw new UsageError('--pem and --passphrase-stdin exclude each other');
  if (pem !== undefined) {
    const pathOf = named === undefined ? pathFromArgument : pathThere;
    return { type: 'pem', path: pathOf(pem, host.workingFolder) };
  }
  if (passphraseStdin === true) return { type: 'passphrase' };
  const isExported = hostId === localHostId && exported.some((name) => process.env[name] !== undefined);
  if (isExported) return undefined;
  // What is no image, or not there, the start itself tells best.
  const encryption = await client.trust.encryptionOf({ hostId, path }).catch(() => null);
  if (encryption === null || encryption.kind === 'none') return undefined;
  const { opens, text, runsHere } = encryption;
  if (opens === 'pem')
    throw workbenchError('image.encrypted', { path, reason: `${text} Name it with --pem` });
  if (!runsHere.isPossible) throw workbenchError('image.encrypted', { path, reason: runsHere.text });
  return { type: 'passphrase' };
}

async function passphraseFor(
  line: CommandLine,
  { opensWith, path }: ActionInput,
  options: PassphraseOptions,
): Promise<string | null> {
  if (opensWith?.type !== 'passphrase') return null;
  const passphrase =
    (await passphraseFromInput(line, options)) ??
    (options.passphraseStdin === true ? null : await line.askSecret(`Passphrase of ${baseName(path)}:`));
  if (passphrase !== null && passphrase !== '') return passphrase;
  throw workbenchError('image.encrypted', { path, reason: 'Its passphrase was not given' });
}

async function attach(line: CommandLine, input: ActionInput, options: PassphraseOptions): Promise<number> {
  const core = await line.openCore();
  const spec = await core.resolveAction(input, await passphraseFor(line, input, options));
  // Ctrl-C reaches the program through the terminal; it decides what that means, and we wait for it.
  const release = line.holdInterrupts();
  try {
    return await core.runAttached(input.hostId, spec);
  } finally {
    release();
  }
}
