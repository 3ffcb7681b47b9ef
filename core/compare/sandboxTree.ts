import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import type { HostPath } from '#core/contract/hostPath.ts';
import { hostPathToBytes } from '#core/contract/hostPath.ts';
import { errnoOf } from '#core/hosts/fileErrors.ts';
import { compareNames } from './squashfsLayout.ts';
import { type FileContent, type ImageTree, type TreeEntry, type TreeFolder, windowBytes } from './tree.ts';

const slash = Buffer.from('/');
/** Names looked at together: a network file system answers many questions in the time of one. */
const atOnce = 32;

/** A folder of this machine as the tree of an image. No link in it is followed; its own path may be one. */
export function openSandbox(sandbox: HostPath): ImageTree {
  const path = Buffer.from(hostPathToBytes(sandbox));
  const root: TreeFolder = { kind: 'folder', name: '', mode: 0o755, list: () => listFolder(path) };
  return { root, entries: null };
}

async function listFolder(folder: Buffer): Promise<readonly TreeEntry[] | null> {
  let names: readonly Buffer[];
  try {
    names = await fs.readdir(folder, { encoding: 'buffer' });
  } catch (thrown) {
    if (isClosed(thrown)) return null;
    if (isGone(thrown)) return [];
    throw thrown;
  }
  const entries: TreeEntry[] = [];
  for (let from = 0; from < names.length; from += atOnce) {
    const some = await Promise.all(
      names
        .slice(from, from + atOnce)
        .map((name) => readEntry(Buffer.concat([folder, slash, name]), name.toString('latin1'))),
    );
    for (const entry of some) if (entry !== null) entries.push(entry);
  }
  return entries.sort((one, other) => compareNames(one.name, other.name));
}

/** Null for what vanished meanwhile. */
async function readEntry(path: Buffer, name: string): Promise<TreeEntry | null> {
  try {
    const facts = await fs.lstat(path);
    const mode = facts.mode & 0o7777;
    if (facts.isDirectory()) return { kind: 'folder', name, mode, list: () => listFolder(path) };
    if (facts.isFile())
      return { kind: 'file', name, mode, sizeBytes: facts.size, open: () => openFile(path, facts.size) };
    if (facts.isSymbolicLink())
      return {
        kind: 'link',
        name,
        mode,
        target: (await fs.readlink(path, { encoding: 'buffer' })).toString('latin1'),
      };
    if (facts.isFIFO()) return { kind: 'pipe', name, mode, device: null };
    if (facts.isSocket()) return { kind: 'socket', name, mode, device: null };
    const kind = facts.isBlockDevice() ? 'block device' : 'character device';
    return { kind, name, mode, device: facts.rdev };
  } catch (thrown) {
    if (isGone(thrown)) return null;
    throw thrown;
  }
}

async function openFile(path: Buffer, sizeBytes: number): Promise<FileContent | null> {
  let file: fs.FileHandle;
  try {
    file = await fs.open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (thrown) {
    // A link that took the file's place meanwhile is not followed.
    if (isClosed(thrown) || isGone(thrown) || errnoOf(thrown) === 'ELOOP') return null;
    throw thrown;
  }
  return {
    async window(offset) {
      const bytes = Buffer.allocUnsafe(Math.min(windowBytes, sizeBytes - offset));
      let done = 0;
      while (done < bytes.length) {
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, offset + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      const stored = bytes.subarray(0, done);
      return { form: 'plain', stored, tail: null, decode: async () => stored };
    },
    close: () => file.close(),
  };
}

function isClosed(thrown: unknown): boolean {
  return ['EACCES', 'EPERM'].includes(errnoOf(thrown) ?? '');
}

function isGone(thrown: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errnoOf(thrown) ?? '');
}
