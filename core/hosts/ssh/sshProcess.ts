import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { type WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import { errnoOf } from '../fileErrors.ts';
import type { SshChannel, SshConnection } from './sshConnection.ts';
import { explainSshFailure } from './sshFailures.ts';

/** Ssh's own options for a process with pipes; those of the channel follow. */
const pipeOptions = ['-T', '-e', 'none'];

/** Starts ssh on a channel with pipes; the channel is given back when the process has ended. */
export function spawnSsh(channel: SshChannel, word: string): ChildProcessWithoutNullStreams {
  const child = spawn(channel.program, [...pipeOptions, ...channel.args, word], {
    env: channel.environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true, // keys typed at our terminal are not for it
  });
  child.on('close', () => channel.release());
  child.on('error', () => channel.release());
  child.stdin.on('error', () => undefined); // it may end without reading everything: its end tells why
  return child;
}

/** How a process on a channel ended when the remote wrapper did not tell. */
export interface SilentEnd {
  readonly exitStatus: number | null;
  /** Whether the wrapper had begun. */
  readonly hasBegun: boolean;
  /** What came on stdout before that. */
  readonly noise: string;
  readonly stderr: string;
}

/**
 * Why the remote wrapper's end was never seen: ssh failed, the line was cut (tells the connection), or the login shell
 * never came to our command.
 */
export function explainSilence(connection: SshConnection, end: SilentEnd): WorkbenchError {
  const { hostId, label } = connection;
  const evidence = end.hasBegun ? end.stderr : `${end.noise}${end.stderr}`;
  if (!end.hasBegun && end.exitStatus !== 255 && end.exitStatus !== null) {
    const said = evidence.trimEnd().split('\n').at(-1) ?? null;
    return workbenchError('host.loginShell', { host: label, shell: null, said }, { hostId, evidence });
  }
  connection.reportLoss();
  if (end.hasBegun || end.exitStatus === null)
    return workbenchError('host.connectionLost', { host: label }, { hostId, evidence });
  return explainSshFailure(end.stderr, end.exitStatus, { hostId, host: label, address: label });
}

/** ssh itself could not be started. */
export function spawnFailure(connection: SshConnection, thrown: unknown): unknown {
  if (errnoOf(thrown) !== 'ENOENT') return thrown;
  return workbenchError('host.sshMissing', {}, { hostId: connection.hostId, cause: thrown });
}
