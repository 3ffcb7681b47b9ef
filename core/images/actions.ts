import type { HostPath } from '#core/contract/hostPath.ts';
import type { ActionInput } from '#core/contract/images.ts';
import type { HostEntry } from '#core/contract/runtime.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { type Action, actionCommand, type Runtime } from '#core/runtime/action.ts';
import { actionObstacle, actionWarnings } from '#core/runtime/actionWarnings.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import { type HostEntryFacts, whatEnters } from '#core/runtime/hostEntries.ts';
import { showCommand } from '#core/runtime/shellWords.ts';

export interface ActionPreview {
  readonly command: string;
  readonly enters: HostEntry[];
  readonly warnings: string[];
}

/**
 * The command of a shell, run or exec in an image that is there. Fails with `image.missing`, and with
 * `input.invalid` where the runtime could not do it.
 */
export async function resolveActionCommand(
  host: Host,
  runtime: Runtime,
  input: ActionInput,
): Promise<CommandSpec> {
  const action = actionOf(runtime, input);
  refuseObstacle(action);
  await requireImage(host, input.path);
  return actionCommand(action);
}

/** What an action would run, what enters, and what to know before. Fails as `resolveActionCommand` does. */
export async function previewAction(
  host: Host,
  runtime: Runtime,
  input: ActionInput,
): Promise<ActionPreview> {
  const action = actionOf(runtime, input);
  refuseObstacle(action);
  await requireImage(host, input.path);
  const facts: HostEntryFacts = { homeFolder: host.homeFolder, workingFolder: host.homeFolder };
  return {
    command: showCommand(actionCommand(action)),
    enters: [...whatEnters({ options: input.options, facts })],
    warnings: [...actionWarnings(action, facts)],
  };
}

function actionOf(runtime: Runtime, input: ActionInput): Action {
  return { runtime, verb: input.verb, imagePath: input.path, options: input.options, args: input.args };
}

function refuseObstacle(action: Action): void {
  const obstacle = actionObstacle(action);
  if (obstacle !== null) throw workbenchError(obstacle.code, obstacle.facts);
}

/** Fails with `image.missing` where nothing is. */
async function requireImage(host: Host, path: HostPath): Promise<void> {
  if ((await host.files.stat(path)) === null)
    throw workbenchError('image.missing', { path }, { hostId: host.id });
}
