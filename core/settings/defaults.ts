import { join } from 'node:path';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { registryIdSchema } from '#core/contract/ids.ts';
import { wellKnownRegistries } from '#core/contract/registryKinds.ts';
import type { Settings } from '#core/contract/settings.ts';
import type { Folders } from './folders.ts';

/** The settings of somebody who has set nothing. */
export function defaultSettings(folders: Folders): Settings {
  return {
    appearance: { theme: 'system', zoom: 1, language: 'en' },
    terminal: { fontSize: 13, scrollbackLines: 5000 },
    images: { folders: [hostPathFromText(join(folders.data, 'images'))], compression: 'gzip-6' },
    layers: { capBytes: 20_000_000_000 },
    runtime: { path: null },
    trust: { keyserver: null },
    notifications: { enabled: true, afterSeconds: 20 },
    hosts: [],
    registries: wellKnownRegistries.map((registry) => ({
      ...registry,
      id: registryIdSchema.parse(registry.address),
      allowHttp: false,
      mirrors: [],
      apiUrl: null,
      s3: null,
    })),
    shortcuts: {},
    welcomed: false,
  };
}
