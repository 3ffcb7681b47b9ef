import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { BuildsState, FilePlace, OpenDocument } from './buildsState.ts';

/** What is kept of an open document over a reload. */
export interface Draft {
  readonly hostId: HostId;
  readonly path: HostPath | null;
  readonly name: string;
  readonly modifiedAt: number | null;
  /** Changes that are not on the disk; null where there are none. */
  readonly text: string | null;
  readonly isCurrent: boolean;
}

export interface Kept {
  readonly drafts: readonly Draft[];
  readonly recentFiles: readonly FilePlace[];
}

const storageKey = 'mysingularity.builds';
// A browser keeps about five million characters for all pages of the workbench together.
const longestDraft = 500_000;
const longestAll = 2_000_000;

/** What is kept of the open documents, and which of them are too long for it. */
export function draftsOf({ documents, currentId }: Pick<BuildsState, 'documents' | 'currentId'>): {
  readonly drafts: readonly Draft[];
  readonly unkeptIds: readonly string[];
} {
  const unkeptIds: string[] = [];
  let left = longestAll;
  const drafts = documents.flatMap((document): Draft[] => {
    const { id, hostId, path, name, modifiedAt } = document;
    const text = changedText(document);
    const fits = text === null || (text.length <= longestDraft && text.length <= left);
    if (!fits) unkeptIds.push(id);
    left -= fits && text !== null ? text.length : 0;
    if (!fits && path === null) return [];
    return [{ hostId, path, name, modifiedAt, text: fits ? text : null, isCurrent: id === currentId }];
  });
  return { drafts, unkeptIds };
}

function changedText({ path, text, savedText }: OpenDocument): string | null {
  return path === null || text !== savedText ? text : null;
}

/** Keeps the open documents and the list of recent ones. Says false where the browser has no room. */
export function keep(kept: Kept): boolean {
  try {
    localStorage.setItem(storageKey, JSON.stringify(kept));
    return true;
  } catch {
    // Full, or forbidden by the browser: the page says that changes are not kept.
    return false;
  }
}

/** What was kept; nothing where it cannot be read (another version wrote it, or a hand). */
export function readKept(): Kept {
  const none: Kept = { drafts: [], recentFiles: [] };
  const text = localStorage.getItem(storageKey);
  if (text === null) return none;
  try {
    const kept: unknown = JSON.parse(text);
    return isKept(kept) ? kept : none;
  } catch {
    // Not ours: the next change writes over it.
    return none;
  }
}

function isKept(kept: unknown): kept is Kept {
  if (typeof kept !== 'object' || kept === null || !('drafts' in kept) || !('recentFiles' in kept))
    return false;
  const { drafts, recentFiles } = kept;
  return (
    Array.isArray(drafts) && drafts.every(isDraft) && Array.isArray(recentFiles) && recentFiles.every(isPlace)
  );
}

function isPlace(place: unknown): boolean {
  if (typeof place !== 'object' || place === null) return false;
  const { hostId, path } = place as Readonly<Record<string, unknown>>;
  return typeof hostId === 'string' && typeof path === 'string';
}

function isDraft(draft: unknown): boolean {
  if (typeof draft !== 'object' || draft === null) return false;
  const { hostId, path, name, modifiedAt, text } = draft as Readonly<Record<string, unknown>>;
  return (
    typeof hostId === 'string' &&
    (path === null || typeof path === 'string') &&
    typeof name === 'string' &&
    (modifiedAt === null || typeof modifiedAt === 'number') &&
    (text === null || typeof text === 'string')
  );
}
