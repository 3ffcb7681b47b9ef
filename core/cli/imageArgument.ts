import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { HostPath } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import type { ChosenHost } from './hostArgument.ts';
import { readLibrary } from './listCommand.ts';
import { pathFromArgument, pathThere } from './pathArgument.ts';

/** An image as a person names it: a path, or the name (with or without `.sif`) of one in the host's library. */
export async function imageFromArgument(
  client: Client,
  host: ChosenHost,
  argument: string,
): Promise<HostPath> {
  const isHere = host.id === localHostId;
  const path = (isHere ? pathFromArgument : pathThere)(argument, host.workingFolder);
  if (argument.includes('/')) return path;
  // On this machine a file of the working folder goes before one of the library; elsewhere there is no such folder.
  if (isHere && isThere(host.workingFolder, argument)) return path;
  const { images } = await readLibrary(client, host.id);
  const named = images.find((image) => image.name === argument || image.name === `${argument}.sif`);
  return named?.path ?? path;
}

function isThere(folder: string, name: string): boolean {
  return statSync(resolve(folder, name), { throwIfNoEntry: false }) !== undefined;
}
