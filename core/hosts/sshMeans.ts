import type { CommandObserver } from './commandObserver.ts';
import type { Asker } from './ssh/asker.ts';
import { createSshConnection } from './ssh/createSshConnection.ts';
import { openSshHost } from './ssh/createSshHost.ts';
import { resolveDestination } from './ssh/sshDestination.ts';
import type { SshMeans } from './sshEntry.ts';

/** How ssh hosts are reached: by the system's OpenSSH. */
export function createSshMeans(options: {
  /** What ssh starts with. */
  readonly environment: Readonly<Record<string, string>>;
  /** Another ssh_config than the person's own; null for that. */
  readonly configFile: string | null;
  readonly observer: CommandObserver;
  readonly asker: Asker;
}): SshMeans {
  const { environment, observer, asker } = options;
  const configured = options.configFile === null ? {} : { configFile: options.configFile };
  return {
    createConnection: (target) => createSshConnection({ ...target, ...configured, asker, environment }),
    openHost: (target) => openSshHost({ ...target, observer }),
    addressOf: async (destination, port) =>
      (await resolveDestination(destination, port, { ...configured, environment })).address,
  };
}
