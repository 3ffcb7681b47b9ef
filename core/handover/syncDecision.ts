import { parentOf, type SideChange, type SideChanges, type TreeEntry, type TreePath } from './syncRecord.ts';

export type SyncSide = 'here' | 'there';

/** Everything on which it depends what a sync does. */
export interface SyncQuestion {
  readonly here: SideChanges;
  readonly there: SideChanges;
  readonly direction: 'push' | 'pull' | 'both';
  /** Whose side counts where both changed; they count against the direction, too. */
  readonly resolutions: ReadonlyMap<TreePath, SyncSide>;
  /** Files of one size, changed on both sides: whether their bytes are the same. */
  readonly isSame: (path: TreePath) => boolean;
  /** Files of a side that do not leave it. */
  readonly staysOn: (side: SyncSide, path: TreePath) => boolean;
}

/** What one side gets: an entry as the other has it, or its removal. */
export interface SyncAction {
  readonly path: TreePath;
  readonly what: 'new' | 'changed' | 'removed';
  /** Null: removed. */
  readonly entry: TreeEntry | null;
  /** What this side has now; null where it has nothing. Its line is known only where this side changed it itself. */
  readonly present: TreeEntry | null;
}

export interface ConflictAt {
  readonly path: TreePath;
  readonly here: Change;
  readonly there: Change;
}
interface Change {
  readonly what: 'new' | 'changed' | 'removed';
  readonly now: TreeEntry | null;
}

export interface SyncDecision {
  /** By path, folders before what is in them. */
  readonly toHere: readonly SyncAction[];
  readonly toThere: readonly SyncAction[];
  /** Changed on both sides, and alike. */
  readonly agreed: readonly TreePath[];
  readonly conflicts: readonly ConflictAt[];
}

/** Whose state counts; left: neither side is touched, and the next sync looks again. */
type Outcome = SyncSide | 'agreed' | 'left' | 'conflict';

/** Files that both sides changed and whose sizes are the same: only their bytes can tell whether that is a conflict. */
export function pathsToCompare(here: SideChanges, there: SideChanges): readonly TreePath[] {
  return [...here].flatMap(([path, { now }]) => {
    const other = there.get(path)?.now;
    return now?.kind === 'file' && other?.kind === 'file' && now.sizeBytes === other.sizeBytes ? [path] : [];
  });
}

/**
 * Three-way comparison of two trees, each against its own listing of the last sync; values in, values out. What only one
 * side changed goes to the other; what both changed alike is agreed; the rest is a conflict, and stays as it is on both
 * sides with all that depends on it, unless somebody chose. Clocks of the two hosts are never compared.
 */
export function decideSync(question: SyncQuestion): SyncDecision {
  const { here, there, direction, resolutions } = question;
  const paths = [...new Set([...here.keys(), ...there.keys()])].sort(byBytes);
  const outcomes = new Map<TreePath, Outcome>();
  for (const path of paths) outcomes.set(path, outcomeAt(path, question));

  const changes = { here, there };
  const below = (path: TreePath) => pathsBelow(paths, path);
  const stateOf = (side: SyncSide, path: TreePath): TreeEntry | null => {
    const change = changes[side].get(path);
    return change === undefined ? (changes[otherSide(side)].get(path)?.before ?? null) : change.now;
  };

  // A folder on one side, and in its place something else on the other: all below it follows what is decided for it.
  const clashes = new Set<TreePath>();
  for (const path of paths) {
    if (!isClash(path)) continue;
    const winner = resolutions.get(path);
    outcomes.set(path, winner ?? 'conflict');
    clashes.add(path);
    for (const each of below(path)) outcomes.set(each, winner ?? 'left');
  }
  function isClash(path: TreePath): boolean {
    const [left, right] = [stateOf('here', path), stateOf('there', path)];
    if (left === null || right === null || (left.kind === 'folder') === (right.kind === 'folder'))
      return false;
    const folderSide: SyncSide = left.kind === 'folder' ? 'here' : 'there';
    if (!changes[otherSide(folderSide)].has(path)) return false;
    const own = changes[folderSide];
    return own.has(path) || below(path).some((each) => (own.get(each)?.now ?? null) !== null);
  }

  const allowed: SyncSide | null = direction === 'both' ? null : direction === 'push' ? 'here' : 'there';
  const isChosen = (path: TreePath) =>
    resolutions.has(path) || ancestorsOf(path).some((each) => clashes.has(each) && resolutions.has(each));
  for (const [path, outcome] of outcomes)
    if (allowed !== null && outcome === otherSide(allowed) && !isChosen(path)) outcomes.set(path, 'left');

  // What does not leave its side: neither that file nor what would make room for it.
  for (const [path, outcome] of outcomes) {
    if (outcome !== 'here' && outcome !== 'there') continue;
    if (stateOf(outcome, path)?.kind !== 'file' || !question.staysOn(outcome, path)) continue;
    outcomes.set(path, 'left');
    if (stateOf(otherSide(outcome), path)?.kind === 'folder')
      for (const each of below(path)) outcomes.set(each, 'left');
  }

  // A removed folder stays where something in it does: deepest first.
  for (const path of paths.toReversed()) {
    const winner = outcomes.get(path);
    if (winner !== 'here' && winner !== 'there') continue;
    if (stateOf(winner, path) !== null) continue;
    const loser = otherSide(winner);
    if (stateOf(loser, path)?.kind !== 'folder') continue;
    let kept: Outcome = winner;
    for (const each of below(path)) {
      const outcome = outcomes.get(each);
      if (outcome === winner || outcome === 'agreed' || stateOf(loser, each) === null) continue;
      if (outcome === loser) kept = loser;
      else if (kept === winner) kept = 'left';
    }
    outcomes.set(path, kept);
  }

  // Nothing can be put where its folder will not be.
  for (const path of paths) {
    const winner = outcomes.get(path);
    if ((winner !== 'here' && winner !== 'there') || stateOf(winner, path) === null) continue;
    const parent = parentOf(path);
    const above = outcomes.get(parent);
    if (above === undefined || above === 'agreed' || above === winner) continue;
    if (stateOf(otherSide(winner), parent)?.kind !== 'folder') outcomes.set(path, 'left');
  }

  const actionsOn = (side: SyncSide) =>
    paths.flatMap((path) => {
      if (outcomes.get(path) !== otherSide(side)) return [];
      const [present, entry] = [stateOf(side, path), stateOf(otherSide(side), path)];
      const what = entry === null ? 'removed' : present === null ? 'new' : 'changed';
      return [{ path, what, entry, present } as const];
    });
  const having = (wanted: Outcome) => paths.filter((path) => outcomes.get(path) === wanted);
  return {
    toHere: actionsOn('here'),
    toThere: actionsOn('there'),
    agreed: having('agreed'),
    conflicts: having('conflict').map((path) => ({
      path,
      here: changeOf(here.get(path), stateOf('here', path)),
      there: changeOf(there.get(path), stateOf('there', path)),
    })),
  };
}

/** What a path alone tells. */
function outcomeAt(path: TreePath, { here, there, resolutions, isSame }: SyncQuestion): Outcome {
  const [left, right] = [here.get(path), there.get(path)];
  if (left === undefined) return 'there';
  if (right === undefined) return 'here';
  // Both may have come to the same: what an interrupted sync had done already is seen here, too.
  if (left.now === null && right.now === null) return 'agreed';
  if (left.now === null && right.now?.kind === 'folder') return 'here';
  if (right.now === null && left.now?.kind === 'folder') return 'there';
  const chosen = resolutions.get(path) ?? 'conflict';
  if (left.now === null || right.now === null) return chosen;
  if (!isAlike(left.now, right.now, isSame)) return chosen;
  if (left.now.mode === right.now.mode) return 'agreed';
  const [isOurs, isTheirs] = [hasOtherMode(left), hasOtherMode(right)];
  if (isOurs !== isTheirs) return isOurs ? 'here' : 'there';
  // Without a last sync, two hosts may only have had different umasks.
  return left.before === null || right.before === null ? 'agreed' : chosen;
}

const hasOtherMode = ({ before, now }: SideChange) => before !== null && before.mode !== now?.mode;

function isAlike(left: TreeEntry, right: TreeEntry, isSame: SyncQuestion['isSame']): boolean {
  if (left.kind !== right.kind) return false;
  if (left.kind === 'link') return left.target === right.target;
  if (left.kind !== 'file') return true;
  return left.sizeBytes === right.sizeBytes && isSame(left.path);
}

function changeOf(change: SideChange | undefined, state: TreeEntry | null): Change {
  const what = state === null ? 'removed' : change?.before === null ? 'new' : 'changed';
  return { what, now: state };
}

/** Actions without those at dropped paths, and without what cannot be done without them. */
export function withoutPaths(
  actions: readonly SyncAction[],
  dropped: ReadonlySet<TreePath>,
): readonly SyncAction[] {
  if (dropped.size === 0) return actions;
  const above = new Set([...dropped].flatMap(ancestorsOf));
  return actions.filter(
    ({ path, entry }) =>
      !dropped.has(path) &&
      !ancestorsOf(path).some((each) => dropped.has(each)) &&
      (entry?.kind === 'folder' || !above.has(path)),
  );
}

export function otherSide(side: SyncSide): SyncSide {
  return side === 'here' ? 'there' : 'here';
}

function ancestorsOf(path: TreePath): TreePath[] {
  const found: TreePath[] = [];
  for (let above = parentOf(path); above !== ''; above = parentOf(above)) found.push(above);
  return found;
}

/** One character is one byte, so that this is the order of `LC_ALL=C sort`. */
export const byBytes = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0);

/** Of sorted paths, those below one. */
function pathsBelow(paths: readonly TreePath[], path: TreePath): readonly TreePath[] {
  return paths.slice(firstAt(paths, `${path}/`), firstAt(paths, `${path}0`)); // `0` comes right behind `/`
}

function firstAt(paths: readonly TreePath[], wanted: string): number {
  let [from, to] = [0, paths.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((paths[middle] ?? '') < wanted) from = middle + 1;
    else to = middle;
  }
  return from;
}
