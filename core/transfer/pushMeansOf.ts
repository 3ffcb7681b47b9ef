import { join } from 'node:path';
import { createKeyedLock } from '#core/cache/keyedLock.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { HostRegistry } from '#core/hosts/hostRegistry.ts';
import { openHostLedger } from '#core/images/hostLedger.ts';
import type { KnownPushHost, PushMeansOf } from './pushMeans.ts';

/** What pushes to each ssh host stand on. */
export function pushMeansOf(options: {
  readonly local: Host;
  readonly hosts: HostRegistry;
  /** Ordinary text. */
  readonly stateFolder: string;
}): PushMeansOf {
  const { local, hosts, stateFolder } = options;
  const locks = createKeyedLock(join(stateFolder, 'transfer', 'locks'));
  const onProblem = (text: string) => process.emitWarning(text);
  const ledgerOf = (host: Host) =>
    openHostLedger(host, { files: local.files, stateFolder: hostPathFromText(stateFolder), onProblem });
  return async (id) => {
    const entry = hosts.sshEntry(id);
    if (entry === null) throw workbenchError('input.invalid', { reason: 'The image is on this machine.' });
    const host = await entry.open();
    return {
      local,
      host,
      connection: entry.connection,
      transferConnection: entry.transferConnection,
      locks,
      imageFolder: async () => {
        await entry.known(); // the first probe proposes it
        return entry.imageFolders()[0] ?? host.homeFolder;
      },
      architecture: () => hosts.architecture(id),
      ledgers: { local: ledgerOf(local), host: ledgerOf(host) },
    };
  };
}

/** What is known of each ssh host without asking it. */
export function knownPushHosts(hosts: HostRegistry): KnownPushHost {
  return (id) => {
    const entry = hosts.sshEntry(id);
    return entry === null
      ? null
      : { destination: entry.preferences.destination, imageFolder: entry.imageFolders()[0] ?? null };
  };
}
