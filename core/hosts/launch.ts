import { type HostPath, hostPathToBytes, hostPathToText } from '#core/contract/hostPath.ts';
import type { Argument, CommandSpec } from '#core/runtime/commandSpec.ts';

/** What a process is started with, as node can say it. */
export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * A CommandSpec → words for node. Node knows only text, so a command with a word that is not UTF-8 goes through
 * `/bin/sh`, which makes the bytes from octal. `workingFolder` is given here only when it is such a path.
 */
export function launchOf(
  spec: CommandSpec,
  base: Readonly<Record<string, string>>,
  workingFolder: HostPath | null,
): Launch {
  const words = [spec.program, ...spec.args].map(bytesOrText);
  const environment = { ...base };
  const exports: string[] = [];
  for (const [name, value] of Object.entries(spec.environment)) {
    if (value === null) {
      delete environment[name];
      continue;
    }
    const word = bytesOrText(value);
    if (typeof word === 'string') environment[name] = word;
    else exports.push(`${assignOctal(name, word)}; export ${name}`);
  }
  const folder = workingFolder === null ? null : bytesOrText({ path: workingFolder });
  if (words.every((word) => typeof word === 'string') && exports.length === 0 && folder === null) {
    const [file = '', ...args] = words;
    return { file, args, environment };
  }
  const script = [
    ...words.map((word, index) => assignOctal(`w${index}`, toBytes(word))),
    ...(folder === null ? [] : [`${assignOctal('folder', toBytes(folder))}; cd -- "$folder" || exit 126`]),
    ...exports,
    `exec ${words.map((_, index) => `"$w${index}"`).join(' ')}`,
  ].join('\n');
  return { file: '/bin/sh', args: ['-c', script], environment };
}

/** The path as node's spawn takes it for a working folder, or null where the shell must change to it. */
export function plainFolder(path: HostPath | undefined): string | null {
  return path === undefined ? null : hostPathToText(path);
}

function bytesOrText(argument: Argument): string | Uint8Array {
  if (typeof argument === 'string') return argument;
  if ('secret' in argument) return argument.secret;
  return hostPathToText(argument.path) ?? hostPathToBytes(argument.path);
}

function toBytes(word: string | Uint8Array): Uint8Array {
  return typeof word === 'string' ? new TextEncoder().encode(word) : word;
}

/** `$(…)` strips line ends, so a dot guards the end and is taken off again. */
function assignOctal(name: string, bytes: Uint8Array): string {
  const octal = Array.from(bytes, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  return `${name}=$(printf '${octal}.'); ${name}=\${${name}%.}`;
}
