import { workbenchError } from '#core/errors/workbenchError.ts';
import { compareNames, mostNames } from './squashfsLayout.ts';
import type { ByteName, TreeEntry, TreeFolder } from './tree.ts';

/** Limits of one image: what has more is not an image that anybody works with. */
const mostBytes = 100 * 1024 ** 3;
/** PATH_MAX of Linux: no program could open what lies deeper, and a folder that contains itself ends here. */
const longestPath = 4096;
/** Of the folders that are still to be entered; a forged image has two million of them at the end of the longest path. */
const mostWaitingBytes = 128 * 1024 * 1024;

/** A name that at least one of two trees has. */
export interface TreePair {
  /** From the root, without a leading slash. */
  readonly path: ByteName;
  readonly left: TreeEntry | null;
  readonly right: TreeEntry | null;
}

interface Step {
  readonly path: ByteName;
  readonly left: TreeFolder | null;
  readonly right: TreeFolder | null;
}

/** A folder that may not be read is told to `onClosed`. */
interface WalkOptions {
  readonly signal: AbortSignal;
  readonly onClosed: (path: ByteName) => void;
}

/** Every name of two trees once, folder by folder; the roots themselves are left out. Fails with input.invalid beyond the limits. */
export async function* walkTrees(
  left: TreeFolder,
  right: TreeFolder,
  { signal, onClosed }: WalkOptions,
): AsyncGenerator<TreePair, void, undefined> {
  const counts = { left: createCount('left'), right: createCount('right') };
  const steps: Step[] = [{ path: '', left, right }];
  let sincePause = 0;
  let waitingBytes = 0;
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    signal.throwIfAborted();
    waitingBytes -= step.path.length;
    const leftEntries = await entriesOf(step.left, step.path, onClosed);
    const rightEntries = await entriesOf(step.right, step.path, onClosed);
    for (const [one, other] of merged(leftEntries, rightEntries)) {
      const name = (one ?? other)?.name ?? '';
      const path = step.path === '' ? name : `${step.path}/${name}`;
      if (path.length > longestPath) throw tooLarge('A path in it is longer than any system can open');
      if (one !== null) counts.left(one);
      if (other !== null) counts.right(other);
      yield { path, left: one, right: other };
      const folders = { left: folderOf(one), right: folderOf(other) };
      if (folders.left === null && folders.right === null) continue;
      waitingBytes += path.length;
      if (waitingBytes > mostWaitingBytes) throw tooLarge('It has more folders than any image');
      steps.push({ path, ...folders });
    }
    sincePause += leftEntries.length + rightEntries.length;
    if (sincePause < 1000) continue;
    sincePause = 0;
    await new Promise((resolve) => setImmediate(resolve)); // the metadata of a squashfs is read without waiting for anything
  }
}

async function entriesOf(
  folder: TreeFolder | null,
  path: ByteName,
  onClosed: WalkOptions['onClosed'],
): Promise<readonly TreeEntry[]> {
  if (folder === null) return [];
  const entries = await folder.list();
  if (entries === null) onClosed(path);
  return entries ?? [];
}

function* merged(
  left: readonly TreeEntry[],
  right: readonly TreeEntry[],
): Generator<readonly [TreeEntry | null, TreeEntry | null]> {
  let atLeft = 0;
  let atRight = 0;
  for (;;) {
    const one = left[atLeft] ?? null;
    const other = right[atRight] ?? null;
    if (one === null && other === null) return;
    const order = one === null ? 1 : other === null ? -1 : compareNames(one.name, other.name);
    if (order <= 0) atLeft += 1;
    if (order >= 0) atRight += 1;
    yield [order <= 0 ? one : null, order >= 0 ? other : null];
  }
}

function folderOf(entry: TreeEntry | null): TreeFolder | null {
  return entry?.kind === 'folder' ? entry : null;
}

function createCount(side: 'left' | 'right'): (entry: TreeEntry) => void {
  let entries = 0;
  let bytes = 0;
  return (entry) => {
    entries += 1;
    if (entry.kind === 'file') bytes += entry.sizeBytes;
    if (entries > mostNames) throw tooLarge(`The ${side} image holds more than two million names`);
    if (bytes > mostBytes) throw tooLarge(`The files of the ${side} image are larger than 100 GB`);
  };
}

function tooLarge(reason: string): Error {
  return workbenchError('input.invalid', { reason: `${reason}: they are not compared` });
}
