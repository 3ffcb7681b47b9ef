import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** Registries forget unfinished uploads after about a week (distribution's `uploadpurging`). */
const keptMs = 7 * 86_400_000;
const limitBytes = 32 * 1024;

const recordSchema = z.object({
  version: z.literal(1),
  registry: z.string().max(512),
  repository: z.string().max(512),
  key: z.string().max(65_536),
  location: z.url({ protocol: /^https?$/ }).max(16_384),
});

/** Which upload: `key` tells the bytes, as by their digest, or by the file and its facts. */
export interface UploadName {
  readonly registry: string;
  readonly repository: string;
  readonly key: string;
}

/** Where unfinished uploads can be gone on with, also by another process. */
export interface UploadRecords {
  /** The address of the unfinished upload; null where there is none that is worth a try. */
  find(name: UploadName): Promise<string | null>;
  keep(name: UploadName, location: string): Promise<void>;
  forget(name: UploadName): Promise<void>;
}

/**
 * Records in a private folder (0700), one file (0600) an upload: whoever knows an upload's address may be able to write
 * to it. What is older than a week goes with the next one that is kept.
 */
export function createUploadRecords(folder: string): UploadRecords {
  const fileOf = (name: UploadName) => {
    const text = JSON.stringify([name.registry, name.repository, name.key]);
    return join(folder, `${createHash('sha256').update(text).digest('hex')}.json`);
  };
  return {
    async find(name) {
      try {
        const file = fileOf(name);
        const { size, mtimeMs } = await stat(file);
        if (size > limitBytes || Date.now() - mtimeMs > keptMs) return null;
        return recordSchema.parse(JSON.parse(await readFile(file, 'utf8'))).location;
      } catch {
        return null; // none, or spoilt: the upload begins anew
      }
    },

    async keep(name, location) {
      const record = { version: 1 as const, ...name, location };
      if (!recordSchema.safeParse(record).success) return; // too long an address: that upload cannot be gone on with
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await removeOld(folder);
      const file = fileOf(name);
      const temporary = `${file}.${process.pid}`;
      await writeFile(temporary, JSON.stringify(record), { mode: 0o600 });
      await rename(temporary, file);
    },

    async forget(name) {
      await rm(fileOf(name), { force: true });
    },
  };
}

async function removeOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    const facts = await stat(file).catch(() => null); // another process was quicker
    if (facts !== null && Date.now() - facts.mtimeMs > keptMs) await rm(file, { force: true });
  }
}
