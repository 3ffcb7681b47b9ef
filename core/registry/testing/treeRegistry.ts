import { registryIdSchema } from '#core/contract/ids.ts';
import type { Repository } from '#core/contract/registries.ts';
import type { RegistryKind } from '#core/contract/registryKinds.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import type { RegistryAdapter } from '../adapter.ts';

/** Settings of a registry for tests. */
export function registryOf(
  kind: RegistryKind,
  address: string,
  more: Partial<RegistrySettings> = {},
): RegistrySettings {
  return {
    id: registryIdSchema.parse('r1'),
    label: 'Test',
    kind,
    address,
    allowHttp: false,
    mirrors: [],
    apiUrl: null,
    s3: null,
    ...more,
  };
}

/** A bucket, path style, no region. */
export function bucketOf(
  address: string,
  bucket: string,
  more: Partial<NonNullable<RegistrySettings['s3']>> = {},
): RegistrySettings {
  return registryOf('s3', address, { s3: { bucket, region: '', style: 'path', prefix: '', ...more } });
}

/** Every entry of a list, by name. */
export async function entriesOf(
  adapter: RegistryAdapter,
  query: { readonly term?: string; readonly path?: string | null } = {},
): Promise<readonly Repository[]> {
  const found: Repository[] = [];
  const { signal } = new AbortController();
  for await (const batch of adapter.repositories({ term: '', path: null, ...query }, signal))
    found.push(...batch);
  return found.sort((one, other) => (one.name < other.name ? -1 : 1));
}
