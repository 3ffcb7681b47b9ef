import type { HostId } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import { type Workspace, workspaceNameSchema } from '#core/contract/workspaces.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { UsageError } from './failure.ts';

/** A workspace of a host as a person calls it: by name, or by id. Fails with workspace.unknown. */
export async function workspaceFromArgument(
  client: Client,
  hostId: HostId,
  argument: string,
): Promise<Workspace> {
  const { workspaces } = await client.workspaces.list({ hostId });
  const found =
    workspaces.find(({ name }) => name === argument) ?? workspaces.find(({ id }) => id === argument);
  if (found === undefined) throw workbenchError('workspace.unknown', { name: argument }, { hostId });
  return found;
}

/** A name for a new workspace. */
export function workspaceName(argument: string): string {
  if (!workspaceNameSchema.safeParse(argument).success)
    throw new UsageError(
      `${JSON.stringify(argument)} is no name of a workspace: letters, digits, dot, underscore and dash, at most 64`,
    );
  return argument;
}
