import type { HostId, RegistryId } from '#core/contract/ids.ts';
import { parseImageReference } from '#core/contract/imageReference.ts';
import type { Rate, Recognised } from '#core/contract/registries.ts';
import { type RegistrySettings, registryHostOf } from '#core/contract/registryKinds.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { AdapterMeans, RegistryAdapter } from '#core/registry/adapter.ts';
import { copyTag, deleteManifest, planDelete } from '#core/registry/changeTags.ts';
import { RegistryRequests } from '#core/registry/registryRequests.ts';
import type { CredentialsOnDemand, RegistryCredentials } from '#core/registry/registrySettings.ts';
import type { Named, Registries } from './registries.ts';
import { placeOfReference, registryOfHost, registryOfId } from './registryOfReference.ts';

export interface RegistriesOptions {
  /** The person's list, read at every use. */
  readonly list: () => readonly RegistrySettings[];
  readonly createAdapter: (means: AdapterMeans) => RegistryAdapter;
  readonly recognise: (
    text: string,
    options: { readonly allowHttp: boolean; readonly signal: AbortSignal },
  ) => Promise<Recognised>;
  /** Who we are to a registry (host and optional port). */
  readonly credentials: (registry: string) => CredentialsOnDemand;
  readonly onRate: (registry: string, rate: Rate) => void;
  readonly architecture: (hostId: HostId) => Promise<string>;
}

/** Puts the registries together. Nothing is asked of any before it is wanted. */
export function createRegistries(options: RegistriesOptions): Registries {
  const adapters = new Map<RegistryId, { readonly made: string; readonly adapter: RegistryAdapter }>();

  /** One adapter for a registry as it is set now: its tokens are kept between calls. */
  function adapterOf(registry: RegistrySettings): RegistryAdapter {
    const made = JSON.stringify(registry);
    const known = adapters.get(registry.id);
    if (known?.made === made) return known.adapter;
    const host = registryHostOf(registry);
    const adapter = options.createAdapter({
      registry,
      credentials: options.credentials(host),
      onRate: (rate) => options.onRate(host, rate),
    });
    adapters.set(registry.id, { made, adapter });
    return adapter;
  }

  const adapterOfId = (id: RegistryId) => adapterOf(registryOfId(id, options.list()));

  function requestsOf(
    host: string,
    allowHttp: boolean,
    credentials: RegistryCredentials | CredentialsOnDemand,
  ): RegistryRequests {
    const isHttpAllowed = allowHttp || registryOfHost(host, options.list()).allowHttp;
    return new RegistryRequests({ registry: host, isHttpAllowed, credentials });
  }

  function changeable({ reference, allowHttp }: Named, signal: AbortSignal) {
    const parsed = parseImageReference(reference);
    if (!parsed.ok || !('registry' in parsed.reference))
      throw workbenchError('registry.badReference', { reference, problem: 'repository', detail: null });
    const { registry, repository, tag, digest } = parsed.reference;
    return {
      requests: requestsOf(registry, allowHttp, options.credentials(registry)),
      named: { repository, tagOrDigest: digest ?? tag ?? 'latest', signal },
    };
  }

  return {
    recognise: (text, allowHttp, signal) => options.recognise(text, { allowHttp, signal }),
    repositories: (id, query, signal) => adapterOfId(id).repositories(query, signal),
    tags: (id, repository, signal) => adapterOfId(id).tags(repository, signal),
    tagFacts: (id, repository, tags, signal) => adapterOfId(id).tagFacts(repository, tags, signal),
    async show({ reference, allowHttp }, { architecture, hostId }, signal) {
      const { registry, request } = placeOfReference(reference, options.list());
      const wanted = architecture ?? (await options.architecture(hostId));
      const adapter = adapterOf(allowHttp ? { ...registry, allowHttp } : registry);
      return await adapter.show({ ...request, architecture: wanted }, signal);
    },
    async prove(registry, credentials, allowHttp, signal) {
      const listed = options.list().find((entry) => registryHostOf(entry) === registry);
      if (listed?.kind === 's3') {
        const adapter = options.createAdapter({ registry: listed, credentials });
        for await (const _ of adapter.repositories({ term: '', path: null }, signal)) return;
        return;
      }
      // A library has no request that only tells whether a token is good: it shows at the first pull.
      if (listed?.kind === 'library') return;
      await requestsOf(registry, allowHttp, credentials).send('', {
        method: 'GET',
        repository: '',
        what: '',
        headers: {},
        scope: '',
        expected: [200],
        signal,
      });
    },
    async copyTag(named, copy, signal) {
      const { requests, named: manifest } = changeable(named, signal);
      return await copyTag(requests, { ...manifest, ...copy });
    },
    async planDelete(named, signal) {
      const { requests, named: manifest } = changeable(named, signal);
      const { tags, ...plan } = await planDelete(requests, manifest);
      return { ...plan, tags: [...tags] };
    },
    async delete(named, digest, signal) {
      const { requests, named: manifest } = changeable(named, signal);
      await deleteManifest(requests, { repository: manifest.repository, digest, signal });
    },
  };
}
