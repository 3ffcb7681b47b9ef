import { type CommandLine, type CommonOptions, openClient } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { UsageError } from './failure.ts';
import { type PasswordOptions, passwordFromInput } from './passwordInput.ts';
import { printable } from './printable.ts';

export interface LoginOptions extends CommonOptions, PasswordOptions {
  readonly http?: boolean;
}

/** Proves credentials and keeps them in the keychain. */
export async function login(line: CommandLine, registry: string, options: LoginOptions): Promise<number> {
  const credentials = await passwordFromInput(line, options);
  if (credentials === null) throw new UsageError('login needs --user and --password-stdin');
  const client = await openClient(line);
  await client.registries.signIn({
    registry: hostOf(registry),
    credentials,
    allowHttp: options.http === true,
    keep: 'keychain',
  });
  line.stderr.write(`Signed in to ${printable(registry)}; the password is in the keychain.\n`);
  return exitStatus.done;
}

/** Forgets what is in the keychain; files of Docker and of the runtime stay as they are. */
export async function logout(line: CommandLine, registry: string): Promise<number> {
  const client = await openClient(line);
  await client.registries.signOut({ registry: hostOf(registry) });
  line.stderr.write(`Signed out of ${printable(registry)}.\n`);
  return exitStatus.done;
}

/** Docker Hub has several names and one account. */
function hostOf(registry: string): string {
  const host = registry.replace(/^[a-z]+:\/\//i, '').replace(/\/.*$/, '');
  return host === 'docker.io' || host === 'registry-1.docker.io' ? 'index.docker.io' : host;
}
