import { join } from 'node:path';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { createKeyedLock } from './keyedLock.ts';
import { listEntries } from './layerFiles.ts';
import { StoreLease } from './layerLease.ts';
import type { LayerStore } from './layerStore.ts';
import { cleanStore, trimStore } from './storeCleaning.ts';

export interface LayerStoreOptions {
  /** Ordinary text; made (0700) when it is not there. One store for all processes of a user. */
  readonly folder: string;
  /** Asked anew at every trimming. */
  readonly capBytes: () => number;
}

/** The store of layers in a folder. Any number of processes may use it at once, and any may be killed at any time. */
export function createLayerStore({ folder, capBytes }: LayerStoreOptions): LayerStore {
  const place = {
    folder,
    leaseFolder: join(folder, 'leases'),
    locks: createKeyedLock(join(folder, 'locks')),
  };
  return {
    openLease: async () => new StoreLease(place, () => trimStore(place, capBytes())),
    usage: async () => {
      const entries = await listEntries(folder);
      const sum = (isPartial: boolean): number =>
        entries.reduce((total, entry) => total + (entry.isPartial === isPartial ? entry.sizeBytes : 0), 0);
      return {
        path: hostPathFromText(folder),
        layers: entries.filter((entry) => !entry.isPartial).length,
        usedBytes: sum(false),
        partialBytes: sum(true),
        capBytes: capBytes(),
      };
    },
    clean: (options) => cleanStore(place, options),
  };
}
