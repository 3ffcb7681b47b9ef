import { createHash, randomBytes } from 'node:crypto';
import { link, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { livenessOf, processOwnerSchema, thisProcess } from '#core/hosts/processOwner.ts';

/** A lock that this process holds. */
export interface HeldLock {
  /** Gives the lock back. */
  release(): Promise<void>;
}

const contentSchema = z.object({ token: z.string().regex(/^[0-9a-f]{32}$/), owner: processOwnerSchema });

interface FoundLock {
  readonly token: string;
  readonly state: 'alive' | 'dead' | 'elsewhere';
  readonly modifiedAt: number;
}

/** An owner on another machine shows by this that it lives. */
const heartbeatMs = 20_000;
const silenceMs = 120_000;

/**
 * Judges locks of other machines: dead once their heartbeat was not seen to change for two minutes by our own clock.
 * One for each waiting caller.
 */
export class ForeignWatch {
  readonly #seen = new Map<string, { readonly modifiedAt: number; readonly since: number }>();

  isSilent(lock: { readonly token: string; readonly modifiedAt: number }, now = performance.now()): boolean {
    const seen = this.#seen.get(lock.token);
    if (seen === undefined || seen.modifiedAt !== lock.modifiedAt) {
      this.#seen.set(lock.token, { modifiedAt: lock.modifiedAt, since: now });
      return false;
    }
    return now - seen.since > silenceMs;
  }
}

/**
 * Takes the lock at `path`, or gives null when somebody living has it. The file appears whole or not at all (`link`).
 * A dead owner's lock is removed under a claim named for that very lock, which only one process can have; whoever has it
 * looks again before removing, so that no living lock is ever taken away. A dead claim is taken over in the same way.
 */
export async function tryLock(path: string, foreign: ForeignWatch): Promise<HeldLock | null> {
  for (;;) {
    const held = await createLock(path);
    if (held !== null) return held;
    const found = await readLock(path);
    if (found === null) continue; // given back meanwhile
    if (!isDead(found, foreign)) return null;
    const claim = await tryLock(join(dirname(path), `${found.token}.claim`), foreign);
    if (claim === null) return null;
    try {
      const now = await readLock(path);
      if (now !== null && now.token === found.token) await rm(path, { force: true });
    } finally {
      await claim.release();
    }
  }
}

/** Whether a lock or claim file was left by a process that is gone. Null when there is no file. */
export async function isLeftBehind(path: string): Promise<boolean | null> {
  const found = await readLock(path);
  return found === null ? null : found.state === 'dead';
}

function isDead(lock: FoundLock, foreign: ForeignWatch): boolean {
  return lock.state === 'dead' || (lock.state === 'elsewhere' && foreign.isSilent(lock));
}

async function createLock(path: string): Promise<HeldLock | null> {
  const token = randomBytes(16).toString('hex');
  const draft = join(dirname(path), `${token}.new`);
  await writeFile(draft, JSON.stringify({ token, owner: thisProcess }), { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, path);
  } catch (thrown) {
    if (errnoOf(thrown) !== 'EEXIST') throw thrown;
    // A network file system may have made the link and lost the answer: the file's token tells.
    if ((await readLock(path))?.token !== token) return null;
  } finally {
    await rm(draft, { force: true });
  }
  const beat = setInterval(() => void touch(path), heartbeatMs);
  beat.unref();
  return {
    release: async () => {
      clearInterval(beat);
      const found = await readLock(path);
      if (found !== null && found.token === token) await rm(path, { force: true });
    },
  };
}

async function touch(path: string): Promise<void> {
  try {
    const now = new Date();
    await utimes(path, now, now);
  } catch {
    // Given back between the beat and this, or a file system that is away: the next beat tells.
  }
}

async function readLock(path: string): Promise<FoundLock | null> {
  let text: string;
  let modifiedAt: number;
  let inode: number;
  try {
    text = await readFile(path, 'utf8');
    ({ mtimeMs: modifiedAt, ino: inode } = await stat(path));
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return null;
    throw thrown;
  }
  const content = contentSchema.safeParse(parsed(text));
  if (content.success)
    return { token: content.data.token, state: livenessOf(content.data.owner), modifiedAt };
  // Locks appear whole: a spoilt one is what a crash of the machine left.
  const token = createHash('sha256').update(`${inode} ${text}`).digest('hex').slice(0, 32);
  return { token, state: 'dead', modifiedAt };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // judged as spoilt by the schema
  }
}

function errnoOf(thrown: unknown): string | null {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : null;
}
