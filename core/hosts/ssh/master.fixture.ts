import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hostIdSchema } from '#core/contract/ids.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { testbed } from '#e2e/testbed/testbed.ts';
import type { SshConnection } from './sshConnection.ts';

/** A plain master to a host of the test bed, and a connection over it. */
export interface Master extends SshConnection {
  /** The master's own process. */
  readonly processId: number;
  /** Holds its socket. */
  readonly folder: string;
  /** ssh's options and destination, for a bare ssh beside ours. */
  readonly args: readonly string[];
  /** How often a lost line was reported. */
  losses(): number;
  /** Begins anew after the master was ended. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
}

const environment: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: process.env['HOME'] ?? '/',
};

/** Opens a master to a name of the test bed's ssh_config. */
export async function openMaster(name: string): Promise<Master> {
  const folder = mkdtempSync('/tmp/master-');
  const socket = join(folder, 's');
  const common = ['-F', testbed().ssh.config, '-o', 'BatchMode=yes', '-S', socket];
  const args = [...common, '-o', 'ControlMaster=no', '-o', 'ProxyCommand=false', '-q', name];
  const start = async () => {
    rmSync(socket, { force: true }); // a killed master leaves it, and the next would do without
    const master = spawn('ssh', [...common, '-M', '-N', name], { env: environment, stdio: 'ignore' });
    for (;;) {
      try {
        execFileSync('ssh', [...common, '-O', 'check', name], { env: environment, stdio: 'ignore' });
        return master;
      } catch {
        if (master.exitCode !== null) throw new Error(`no master to ${name}`); // else it is not there yet
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    }
  };
  let master = await start();
  let losses = 0;
  // A signal may fall between ssh's look at it and its next wait: it is given again until the master is gone.
  const end = async () => {
    const ending = master;
    if (ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = new Promise((resolve) => ending.once('exit', resolve));
    const again = setInterval(() => ending.kill(), 100);
    ending.kill();
    await gone;
    clearInterval(again);
  };
  const hostId = hostIdSchema.parse(name);
  return {
    hostId,
    label: name,
    folder,
    args,
    get processId() {
      return master.pid ?? 0;
    },
    losses: () => losses,
    state: () => ({
      state: master.exitCode === null && master.signalCode === null ? 'connected' : 'lost',
      since: 0,
      reason: null,
    }),
    connect: async () => undefined,
    async openChannel(_, signal) {
      signal?.throwIfAborted();
      if (master.exitCode !== null || master.signalCode !== null)
        throw workbenchError('host.notConnected', { host: name }, { hostId });
      return { program: 'ssh', args, environment, release: () => undefined };
    },
    reportLoss: () => {
      losses += 1;
    },
    async restart() {
      master = await start();
    },
    disconnect: end,
    async dispose() {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
