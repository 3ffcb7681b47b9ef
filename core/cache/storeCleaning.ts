import type { CleanPlan } from '#core/contract/cache.ts';
import type { KeyedLock } from './keyedLock.ts';
import { listEntries, removeEntry, type StoredEntry } from './layerFiles.ts';
import { leasedDigests } from './leases.ts';

/** A store's folder, and what its processes agree by. */
export interface StorePlace {
  readonly folder: string;
  readonly leaseFolder: string;
  readonly locks: KeyedLock;
}

const dayMs = 24 * 3_600_000;

/** Removes what was not used for longest, until the store is not above `capBytes`; what is in use stays. */
export async function trimStore(place: StorePlace, capBytes: number): Promise<void> {
  const entries = await listEntries(place.folder);
  let usedBytes = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
  if (usedBytes <= capBytes) return;
  for (const entry of byLastUse(entries)) {
    if (usedBytes <= capBytes) return;
    if (await dropUnused(place, entry, false)) usedBytes -= entry.sizeBytes;
  }
}

/** Removes, or with `isDryRun` lists, what was not used within `keepDays` and is not in use now. */
export async function cleanStore(
  place: StorePlace,
  { isDryRun, keepDays }: { readonly isDryRun: boolean; readonly keepDays: number },
): Promise<CleanPlan> {
  const oldest = Date.now() - keepDays * dayMs;
  const entries: StoredEntry[] = [];
  for (const entry of byLastUse(await listEntries(place.folder))) {
    if (entry.lastUsedAt > oldest) continue;
    if (await dropUnused(place, entry, isDryRun)) entries.push(entry);
  }
  return {
    entries: entries.map(({ digest, sizeBytes, lastUsedAt, isPartial }) => ({
      digest,
      sizeBytes,
      lastUsedAt,
      isPartial,
    })),
    freesBytes: entries.reduce((sum, entry) => sum + entry.sizeBytes, 0),
    isDone: !isDryRun,
  };
}

/**
 * Removes an entry that nobody uses; says whether it was one. A pull writes its lease first and looks for the layer
 * under the layer's lock; here leases are read under that lock: so either the pull finds the layer gone, or we see its lease.
 */
async function dropUnused(place: StorePlace, entry: StoredEntry, isDryRun: boolean): Promise<boolean> {
  const held = await place.locks.tryAcquire(entry.digest);
  if (held === null) return false;
  try {
    if ((await leasedDigests(place.leaseFolder)).has(entry.digest)) return false;
    if (!isDryRun) await removeEntry(entry);
    return true;
  } finally {
    await held.release();
  }
}

function byLastUse(entries: readonly StoredEntry[]): readonly StoredEntry[] {
  return [...entries].sort((one, other) => one.lastUsedAt - other.lastUsedAt);
}
