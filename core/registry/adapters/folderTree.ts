import { constants } from 'node:fs';
import { lstat, open, realpath } from 'node:fs/promises';
import { z } from 'zod';
import type { TreeLabel } from './treeFacts.ts';

const labelsLimitBytes = 65_536;
const labelsSchema = z.record(
  z.string().max(256),
  z.string().transform((value) => value.slice(0, 1024)),
);

/** Whether a folder holds a root file system: the runtime's own `.singularity.d`, or `etc` beside `bin` or `usr`. */
export async function isUnpackedTree(folder: Buffer): Promise<boolean> {
  if (await exists(folder, '.singularity.d')) return true;
  return (await exists(folder, 'etc')) && ((await exists(folder, 'usr')) || (await exists(folder, 'bin')));
}

/**
 * Labels of an unpacked tree, from `.singularity.d/labels.json`; none where it has no such file or that makes no sense.
 * Only a plain file of at most 64 KiB is read, and only where `isAllowed` says so of its real path.
 */
export async function readTreeLabels(
  folder: Buffer,
  isAllowed: (path: Buffer) => boolean,
): Promise<readonly TreeLabel[]> {
  try {
    const path = await realpath(below(folder, '.singularity.d/labels.json'), { encoding: 'buffer' });
    if (!isAllowed(path)) return [];
    const parsed = labelsSchema.safeParse(JSON.parse((await readSmall(path)) ?? '{}'));
    if (!parsed.success) return [];
    return Object.entries(parsed.data).map(([name, value]) => ({ name, value }));
  } catch {
    return []; // labels are an extra: a tree without them, or with ones that nobody can read, still runs
  }
}

async function readSmall(path: Buffer): Promise<string | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const facts = await file.stat();
    if (!facts.isFile() || facts.size > labelsLimitBytes) return null;
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

async function exists(folder: Buffer, name: string): Promise<boolean> {
  try {
    await lstat(below(folder, name));
    return true;
  } catch {
    return false; // not there, or not for us: then it is no image that we could run either
  }
}

function below(folder: Buffer, name: string): Buffer {
  return Buffer.concat([folder, Buffer.from(`/${name}`)]);
}
