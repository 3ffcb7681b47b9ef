import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { FolderProposal, HostFacts } from '#core/contract/hosts.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { type FolderFacts, folderNamed, readFolders, usableBytes } from './folderFacts.ts';

/** What of a probe is asked. */
export interface FolderSource {
  readonly values: ReadonlyMap<string, string>;
  readonly facts: Pick<HostFacts, 'homeFolder' | 'userName'>;
}

/**
 * A probe → where images, workspaces, the runtime's cache and temporary files should go on that host, each with why.
 * Images and workspaces belong where nothing is purged (project space before home before scratch), the cache where
 * there is room and purging does not hurt, temporary files on a disk of the machine itself.
 */
export function proposeFolders({ facts, values }: FolderSource): readonly FolderProposal[] {
  const folders = readFolders(values);
  const home = folderNamed(values, 'home');
  const kept = folders.filter((folder) => isUsable(folder) && keptPattern.test(label(folder)));
  const scratch = folders.filter((folder) => isUsable(folder) && isScratch(folder));
  const own = (folder: FolderFacts | undefined, name: string, why: (folder: FolderFacts) => string) =>
    folder === undefined ? null : { path: below(folder, facts.userName, name), reason: why(folder) };
  const inHome = (name: string) => ({
    path: joinPath(facts.homeFolder, hostPathFromText(name)),
    reason: home === null ? 'Your home folder' : `Your home folder, ${room(home)}`,
  });
  const homeIsSmall = home !== null && (usableBytes(home) ?? Number.POSITIVE_INFINITY) < 20e9;
  const lasting = roomiest(kept);
  const fast = roomiest(scratch);
  const purged = (folder: FolderFacts) =>
    `${told(folder)}. Scratch may be purged: keep a copy of what matters`;
  const standard = '.local/share/mysingularity';
  const images =
    own(lasting, 'images', told) ??
    (homeIsSmall ? own(fast, 'images', purged) : null) ??
    inHome(`${standard}/images`);
  const workspaces =
    own(lasting, 'workspaces', told) ??
    (homeIsSmall ? own(fast, 'workspaces', purged) : null) ??
    inHome(`${standard}/workspaces`);
  const cache =
    (home?.medium === 'network' || homeIsSmall || home?.quota?.limitBytes != null
      ? own(
          fast ?? lasting,
          '.apptainer',
          (folder) => `${told(folder)}. The cache grows to tens of gigabytes`,
        )
      : null) ?? inHome('.apptainer');
  return [
    { use: 'images', ...images },
    { use: 'workspaces', ...workspaces },
    { use: 'cache', ...cache },
    { use: 'temporary', ...temporary(folders) },
  ];
}

/** Space that a site keeps: project and work areas, by the variable or the name of the folder. */
const keptPattern = /^(?:WORK|PROJECTS?|GROUP_HOME|STORE|DATA|\/work|\/projects?|\/data)(?:\/|$)/;
const scratchPattern = /SCRATCH|^WORKDIR$|^\/(?:scratch|lustre|gpfs)(?:\/|$)/;

function isScratch(folder: FolderFacts): boolean {
  return scratchPattern.test(label(folder));
}

/** The variable that names it, or its path. */
function label(folder: FolderFacts): string {
  return /^[A-Z]/.test(folder.name) ? folder.name : /^(?:place|top)\d/.test(folder.name) ? folder.path : '';
}

function isUsable(folder: FolderFacts): boolean {
  return folder.exists && folder.isWritable && !folder.isReadOnly && folder.medium !== 'memory';
}

/** A folder of one's own: the place itself where it is the user's, else one of that name below it. */
function below(folder: FolderFacts, userName: string, name: string): HostPath {
  const isOwn = folder.path.split('/').includes(userName);
  const start = isOwn ? folder.path : joinPath(folder.path, hostPathFromText(userName));
  return joinPath(start, hostPathFromText(name));
}

function roomiest(folders: readonly FolderFacts[]): FolderFacts | undefined {
  return [...folders].sort((a, b) => (usableBytes(b) ?? 0) - (usableBytes(a) ?? 0))[0];
}

/** `$SCRATCH, lustre, 3.2 TB free` */
function told(folder: FolderFacts): string {
  const name = /^[A-Z]/.test(folder.name) ? `$${folder.name}` : folder.path;
  return [name, ...(folder.type === null ? [] : [folder.type]), room(folder)].join(', ');
}

function room(folder: FolderFacts): string {
  const bytes = usableBytes(folder);
  if (bytes === null) return 'room unknown';
  const isQuota = folder.quota?.limitBytes != null;
  return isQuota ? `${formatBytes(bytes)} left of your quota` : `${formatBytes(bytes)} free`;
}

/** A local disk that programs may run from, with most room; the system's own choice where it is good enough. */
function temporary(folders: readonly FolderFacts[]): { readonly path: HostPath; readonly reason: string } {
  const candidates = folders.filter(({ name }) => name === 'temporary' || name === 'varTemporary');
  const [system] = candidates;
  const isGood = (folder: FolderFacts) => isUsable(folder) && !folder.isNoExec && folder.medium === 'disk';
  const best = roomiest(candidates.filter(isGood));
  if (system !== undefined && isGood(system) && (usableBytes(system) ?? 0) >= 10e9)
    return { path: system.path, reason: `What the system says, ${room(system)}` };
  if (best !== undefined) return { path: best.path, reason: `A disk of this machine, ${room(best)}` };
  if (system !== undefined) return { path: system.path, reason: `What the system says, ${room(system)}` };
  return { path: hostPathFromText('/tmp'), reason: 'What the system says' };
}
