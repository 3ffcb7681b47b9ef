import { type HostPath, hostPathToText } from '#core/contract/hostPath.ts';
import { destinationSchema, type Host } from '#core/contract/hosts.ts';
import { type HostId, hostIdSchema, localHostId } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import type { CommandLine } from './commandLine.ts';
import { UsageError } from './failure.ts';

/** Options of commands that work on any host. */
export interface HostOption {
  /** As a person calls it: a host of the workbench or of the ssh configuration; this machine when not given. */
  readonly host?: string;
}

/** The host that a command works on, ready to be used. */
export interface ChosenHost {
  readonly id: HostId;
  /** What paths are relative to: where the command was typed, or the home folder of another host. */
  readonly workingFolder: string;
}

/**
 * NAME of `--host` or `push` → a host that is connected: `local`, a label or destination of the settings, or else a name
 * for ssh. Fails as `hosts.connect` does; host.promptImpossible where ssh asks and there is no terminal.
 */
export async function hostFromArgument(
  line: CommandLine,
  client: Client,
  name: string | undefined,
): Promise<ChosenHost> {
  if (name === undefined || name === localHostId)
    return { id: localHostId, workingFolder: line.workingFolder };
  const id = hostIdOf(await listedHosts(client), name);
  const host = await client.hosts.connect({ hostId: id });
  return { id, workingFolder: textOf(host.facts?.homeFolder) };
}

/** The listed host of this name: by what the person calls it, then by its destination; else the name is one for ssh. */
export function hostIdOf(hosts: readonly Host[], name: string): HostId {
  const listed =
    hosts.find((host) => host.label === name || host.id === name) ??
    hosts.find((host) => host.preferences?.destination === name);
  if (listed !== undefined) return listed.id;
  if (!destinationSchema.safeParse(name).success)
    throw new UsageError(`${JSON.stringify(name)} is no name of a host`);
  return hostIdSchema.parse(`ssh:${name}`);
}

async function listedHosts(client: Client): Promise<readonly Host[]> {
  for await (const { hosts } of await client.hosts.watch()) return hosts;
  return [];
}

/** Without a home folder that is text, paths must be whole. */
function textOf(folder: HostPath | undefined): string {
  return (folder === undefined ? null : hostPathToText(folder)) ?? '/';
}
