import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { runProgram } from '../fixtures/programs.ts';

/** A master of the bare ssh, for peers. */
export interface PlainMaster {
  stop(): Promise<void>;
}

/** Starts `ssh -M` with these options (they name the socket) and waits until it answers. */
export async function startMaster(
  options: readonly string[],
  name: string,
  environment: Readonly<Record<string, string>>,
): Promise<PlainMaster> {
  const master = spawn('ssh', [...options, '-M', '-N', name], { env: environment, stdio: 'ignore' });
  for (let isUp = false; !isUp; ) {
    isUp = (await runProgram('ssh', [...options, '-O', 'check', name], { environment })).status === 0;
    if (!isUp && master.exitCode !== null) throw new Error(`no master to ${name}`);
  }
  return {
    stop: async () => {
      const ended = once(master, 'exit');
      if (master.kill()) await ended;
    },
  };
}
