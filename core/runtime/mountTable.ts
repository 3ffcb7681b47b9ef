import { type HostPath, hostPathFromBytes } from '#core/contract/hostPath.ts';

/** A line of /proc/self/mountinfo. */
export interface Mount {
  readonly point: HostPath;
  /** As the kernel calls it: `ext4`, `nfs4`, `lustre`, `fuse.squashfuse`. */
  readonly type: string;
}

/** /proc/self/mountinfo → mounts, in the order in which they were made. Source: proc_pid_mountinfo(5). */
export function parseMountTable(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', after] = line.split(' - ');
    const point = before.split(' ')[4];
    const type = after?.split(' ')[0];
    return point === undefined || type === undefined ? [] : [{ point: unescaped(point), type }];
  });
}

/** The same for awk: `plain($5)` of a line is the mount's point. Works with mawk, gawk and busybox. */
export const plainInAwk = `function plain(s,  o, d) { o = ""
while (match(s, /\\\\[0-7][0-7][0-7]/)) { d = substr(s, RSTART + 1, 3)
o = o substr(s, 1, RSTART - 1) sprintf("%c", substr(d, 1, 1) * 64 + substr(d, 2, 1) * 8 + substr(d, 3, 1))
s = substr(s, RSTART + 4) } return o s }`;

/** The mount that holds a path (whole, without links); the last one wins where several lie on each other. */
export function mountOf(path: HostPath, mounts: readonly Mount[]): Mount | null {
  let found: Mount | null = null;
  for (const mount of mounts)
    if (isAtOrBelow(path, mount.point) && mount.point.length >= (found?.point.length ?? 0)) found = mount;
  return found;
}

/** What is mounted in a folder (not on it). */
export function mountsBelow(path: HostPath, mounts: readonly Mount[]): readonly HostPath[] {
  return mounts.flatMap(({ point }) => (point !== path && isAtOrBelow(point, path) ? [point] : []));
}

/** File systems whose servers know nothing of the ids of a user namespace. Source: Apptainer's admin guide, "Filesystem support". */
const network: Readonly<Record<string, string>> = {
  nfs: 'NFS',
  nfs4: 'NFS',
  lustre: 'Lustre',
  gpfs: 'GPFS',
  mmfs: 'GPFS',
  beegfs: 'BeeGFS',
  panfs: 'PanFS',
  cifs: 'CIFS',
  smb3: 'CIFS',
  '9p': '9P',
  afs: 'AFS',
  ceph: 'CephFS',
  'fuse.sshfs': 'sshfs',
};

/** The name of a file system on which fakeroot cannot give files to other ids; null for any other. */
export function ownerlessFileSystem({ type }: Mount): string | null {
  return Object.hasOwn(network, type) ? (network[type] ?? null) : null;
}

function isAtOrBelow(path: HostPath, folder: HostPath): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

/** Spaces, tabs, line ends and backslashes are written in octal. The text came as UTF-8. */
function unescaped(text: string): HostPath {
  const bytes: number[] = [];
  for (const part of text.matchAll(/\\([0-7]{3})|[^\\]+|\\/g))
    if (part[1] === undefined) bytes.push(...new TextEncoder().encode(part[0]));
    else bytes.push(Number.parseInt(part[1], 8));
  return hostPathFromBytes(Uint8Array.from(bytes));
}
