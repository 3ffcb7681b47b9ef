import { open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDigest } from '#core/registry/digest.ts';

const algorithms = ['sha256', 'sha512'] as const;

/** A file of the store. `lastUsedAt` (milliseconds since 1970) is its modification time, set at every use. */
export interface StoredEntry {
  readonly digest: string;
  readonly path: string;
  readonly isPartial: boolean;
  readonly sizeBytes: number;
  readonly lastUsedAt: number;
}

/** Where a layer lies in the store at `folder`. The digest must be one (`isDigest`). */
export function layerPath(folder: string, digest: string): string {
  const parsed = parseDigest(digest);
  if (parsed === null) throw new TypeError('not a digest');
  return join(folder, parsed.algorithm, parsed.hex);
}

/** Where its first bytes lie while it is being fetched. */
export function partPath(folder: string, digest: string): string {
  return `${layerPath(folder, digest)}.part`;
}

/** Size of a file in bytes; null when there is none. */
export async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return null;
    throw thrown;
  }
}

/** Everything in the store, unsorted; files that are none of ours are left out. */
export async function listEntries(folder: string): Promise<readonly StoredEntry[]> {
  const lists = await Promise.all(algorithms.map((algorithm) => listAlgorithm(folder, algorithm)));
  return lists.flat();
}

/** A verified part gets its final name, durably. */
export async function finishLayer(folder: string, digest: string): Promise<void> {
  const path = layerPath(folder, digest);
  await rename(partPath(folder, digest), path);
  const parent = await open(join(path, '..'), 'r');
  try {
    await parent.sync();
  } finally {
    await parent.close();
  }
}

export async function markUsed(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now);
}

export async function removeEntry(entry: StoredEntry): Promise<void> {
  await rm(entry.path, { force: true });
}

async function listAlgorithm(
  folder: string,
  algorithm: (typeof algorithms)[number],
): Promise<readonly StoredEntry[]> {
  let names: readonly string[];
  try {
    names = await readdir(join(folder, algorithm));
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return [];
    throw thrown;
  }
  const entries = await Promise.all(names.map((name) => readEntry(join(folder, algorithm), algorithm, name)));
  return entries.filter((entry) => entry !== null);
}

async function readEntry(parent: string, algorithm: string, name: string): Promise<StoredEntry | null> {
  const isPartial = name.endsWith('.part');
  const digest = `${algorithm}:${isPartial ? name.slice(0, -5) : name}`;
  if (parseDigest(digest) === null) return null;
  const path = join(parent, name);
  try {
    const facts = await stat(path);
    if (!facts.isFile()) return null;
    return { digest, path, isPartial, sizeBytes: facts.size, lastUsedAt: facts.mtimeMs };
  } catch {
    return null; // finished or removed meanwhile
  }
}
