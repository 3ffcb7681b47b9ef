import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';

const limitBytes = 4 * 1024 * 1024;

/** Small things that are remembered by name. What cannot be read counts as forgotten. */
export interface Records<Value> {
  get(name: string): Promise<Value | null>;
  put(name: string, value: Value): Promise<void>;
  remove(name: string): Promise<void>;
}

/** One file a record in a private folder: the command line and a window write side by side. */
export function createRecords<Value>(folder: string, schema: z.ZodType<Value>): Records<Value> {
  const fileOf = (name: string) => join(folder, `${createHash('sha256').update(name).digest('hex')}.json`);
  return {
    async get(name) {
      try {
        const text = await readFile(fileOf(name), 'utf8');
        return text.length > limitBytes ? null : schema.parse(JSON.parse(text));
      } catch {
        return null; // none, or spoilt, or of another version: it is found out again
      }
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
