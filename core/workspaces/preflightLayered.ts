import type { PreflightItem } from '#core/contract/workspaces.ts';

/** What an overlay over a squashfs in a user namespace needs. */
export interface LayeredFacts {
  /** As `stat -f` calls it: `ext2/ext3`, `nfs`, `lustre`. */
  readonly fileSystem: string | null;
  readonly hasUserNamespaces: boolean | null;
  /** `unshare --map-user`, of util-linux 2.36. */
  readonly canMapUser: boolean | null;
  readonly hasSquashfuse: boolean | null;
  /** An overlay can be mounted in a user namespace: Linux 5.11. */
  readonly hasKernelOverlay: boolean | null;
}

/**
 * File systems on which the upper folder of an overlay does not stand. Names of `stat -f`; source: apptainer
 * internal/pkg/util/fs/overlay (NFS, FUSE, eCryptfs, Lustre, GPFS, PanFS), and the kernel's overlayfs.rst.
 */
const noUpper = /^(nfs|fuse|fuseblk|ecryptfs|lustre|gpfs|panfs|smb|smb2|cifs|afs|vfat|msdos|ceph)\d*$/i;

/** Plain files below it need an overlay, too. */
const adoptUnpacked = 'Adopt what it was packed to again, unpacked.';
const unpack = 'Unpack the workspace: plain files need no squashfuse.';

/** What keeps a workspace over its packed file from being opened here. */
export function layeredItems(layered: LayeredFacts | null): readonly PreflightItem[] {
  if (layered === null) return [];
  const blocked = (
    code: PreflightItem['code'],
    sentence: string,
    nextStep = adoptUnpacked,
  ): PreflightItem => ({ code, level: 'blocked', sentence, nextStep });
  return [
    ...(layered.hasUserNamespaces === false
      ? [
          blocked(
            'noUserNamespaces',
            'A workspace over its packed file is mounted in a user namespace; this host allows none.',
          ),
        ]
      : layered.canMapUser === false
        ? [
            blocked(
              'noUserNamespaces',
              'A workspace over its packed file needs unshare --map-user (util-linux 2.36); this host has none.',
            ),
          ]
        : []),
    ...(layered.hasSquashfuse === false
      ? [
          blocked(
            'noSquashfuse',
            'A workspace over its packed file needs squashfuse; this host has no such program, or /dev/fuse is closed.',
            unpack,
          ),
        ]
      : []),
    ...(layered.hasKernelOverlay === false
      ? [
          blocked(
            'noOverlay',
            'A workspace over its packed file needs an overlay; the kernel of this host mounts no overlay for users (Linux 5.11 does).',
          ),
        ]
      : []),
    ...(layered.fileSystem !== null && noUpper.test(layered.fileSystem)
      ? [
          blocked(
            'fileSystem',
            `A workspace over its packed file needs an overlay, and none stands on ${layered.fileSystem}, where this one lies.`,
          ),
        ]
      : []),
  ];
}
