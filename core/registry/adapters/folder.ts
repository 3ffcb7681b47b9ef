import { constants } from 'node:fs';
import { lstat, open, opendir, realpath, stat } from 'node:fs/promises';
import { type HostPath, hostPathFromBytes, hostPathToBytes, joinPath } from '#core/contract/hostPath.ts';
import type { Repository } from '#core/contract/registries.ts';
import { type WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import { type CreateAdapter, listLimit } from '../adapter.ts';
import { mapLimited } from '../mapLimited.ts';
import { isUnpackedTree, readTreeLabels } from './folderTree.ts';
import {
  factsOfFile,
  factsOfTree,
  folderEntry,
  imageEntry,
  isSifName,
  isWanted,
  noTags,
} from './treeFacts.ts';
import { fileHeadBytes } from './treeFileHead.ts';

const batchSize = 256;
/** Each entry costs a few questions to the file system, which may be far away (CVMFS, NFS). */
const atOnce = 16;
const imageName = /\.(?:sif|simg|img|sqsh|sqfs|squashfs)$/i;

/**
 * A folder on this machine, such as /cvmfs/unpacked.cern.ch (cvmfs, doc-cvmfs cpt-containers.rst): folders, unpacked
 * images that are run in place, and image files. It uses node:fs itself: there is no other machine that it could be on.
 *
 * Names are host paths: bytes that are not UTF-8 are escaped, none is left out. Names that begin with a dot are not
 * listed (CVMFS keeps its layers there). Links are followed as long as they stay below the folder: CVMFS names its images
 * by links; those that lead out of it are left out. Huge folders are read in batches, in the order of the file system.
 * A term keeps what matches in the one folder. `show` takes a name, or a whole path below the folder.
 */
export const createFolderAdapter: CreateAdapter = ({ registry, onNotice }) => {
  const address = (registry.address.replace(/\/+$/, '') || '/') as HostPath;

  /** The real path of an entry; fails where it leads out of the folder. */
  async function find(path: string | null): Promise<Found> {
    const shown = path === null || path === '' ? address : wholePath(address, path as HostPath);
    const top = await realpathOf(address);
    const real = await realpathOf(shown);
    if (!isBelow(real, top)) throw leavesFolder(shown);
    return { shown, top, real };
  }

  return {
    async *repositories({ term, path }, signal) {
      const found = await find(path);
      const prefix = path === null || path === '' ? null : (path as HostPath);
      let count = 0;
      let leftOut = 0;
      for await (const names of namesIn(found, term)) {
        signal.throwIfAborted();
        const entries = await mapLimited(names, atOnce, (bytes) =>
          describe(bytes, { found, prefix, address }),
        );
        leftOut += entries.filter((entry) => entry === 'leaves').length;
        const fresh = entries
          .filter((entry) => entry !== null && entry !== 'leaves')
          .slice(0, listLimit - count);
        count += fresh.length;
        if (fresh.length > 0) yield fresh;
        if (count >= listLimit) break;
      }
      if (leftOut > 0) onNotice?.(`${leftOut} links that lead out of ${address} were left out.`);
    },

    tags: () => noTags(registry),

    tagFacts: () => Promise.resolve([]),

    async show({ repository }) {
      const { shown, top, real } = await find(repository);
      const facts = await stat(real).catch(rethrow(shown));
      const image = { registry, reference: shown, repository, updatedAt: Math.round(facts.mtimeMs) };
      if (facts.isFile()) {
        const head = await readStart(real, shown);
        return factsOfFile({ ...image, head, sizeBytes: facts.size, etag: null });
      }
      if (facts.isDirectory() && (await isUnpackedTree(real)))
        return factsOfTree(image, await readTreeLabels(real, (path) => isBelow(path, top)));
      throw workbenchError('image.notAnImage', { path: shown, reason: 'it holds no root file system' });
    },
  };
};

interface Found {
  /** As the person wrote it. */
  readonly shown: HostPath;
  /** Real paths as bytes, without a slash at the end. */
  readonly top: Buffer;
  readonly real: Buffer;
}

/** Names of a folder that match, in batches. */
async function* namesIn({ real, shown }: Found, term: string): AsyncGenerator<readonly Buffer[]> {
  // node:fs takes 'buffer' here and gives names as bytes; its types do not know that.
  const options = { encoding: 'buffer' as BufferEncoding, bufferSize: batchSize };
  const folder = await opendir(real, options).catch(rethrow(shown));
  let batch: Buffer[] = [];
  for await (const entry of folder) {
    const name: unknown = entry.name;
    const bytes = Buffer.isBuffer(name) ? name : Buffer.from(entry.name);
    if (bytes[0] === 0x2e || !isWanted(hostPathFromBytes(bytes), term)) continue;
    batch.push(bytes);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

interface Around {
  readonly found: Found;
  /** Path of the folder below the address; null: the address itself. */
  readonly prefix: HostPath | null;
  readonly address: HostPath;
}

/** What an entry is; null for other files and for what vanished; `leaves` for a link out of the folder. */
async function describe(
  bytes: Buffer,
  { found, prefix, address }: Around,
): Promise<Repository | 'leaves' | null> {
  const own = hostPathFromBytes(bytes);
  const name = prefix === null ? own : joinPath(prefix, own);
  const path = child(found.real, bytes);
  try {
    const isLink = (await lstat(path)).isSymbolicLink();
    const real = isLink ? await realpath(path, { encoding: 'buffer' }) : path;
    if (isLink && !isBelow(real, found.top)) return 'leaves';
    const facts = await stat(real);
    const updatedAt = Math.round(facts.mtimeMs);
    const reference = joinPath(address, name);
    if (facts.isDirectory())
      return (await isUnpackedTree(real))
        ? imageEntry(name, { reference, updatedAt })
        : { ...folderEntry(name), updatedAt };
    if (!facts.isFile() || !imageName.test(own)) return null;
    return imageEntry(name, {
      reference: isSifName(own) ? reference : null,
      sizeBytes: facts.size,
      updatedAt,
    });
  } catch {
    return null; // a link to nothing, or gone since it was listed: no image that could be run
  }
}

async function readStart(real: Buffer, shown: HostPath): Promise<Uint8Array> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(real, flags).catch(rethrow(shown));
  try {
    const head = Buffer.alloc(fileHeadBytes);
    const { bytesRead } = await file.read(head, 0, fileHeadBytes, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function wholePath(address: HostPath, path: HostPath): HostPath {
  return path.startsWith('/') ? path : joinPath(address, path);
}

async function realpathOf(path: HostPath): Promise<Buffer> {
  const bytes = Buffer.from(hostPathToBytes(path));
  if (bytes[0] !== 0x2f || bytes.includes(0)) throw leavesFolder(path);
  return await realpath(bytes, { encoding: 'buffer' }).catch(rethrow(path));
}

function isBelow(path: Buffer, top: Buffer): boolean {
  const start = top.length === 1 ? top : Buffer.concat([top, Buffer.from('/')]);
  return path.equals(top) || path.subarray(0, start.length).equals(start);
}

function child(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from('/'), name]);
}

function leavesFolder(path: HostPath): WorkbenchError {
  return workbenchError('registry.badReference', {
    reference: path.slice(0, 300),
    problem: 'outside',
    detail: null,
  });
}

/** A refusal of the file system → its name; everything else as it is. */
function rethrow(path: HostPath): (thrown: NodeJS.ErrnoException) => never {
  return (thrown) => {
    const facts = { path, operation: 'read' };
    if (thrown.code === 'EACCES' || thrown.code === 'EPERM')
      throw workbenchError('host.permissionDenied', facts);
    if (thrown.code === 'ENOENT' || thrown.code === 'ELOOP') throw workbenchError('host.pathMissing', facts);
    if (thrown.code === 'ENOTDIR') throw workbenchError('host.notADirectory', facts);
    throw thrown;
  };
}
