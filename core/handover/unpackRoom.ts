import type { HostPath } from '#core/contract/hostPath.ts';
import { type WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { mustRun } from '#core/workspaces/treeScript.ts';
import type { Packed } from './packedFile.ts';

/** Room that a file takes beyond its bytes, at most: what its last block leaves free. */
const blockBytes = 4096;

/** Why a tree has no room as plain files, in bytes or in their number; null where it has. Quotas are not told before. */
export async function roomProblem(
  host: Host,
  folder: HostPath,
  { bytes, entries }: Pick<Packed['tree'], 'bytes' | 'entries'>,
): Promise<WorkbenchError | null> {
  const neededBytes = bytes + entries * blockBytes;
  const [freeBytes, inodes] = await Promise.all([
    host.files.freeBytes(folder),
    mustRun(host, {
      purpose: 'Ask how many files there is room for',
      script: 'stat -f -c "%c %d" -- "$1"',
      words: [{ path: folder }],
      byHand: null,
      path: folder,
    }),
  ]);
  if (freeBytes < neededBytes)
    return workbenchError('disk.full', { path: folder, neededBytes, freeBytes }, { hostId: host.id });
  // File systems that make inodes as they are needed tell 0 of 0.
  const [total = 0, free = 0] = inodes.trim().split(' ').map(Number);
  return total > 0 && free < entries
    ? workbenchError('disk.quota', { path: folder }, { hostId: host.id })
    : null;
}
