import type { HostPath } from '#core/contract/hostPath.ts';
import { type WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import type { StartFailure } from './remoteCommand.ts';
import type { RemoteMachine } from './remoteProcesses.ts';
import type { RemoteShell } from './remoteShell.ts';
import type { ByteText } from './remoteWords.ts';
import type { SshConnection } from './sshConnection.ts';

/** What commands on one host share. */
export interface RemoteContext {
  readonly connection: SshConnection;
  readonly shell: RemoteShell;
  /** Shell lines that set the environment of a login with the init lines. */
  environment(): Promise<ByteText>;
  machine(): RemoteMachine;
}

/** The line was cut in the middle of something. */
export function lostLine({ hostId, label }: SshConnection): WorkbenchError {
  return workbenchError('host.connectionLost', { host: label }, { hostId });
}

/** Why a command could not be started, as the local host tells it. */
export function startFailure(
  { connection }: RemoteContext,
  spec: CommandSpec,
  failure: StartFailure,
  folder: HostPath | undefined,
): WorkbenchError {
  const where = { hostId: connection.hostId, command: showCommand(spec) };
  if (failure === 'folder') return workbenchError('host.pathMissing', { path: folder ?? null }, where);
  const { program } = spec;
  const name = typeof program === 'string' ? program : 'path' in program ? program.path : '';
  if (failure === 'denied') return workbenchError('host.permissionDenied', { path: name }, where);
  return workbenchError('host.commandMissing', { program: name }, where);
}
