import { workbenchError } from '#core/errors/workbenchError.ts';
import { type SyncAction, withoutPaths } from './syncDecision.ts';
import { type Lists, look, makeReady, moveIn, pathList, type SyncHost, staged } from './syncHost.ts';
import { joinLines, parentOf, shownPath, type TreeEntry, type TreePath } from './syncRecord.ts';

/** What was done on one side. */
export interface MovedIn {
  readonly done: readonly SyncAction[];
  /** What changed here or there while it was synced: left as it is for the next sync. */
  readonly left: readonly TreePath[];
  /** Lines of the side's listing that no longer count, and those that count now. */
  readonly minus: readonly string[];
  readonly plus: readonly string[];
}

/** Bytes of files that a side must get. */
export function filesOf(actions: readonly SyncAction[]): readonly TreeEntry[] {
  return actions.flatMap(({ entry }) => (entry?.kind === 'file' ? [entry] : []));
}

/** Whether what came is the file that the other side had when it was listed. Some file systems keep no parts of a second. */
export function isWhole(came: TreeEntry | undefined, wanted: TreeEntry): boolean {
  if (came?.kind !== 'file' || came.sizeBytes !== wanted.sizeBytes) return false;
  if (came.modifiedNs === wanted.modifiedNs) return true;
  const second = 1_000_000_000n;
  return came.modifiedNs % second === 0n && came.modifiedNs / second === wanted.modifiedNs / second;
}

/**
 * Moves what came into the tree of a side. What is not as it was when it was compared is left out, with what depends on
 * it. Fails with workspace.hostile where the other side sent what was not asked for, or a path would lead out of the tree.
 */
export async function moveInAll(
  side: SyncHost,
  actions: readonly SyncAction[],
  before: (path: TreePath) => TreeEntry | null | undefined,
): Promise<MovedIn> {
  if (actions.length === 0) return { done: [], left: [], minus: [], plus: [] };
  const came = await staged(side);
  const wanted = new Map(filesOf(actions).map((entry) => [entry.path, entry]));
  for (const { path, kind } of came.values())
    if (kind !== 'file' || !wanted.has(path))
      throw hostile(path, 'The other side sent what was not asked for');
  const present = await look(side, withParents(actions));
  const dropped = new Set(
    actions
      .filter(({ path, present: known }) => {
        const file = wanted.get(path);
        if (file !== undefined && !isWhole(came.get(path), file)) return true;
        return present.changed.has(path) || present.entries.has(path) !== (known !== null);
      })
      .map(({ path }) => path),
  );
  const done = withoutPaths(actions, dropped);
  requireFolders(done, present.entries);
  const doneAt = new Set(done.map(({ path }) => path));
  const useless = [...came.keys()].filter((path) => !doneAt.has(path));
  const ready = await makeReady(side, worksOf(done, present.entries, useless));
  await moveIn(side);
  const folders = done.flatMap(({ path, entry }) => (entry?.kind === 'folder' ? [path] : []));
  const made = folders.length === 0 ? null : (await look(side, folders)).entries;
  const minus = done.flatMap(({ path }) => {
    const known = before(path);
    const entry = known === undefined ? present.entries.get(path) : known;
    return entry === null || entry === undefined ? [] : [entry.record];
  });
  const plus = done.flatMap(({ path, entry }) => {
    if (entry === null) return [];
    return (entry.kind === 'folder' ? made?.get(path)?.record : ready.get(path)?.record) ?? [];
  });
  const left = actions.flatMap(({ path }) => (doneAt.has(path) ? [] : [path]));
  return { done, left, minus, plus };
}

function withParents(actions: readonly SyncAction[]): ReadonlySet<TreePath> {
  const paths = new Set<TreePath>();
  for (const { path } of actions)
    for (let each = path; each !== '' && !paths.has(each); each = parentOf(each)) paths.add(each);
  return paths;
}

/** Every folder on the way is one already, or comes: never through a link. */
function requireFolders(done: readonly SyncAction[], entries: ReadonlyMap<TreePath, TreeEntry>): void {
  const coming = new Map(done.map(({ path, entry }) => [path, entry]));
  for (const { path, entry } of done) {
    const parent = parentOf(path);
    if (entry === null || parent === '') continue;
    const kind = coming.has(parent) ? coming.get(parent)?.kind : entries.get(parent)?.kind;
    if (kind !== 'folder') throw hostile(path, 'It would be put where no folder is');
    for (let above = parentOf(parent); above !== ''; above = parentOf(above))
      if (!coming.has(above) && entries.get(above)?.kind !== 'folder')
        throw hostile(path, 'It would be put where no folder is');
  }
}

function hostile(path: TreePath, reason: string) {
  return workbenchError('workspace.hostile', { path: shownPath(path), reason });
}

/** The lists by which the host itself does the work. */
function worksOf(
  done: readonly SyncAction[],
  entries: ReadonlyMap<TreePath, TreeEntry>,
  useless: readonly TreePath[],
): Lists {
  const hasFolder = (path: TreePath) => entries.get(path)?.kind === 'folder';
  const pathsOf = (some: readonly SyncAction[]) => some.map(({ path }) => path);
  const originals = done.filter(({ path }) => entries.has(path) && !hasFolder(path));
  const removed = originals.filter(({ entry }) => entry === null || entry.kind === 'folder');
  const emptied = done.filter(({ path, entry }) => hasFolder(path) && entry?.kind !== 'folder');
  const folders = done.filter(({ path, entry }) => entry?.kind === 'folder' && !hasFolder(path));
  const links = done.flatMap(({ entry }) => (entry?.kind === 'link' ? [entry] : []));
  const aboveLinks = links.map(({ path }) => parentOf(path)).filter((path) => path !== '');
  const locked = new Map<TreePath, string>();
  for (const { path } of done) {
    const parent = entries.get(parentOf(path));
    if (parent?.kind === 'folder' && (Number.parseInt(parent.mode, 8) & 0o300) !== 0o300)
      locked.set(parent.path, parent.mode);
  }
  const modesOf = (kind: TreeEntry['kind']) =>
    new Map(done.flatMap(({ path, entry }) => (entry?.kind === kind ? [[path, entry.mode]] : [])));
  const lists: readonly (readonly [string, Buffer])[] = [
    ['drop', pathList(useless)],
    ['keep', pathList(pathsOf(originals))],
    ['remove', pathList(pathsOf(removed))],
    ['rmdirs', pathList(pathsOf(emptied).toReversed())],
    ['folders', pathList([...pathsOf(folders), ...aboveLinks])],
    ['links', joinLines(links.flatMap(({ target, path }) => [target, `./${path}`]))],
    ...byMode('unlocked', locked),
    ...byMode('filemodes', modesOf('file')),
    ...byMode('foldermodes', modesOf('folder')),
  ];
  return new Map(lists.filter(([, bytes]) => bytes.length > 0));
}

/** A list for each mode. */
function byMode(name: string, modes: ReadonlyMap<TreePath, string>): readonly (readonly [string, Buffer])[] {
  return [...new Set(modes.values())].map((mode) => {
    const paths = [...modes].flatMap(([path, each]) => (each === mode ? [path] : []));
    return [`${name}.${mode}`, pathList(paths)];
  });
}
