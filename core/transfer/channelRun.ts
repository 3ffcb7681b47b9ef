import { type FedOptions, runFed } from '#core/hosts/fedProcess.ts';
import { pipeWord } from '#core/hosts/ssh/remoteCommand.ts';
import type { SshConnection } from '#core/hosts/ssh/sshConnection.ts';
import { explainSilence } from '#core/hosts/ssh/sshProcess.ts';
import type { RemoteScript } from './remoteScript.ts';

/** How a script on a host ended. */
export interface ScriptEnd {
  readonly exitStatus: number;
  readonly output: string;
  readonly stderr: string;
}

/**
 * Runs a script over a work channel, fed from a source. Null when the line was cut before its end. Fails with what
 * `openChannel` fails with, host.loginShell, the signal's reason, and what the source throws.
 */
export async function runOverChannel(
  connection: SshConnection,
  script: RemoteScript,
  options: FedOptions,
): Promise<ScriptEnd | null> {
  const channel = await connection.openChannel('work', options.signal);
  try {
    const { program, environment } = channel;
    const args = ['-T', '-e', 'none', ...channel.args, pipeWord];
    const { source, onTaken } = options;
    const end = await runFed(
      { program, args, environment },
      {
        signal: options.signal,
        source: source === undefined ? [script.input] : behind(script.input, source),
        onTaken: (taken) => {
          if (taken > script.input.length) onTaken?.(taken - script.input.length);
        },
      },
    );
    const told = script.read(end.stdout);
    if (told !== null) return { ...told, stderr: end.stderr };
    const hasBegun = script.hasBegun(end.stdout);
    const reason = explainSilence(connection, { ...end, hasBegun, noise: hasBegun ? '' : end.stdout });
    if (hasBegun) return null;
    throw reason;
  } finally {
    channel.release();
  }
}

async function* behind(
  first: Uint8Array,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield first;
  yield* source;
}
