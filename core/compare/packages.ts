import type { PackageDifference, PackageManager } from '#core/contract/compare.ts';
import {
  type InstalledPackage,
  packageOfPath,
  parseApkInstalled,
  parseDpkgStatus,
} from './packageDatabases.ts';
import { findEntry, readTreeFile, readTreeText } from './readTreeFile.ts';
import { compareNames } from './squashfsLayout.ts';
import type { ByteName, TreeEntry, TreeFile, TreeFolder } from './tree.ts';

const longestDatabase = 64 * 1024 * 1024;
const mostStatusFiles = 20_000;
const longestStatusFile = 64 * 1024;
const mostPackages = 200_000;
const rpmFolders = ['var/lib/rpm', 'usr/lib/sysimage/rpm', 'usr/share/rpm'];
/** Berkeley databases are many files beside each other. */
const mostRpmFiles = 100;
const rpmFiles = ['rpmdb.sqlite', 'Packages.db', 'Packages'];

/** Installed packages of one image by manager and name; each with its versions, which may be several. */
export interface PackageList {
  add(one: InstalledPackage): void;
  /** Forgets what a manager has: it cannot be compared with what could not be read. */
  forget(manager: PackageManager): void;
  /** Notices a package whose file this is. */
  see(path: ByteName, entry: TreeEntry): void;
  /** `MANAGER\0NAME` → versions, joined. */
  versions(): ReadonlyMap<string, string>;
}

export function createPackageList(): PackageList {
  const found = new Map<string, Set<string>>();
  function add({ manager, name, version }: InstalledPackage): void {
    const key = `${manager}\0${name}`;
    const known = found.get(key);
    if (known !== undefined) known.add(version);
    else if (found.size < mostPackages) found.set(key, new Set([version]));
  }
  return {
    add,
    forget(manager) {
      for (const key of found.keys()) if (key.startsWith(`${manager}\0`)) found.delete(key);
    },
    see(path, { kind }) {
      if (kind !== 'file') return;
      const isLikely = path.endsWith('.json') || path.endsWith('-INFO') || path.endsWith('/METADATA');
      if (!isLikely && !path.endsWith('.egg-info')) return;
      const one = packageOfPath(Buffer.from(path, 'latin1').toString('utf8'));
      if (one !== null) add(one);
    },
    versions: () =>
      new Map([...found].map(([key, versions]) => [key, [...versions].sort(compareNames).join(', ')])),
  };
}

/** The packages of an rpm database, which these files make up; a text says why they cannot be had. */
export type ReadRpm = (files: readonly TreeFile[]) => Promise<readonly InstalledPackage[] | string>;

/** Adds what the databases of an image list. Gives in words why those of rpm could not be read; empty where they were. */
export async function readDatabases(
  root: TreeFolder,
  list: PackageList,
  readRpm: ReadRpm,
): Promise<readonly string[]> {
  await readDpkg(root, list);
  for (const path of ['lib/apk/db/installed', 'usr/lib/apk/db/installed']) {
    const text = await readTreeText(root, path, longestDatabase);
    for (const one of parseApkInstalled(text ?? '')) list.add(one);
  }
  for (const path of rpmFolders) {
    const folder = await findEntry(root, path);
    const entries = folder?.kind === 'folder' ? ((await folder.list()) ?? []) : [];
    const files = entries.filter((entry): entry is TreeFile => entry.kind === 'file');
    if (!files.some(({ name }) => rpmFiles.includes(name))) continue;
    const found = await readRpm(files.slice(0, mostRpmFiles));
    if (typeof found === 'string') return [`Its rpm packages (/${path}) are not listed: ${found}`];
    for (const one of found) list.add(one);
    break; // the other folders are older or newer names of the same
  }
  return [];
}

async function readDpkg(root: TreeFolder, list: PackageList): Promise<void> {
  const status = await readTreeText(root, 'var/lib/dpkg/status', longestDatabase);
  for (const one of parseDpkgStatus(status ?? '')) list.add(one);
  const folder = await findEntry(root, 'var/lib/dpkg/status.d');
  const files = folder?.kind === 'folder' ? ((await folder.list()) ?? []) : [];
  for (const file of files.slice(0, mostStatusFiles)) {
    if (file.kind !== 'file' || file.name.endsWith('.md5sums')) continue;
    const bytes = await readTreeFile(file, longestStatusFile);
    for (const one of parseDpkgStatus(new TextDecoder().decode(bytes ?? new Uint8Array(0)))) list.add(one);
  }
}

/** Packages that only one image has, or that have other versions. */
export function differingPackages(left: PackageList, right: PackageList): readonly PackageDifference[] {
  const ours = left.versions();
  const theirs = right.versions();
  const found: PackageDifference[] = [];
  for (const key of [...new Set([...ours.keys(), ...theirs.keys()])].sort(compareNames)) {
    const one = ours.get(key) ?? null;
    const other = theirs.get(key) ?? null;
    if (one === other) continue;
    const [manager, name = ''] = key.split('\0');
    found.push({ manager: manager as PackageManager, name, left: one, right: other });
  }
  return found;
}
