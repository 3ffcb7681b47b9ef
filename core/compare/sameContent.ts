import {
  type FileContent,
  type SharedBlock,
  type StoredWindow,
  type TreeFile,
  type WindowTail,
  windowBytes,
} from './tree.ts';

/** Whether blocks are the same as stored, for each pair that was asked for. */
const sameBlocks = new WeakMap<SharedBlock, WeakMap<SharedBlock, Promise<boolean>>>();

/**
 * Whether two files of one size have the same bytes; null when one of them is closed to this user. What is stored the
 * same is not unpacked.
 */
export async function hasSameContent(
  left: TreeFile,
  right: TreeFile,
  signal: AbortSignal,
): Promise<boolean | null> {
  if (left.sizeBytes === 0) return true;
  const leftContent = await left.open();
  if (leftContent === null) return null;
  try {
    const rightContent = await right.open();
    if (rightContent === null) return null;
    try {
      return await areSame(leftContent, rightContent, { sizeBytes: left.sizeBytes, signal });
    } finally {
      await rightContent.close();
    }
  } finally {
    await leftContent.close();
  }
}

async function areSame(
  left: FileContent,
  right: FileContent,
  { sizeBytes, signal }: { readonly sizeBytes: number; readonly signal: AbortSignal },
): Promise<boolean> {
  for (let offset = 0; offset < sizeBytes; offset += windowBytes) {
    signal.throwIfAborted();
    const [one, other] = await Promise.all([left.window(offset), right.window(offset)]);
    if (!(await isSameWindow(one, other))) return false;
  }
  return true;
}

async function isSameWindow(left: StoredWindow, right: StoredWindow): Promise<boolean> {
  const isStoredAlike = left.form === right.form && isSame(left.stored, right.stored);
  if (isStoredAlike && left.tail === null && right.tail === null) return true;
  if (isStoredAlike && left.tail !== null && right.tail !== null) return isSameTail(left.tail, right.tail);
  if (left.form === 'plain' && right.form === 'plain') return false;
  const [one, other] = await Promise.all([wholeWindow(left), wholeWindow(right)]);
  return isSame(one, other);
}

async function isSameTail(left: WindowTail, right: WindowTail): Promise<boolean> {
  if (left.length !== right.length) return false;
  if (left.offset === right.offset && (await isSameBlock(left.block, right.block))) return true;
  const [one, other] = await Promise.all([left.decode(), right.decode()]);
  return isSame(one, other);
}

function isSameBlock(left: SharedBlock, right: SharedBlock): Promise<boolean> {
  if (left.form !== right.form) return Promise.resolve(false);
  const known = sameBlocks.get(left) ?? new WeakMap<SharedBlock, Promise<boolean>>();
  sameBlocks.set(left, known);
  const answer =
    known.get(right) ?? Promise.all([left.stored, right.stored]).then(([one, other]) => isSame(one, other));
  known.set(right, answer);
  return answer;
}

/** The unpacked bytes of a window with its tail. */
export async function wholeWindow(window: StoredWindow): Promise<Uint8Array> {
  const bytes = await window.decode();
  return window.tail === null ? bytes : Buffer.concat([bytes, await window.tail.decode()]);
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && Buffer.compare(left, right) === 0;
}
