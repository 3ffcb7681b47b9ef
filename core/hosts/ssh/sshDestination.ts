import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import { errnoOf } from '../fileErrors.ts';

/** A destination as ssh resolves it from its configuration. */
export interface ResolvedDestination {
  readonly user: string;
  readonly hostName: string;
  readonly port: number;
  /** As configured, such as `gateway` or `alice@gateway:2222,second`; null without one. */
  readonly proxyJump: string | null;
  /** True where another program makes the connection (ProxyJump or ProxyCommand). */
  readonly isProxied: boolean;
  /** Where the person's own shared connections of this destination are; null where he has none. */
  readonly controlPath: string | null;
  /** `alice@login.example.org:22`, and over what: ` via gateway`. */
  readonly address: string;
  /** Options of the configuration that would keep a command from running as asked, by lower-case name. */
  readonly settings: ReadonlyMap<string, string>;
}

export interface DestinationOptions {
  /** Another ssh_config than the person's own. */
  readonly configFile?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const run = promisify(execFile);

/**
 * Asks `ssh -G` what it would do; nothing is connected. Fails with host.sshMissing, or host.sshFailed where ssh does not
 * take the name or its configuration.
 */
export async function resolveDestination(
  destination: string,
  port: number | null,
  options: DestinationOptions,
): Promise<ResolvedDestination> {
  if (destination.startsWith('-'))
    throw workbenchError('host.sshFailed', {
      host: destination,
      reason: 'a destination cannot be an option',
    });
  const args = [...configArgs(options.configFile), ...portArgs(port), '-G', '--', destination];
  try {
    const { stdout } = await run('ssh', args, {
      env: options.environment,
      timeout: 10_000,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    return readResolved(stdout, destination);
  } catch (thrown) {
    options.signal?.throwIfAborted();
    throw resolveError(thrown, destination);
  }
}

/** The option for another ssh_config than the person's own. */
export function configArgs(configFile: string | undefined): readonly string[] {
  return configFile === undefined ? [] : ['-F', configFile];
}

/** The option for another port than the configuration's. */
export function portArgs(port: number | null): readonly string[] {
  return port === null ? [] : ['-p', String(port)];
}

/** Output of `ssh -G` (ssh.c, dump_client_config): one lower-case option and its value a line. */
export function readResolved(output: string, destination: string): ResolvedDestination {
  const settings = new Map<string, string>();
  for (const line of output.split('\n')) {
    const space = line.indexOf(' ');
    const name = space < 0 ? line : line.slice(0, space);
    if (name !== '' && !settings.has(name)) settings.set(name, space < 0 ? '' : line.slice(space + 1));
  }
  const given = (name: string) => {
    const value = settings.get(name);
    return value === undefined || value === '' || value === 'none' ? null : value;
  };
  const user = given('user') ?? '';
  const hostName = given('hostname') ?? destination;
  const port = Number(given('port') ?? 22);
  const proxyJump = given('proxyjump');
  const shownName = hostName.includes(':') ? `[${hostName}]` : hostName;
  return {
    user,
    hostName,
    port,
    proxyJump,
    isProxied: proxyJump !== null || given('proxycommand') !== null,
    controlPath: given('controlpath'),
    address: `${user}@${shownName}:${port}${proxyJump === null ? '' : ` via ${proxyJump}`}`,
    settings,
  };
}

function resolveError(thrown: unknown, host: string): WorkbenchError {
  if (errnoOf(thrown) === 'ENOENT') return workbenchError('host.sshMissing', {}, { cause: thrown });
  const stderr =
    thrown instanceof Error && 'stderr' in thrown && typeof thrown.stderr === 'string' ? thrown.stderr : '';
  const reason = stderr.trim().split('\n').at(-1) ?? null;
  return workbenchError('host.sshFailed', { host, reason }, { evidence: stderr, cause: thrown });
}
