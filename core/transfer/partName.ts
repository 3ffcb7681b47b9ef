import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import {
  baseName,
  folderName,
  type HostPath,
  hostPathFromText,
  hostPathToBytes,
  hostPathToText,
  joinPath,
} from '#core/contract/hostPath.ts';
import type { FileFacts } from '#core/hosts/host.ts';

const markLength = 16;
const longestNameBytes = 180;

/** Temporary things of one sending, beside its target. A later sending of the same file to the same target has the same. */
export interface PartNames {
  /** The half-sent file. */
  readonly part: HostPath;
  /** A private folder for what rsync makes. */
  readonly deltaFolder: HostPath;
}

/**
 * `.NAME.<mark>.part` and `.NAME.<mark>.delta.part`. The mark stands for one state of one file of this machine, so that
 * what is in the part can only be its bytes: two writers of one part write the same to the same places.
 */
export function partNames(source: HostPath, facts: FileFacts, target: HostPath): PartNames {
  const mark = createHash('sha256')
    .update(hostname())
    .update('\0')
    .update(hostPathToBytes(source))
    .update(`\0${facts.sizeBytes} ${facts.modifiedAt} ${facts.inode}`)
    .digest('hex')
    .slice(0, markLength);
  const name = hostPathToText(baseName(target));
  const isShort = name !== null && hostPathToBytes(baseName(target)).length <= longestNameBytes;
  const beside = (end: string) =>
    joinPath(folderName(target), hostPathFromText(`.${isShort ? name : 'mysingularity'}.${mark}.${end}`));
  return { part: beside('part'), deltaFolder: beside('delta.part') };
}
