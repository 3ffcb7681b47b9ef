import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';

const limitBytes = 4 * 1024 * 1024;

/** Small things that are remembered by name. What cannot be read counts as forgotten. */
export interface Records<Value> {
  get(name: string): Promise<Value | null>;
  /** All values, the `most` newest of them. */
  newest(most: number): Promise<readonly Value[]>;
  put(name: string, value: Value): Promise<void>;
  remove(name: string): Promise<void>;
}

/** One file a record in a private folder: the command line and a window write side by side. */
export function createRecords<Value>(folder: string, schema: z.ZodType<Value>): Records<Value> {
  const fileOf = (name: string) => join(folder, `${createHash('sha256').update(name).digest('hex')}.json`);
  const read = async (file: string): Promise<Value | null> => {
    try {
      const text = await readFile(file, 'utf8');
      return text.length > limitBytes ? null : schema.parse(JSON.parse(text));
    } catch {
      return null; // none, or spoilt, or of another version: it is found out again
    }
  };
  return {
    get: (name) => read(fileOf(name)),
    async newest(most) {
      const names = await readdir(folder).catch(() => []); // nothing was remembered yet
      const files = names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name));
      const times = await Promise.all(files.map(changedAt));
      const newest = files
        .map((file, index) => ({ file, at: times[index] ?? 0 }))
        .sort((left, right) => right.at - left.at)
        .slice(0, most);
      const values = await Promise.all(newest.map(({ file }) => read(file)));
      return values.flatMap((value) => (value === null ? [] : [value]));
    },
    async put(name, value) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const temporary = `${fileOf(name)}.${process.pid}`;
      await writeFile(temporary, JSON.stringify(value), { mode: 0o600 });
      await rename(temporary, fileOf(name));
    },
    async remove(name) {
      await rm(fileOf(name), { force: true });
    },
  };
}

async function changedAt(file: string): Promise<number> {
  return await stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0, // removed meanwhile: reading it says so
  );
}
