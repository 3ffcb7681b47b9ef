export interface FolderEntry {
  /** Escaped, as a HostPath. */
  readonly name: string;
  readonly isFolder: boolean;
}

export interface PathSuggestion {
  readonly name: string;
  /** The whole text of the field when it is taken; a folder ends in a slash. */
  readonly value: string;
  readonly isFolder: boolean;
  /** The folder above. */
  readonly isParent: boolean;
}

/** A typed path → the folder that is being looked into, and the beginning of a name. */
export function splitTyped(typed: string): { readonly folder: string; readonly prefix: string } {
  const slash = typed.lastIndexOf('/');
  if (slash < 0) return { folder: '/', prefix: typed };
  return { folder: slash === 0 ? '/' : typed.slice(0, slash), prefix: typed.slice(slash + 1) };
}

/**
 * What a typed path may become: the entries of its folder that begin with what is typed, without regard to case, and
 * the folder above. Names that begin with a dot appear when a dot is typed.
 */
export function completePath(
  typed: string,
  entries: readonly FolderEntry[],
  wants: 'folder' | 'file' | 'any',
): readonly PathSuggestion[] {
  const { folder, prefix } = splitTyped(typed);
  const base = folder === '/' ? '/' : `${folder}/`;
  const wanted = prefix.toLowerCase();
  const found = entries
    .filter((entry) => wants !== 'folder' || entry.isFolder)
    .filter((entry) => entry.name.toLowerCase().startsWith(wanted))
    .filter((entry) => prefix.startsWith('.') || !entry.name.startsWith('.'))
    .map((entry) => ({
      name: entry.name,
      value: `${base}${entry.name}${entry.isFolder ? '/' : ''}`,
      isFolder: entry.isFolder,
      isParent: false,
    }));
  const isExact = found.length === 1 && found[0]?.value === typed;
  const parent = parentOf(folder, prefix);
  return [...(parent === null ? [] : [parent]), ...(isExact ? [] : found)];
}

function parentOf(folder: string, prefix: string): PathSuggestion | null {
  if (folder === '/' || prefix !== '') return null;
  const above = folder.slice(0, folder.lastIndexOf('/'));
  return { name: '..', value: `${above}/`, isFolder: true, isParent: true };
}
