import type { RegistryKind } from '#core/contract/registryKinds.ts';
import type { AdapterMeans, RegistryAdapter } from '../adapter.ts';
import { createDockerHubAdapter } from './dockerHub.ts';
import { createGhcrAdapter } from './ghcr.ts';
import { createGitlabAdapter } from './gitlab.ts';
import { createHarborAdapter } from './harbor.ts';
import { createLibraryAdapter } from './library.ts';
import { createNgcAdapter } from './ngc.ts';
import { createQuayAdapter } from './quay.ts';
import { createShpcAdapter } from './shpc.ts';
import { createShubAdapter } from './shub.ts';

export interface ServiceAdapterOptions {
  /** The adapter of another registry (host and optional port), where a list stands for images elsewhere. */
  readonly openOci?: (registry: string) => RegistryAdapter;
}

/**
 * The adapter of a hosted service, over the one of any OCI registry (`oci`, for the same means); null for kinds that are
 * no such service. None of them was ever run against its live service: each says where its shapes are documented.
 */
export function createServiceAdapter(
  kind: RegistryKind,
  means: AdapterMeans,
  oci: RegistryAdapter,
  options: ServiceAdapterOptions = {},
): RegistryAdapter | null {
  switch (kind) {
    case 'docker-hub':
      return createDockerHubAdapter(means, oci);
    case 'ghcr':
      return createGhcrAdapter(means, oci);
    case 'quay':
      return createQuayAdapter(means, oci);
    case 'ngc':
      return createNgcAdapter(means, oci);
    case 'gitlab':
      return createGitlabAdapter(means, oci);
    case 'harbor':
      return createHarborAdapter(means, oci);
    case 'library':
      return createLibraryAdapter(means);
    case 'shub':
      return createShubAdapter(means);
    case 'shpc':
      return createShpcAdapter(means, options.openOci ?? null);
    case 'oci':
    case 'folder':
    case 'web':
    case 's3':
      return null;
  }
}
