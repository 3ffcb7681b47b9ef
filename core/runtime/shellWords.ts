import { type HostPath, hostPathToBytes, hostPathToText } from '#core/contract/hostPath.ts';
import type { Argument, CommandSpec } from './commandSpec.ts';

const plainWord = /^[A-Za-z0-9_@%+=:,./-]+$/;
export const mask = '••••••';

/** One word, quoted for a POSIX shell so that it stands for exactly these characters. */
export function quoteWord(text: string): string {
  if (plainWord.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A path as a shell word; bytes that are not UTF-8 and control characters as `$'…'` (bash, zsh, ksh, busybox). */
export function quotePath(path: HostPath): string {
  const text = hostPathToText(path);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what cannot be shown
  if (text !== null && !/[\u0000-\u001f\u007f]/.test(text)) return quoteWord(text);
  const escaped = Array.from(hostPathToBytes(path), (byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x27 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\${byte.toString(8).padStart(3, '0')}`,
  );
  return `$'${escaped.join('')}'`;
}

/** A path as a word of any POSIX shell; bytes that are not UTF-8 as octal. */
export function pathWord(path: HostPath): string {
  const text = hostPathToText(path);
  if (text !== null) return quoteWord(text);
  const octal = Array.from(hostPathToBytes(path), (byte) => `\\${byte.toString(8).padStart(3, '0')}`);
  return `"$(printf '${octal.join('')}')"`;
}

/** A command as a POSIX shell runs it, its environment exported before; secret values of that are left to the caller. */
export function shellLines(spec: CommandSpec): string {
  const variables = Object.entries(spec.environment).flatMap(([name, value]) =>
    value === null
      ? [`unset ${name}`]
      : typeof value === 'object' && 'secret' in value
        ? []
        : [`export ${name}=${argumentWord(value)}`],
  );
  return [...variables, `exec ${[spec.program, ...spec.args].map(argumentWord).join(' ')}`].join('\n');
}

function argumentWord(argument: Argument): string {
  if (typeof argument === 'string') return quoteWord(argument);
  return 'path' in argument ? pathWord(argument.path) : quoteWord(argument.secret);
}

/** The command line as a person would copy it: quoted, environment in front, secrets masked. */
export function showCommand(spec: CommandSpec): string {
  const environment = Object.entries(spec.environment).flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${showArgument(value)}`],
  );
  return [...environment, showArgument(spec.program), ...spec.args.map(showArgument)].join(' ');
}

function showArgument(argument: Argument): string {
  if (typeof argument === 'string') return quoteWord(argument);
  return 'path' in argument ? quotePath(argument.path) : mask;
}
