import type { RegistryKind } from '#core/contract/registryKinds.ts';
import type { AdapterMeans, RegistryAdapter } from '../adapter.ts';
import { createFolderAdapter } from './folder.ts';
import { createS3Adapter } from './s3.ts';
import { createWebAdapter } from './web.ts';

/** The adapter of a kind whose entries are folders and files; null for the other kinds. */
export function createTreeAdapter(kind: RegistryKind, means: AdapterMeans): RegistryAdapter | null {
  switch (kind) {
    case 's3':
      return createS3Adapter(means);
    case 'web':
      return createWebAdapter(means);
    case 'folder':
      return createFolderAdapter(means);
    default:
      return null;
  }
}
