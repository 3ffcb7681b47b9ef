import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';

/**
 * Beside a part of which no digest is known lies the validator (ETag or date) that its server gave, so that a later run
 * can ask for the rest of the same file, and of no other (`If-Range`: RFC 9110, 13.1.5).
 */
const noteSchema = z.object({ validator: z.string().min(1).max(1024) });

/** The note of a part; null when there is none that can be read. */
export async function readValidator(partPath: string): Promise<string | null> {
  try {
    return noteSchema.parse(JSON.parse(await readFile(notePath(partPath), 'utf8'))).validator;
  } catch {
    return null; // no note, or a spoilt one: the part is then fetched from the start
  }
}

export async function writeValidator(partPath: string, validator: string): Promise<void> {
  const temporary = `${notePath(partPath)}.new`;
  await writeFile(temporary, JSON.stringify({ validator }), { mode: 0o600 });
  await rename(temporary, notePath(partPath));
}

export async function removeValidator(partPath: string): Promise<void> {
  await rm(notePath(partPath), { force: true });
}

function notePath(partPath: string): string {
  return `${partPath}.from`;
}
