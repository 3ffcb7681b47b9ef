import type { EntryAspect } from '#core/contract/compare.ts';
import { createFileDifferences, type FileDifferences, shownPath, visibleAspects } from './fileDifferences.ts';
import { createPackageList, type PackageList } from './packages.ts';
import { hasSameContent } from './sameContent.ts';
import type { ByteName, ImageTree, TreeFile } from './tree.ts';
import { type TreePair, walkTrees } from './walkTrees.ts';

/** So many contents are compared at once: node unpacks on as many threads, and the disk has always something to do. */
const atOnce = 6;
const reportEvery = 500;

export interface TreeComparison {
  readonly files: FileDifferences;
  readonly packages: { readonly left: PackageList; readonly right: PackageList };
  /** What could not be read: a sandbox may hold files that are closed to this user. */
  readonly notes: readonly string[];
}

interface CompareOptions {
  readonly signal: AbortSignal;
  /** Told how many names were seen. */
  readonly onEntries: (done: number) => void;
}

/** Compares two trees name by name: kind, size, content, mode, where links lead. Not times, not owners. */
export async function compareTrees(
  left: ImageTree,
  right: ImageTree,
  { signal, onEntries }: CompareOptions,
): Promise<TreeComparison> {
  const files = createFileDifferences();
  const packages = { left: createPackageList(), right: createPackageList() };
  const closed = createClosedList();
  const running = new Set<Promise<void>>();
  const failure: { thrown: unknown; isThere: boolean } = { thrown: null, isThere: false };
  let done = 0;

  async function compareContent(pair: TreePair, ends: { left: TreeFile; right: TreeFile }): Promise<void> {
    const aspects: readonly EntryAspect[] = visibleAspects(ends.left, ends.right);
    const isSame = await hasSameContent(ends.left, ends.right, signal);
    if (isSame === null) closed.add(pair.path);
    files.add(pair, isSame === false ? ['content', ...aspects] : aspects);
  }

  const walk = walkTrees(left.root, right.root, { signal, onClosed: closed.add });
  try {
    for await (const pair of walk) {
      if (failure.isThere) break;
      done += 1;
      if (done % reportEvery === 0) onEntries(done);
      if (pair.left !== null) packages.left.see(pair.path, pair.left);
      if (pair.right !== null) packages.right.see(pair.path, pair.right);
      const content = contentsToCompare(pair);
      if (content === null) {
        files.add(pair, aspectsOf(pair));
        continue;
      }
      const work = compareContent(pair, content)
        .catch((thrown: unknown) => {
          if (!failure.isThere) Object.assign(failure, { thrown, isThere: true });
        })
        .finally(() => running.delete(work));
      running.add(work);
      if (running.size >= atOnce) await Promise.race(running);
    }
  } finally {
    await Promise.all(running); // each has caught its own failure: nothing reads on when the files are closed
  }
  if (failure.isThere) throw failure.thrown;
  signal.throwIfAborted();
  return { files, packages, notes: closed.notes() };
}

/** Both ends of a pair where only their bytes can tell: files of the same size. */
function contentsToCompare({ left, right }: TreePair): { left: TreeFile; right: TreeFile } | null {
  return left?.kind === 'file' && right?.kind === 'file' && left.sizeBytes === right.sizeBytes
    ? { left, right }
    : null;
}

function aspectsOf({ left, right }: TreePair): readonly EntryAspect[] {
  return left === null || right === null ? [] : visibleAspects(left, right);
}

function createClosedList(): { add(path: ByteName): void; notes(): readonly string[] } {
  let count = 0;
  let first = '';
  return {
    add(path) {
      if (count === 0) first = shownPath(path);
      count += 1;
    },
    notes: () =>
      count === 0
        ? []
        : [
            `${count} ${count === 1 ? 'file or folder' : 'files or folders'} could not be read by this user and ${count === 1 ? 'was' : 'were'} taken for equal: ${first}${count === 1 ? '' : ' and others'}`,
          ],
  };
}
