import { once } from 'node:events';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import type { Host } from '../host.ts';
import { programScript } from './remoteCommand.ts';
import { type RemoteContext, startFailure } from './remoteContext.ts';
import { SilenceError, startRemote } from './remoteProcess.ts';

/** The three streams of a command line. */
export interface CallerStreams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/**
 * Runs a remote command on the caller's own terminal, or on its pipes where input or output is none. Gives its exit
 * status; 128 + N when signal N ended it, as shells do. Fails as `Host.run` does, and with host.connectionLost.
 */
export async function runAttachedOverSsh(
  context: RemoteContext,
  host: Pick<Host, 'openPty'>,
  { spec, streams }: { readonly spec: CommandSpec; readonly streams: CallerStreams },
): Promise<number> {
  const isTerminal = streams.stdin.isTTY === true && streams.stdout.isTTY === true;
  return isTerminal ? await onTerminal(host, spec, streams) : await onPipes(context, spec, streams);
}

async function onTerminal(
  host: Pick<Host, 'openPty'>,
  spec: CommandSpec,
  { stdin, stdout }: CallerStreams,
): Promise<number> {
  const size = () => ({ columns: stdout.columns, rows: stdout.rows });
  const pty = await host.openPty(spec, { size: size() });
  const onInput = (bytes: Buffer) => pty.write(bytes);
  const onResize = () => pty.resize(size());
  const onDrain = () => pty.setPaused(false);
  stdin.setRawMode(true);
  stdin.on('data', onInput);
  stdout.on('resize', onResize);
  stdout.on('drain', onDrain);
  try {
    return await new Promise((resolve) => {
      pty.onExit(({ exitStatus }) => resolve(exitStatus ?? 255));
      // A copy: the bytes are valid during the call only, and a slow terminal takes them later.
      pty.onData((bytes) => {
        if (!stdout.write(Uint8Array.from(bytes))) pty.setPaused(true);
      });
    });
  } finally {
    stdin.off('data', onInput);
    stdout.off('resize', onResize);
    stdout.off('drain', onDrain);
    stdin.setRawMode(false);
    stdin.pause();
    await pty.dispose();
  }
}

async function onPipes(
  context: RemoteContext,
  spec: CommandSpec,
  { stdin, stdout, stderr }: CallerStreams,
): Promise<number> {
  const remote = await startRemote(
    context.connection,
    programScript(spec, await context.environment(), undefined),
    {
      use: 'terminal',
      onStdout: (bytes) => stdout.write(bytes),
      onStderr: (bytes) => stderr.write(bytes),
    },
  );
  const onInput = (bytes: Buffer) => remote.write(bytes);
  const onEnd = () => remote.endInput();
  await remote.began;
  stdin.on('data', onInput);
  stdin.once('end', onEnd);
  try {
    const { exitStatus, failure } = await remote.ended;
    if (failure !== null) throw startFailure(context, spec, failure, undefined);
    if (stdout.writableNeedDrain) await once(stdout, 'drain');
    return exitStatus;
  } catch (thrown) {
    throw thrown instanceof SilenceError ? thrown.explain() : thrown;
  } finally {
    stdin.off('data', onInput);
    stdin.off('end', onEnd);
    stdin.pause();
  }
}
