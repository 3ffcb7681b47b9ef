import type { HostId } from '#core/contract/ids.ts';
import type { RegistryKind } from '#core/contract/registryKinds.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { createCredentials } from '#core/credentials/createCredentials.ts';
import { createKeychain } from '#core/credentials/createKeychain.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import type { HostRegistry } from '#core/hosts/hostRegistry.ts';
import type { OpenSif } from '#core/images/pullMeans.ts';
import { createRegistries } from '#core/registries/createRegistries.ts';
import { registryOfHost } from '#core/registries/registryOfReference.ts';
import type { AdapterMeans, RegistryAdapter } from '#core/registry/adapter.ts';
import { createRegistryClient } from '#core/registry/createRegistryClient.ts';
import { lazyAdapter } from '#core/registry/lazyAdapter.ts';
import type { RegistryClient, RegistryClientOptions } from '#core/registry/registryClient.ts';
import { RegistryRequests } from '#core/registry/registryRequests.ts';
import type { RegistryCredentials } from '#core/registry/registrySettings.ts';

export interface RegistryPartsOptions {
  /** The person's list, read at every use. */
  readonly list: () => readonly RegistrySettings[];
  readonly stateFolder: string;
  readonly hosts: HostRegistry;
}

/** Everything that has to do with registries and who we are to them: plain constructor calls. */
export function createRegistryParts({ list, stateFolder, hosts }: RegistryPartsOptions) {
  const credentials = createCredentials({
    environment: process.env,
    stateFolder,
    keychain: createKeychain(process.env),
    now: Date.now,
    runtimeOf: async (id) => (await runtimeOrNull(hosts, id))?.dialect ?? null,
    hostOf: (id) => hosts.open(id),
  });

  const onDemand = (registry: string) => credentials.onDemand(registry);

  const createAdapter = (means: AdapterMeans): RegistryAdapter =>
    lazyAdapter(async () => {
      const adapters = await import('#core/registry/adapters/createAdapter.ts');
      return adapters.createAdapter(means, openOci);
    });

  /** Where a list stands for images of other registries. */
  function openOci(host: string): RegistryAdapter {
    return createAdapter({ registry: registryOfHost(host, list()), credentials: onDemand(host) });
  }

  const registries = createRegistries({
    list,
    createAdapter,
    recognise: async (text, choice) =>
      await (await import('#core/registry/recognise.ts')).recognise(text, choice),
    credentials: onDemand,
    onRate: (registry, rate) => credentials.noteRate(registry, rate),
    architecture: (id) => hosts.architecture(id),
  });

  /** A client for pulls: the person's mirrors are asked first, and what the person is signed in with is used. */
  function openRegistry(options: RegistryClientOptions): RegistryClient {
    const { mirrors, allowHttp } = registryOfHost(options.registry, list());
    return createRegistryClient({
      ...options,
      isHttpAllowed: options.isHttpAllowed || allowHttp,
      credentials: options.credentials ?? onDemand(options.registry),
      mirrors,
    });
  }

  const openSif: OpenSif = async (reference, options) => {
    switch (reference.kind) {
      case 'library': {
        const library = firstOf(list(), 'library');
        const host = reference.host ?? (library === null ? null : new URL(library.address).host);
        const own = options.credentials ?? (host === null ? null : onDemand(host));
        const { openLibrarySif } = await import('#core/registry/librarySource.ts');
        return await openLibrarySif(reference, {
          ...options,
          credentials: own,
          defaultHost: library?.address ?? null,
        });
      }
      case 'shub':
        return await (await import('#core/registry/shubSource.ts')).openShubSif(reference, options);
      case 's3': {
        const { openS3Sif } = await import('#core/registry/s3/openS3Sif.ts');
        return openS3Sif(reference, { ...options, registries: list(), credentialsFor: onDemand });
      }
    }
  };

  /** Requests that change something: pushes of SIFs. */
  function openRequests(
    registry: string,
    options: Pick<RegistryClientOptions, 'isHttpAllowed' | 'onNotice'> & {
      readonly credentials: RegistryCredentials | null;
    },
  ): RegistryRequests {
    const { allowHttp } = registryOfHost(registry, list());
    return new RegistryRequests({
      registry,
      ...options,
      isHttpAllowed: options.isHttpAllowed || allowHttp,
      credentials: options.credentials ?? onDemand(registry),
    });
  }

  return { credentials, registries, openRegistry, openSif, openRequests };
}

function firstOf(list: readonly RegistrySettings[], kind: RegistryKind): RegistrySettings | null {
  return list.find((registry) => registry.kind === kind) ?? null;
}

async function runtimeOrNull(hosts: HostRegistry, id: HostId) {
  try {
    return await hosts.runtime(id);
  } catch (thrown) {
    if (thrown instanceof WorkbenchError) return null; // none there, or not connected: told as such
    throw thrown;
  }
}
