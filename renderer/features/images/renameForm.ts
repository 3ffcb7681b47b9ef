import { hostPathToBytes } from '#core/contract/hostPath.ts';
import { typedPath } from '#renderer/ui/typedPath.ts';

export type RenameProblem = 'empty' | 'slash' | 'dots' | 'long' | 'taken';

/** Linux and every file system that clusters use allow 255 bytes for a name. */
export const longestNameBytes = 255;

/** What is wrong with a new name; null where nothing is. `isTaken` asks whether the folder has such a name. */
export function checkNewName(name: string, isTaken: (name: string) => boolean): RenameProblem | null {
  if (name === '') return 'empty';
  if (name.includes('/')) return 'slash';
  if (name === '.' || name === '..') return 'dots';
  if (nameBytes(name) > longestNameBytes) return 'long';
  return isTaken(name) ? 'taken' : null;
}

/** Length of a typed name on the disk. */
export function nameBytes(name: string): number {
  return hostPathToBytes(typedPath(name)).length;
}

/** `.sif`, or nothing where a name has no such ending. */
export function extensionOf(name: string): string {
  return /\.(sif|simg|img|sqsh)$/i.exec(name)?.[0] ?? '';
}
