import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { packageOfPath, parseApkInstalled, parseDpkgStatus } from '#core/compare/packageDatabases.ts';
import { createPackageList, type PackageList } from '#core/compare/packages.ts';
import { parseRpmLine } from '#core/compare/rpmDatabase.ts';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { SandboxBase } from '#core/contract/sandboxes.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import {
  findRecord,
  folderOfRecord,
  newRecord,
  readIds,
  requireSandbox,
  type SandboxRecord,
  writeRecord,
} from './sandboxRecord.ts';
import type { SandboxRoom } from './sandboxRoom.ts';
import { idFileName, type Listing, listingFormat, measureOf, parseListing } from './treeListing.ts';

const unpack = promisify(gunzip);
const text = hostPathFromText;
const pieceBytes = 8 * 1024 * 1024;
/** A million names take 60 MB as they are printed. */
const mostBytes = 1024 ** 3;

/** `$1` the tree, `$2` the folder for what is read of it: `listing.gz`. Says how many folders were closed, and whose id is the person's. */
const listScript = `umask 077; mkdir -p "$2" && cd -- "$1" || exit 1
find . -xdev -mindepth 1 -printf '${listingFormat}' 2>"$2/problems" | gzip -1 >"$2/listing.gz" || exit 1
echo "$(wc -l <"$2/problems") $(id -u)"`;

/**
 * The databases of packages of a hostile tree: none is read through a link that leaves it. rpm reads a copy, because it
 * writes where it reads. `RPM` marks a database that nobody here can read.
 */
const packageScript = `umask 077; cd -- "$1" || exit 1; root=$(pwd -P); out=$2
inside() {
  [ -f "$1" ] && [ ! -L "$1" ] || return 1
  at=$(cd -P -- "$(dirname -- "$1")" && pwd -P) || return 1
  case $at/ in "$root"/*) ;; *) return 1;; esac
}
take() { if inside "$1"; then head -c 67108864 "$1"; echo; fi; }
{ take var/lib/dpkg/status
  for each in var/lib/dpkg/status.d/*; do case $each in *.md5sums) ;; *) echo; take "$each";; esac; done
} | gzip -1 >"$out/dpkg.gz"
{ take lib/apk/db/installed; take usr/lib/apk/db/installed; } | gzip -1 >"$out/apk.gz"
for folder in var/lib/rpm usr/lib/sysimage/rpm usr/share/rpm; do
  inside "$folder/rpmdb.sqlite" || inside "$folder/Packages.db" || inside "$folder/Packages" || continue
  if command -v rpm >/dev/null; then
    copy=$(mktemp -d) || { echo RPM; break; }
    find "$folder" -mindepth 1 -maxdepth 1 -type f -exec cp -P -- {} "$copy" \\; 2>/dev/null
    rpm --dbpath "$copy" --query --all --queryformat '%{NAME}\\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\\t%{ARCH}\\n' 2>/dev/null || echo RPM
    rm -rf "$copy"
  else echo RPM; fi
  break
done | gzip -1 >"$out/rpm.gz"`;

/** Contents of what is not large, so that a file that was only written again is known as the same. */
const hashScript = `cd -- "$1" || exit 1
find . -xdev -type f -size -131072 -print0 | xargs -0 -r sha256sum -z -- 2>/dev/null | gzip -1 >"$2/hashes.gz"
:`;

/** The id goes into the tree in one step, never through a link. */
const idScript = `cd -- "$1" && [ -d .singularity.d ] && [ ! -L .singularity.d ] || exit 1
umask 022; set -C; made=.singularity.d/.mysingularity-$2
printf '%s\\n' "$2" >"$made" || exit 1
mv "$3" -T -- "$made" '${idFileName}' && [ ! -e "$made" ] && exit 0
rm -f -- "$made"; [ "$3" = -n ] && [ -f '${idFileName}' ]`;

export interface Made {
  readonly path: HostPath;
  readonly base: SandboxBase | null;
  readonly signal?: AbortSignal;
}

/**
 * The record of a sandbox; one that is not known gets an id of its own, and a record without anything. Where others do so
 * at once, all have the record of the first.
 */
export async function recordOf(room: SandboxRoom, path: HostPath): Promise<SandboxRecord> {
  await requireSandbox(room, path);
  return await room.inTurn(async () => (await findRecord(room, path)) ?? (await beginRecord(room, path)));
}

async function beginRecord(room: SandboxRoom, path: HostPath): Promise<SandboxRecord> {
  const record = newRecord(randomUUID(), path);
  await writeRecord(room, record);
  // An id that leads nowhere, such as one of a copy made by hand, gives way.
  const isLost = (await readIds(room, [path]))[0] !== null && (await findRecord(room, path)) === null;
  await markSandbox(room, path, { id: record.id, isKept: !isLost });
  const first = await findRecord(room, path);
  if (first === null || first.id === record.id) return record;
  await room.host.files.remove(folderOfRecord(room, record.id));
  return first;
}

export async function giveId(room: SandboxRoom, path: HostPath, id: string): Promise<void> {
  await markSandbox(room, path, { id, isKept: false });
}

/** `isKept`: an id that is there already stays. */
async function markSandbox(
  room: SandboxRoom,
  path: HostPath,
  { id, isKept }: { readonly id: string; readonly isKept: boolean },
): Promise<void> {
  const words = [{ path }, id, isKept ? '-n' : '-f'];
  await room.run(idScript, { purpose: 'Mark the sandbox', path, words });
}

/** Keeps what a new sandbox begins with. Done again, it begins anew. */
export async function takeBaseline(room: SandboxRoom, { path, base, signal }: Made): Promise<SandboxRecord> {
  const id = randomUUID();
  const folder = folderOfRecord(room, id);
  const at = { path, words: [{ path }, { path: folder }], ...(signal === undefined ? {} : { signal }) };
  const said = await room.run(listScript, { ...at, purpose: 'List what the sandbox begins with' });
  await room.run(packageScript, { ...at, purpose: 'Read its packages' });
  await room.run(hashScript, { ...at, purpose: 'Keep digests of its files' });
  const listing = await readListing(room, folder);
  const record: SandboxRecord = {
    ...newRecord(id, path),
    base,
    createdAt: Date.now(),
    size: { ...measureOf(listing), measuredAt: Date.now() },
    hasForeignOwners: hasForeign(listing, saidOf(said).self),
    hasBaseline: true,
  };
  await writeRecord(room, record);
  await giveId(room, path, id);
  return record;
}

/** A tree as it is. */
export interface ReadTree {
  readonly listing: Listing;
  readonly closedFolders: number;
  readonly hasForeignOwners: boolean;
}

/** Reads a tree as it is now into `folder`, which is the caller's to remove. */
export async function listTree(
  room: SandboxRoom,
  {
    path,
    folder,
    signal,
  }: { readonly path: HostPath; readonly folder: HostPath; readonly signal?: AbortSignal },
): Promise<ReadTree> {
  const stop = signal === undefined ? {} : { signal };
  const words = [{ path }, { path: folder }];
  const said = saidOf(await room.run(listScript, { path, words, purpose: 'Read the sandbox', ...stop }));
  const listing = await readListing(room, folder);
  return { listing, closedFolders: said.closed, hasForeignOwners: hasForeign(listing, said.self) };
}

function saidOf(said: string): { readonly closed: number; readonly self: number } {
  const [closed = 0, self = 0] = said.trim().split(/\s+/).map(Number);
  return { closed, self };
}

/** Reads the databases of packages as they are now into `folder`. */
export async function readPackages(room: SandboxRoom, path: HostPath, folder: HostPath): Promise<void> {
  await room.run(packageScript, { path, words: [{ path }, { path: folder }], purpose: 'Read its packages' });
}

/** A listing that was kept in a folder. */
export async function readListing(room: SandboxRoom, folder: HostPath): Promise<Listing> {
  return parseListing(await readPacked(room, joinPath(folder, text('listing.gz'))));
}

/** The packages that were read into a folder, with those that only paths tell. */
export async function packagesIn(
  room: SandboxRoom,
  folder: HostPath,
  listing: Listing,
): Promise<{ readonly list: PackageList; readonly isRpmUnread: boolean }> {
  const list = createPackageList();
  const textOf = async (name: string) =>
    (await readPacked(room, joinPath(folder, text(name)))).toString('utf8');
  for (const one of parseDpkgStatus(await textOf('dpkg.gz'))) list.add(one);
  for (const one of parseApkInstalled(await textOf('apk.gz'))) list.add(one);
  const rpm = (await textOf('rpm.gz')).split('\n');
  for (const line of rpm) {
    const one = parseRpmLine(line);
    if (one !== null) list.add(one);
  }
  for (const [path, { kind }] of listing) {
    if (kind !== 'f' && kind !== 'd') continue;
    const one = /\.(?:json|egg-info)$|\/(?:METADATA|PKG-INFO)$/.test(path)
      ? packageOfPath(Buffer.from(path, 'latin1').toString('utf8'))
      : null;
    if (one !== null) list.add(one);
  }
  return { list, isRpmUnread: rpm.includes('RPM') };
}

/** Some names belong to others than the person, who is `self` where the tree was read. */
function hasForeign(listing: Listing, self: number): boolean {
  for (const { owner } of listing.values()) if (owner !== self) return true;
  return false;
}

/** A file that was packed with gzip. */
export async function readPacked({ host }: SandboxRoom, path: HostPath): Promise<Buffer> {
  const facts = await host.files.stat(path);
  if (facts === null) return Buffer.alloc(0);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < facts.sizeBytes; at += pieceBytes)
    pieces.push(await host.files.read(path, at, pieceBytes));
  try {
    return await unpack(Buffer.concat(pieces), { maxOutputLength: mostBytes });
  } catch (thrown) {
    throw workbenchError(
      'sandbox.failed',
      { path, reason: 'What was kept of it cannot be read any more' },
      { hostId: host.id, cause: thrown },
    );
  }
}
