import { wholeWindow } from './sameContent.ts';
import type { ByteName, TreeEntry, TreeFile, TreeFolder } from './tree.ts';
import { windowBytes } from './tree.ts';

/** What is at a path of a tree; null when nothing is, or a link is on the way. */
export async function findEntry(root: TreeFolder, path: string): Promise<TreeEntry | null> {
  let entry: TreeEntry = root;
  for (const name of path.split('/')) {
    if (entry.kind !== 'folder') return null;
    const next = await findName(entry, name);
    if (next === null) return null;
    entry = next;
  }
  return entry;
}

async function findName(folder: TreeFolder, name: ByteName): Promise<TreeEntry | null> {
  return (await folder.list())?.find((entry) => entry.name === name) ?? null;
}

/** The first `mostBytes` of a file; null when it is closed to this user. */
export async function readTreeFile(file: TreeFile, mostBytes: number): Promise<Uint8Array | null> {
  const wanted = Math.min(file.sizeBytes, mostBytes);
  const content = await file.open();
  if (content === null) return null;
  try {
    const pieces: Uint8Array[] = [];
    for (let offset = 0; offset < wanted; offset += windowBytes)
      pieces.push(await wholeWindow(await content.window(offset)));
    return Buffer.concat(pieces).subarray(0, wanted);
  } finally {
    await content.close();
  }
}

/** The file at a path as text, cut at `mostBytes`; null when there is none, or it is closed. */
export async function readTreeText(
  root: TreeFolder,
  path: string,
  mostBytes: number,
): Promise<string | null> {
  const entry = await findEntry(root, path);
  if (entry?.kind !== 'file') return null;
  const bytes = await readTreeFile(entry, mostBytes);
  return bytes === null ? null : new TextDecoder().decode(bytes);
}
