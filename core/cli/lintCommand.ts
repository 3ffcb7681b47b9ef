import type { Finding } from '#core/contract/definitions.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { UsageError } from './failure.ts';
import { type HostOption, hostFromArgument } from './hostArgument.ts';
import { pathFromArgument } from './pathArgument.ts';
import { printable } from './printable.ts';

export interface LintOptions extends CommonOptions, HostOption {
  readonly buildArg?: readonly string[];
}

/** Says what is wrong in a definition file, one line each as compilers do; fails when there are errors. */
export async function lint(line: CommandLine, file: string, options: LintOptions): Promise<number> {
  const buildArguments = argumentsOf(options.buildArg ?? []);
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const path = pathFromArgument(file, host.workingFolder);
  const { text } = await client.definitions.read({ hostId: host.id, path });
  const { findings, outline } = await client.definitions.lint({ text, hostId: host.id, buildArguments });
  if (options.json === true) writeJson(line.stdout, { path, findings, outline });
  else for (const finding of findings) line.stdout.write(lineOf(file, finding, options.verbose === true));
  return findings.some(({ severity }) => severity === 'error') ? exitStatus.failed : exitStatus.done;
}

function lineOf(
  file: string,
  { range, severity, message, detail, code }: Finding,
  isVerbose: boolean,
): string {
  const place = `${printable(file)}:${range.line}:${range.column}`;
  const text = `${place}: ${severity}: ${printable(message)}`;
  return isVerbose ? `${text} [${code}]\n    ${printable(detail)}\n` : `${text}\n`;
}

function argumentsOf(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const equals = word.indexOf('=');
      if (equals < 1) throw new UsageError('--build-arg takes NAME=VALUE');
      return [word.slice(0, equals).trim(), word.slice(equals + 1).trim()];
    }),
  );
}
