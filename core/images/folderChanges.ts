import type { HostPath } from '#core/contract/hostPath.ts';
import type { Folder } from './libraryFolder.ts';

/** What is to be read again in a folder. */
export interface FolderChange {
  readonly folder: Folder;
  /** Null where nobody can say which: all of it. */
  readonly names: ReadonlySet<HostPath> | null;
}

/** Changes of folders that nobody has looked at yet, one for each. */
export interface FolderChanges {
  add(folder: Folder, names: readonly HostPath[] | null): void;
  /** The oldest one, which is then looked at; null where there is none. */
  take(): FolderChange | null;
  isAny(): boolean;
  clear(): void;
}

export function createFolderChanges(): FolderChanges {
  const changes = new Map<HostPath, { readonly folder: Folder; names: Set<HostPath> | null }>();
  return {
    add(folder, names) {
      const before = changes.get(folder.path);
      if (before === undefined)
        changes.set(folder.path, { folder, names: names === null ? null : new Set(names) });
      else if (names === null) before.names = null;
      else for (const name of names) before.names?.add(name);
    },
    take() {
      const [change] = changes.values();
      if (change === undefined) return null;
      changes.delete(change.folder.path);
      return change;
    },
    isAny: () => changes.size > 0,
    clear: () => changes.clear(),
  };
}
