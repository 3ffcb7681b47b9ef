import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type Rate, rateSchema } from '#core/contract/registries.ts';
import { errnoOf } from '#core/hosts/fileErrors.ts';

/** What is remembered of a registry: never a secret, never a name. */
export interface Remembered {
  /** Milliseconds since 1970. */
  readonly lastSuccess: number | null;
  readonly lastRefusal: number | null;
  readonly rate: Rate | null;
}

export interface RegistryMemory {
  get(registry: string): Promise<Remembered>;
  /** Kept at once, written within a few seconds. */
  note(registry: string, change: Partial<Remembered>): void;
  /** Writes what is unwritten. */
  flush(): Promise<void>;
}

const nothing: Remembered = { lastSuccess: null, lastRefusal: null, rate: null };
const keptRegistries = 200;
const limitBytes = 256 * 1024;

const memorySchema = z.record(
  z.string().max(512),
  z.object({
    lastSuccess: z.number().nullable(),
    lastRefusal: z.number().nullable(),
    rate: rateSchema.nullable(),
  }),
);

/**
 * Times and limits of registries in one small file (mode 0600), shared by all windows: only what this process noted is
 * changed in it. A file that is not ours to read counts as empty.
 */
export function createRegistryMemory({
  file,
  writeAfterMs,
}: {
  readonly file: string;
  readonly writeAfterMs: number;
}): RegistryMemory {
  const noted = new Map<string, Partial<Remembered>>();
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();
  let number = 0;

  const write = async (): Promise<void> => {
    if (noted.size === 0) return;
    const changes = new Map(noted);
    const entries = new Map(Object.entries(await readMemory(file)));
    for (const [registry, change] of changes) {
      const entry = { ...nothing, ...entries.get(registry), ...change };
      entries.delete(registry);
      entries.set(registry, entry); // the last noted stands last
    }
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    number += 1;
    const temporary = `${file}.${process.pid}.${number}.part`;
    const kept = Object.fromEntries([...entries].slice(-keptRegistries));
    await writeFile(temporary, JSON.stringify(kept), { mode: 0o600, flag: 'w' });
    await rename(temporary, file);
    // What was noted meanwhile stays to be written.
    for (const [registry, change] of changes) if (noted.get(registry) === change) noted.delete(registry);
  };
  const flush = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const next = writing.then(write);
    writing = next.catch(() => undefined); // told to its caller; the next one starts afresh
    return next;
  };
  return {
    async get(registry) {
      const known = (await readMemory(file))[registry];
      return { ...nothing, ...known, ...noted.get(registry) };
    },
    note(registry, change) {
      noted.set(registry, { ...noted.get(registry), ...change });
      timer ??= setTimeout(() => {
        // A memory that cannot be written is no reason to disturb anybody: it is tried again with the next note.
        flush().catch(() => undefined);
      }, writeAfterMs).unref();
    },
    flush,
  };
}

async function readMemory(file: string): Promise<Readonly<Record<string, Remembered>>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return {};
    throw thrown;
  }
  if (text.length > limitBytes) return {};
  try {
    return memorySchema.parse(JSON.parse(text));
  } catch {
    return {}; // spoilt: it is only a memory, and is written anew
  }
}
