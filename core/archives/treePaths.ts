import type { HostPath } from '#core/contract/hostPath.ts';

/** As many links in a row as Linux follows (MAXSYMLINKS). */
export const mostHops = 40;

/** The names of a path, without empty ones and `.`. */
export function pathSegments(path: HostPath): string[] {
  return path.split('/').filter((segment) => segment !== '' && segment !== '.');
}

/** Whether a relative target, taken from a folder below the root, climbs above the root by its `..` alone. */
export function climbsOut(folder: string, target: HostPath): boolean {
  if (target.startsWith('/')) return false;
  let depth = folder === '' ? 0 : folder.split('/').length;
  for (const segment of pathSegments(target)) {
    depth += segment === '..' ? -1 : 1;
    if (depth < 0) return true;
  }
  return false;
}
