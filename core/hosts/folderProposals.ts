import { hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { FolderProposal } from '#core/contract/hosts.ts';
import type { Probe } from './probe.ts';

/** A probe → where images, workspaces, the runtime's cache and temporary files should go on that host, each with why. */
export function proposeFolders({ facts, values }: Probe): readonly FolderProposal[] {
  const home = facts.homeFolder;
  const temporary = hostPathFromText(values.get('temporaryFolder') || '/tmp');
  return [
    { use: 'images', path: joinPath(home, hostPathFromText('images')), reason: 'Your home folder' },
    { use: 'workspaces', path: joinPath(home, hostPathFromText('workspaces')), reason: 'Your home folder' },
    { use: 'cache', path: joinPath(home, hostPathFromText('.apptainer')), reason: 'The runtime’s own place' },
    { use: 'temporary', path: temporary, reason: 'What the system says' },
  ];
}
