import { text } from 'node:stream/consumers';
import type { PullInput } from '#core/contract/images.ts';
import type { CommandLine } from './commandLine.ts';
import { UsageError } from './failure.ts';

/** How credentials are given on the command line: never as a word of it, where everybody on the machine can read them. */
export interface PasswordOptions {
  readonly user?: string;
  readonly passwordStdin?: boolean;
}

/** `--user` and `--password-stdin` → credentials; null without them. */
export async function passwordFromInput(
  line: CommandLine,
  options: PasswordOptions,
): Promise<PullInput['credentials']> {
  if (options.user === undefined) {
    if (options.passwordStdin === true) throw new UsageError('--password-stdin needs --user');
    return null;
  }
  if (options.passwordStdin !== true) throw new UsageError('--user needs --password-stdin');
  const password = (await text(line.stdin)).replace(/\r?\n$/, '');
  return { userName: options.user, password };
}
