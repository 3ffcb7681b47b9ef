import type { Verdict } from '#core/contract/hosts.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { type FolderFacts, folderNamed, readFolders, usableBytes } from './folderFacts.ts';
import { proposeFolders } from './folderProposals.ts';
import type { Probe } from './probe.ts';
import { administratorCan, verdictsOf, youCan } from './verdict.ts';

const { works, risk, blocked } = verdictsOf('storage');
const little = 5e9;

/** Room, quotas, file system types and mount options of the folders that matter. */
export function storageVerdicts(probe: Probe): readonly Verdict[] {
  const { values } = probe;
  const folder = (name: string) => folderNamed(values, name);
  return [
    temporaryVerdict(probe, folder('temporary')),
    spaceVerdict(probe, folder('images')),
    ...readFolders(values).flatMap(quotaVerdict),
    homeVerdict(folder('home')),
    cacheVerdict(probe, folder('cache')),
    scratchVerdict(probe),
  ].filter((verdict) => verdict !== null);
}

function temporaryVerdict(probe: Probe, folder: FolderFacts | null): Verdict | null {
  if (folder === null) return unanswered(probe.values);
  const proposed = proposeFolders(probe).find(({ use }) => use === 'temporary')?.path;
  const free = usableBytes(folder);
  const fact = `${folder.path} is ${folder.type ?? 'of unknown type'}${free === null ? '' : ` with ${formatBytes(free)} free`}`;
  const elsewhere = proposed === undefined || proposed === folder.path ? '$HOME/tmp' : proposed;
  const fix = youCan(`export TMPDIR=${elsewhere}`);
  if (!folder.isWritable || folder.isReadOnly)
    return blocked('temporary', {
      sentence: 'There is nowhere to put temporary files: nothing can be built or pulled.',
      fact: `You may not write to ${folder.path}.`,
      fix,
    });
  if (folder.isNoExec)
    return risk('temporary', {
      sentence: 'Builds fail where temporary files go: programs may not be run there.',
      fact: `${fact}, mounted noexec.`,
      fix,
    });
  if (folder.medium === 'network')
    return risk('temporary', {
      sentence: 'Temporary files go to a network file system, where builds may fail.',
      fact: `${fact}. Owners of other ids cannot be kept there.`,
      fix,
    });
  if (folder.medium === 'memory')
    return risk('temporary', {
      sentence: 'Temporary files go to memory, which a build can fill.',
      fact: `${fact}.`,
      fix,
    });
  if (free !== null && free < little)
    return risk('temporary', {
      sentence: 'There is little room for temporary files.',
      fact: `${fact}.`,
      fix,
    });
  return works('temporary', {
    sentence: 'There is room for temporary files of builds.',
    fact: `${fact}, and programs may run there.`,
  });
}

function unanswered(values: Probe['values']): Verdict | null {
  const path = values.get('temporaryFolder');
  if (path === undefined || path === '') return null;
  return risk('temporary', {
    sentence: 'The folder for temporary files does not answer.',
    fact: `Nothing was heard of ${path} for a second.`,
    fix: youCan('export TMPDIR=/var/tmp'),
  });
}

function spaceVerdict({ facts }: Probe, images: FolderFacts | null): Verdict | null {
  const free = images === null ? facts.freeBytes : usableBytes(images);
  if (free !== null && free <= little)
    return risk('space', {
      sentence: 'There is little room for images.',
      fact: `${formatBytes(free)} are free where images go${images === null ? '' : ` (${images.path})`}.`,
      fix: youCan('Choose another folder for images on this page, or delete what is not needed'),
    });
  if (images?.freeInodes != null && images.freeInodes < 1000)
    return risk('inodes', {
      sentence: 'Hardly any file can be made where images go.',
      fact: `${images.path} has ${images.freeInodes} inodes left.`,
      fix: youCan('Delete files that are not needed; a SIF is one file, a sandbox thousands'),
    });
  return free === null
    ? null
    : works('space', {
        sentence: 'There is room for images.',
        fact: `${formatBytes(free)} are free where images go${images === null ? '' : ` (${images.path}, ${images.type ?? 'unknown type'})`}.`,
      });
}

/** A quota that is nearly used up, of room or of files. */
function quotaVerdict({ name, path, quota }: FolderFacts): readonly Verdict[] {
  if (quota === null) return [];
  const { usedBytes, limitBytes, usedFiles, limitFiles } = quota;
  const isFull = limitBytes !== null && usedBytes > limitBytes * 0.9;
  const hasManyFiles = limitFiles !== null && usedFiles !== null && usedFiles > limitFiles * 0.9;
  if (!isFull && !hasManyFiles) return [];
  return [
    risk(`quota.${name}`, {
      sentence: isFull ? 'Your quota is nearly used up.' : 'You may hardly make another file.',
      fact: isFull
        ? `${formatBytes(usedBytes)} of ${formatBytes(limitBytes)} are used in ${path}.`
        : `${usedFiles} of ${limitFiles} files are used in ${path}.`,
      fix: youCan(`du -xsh ${path}/* ${path}/.[!.]* | sort -h | tail   # what takes the room`),
    }),
  ];
}

function homeVerdict(home: FolderFacts | null): Verdict | null {
  if (home === null || home.isWritable) return null;
  return blocked('home', {
    sentence: 'You cannot write to your home folder.',
    fact: `${home.path} is ${home.exists ? (home.isReadOnly ? 'mounted read-only' : 'not writable') : 'not there'}.`,
    fix: administratorCan(`Give ${home.path} to its user`),
  });
}

/** The cache of the runtime in a home with a quota is what users hit most. */
function cacheVerdict(probe: Probe, cache: FolderFacts | null): Verdict | null {
  if (cache === null) return null;
  const proposed = proposeFolders(probe).find(({ use }) => use === 'cache');
  const moves = proposed !== undefined && !cache.path.startsWith(proposed.path);
  if (!cache.isWritable)
    return risk('cache', {
      sentence: 'The runtime cannot keep a cache: everything is fetched again each time.',
      fact: `You may not write to ${cache.path}.`,
      fix: proposed === undefined ? null : youCan(`export APPTAINER_CACHEDIR=${proposed.path}`),
    });
  const free = usableBytes(cache);
  if (moves && (cache.quota?.limitBytes != null || (free !== null && free < 20e9)))
    return risk('cache', {
      sentence: 'The runtime’s cache will fill your home folder.',
      fact: `${cache.path} has ${free === null ? 'unknown room' : `room for ${formatBytes(free)}`}; a cache grows to tens of gigabytes.`,
      fix: youCan(`export APPTAINER_CACHEDIR=${proposed.path}`),
    });
  return null;
}

function scratchVerdict(probe: Probe): Verdict | null {
  const names = readFolders(probe.values).filter(
    ({ name, exists, isWritable }) => /^[A-Z]|^place/.test(name) && exists && isWritable,
  );
  if (names.length === 0) return null;
  const told = names.map((folder) => {
    const free = usableBytes(folder);
    const name = /^[A-Z]/.test(folder.name) ? `$${folder.name} (${folder.path})` : folder.path;
    return `${name}${free === null ? '' : `: ${formatBytes(free)}`}`;
  });
  return works('scratch', {
    sentence: 'The site has more room for you than your home folder.',
    fact: `${told.join('; ')}. Scratch may be purged: keep a copy of what matters elsewhere.`,
  });
}
