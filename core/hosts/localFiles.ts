import { createHash, randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import {
  baseName,
  folderName,
  type HostPath,
  hostPathFromBytes,
  hostPathFromText,
  hostPathToBytes,
  joinPath,
} from '#core/contract/hostPath.ts';
import { errnoOf, fileError } from './fileErrors.ts';
import { watchFolder } from './folderWatch.ts';
import type { FileFacts, HostFiles } from './host.ts';
import { readMany, readPiece } from './localReads.ts';

const chunkBytes = 1024 * 1024;
const sliceEntries = 512;

/** Files of this machine. Paths go to node as buffers, so that every name works. */
export const localFiles: HostFiles = {
  async stat(path) {
    try {
      return factsOf(await fs.stat(asBuffer(path)));
    } catch (thrown) {
      if (errnoOf(thrown) === 'ENOENT') return null;
      throw fileError(thrown, path);
    }
  },

  async list(folder) {
    const names = await named(folder, () => fs.readdir(asBuffer(folder), { encoding: 'buffer' }));
    const entries: { readonly name: HostPath; readonly facts: FileFacts }[] = [];
    // In slices: tens of thousands of questions at once would hold the process up for a second.
    for (let from = 0; from < names.length; from += sliceEntries) {
      const slice = names.slice(from, from + sliceEntries).map(async (bytes) => {
        const name = hostPathFromBytes(bytes);
        const facts = await entryFacts(joinPath(folder, name));
        if (facts !== null) entries.push({ name, facts });
      });
      await Promise.all(slice);
    }
    return entries;
  },

  async read(path, offset, length) {
    return await named(path, () => readPiece({ path, offset, length }));
  },

  readMany,

  async write(path, data, mode = 0o644) {
    const temporary = temporaryBeside(path);
    await named(path, async () => {
      const file = await fs.open(asBuffer(temporary), 'wx', mode);
      try {
        await file.writeFile(data);
        await file.sync();
        await file.close();
        await fs.rename(asBuffer(temporary), asBuffer(path));
      } catch (thrown) {
        await file.close().catch(() => undefined); // closed already, or the first failure is the one to tell
        await fs.rm(asBuffer(temporary), { force: true });
        throw thrown;
      }
      await syncFolder(folderName(path));
    });
  },

  async makeFolder(path, mode = 0o755) {
    await named(path, async () => {
      await fs.mkdir(asBuffer(path), { recursive: true, mode });
    });
  },

  async makeTemporaryFolder(parent, prefix) {
    const path = joinPath(parent, hostPathFromText(`${prefix}${randomBytes(8).toString('hex')}`));
    await named(parent, () => fs.mkdir(asBuffer(path), { mode: 0o700 }));
    return path;
  },

  async rename(from, to, options) {
    await named(to, async () => {
      if (options.overwrite) await fs.rename(asBuffer(from), asBuffer(to));
      else await renameWithoutOverwrite(from, to);
      await syncFolder(folderName(to));
    });
  },

  async remove(path) {
    await named(path, () => removeTree(path));
  },

  async copy(from, to, options) {
    await named(to, () => copyFile(from, to, options));
  },

  async sha256(path, signal) {
    return await named(path, async () => {
      const hash = createHash('sha256');
      const file = await fs.open(asBuffer(path), 'r');
      try {
        for await (const chunk of file.createReadStream({ highWaterMark: chunkBytes, autoClose: false })) {
          signal?.throwIfAborted();
          hash.update(chunk);
        }
      } finally {
        await file.close();
      }
      return hash.digest('hex');
    });
  },

  async realPath(path) {
    return await named(path, async () =>
      hostPathFromBytes(await fs.realpath(asBuffer(path), { encoding: 'buffer' })),
    );
  },

  async freeBytes(path) {
    let at = path;
    for (;;) {
      try {
        const facts = await fs.statfs(asBuffer(at));
        return facts.bavail * facts.bsize;
      } catch (thrown) {
        const parent = folderName(at);
        if (errnoOf(thrown) !== 'ENOENT' || parent === at) throw fileError(thrown, path);
        at = parent;
      }
    }
  },

  watch: watchFolder,
};

/** A private name beside a target, on the same file system: `.NAME.<random>.part`. */
export function temporaryBeside(path: HostPath): HostPath {
  const name = hostPathFromText(`.${randomBytes(6).toString('hex')}.part`);
  return joinPath(folderName(path), `.${baseName(path).slice(0, 180)}${name}` as HostPath);
}

function asBuffer(path: HostPath): Buffer {
  return Buffer.from(hostPathToBytes(path));
}

async function named<Value>(path: HostPath, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (thrown) {
    throw fileError(thrown, path);
  }
}

async function entryFacts(path: HostPath): Promise<FileFacts | null> {
  try {
    return factsOf(await fs.stat(asBuffer(path)));
  } catch (thrown) {
    // Gone meanwhile, a dangling link, or a folder that may not be entered: facts of the entry itself, if any.
    if (errnoOf(thrown) === null) throw thrown;
    const own = await fs.lstat(asBuffer(path)).catch(() => null);
    return own === null ? null : factsOf(own);
  }
}

function factsOf(stats: Stats): FileFacts {
  return {
    kind: stats.isFile()
      ? 'file'
      : stats.isDirectory()
        ? 'folder'
        : stats.isSymbolicLink()
          ? 'link'
          : 'other',
    sizeBytes: stats.size,
    modifiedAt: stats.mtimeMs,
    inode: `${stats.dev}:${stats.ino}`,
    mode: stats.mode & 0o7777,
  };
}

/** Makes a rename durable. Some file systems refuse to sync a folder: then the rename is as durable as they make it. */
async function syncFolder(folder: HostPath): Promise<void> {
  const handle = await fs.open(asBuffer(folder), 'r').catch(() => null); // write-only folders cannot be opened
  if (handle === null) return;
  try {
    await handle.sync();
  } catch (thrown) {
    if (errnoOf(thrown) !== 'EINVAL') throw thrown;
  } finally {
    await handle.close();
  }
}

/** link(2) fails when the target exists, so of two writers one wins. Folders, and file systems without links, are checked first. */
async function renameWithoutOverwrite(from: HostPath, to: HostPath): Promise<void> {
  const source = await fs.lstat(asBuffer(from));
  if (!source.isDirectory()) {
    try {
      await fs.link(asBuffer(from), asBuffer(to));
      await fs.unlink(asBuffer(from));
      return;
    } catch (thrown) {
      const code = errnoOf(thrown);
      if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EMLINK' && code !== 'ENOSYS') throw thrown;
    }
  }
  const existing = await fs.lstat(asBuffer(to)).catch((thrown: unknown) => {
    if (errnoOf(thrown) === 'ENOENT') return null;
    throw thrown;
  });
  if (existing !== null) throw Object.assign(new Error('target exists'), { code: 'EEXIST' });
  await fs.rename(asBuffer(from), asBuffer(to));
}

/** Own walk, because node's recursive rm cannot enter read-only folders and crosses mounts. */
async function removeTree(path: HostPath): Promise<void> {
  const facts = await fs.lstat(asBuffer(path)).catch((thrown: unknown) => {
    if (errnoOf(thrown) === 'ENOENT') return null;
    throw thrown;
  });
  if (facts === null) return;
  if (!facts.isDirectory()) {
    await fs.unlink(asBuffer(path));
    return;
  }
  await removeFolder(path, facts);
}

async function removeFolder(path: HostPath, facts: Stats): Promise<void> {
  if ((facts.mode & 0o700) !== 0o700) await fs.chmod(asBuffer(path), (facts.mode & 0o777) | 0o700);
  for (const bytes of await fs.readdir(asBuffer(path), { encoding: 'buffer' })) {
    const child = joinPath(path, hostPathFromBytes(bytes));
    const childFacts = await fs.lstat(asBuffer(child));
    if (!childFacts.isDirectory()) await fs.unlink(asBuffer(child));
    else if (childFacts.dev === facts.dev) await removeFolder(child, childFacts);
    else throw Object.assign(new Error(`${child} is a mount point`), { code: 'EBUSY' });
  }
  await fs.rmdir(asBuffer(path));
}

async function copyFile(
  from: HostPath,
  to: HostPath,
  options: { readonly signal?: AbortSignal; readonly onBytes?: (done: number) => void },
): Promise<void> {
  if (await clonedFile(from, to)) {
    options.onBytes?.((await fs.stat(asBuffer(to))).size);
    return;
  }
  const source = await fs.open(asBuffer(from), 'r');
  try {
    const target = await fs.open(asBuffer(to), 'wx', 0o644);
    try {
      const buffer = new Uint8Array(chunkBytes);
      for (let done = 0; ; ) {
        options.signal?.throwIfAborted();
        const { bytesRead } = await source.read(buffer, 0, chunkBytes, done);
        if (bytesRead === 0) break;
        await writeAll(target, buffer.subarray(0, bytesRead));
        done += bytesRead;
        options.onBytes?.(done);
      }
      await target.sync();
    } catch (thrown) {
      await fs.rm(asBuffer(to), { force: true });
      throw thrown;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function clonedFile(from: HostPath, to: HostPath): Promise<boolean> {
  try {
    await fs.copyFile(
      asBuffer(from),
      asBuffer(to),
      constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE,
    );
    return true;
  } catch (thrown) {
    if (errnoOf(thrown) === 'EEXIST' || errnoOf(thrown) === 'ENOENT' || errnoOf(thrown) === 'EACCES')
      throw thrown;
    return false; // this file system cannot share blocks: copy the bytes
  }
}

async function writeAll(target: fs.FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await target.write(bytes, done, bytes.length - done);
    done += bytesWritten;
  }
}
