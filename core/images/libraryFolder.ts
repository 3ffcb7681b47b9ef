import { type HostPath, joinPath } from '#core/contract/hostPath.ts';
import { reportOf } from '#core/errors/workbenchError.ts';
import type { FileFacts, Host } from '#core/hosts/host.ts';
import { isSkippedName } from './folderNames.ts';

/** A folder that is listed and watched. */
export interface Folder {
  readonly path: HostPath;
  readonly depth: number;
  readonly root: Root;
  readonly stop: AbortController;
  /** Rows and folders directly inside. */
  readonly images: Set<HostPath>;
  readonly folders: Set<HostPath>;
}

/** A folder that the user chose. */
export interface Root {
  readonly path: HostPath;
  problem: string | null;
  /** Watches the nearest existing parent of a folder that is not there yet. */
  appearance: AbortController | null;
}

export function newRoot(path: HostPath): Root {
  return { path, problem: null, appearance: null };
}

type Entry = Awaited<ReturnType<Host['files']['list']>>[number];

/** The entries of a folder that count, by path. */
export function sortEntries(
  folder: HostPath,
  entries: readonly Entry[],
): { readonly files: Map<HostPath, Entry>; readonly folders: Map<HostPath, FileFacts> } {
  const files = new Map<HostPath, Entry>();
  const folders = new Map<HostPath, FileFacts>();
  for (const entry of entries) {
    if (isSkippedName(entry.name)) continue;
    if (entry.facts.kind === 'file') files.set(joinPath(folder, entry.name), entry);
    else if (entry.facts.kind === 'folder') folders.set(joinPath(folder, entry.name), entry.facts);
  }
  return { files, folders };
}

/** What changes when a file does. */
export function signatureOf(facts: FileFacts): string {
  return `${facts.sizeBytes}:${facts.modifiedAt}:${facts.inode}`;
}

/** A failure as a sentence for the list of folders. */
export function problemOf(thrown: unknown): string {
  const { title, cause } = reportOf(thrown);
  return cause === '' ? title : `${title}: ${cause}`;
}
