import type { ConvertedDockerfile } from '#core/contract/definitions.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { type HostOption, hostFromArgument } from './hostArgument.ts';
import { pathFromArgument } from './pathArgument.ts';
import { printable } from './printable.ts';

/** Makes a definition file of a Dockerfile: to standard output, or to a file that is not there yet. */
export async function convert(
  line: CommandLine,
  { file, target }: { readonly file: string; readonly target: string | undefined },
  options: CommonOptions & HostOption,
): Promise<number> {
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const source = pathFromArgument(file, host.workingFolder);
  const { text } = await client.definitions.read({ hostId: host.id, path: source });
  const converted = await client.definitions.convertDockerfile({ text });
  const path = target === undefined ? null : pathFromArgument(target, host.workingFolder);
  if (path !== null && converted.definition !== '')
    await client.definitions.write({
      hostId: host.id,
      path,
      text: converted.definition,
      expectedModifiedAt: null,
    });
  if (options.json === true) writeJson(line.stdout, { ...converted, path });
  else {
    line.stdout.write(path === null ? converted.definition : `${printable(path)}\n`);
    line.stderr.write(notesOf(file, converted));
  }
  return converted.definition === '' ? exitStatus.failed : exitStatus.done;
}

function notesOf(file: string, { definition, unsupported }: ConvertedDockerfile): string {
  if (definition === '') return `${printable(file)} has no FROM: it is not a Dockerfile.\n`;
  return unsupported
    .map(
      ({ line, text, reason }) =>
        `${printable(file)}:${line}: not carried over: ${printable(text)}\n    ${printable(reason)}\n`,
    )
    .join('');
}
