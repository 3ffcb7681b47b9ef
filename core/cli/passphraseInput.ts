import { text } from 'node:stream/consumers';
import type { CommandLine } from './commandLine.ts';

/** How a passphrase is given: never as a word, where everybody on the machine can read it. */
export interface PassphraseOptions {
  readonly passphraseStdin?: boolean;
}

/** `--passphrase-stdin` → the passphrase; null without it, or for an empty one. */
export async function passphraseFromInput(
  line: CommandLine,
  options: PassphraseOptions,
): Promise<string | null> {
  if (options.passphraseStdin !== true) return null;
  const passphrase = (await text(line.stdin)).replace(/\r?\n$/, '');
  return passphrase === '' ? null : passphrase;
}
