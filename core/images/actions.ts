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
import type { StderrRule } from '#core/runtime/stderrRule.ts';
import type { WorkspaceMount } from '#core/runtime/workspaceMount.ts';
import { actionKey, requireFittingKey } from './imageKey.ts';

/** The workspace of an action: how it comes in, and what its program is started by. */
export interface ActionWorkspace {
  readonly name: string;
  readonly tree: HostPath;
  readonly mount: WorkspaceMount;
  readonly warnings: readonly string[];
  readonly wrap: (spec: CommandSpec) => CommandSpec;
}

/** Null for an action without one. Fails with workspace.unknown and workspace.cannotOpen. */
export type OpenActionWorkspace = (
  host: Host,
  runtime: Runtime,
  input: ActionInput,
) => Promise<ActionWorkspace | null>;

interface ActionRoom {
  readonly host: Host;
  readonly runtime: Runtime;
  /** What explains the runtime's words. */
  readonly rules: readonly StderrRule[];
  readonly openWorkspace: OpenActionWorkspace;
}

export interface ActionPreview {
  readonly command: string;
  readonly enters: HostEntry[];
  readonly warnings: string[];
}

/**
 * The command of a shell, run or exec in an image that is there. Fails with `image.missing`, with `image.encrypted`
 * where the key that was given does not open it, and with `input.invalid` where the runtime could not do it.
 */
export async function resolveActionCommand(
  room: ActionRoom,
  input: ActionInput,
  passphrase: string | null,
): Promise<CommandSpec> {
  const { host, runtime } = room;
  const key = actionKey(input, passphrase);
  const action = { ...actionOf(runtime, input), key };
  refuseObstacle(action);
  await requireImage(host, input.path);
  if (key !== undefined && (key.type === 'pem' || key.passphrase !== null))
    await requireFittingKey(room, input, key);
  const workspace = await room.openWorkspace(host, runtime, input);
  return workspace === null
    ? actionCommand(action)
    : workspace.wrap(actionCommand({ ...action, workspace: workspace.mount }));
}

/** What an action would run, what enters, and what to know before. Fails as `resolveActionCommand` does. */
export async function previewAction(
  { host, runtime, openWorkspace }: Omit<ActionRoom, 'rules'>,
  input: ActionInput,
): Promise<ActionPreview> {
  const plain = actionOf(runtime, input);
  refuseObstacle(plain);
  await requireImage(host, input.path);
  const workspace = await openWorkspace(host, runtime, input);
  const action = workspace === null ? plain : { ...plain, workspace: workspace.mount };
  const command = actionCommand(action);
  const facts: HostEntryFacts = {
    homeFolder: host.homeFolder,
    workingFolder: host.homeFolder,
    workspace: workspace === null ? null : { name: workspace.name, route: workspace.mount.route },
  };
  return {
    command: (workspace === null ? null : workspace.wrap(command).byHand) ?? showCommand(command),
    enters: [...whatEnters({ options: input.options, facts })],
    warnings: [...actionWarnings(action, facts), ...(workspace?.warnings ?? [])],
  };
}

function actionOf(runtime: Runtime, input: ActionInput): Action {
  const { verb, path, options, args } = input;
  return { runtime, verb, imagePath: path, options, args, key: actionKey(input, null) };
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
