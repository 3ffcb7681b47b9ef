import type { AdapterMeans, RegistryAdapter } from '../adapter.ts';
import { createOciAdapter } from './oci.ts';
import { createServiceAdapter } from './services.ts';
import { createTreeAdapter } from './trees.ts';

/** The adapter of a registry by its kind. `openOci` gives those of other registries, where a list stands for their images. */
export function createAdapter(
  means: AdapterMeans,
  openOci: (registry: string) => RegistryAdapter,
): RegistryAdapter {
  const { kind } = means.registry;
  const tree = createTreeAdapter(kind, means);
  if (tree !== null) return tree;
  const oci = createOciAdapter(means);
  return createServiceAdapter(kind, means, oci, { openOci }) ?? oci;
}
