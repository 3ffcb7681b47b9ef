import { describe, expect, it } from 'vitest';
import { hostPathFromText as path } from '#core/contract/hostPath.ts';
import { mountOf, mountsBelow, ownerlessFileSystem, parseMountTable } from './mountTable.ts';

/** Lines of login nodes: NFS homes, Lustre and GPFS scratch, an automounter, a name with a space. */
const clusterTable = `22 1 259:2 / / rw,relatime shared:1 - xfs /dev/nvme0n1p2 rw,attr2
24 22 0:22 / /proc rw,nosuid shared:13 - proc proc rw
61 22 0:50 / /home rw,relatime shared:30 - autofs auto.home rw,fd=6
70 61 0:55 / /home/alice rw,relatime shared:31 - nfs4 nas.example.org:/export/alice rw,vers=4.2
80 22 0:60 / /lustre/scratch rw,relatime shared:40 - lustre 10.0.0.1@o2ib:/scratch rw,flock
90 22 0:61 / /gpfs/project rw,relatime shared:41 - gpfs project rw,relatime
95 22 0:62 / /mnt/my\\040disk rw,relatime shared:42 - ext4 /dev/sdb1 rw
99 80 0:70 / /lustre/scratch/alice/tree/mnt rw,nosuid shared:50 - fuse.squashfuse squashfuse ro
`;
const mounts = parseMountTable(clusterTable);
const typeAt = (text: string) => mountOf(path(text), mounts)?.type;

describe('a table of mounts', () => {
  it('says which file system holds a path: the deepest mount, the last of two', () => {
    expect(typeAt('/srv/x')).toBe('xfs');
    expect(typeAt('/home/alice/sandboxes')).toBe('nfs4');
    expect(typeAt('/home/bob')).toBe('autofs');
    expect(typeAt('/homestead')).toBe('xfs');
    expect(typeAt('/lustre/scratch')).toBe('lustre');
    expect(typeAt('/mnt/my disk/tree')).toBe('ext4');
  });

  it('says where owners of a user namespace cannot be kept', () => {
    const nameAt = (text: string) => {
      const mount = mountOf(path(text), mounts);
      return mount === null ? null : ownerlessFileSystem(mount);
    };
    expect(nameAt('/home/alice/tree')).toBe('NFS');
    expect(nameAt('/lustre/scratch/tree')).toBe('Lustre');
    expect(nameAt('/gpfs/project/tree')).toBe('GPFS');
    expect(nameAt('/mnt/my disk/tree')).toBeNull();
    expect(ownerlessFileSystem({ point: path('/'), type: 'constructor' })).toBeNull();
  });

  it('finds what is mounted in a folder', () => {
    expect(mountsBelow(path('/lustre/scratch/alice/tree'), mounts)).toEqual([
      '/lustre/scratch/alice/tree/mnt',
    ]);
    expect(mountsBelow(path('/lustre/scratch/alice/tree/mnt'), mounts)).toEqual([]);
    expect(mountsBelow(path('/mnt/my disk'), mounts)).toEqual([]);
  });

  it('bears with lines that are none', () => {
    expect(parseMountTable('\nnothing\n1 2 3\n')).toEqual([]);
  });
});
