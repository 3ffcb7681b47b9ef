import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';

/** A folder as the probe saw it. Bytes; null is unknown. */
export interface FolderFacts {
  /** `home`, `temporary`, `varTemporary`, `cache`, `images`, the name of a variable (`SCRATCH`), `place1`, `top1`. */
  readonly name: string;
  readonly path: HostPath;
  /** When not, the other facts are those of its nearest parent that does. */
  readonly exists: boolean;
  readonly isWritable: boolean;
  /** As in /proc/mounts: ext4, lustre, nfs4, tmpfs; null when unknown. */
  readonly type: string | null;
  /** Where it lives: on this machine's disks, in its memory, or on the network. */
  readonly medium: 'disk' | 'memory' | 'network';
  readonly isNoExec: boolean;
  readonly isNoSuid: boolean;
  readonly isReadOnly: boolean;
  readonly mountPoint: string;
  readonly freeBytes: number | null;
  readonly totalBytes: number | null;
  /** Null also where the file system has no fixed number of inodes. */
  readonly freeInodes: number | null;
  readonly quota: Quota | null;
}

/** What a person may use, and uses. Null limits nothing. */
export interface Quota {
  readonly usedBytes: number;
  readonly limitBytes: number | null;
  readonly usedFiles: number | null;
  readonly limitFiles: number | null;
}

/** Values of a probe → its folders, in the order of the probe. A folder whose file system did not answer is left out. */
export function readFolders(values: ReadonlyMap<string, string>): readonly FolderFacts[] {
  return [...values].flatMap(([key, path]) => {
    const name = /^folder\.(\w+)$/.exec(key)?.[1];
    const line = name === undefined ? undefined : values.get(`folder.${name}.facts`);
    if (name === undefined || line === undefined || path === '') return [];
    return [readFolder(name, path, { line, values })];
  });
}

/** The folder of that name; null where it is not there or its file system did not answer. */
export function folderNamed(values: ReadonlyMap<string, string>, name: string): FolderFacts | null {
  return readFolders(values).find((folder) => folder.name === name) ?? null;
}

/** Room that a person really has: the disk's, or what the quota leaves. */
export function usableBytes(folder: FolderFacts): number | null {
  const { quota, freeBytes } = folder;
  if (quota === null || quota.limitBytes === null) return freeBytes;
  const left = Math.max(0, quota.limitBytes - quota.usedBytes);
  return freeBytes === null ? left : Math.min(left, freeBytes);
}

function readFolder(
  name: string,
  path: string,
  from: { readonly line: string; readonly values: ReadonlyMap<string, string> },
): FolderFacts {
  const [exists, writable, type, options, device, mountPoint, total, free, inodes, freeInodes] =
    from.line.split('|');
  const mounted = (options ?? '').split(',');
  return {
    name,
    path: hostPathFromText(path),
    exists: exists === 'yes',
    isWritable: writable === 'yes',
    type: type || null,
    medium: mediumOf(type ?? ''),
    isNoExec: mounted.includes('noexec'),
    isNoSuid: mounted.includes('nosuid'),
    isReadOnly: mounted.includes('ro'),
    mountPoint: mountPoint ?? '',
    freeBytes: kibibytes(free),
    totalBytes: kibibytes(total),
    freeInodes: count(inodes) === 0 ? null : count(freeInodes),
    quota: quotaOf(name, device ?? '', from.values),
  };
}

/** File systems that are somewhere else, as /proc/mounts names them. */
const networkTypes =
  /^(?:nfs\d?|lustre|gpfs|beegfs(?:_.*)?|ceph|cifs|smb\d?|afs|9p|glusterfs|fuse\.(?:sshfs|glusterfs|cephfs|beegfs)|panfs|orangefs|pvfs2|wekafs|daos|virtiofs)$/;

function mediumOf(type: string): FolderFacts['medium'] {
  if (type === 'tmpfs' || type === 'ramfs') return 'memory';
  return networkTypes.test(type) ? 'network' : 'disk';
}

/**
 * From `lfs quota -q` (`[mount] used soft limit grace files soft limit grace`, KiB; `*` marks what is over), from
 * `btrfs qgroup show -r --raw` (`group referenced exclusive limit`, bytes), or from `quota -w -p`, by device (KiB).
 */
function quotaOf(name: string, device: string, values: ReadonlyMap<string, string>): Quota | null {
  const own = (values.get(`folder.${name}.quota`) ?? '').split(/\s+/).filter((word) => word !== '');
  if (/^\d+\/\d+$/.test(own[0] ?? '')) {
    const [used, limit] = [count(own[1]), count(own[3])];
    return used === null || limit === null
      ? null
      : { usedBytes: used, limitBytes: limit, usedFiles: null, limitFiles: null };
  }
  const numbers = own[0]?.startsWith('/') === true ? own.slice(1) : own;
  if (numbers.length >= 7)
    return quotaFrom([numbers[0], numbers[1], numbers[2], numbers[4], numbers[5], numbers[6]]);
  const system = values.get(`quota.${device}`);
  return system === undefined ? null : quotaFrom(system.split('|'));
}

/** used, soft, hard, files, soft, hard; blocks in KiB; 0 is no limit. The lower limit counts: beyond it writing ends soon. */
function quotaFrom(words: readonly (string | undefined)[]): Quota | null {
  const [used, soft, hard, files, softFiles, hardFiles] = words.map(count);
  if (used === null || used === undefined) return null;
  const lower = (a: number | null | undefined, b: number | null | undefined) => a || b || null;
  const limit = lower(soft, hard);
  return {
    usedBytes: used * 1024,
    limitBytes: limit === null ? null : limit * 1024,
    usedFiles: files ?? null,
    limitFiles: lower(softFiles, hardFiles),
  };
}

function kibibytes(text: string | undefined): number | null {
  const value = count(text);
  return value === null ? null : value * 1024;
}

function count(text: string | undefined): number | null {
  const digits = /^(\d{1,15})\*?$/.exec(text ?? '')?.[1];
  return digits === undefined ? null : Number(digits);
}
