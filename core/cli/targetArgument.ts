import { baseName, folderName, type HostPath } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import { reportOfFailure } from './failure.ts';
import type { ChosenHost } from './hostArgument.ts';
import { pathThere, pullTarget } from './pathArgument.ts';

/** Where a new file goes; null is the host's own choice. */
export interface TargetChoice {
  readonly folder: HostPath | null;
  readonly fileName: HostPath | null;
}

/**
 * Where a new file goes on a host: an existing folder (or a name that ends with `/`) keeps the file's own name. `before`
 * is what the argument has in front of the path, such as `HOST:`.
 */
export async function targetFromArgument(
  client: Client,
  host: ChosenHost,
  argument: string | undefined,
  before = '',
): Promise<TargetChoice> {
  const isEmpty = argument === undefined || argument === before;
  if (host.id === localHostId || isEmpty)
    return pullTarget(isEmpty ? undefined : argument, host.workingFolder);
  const path = pathThere(argument, host.workingFolder, before);
  if (argument.endsWith('/') || (await isFolderThere(client, host, path)))
    return { folder: path, fileName: null };
  return { folder: folderName(path), fileName: baseName(path) };
}

async function isFolderThere(client: Client, host: ChosenHost, folder: HostPath): Promise<boolean> {
  try {
    await client.hosts.browse({ hostId: host.id, folder });
    return true;
  } catch (thrown) {
    const { code } = reportOfFailure(thrown);
    if (code === 'host.notADirectory' || code === 'host.pathMissing') return false;
    throw thrown;
  }
}
