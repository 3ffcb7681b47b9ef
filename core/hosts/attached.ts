import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import { errnoOf } from './fileErrors.ts';
import { launchOf } from './launch.ts';

/**
 * Runs a command on the caller's own terminal (standard input, output and error inherited), for the command line.
 * Gives its exit status; 128 + N when signal N ended it, as shells do. Interrupts typed at the terminal reach the command, not us; a
 * termination or hang-up sent to us alone is passed on.
 */
export async function runAttached(
  spec: CommandSpec,
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const launch = launchOf(spec, environment, null);
  const ignore = () => undefined;
  const forwarded: NodeJS.Signals[] = ['SIGTERM', 'SIGHUP'];
  let passOn: (signal: NodeJS.Signals) => void = ignore;
  const forward = (signal: NodeJS.Signals) => passOn(signal);
  process.on('SIGINT', ignore);
  for (const signal of forwarded) process.on(signal, forward);
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(launch.file, launch.args, { env: launch.environment, stdio: 'inherit' });
      passOn = (signal) => child.kill(signal);
      child.on('error', (thrown) => {
        const isMissing = errnoOf(thrown) === 'ENOENT';
        const facts = { program: launch.file };
        reject(
          isMissing ? workbenchError('host.commandMissing', facts, { command: showCommand(spec) }) : thrown,
        );
      });
      child.on('exit', (status, signal) => {
        resolve(status ?? 128 + (signal === null ? 0 : constants.signals[signal]));
      });
    });
  } finally {
    process.off('SIGINT', ignore);
    for (const signal of forwarded) process.off(signal, forward);
  }
}
