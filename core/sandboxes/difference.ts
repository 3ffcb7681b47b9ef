import { differingPackages } from '#core/compare/packages.ts';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { SandboxDifference } from '#core/contract/sandboxes.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { listTree, packagesIn, readListing, readPackages, readPacked } from './baseline.ts';
import { findRecord, folderOfRecord, readingPrefix, requireSandbox } from './sandboxRecord.ts';
import type { SandboxRoom } from './sandboxRoom.ts';
import { differingEntries, type Listing, parseHashes } from './treeListing.ts';

const mostFiles = 10_000;

/** Digests of the files whose paths (ended by NUL) come on standard input. */
const hashSomeScript = `cd -- "$1" || exit 1
xargs -0 -r sha256sum -z -- 2>/dev/null | gzip -1 >"$2/hashes.gz"
:`;

/** What changed in a sandbox since it was made. Fails with sandbox.noBase where nobody knows what it began with. */
export async function sandboxDifference(room: SandboxRoom, path: HostPath): Promise<SandboxDifference> {
  await requireSandbox(room, path);
  const record = await findRecord(room, path);
  if (record === null || !record.hasBaseline)
    throw workbenchError('sandbox.noBase', { path }, { hostId: room.host.id });
  const kept = folderOfRecord(room, record.id);
  const folder = await room.host.files.makeTemporaryFolder(kept, readingPrefix);
  try {
    const before = await readListing(room, kept);
    const { listing: after, closedFolders } = await listTree(room, { path, folder });
    const doubtful = differingEntries(before, after).doubtful;
    const unchanged = await sameContents(room, { path, kept, folder, doubtful });
    const { changes, addedBytes } = differingEntries(before, after, unchanged);
    await readPackages(room, path, folder);
    const packages = await packagesOfBoth(room, { kept, folder, before, after });
    const count = (what: string) => changes.filter((change) => change.what === what).length;
    return {
      files: changes.slice(0, mostFiles),
      moreFiles: Math.max(0, changes.length - mostFiles),
      totals: { added: count('added'), changed: count('changed'), removed: count('removed') },
      packages: packages.differing,
      addedBytes,
      notes: [
        ...(closedFolders === 0
          ? []
          : [`${closedFolders} folders or files are closed to you and were not read.`]),
        ...packages.notes,
      ],
    };
  } finally {
    await room.host.files.remove(folder);
  }
}

/** Which of the doubtful files have the content that they began with. */
async function sameContents(
  room: SandboxRoom,
  {
    path,
    kept,
    folder,
    doubtful,
  }: {
    readonly path: HostPath;
    readonly kept: HostPath;
    readonly folder: HostPath;
    readonly doubtful: readonly string[];
  },
): Promise<ReadonlySet<string>> {
  if (doubtful.length === 0) return new Set();
  const hashes = hostPathFromText('hashes.gz');
  const before = parseHashes(await readPacked(room, joinPath(kept, hashes)));
  const asked = doubtful.filter((name) => before.has(name));
  if (asked.length === 0) return new Set();
  await room.run(hashSomeScript, {
    path,
    words: [{ path }, { path: folder }],
    purpose: 'Compare contents',
    stdin: Buffer.from(asked.map((name) => `./${name}\0`).join(''), 'latin1'),
  });
  const after = parseHashes(await readPacked(room, joinPath(folder, hashes)));
  return new Set(asked.filter((name) => after.get(name) === before.get(name)));
}

async function packagesOfBoth(
  room: SandboxRoom,
  {
    kept,
    folder,
    before,
    after,
  }: {
    readonly kept: HostPath;
    readonly folder: HostPath;
    readonly before: Listing;
    readonly after: Listing;
  },
): Promise<{ readonly differing: SandboxDifference['packages']; readonly notes: readonly string[] }> {
  const then = await packagesIn(room, kept, before);
  const now = await packagesIn(room, folder, after);
  const isRpmUnread = then.isRpmUnread || now.isRpmUnread;
  if (isRpmUnread) for (const { list } of [then, now]) list.forget('rpm');
  return {
    differing: differingPackages(then.list, now.list).map(({ manager, name, left, right }) => ({
      kind: manager,
      name,
      before: left,
      after: right,
    })),
    notes: isRpmUnread
      ? ['Its rpm packages are not listed: only rpm reads their database, and this host has none.']
      : [],
  };
}
