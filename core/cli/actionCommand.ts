import type { ActionInput } from '#core/contract/images.ts';
import type { Client } from '#core/contract/index.ts';
import type { ActionVerb } from '#core/contract/runtime.ts';
import { type ActionFlags, actionOptions } from './actionArguments.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { reportOfFailure, UsageError, writeFailure } from './failure.ts';
import { type ChosenHost, type HostOption, hostFromArgument } from './hostArgument.ts';
import { imageFromArgument } from './imageArgument.ts';
import { printable } from './printable.ts';

export interface ActionCommandOptions extends CommonOptions, HostOption, ActionFlags {
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
    const input = await actionInput(client, host, action, options);
    return options.dryRun === true ? await preview(line, input, options) : await attach(line, input);
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

async function attach(line: CommandLine, input: ActionInput): Promise<number> {
  const core = await line.openCore();
  const spec = await core.resolveAction(input);
  // Ctrl-C reaches the program through the terminal; it decides what that means, and we wait for it.
  const release = line.holdInterrupts();
  try {
    return await core.runAttached(input.hostId, spec);
  } finally {
    release();
  }
}
