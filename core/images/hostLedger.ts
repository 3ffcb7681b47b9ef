import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { Host, HostFiles } from '#core/hosts/host.ts';
import { createLedger, type Ledger } from './ledger.ts';

/** The ledger of what was made on a host. It lies on this machine; this machine's own has the plain name. */
export function openHostLedger(
  host: Pick<Host, 'id' | 'kind'>,
  here: {
    /** Of this machine. */
    readonly files: HostFiles;
    readonly stateFolder: HostPath;
    readonly onProblem: (text: string) => void;
  },
): Ledger {
  const name = host.kind === 'local' ? 'made' : `made-${Buffer.from(host.id).toString('hex')}`;
  const folder = joinPath(joinPath(here.stateFolder, hostPathFromText('images')), hostPathFromText(name));
  return createLedger({ files: here.files, folder, onProblem: here.onProblem });
}
