import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { livenessOf, processOwnerSchema, thisProcess } from '#core/hosts/processOwner.ts';

const contentSchema = z.object({ owner: processOwnerSchema, digests: z.array(z.string()) });
/** A lease from another machine, whose processes cannot be seen from here, counts for this long. */
const foreignLeaseMs = 2 * 24 * 3_600_000;

/** Which layers a running pull needs: a file that says so to every process for as long as its owner lives. */
export class LeaseFile {
  readonly #path: string;
  readonly #folder: string;
  readonly #digests = new Set<string>();
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, `${randomBytes(16).toString('hex')}.json`);
  }

  /** After this no process removes these layers. */
  async add(digests: readonly string[]): Promise<void> {
    if (digests.every((digest) => this.#digests.has(digest))) return this.#writing;
    for (const digest of digests) this.#digests.add(digest);
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async dispose(): Promise<void> {
    await Promise.allSettled([this.#writing]);
    await rm(this.#path, { force: true });
  }

  async #write(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const draft = `${this.#path}.new`;
    await writeFile(draft, JSON.stringify({ owner: thisProcess, digests: [...this.#digests] }), {
      mode: 0o600,
    });
    await rename(draft, this.#path);
  }
}

/** Layers that living pulls hold now. Leases of the dead are removed on the way. */
export async function leasedDigests(folder: string): Promise<ReadonlySet<string>> {
  const digests = new Set<string>();
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    const lease = await readLease(path);
    if (lease === null) continue;
    if (lease.isDead) await rm(path, { force: true });
    else for (const digest of lease.digests) digests.add(digest);
  }
  return digests;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return [];
    throw thrown;
  }
}

async function readLease(
  path: string,
): Promise<{ readonly isDead: boolean; readonly digests: readonly string[] } | null> {
  let text: string;
  let ageMs: number;
  try {
    text = await readFile(path, 'utf8');
    ageMs = Date.now() - (await stat(path)).mtimeMs;
  } catch {
    return null; // given back meanwhile
  }
  const content = contentSchema.safeParse(jsonOrNull(text));
  // A half-written draft: of a living process for moments, of a dead one for ever.
  if (!content.success) return { isDead: ageMs > 3_600_000, digests: [] };
  const liveness = livenessOf(content.data.owner);
  const isDead = liveness === 'dead' || (liveness === 'elsewhere' && ageMs > foreignLeaseMs);
  return { isDead, digests: content.data.digests };
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // judged by the schema
  }
}
