import type { HostId } from '#core/contract/ids.ts';

/**
 * Tells an image apart from all others, on whichever host. An image of core's own machine has its path as its key, so
 * that long lists need no texts of their own; elsewhere the host stands before it (no path has a line break in it).
 */
export type ImageKey = string;

/** Where an image is, as far as telling it apart goes. */
export interface ImagePlace {
  readonly hostId: HostId;
  readonly path: string;
}

const localHost: string = 'local';

/** The key of an image. */
export function imageKey({ hostId, path }: ImagePlace): ImageKey {
  return hostId === localHost ? path : `${hostId}\n${path}`;
}

/** Index of a key's image among rows; -1 where it is not. Nothing is built for each row. */
export function indexOfKey(rows: readonly ImagePlace[], key: ImageKey | null): number {
  if (key === null) return -1;
  const { host, path } = readImageKey(key);
  return rows.findIndex((row) => row.path === path && row.hostId === host);
}

/** A key → the host's id and the path, as texts. */
export function readImageKey(key: ImageKey): { readonly host: string; readonly path: string } {
  const end = key.indexOf('\n');
  return end < 0 ? { host: localHost, path: key } : { host: key.slice(0, end), path: key.slice(end + 1) };
}
