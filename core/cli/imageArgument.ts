import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { HostPath } from '#core/contract/hostPath.ts';
import { type CommandLine, openClient } from './commandLine.ts';
import { readLibrary } from './listCommand.ts';
import { pathFromArgument } from './pathArgument.ts';

/** An image as a person names it: a path, or the name (with or without `.sif`) of one in the library. */
export async function imageFromArgument(line: CommandLine, argument: string): Promise<HostPath> {
  const path = pathFromArgument(argument, line.workingFolder);
  const isThere = statSync(resolve(line.workingFolder, argument), { throwIfNoEntry: false }) !== undefined;
  if (isThere || argument.includes('/')) return path;
  const { images } = await readLibrary(await openClient(line));
  const named = images.find((image) => image.name === argument || image.name === `${argument}.sif`);
  return named?.path ?? path;
}
