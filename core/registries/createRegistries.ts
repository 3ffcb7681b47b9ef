import type { HostId, RegistryId } from '#core/contract/ids.ts';
import { parseImageReference } from '#core/contract/imageReference.ts';
import type { Rate, Recognised } from '#core/contract/registries.ts';
import { registryHostOf } from '#core/contract/registryKinds.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { reportOf, workbenchError } from '#core/errors/workbenchError.ts';
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

const refusals: readonly string[] = [
  'registry.unauthorized',
  'registry.forbidden',
  'registry.credentialHelper',
];

/** An adapter, and the settings that it was made of. */
interface MadeAdapter {
  readonly registry: RegistrySettings;
  readonly adapter: RegistryAdapter;
}

/** Puts the registries together. Nothing is asked of any before it is wanted. */
export function createRegistries(options: RegistriesOptions): Registries {
  const adapters = new Map<RegistryId, MadeAdapter>();

  /** One adapter for a registry as it is set now: its tokens are kept between calls. */
  function adapterOf(registry: RegistrySettings): RegistryAdapter {
    const known = adapters.get(registry.id);
    if (known !== undefined && JSON.stringify(known.registry) === JSON.stringify(registry))
      return known.adapter;
    const host = registryHostOf(registry);
    const adapter = options.createAdapter({
      registry,
      credentials: options.credentials(host),
      onRate: (rate) => options.onRate(host, rate),
    });
    adapters.set(registry.id, { registry, adapter });
    return adapter;
  }

  /** The adapter's client remembers who it is: after a refusal the next try finds out anew, as somebody may have signed in. */
  function forgetRefused(registry: RegistrySettings, thrown: unknown): unknown {
    if (refusals.includes(reportOf(thrown).code)) adapters.delete(registry.id);
    return thrown;
  }

  async function ask<Answer>(
    registry: RegistrySettings,
    work: (adapter: RegistryAdapter) => Promise<Answer>,
  ): Promise<Answer> {
    try {
      return await work(adapterOf(registry));
    } catch (thrown) {
      throw forgetRefused(registry, thrown);
    }
  }

  async function* list<Entry>(
    id: RegistryId,
    work: (adapter: RegistryAdapter) => AsyncIterable<readonly Entry[]>,
  ): AsyncGenerator<readonly Entry[]> {
    const registry = registryOfId(id, options.list());
    try {
      yield* work(adapterOf(registry));
    } catch (thrown) {
      throw forgetRefused(registry, thrown);
    }
  }

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
    signInChanged(host) {
      for (const [id, { registry }] of adapters) if (registryHostOf(registry) === host) adapters.delete(id);
    },
    repositories: (id, query, signal) => list(id, (adapter) => adapter.repositories(query, signal)),
    tags: (id, repository, signal) => list(id, (adapter) => adapter.tags(repository, signal)),
    tagFacts: (id, repository, tags, signal) =>
      ask(registryOfId(id, options.list()), (adapter) => adapter.tagFacts(repository, tags, signal)),
    async show({ reference, allowHttp }, { architecture, hostId }, signal) {
      const { registry, request } = placeOfReference(reference, options.list());
      const wanted = architecture ?? (await options.architecture(hostId));
      return await ask(allowHttp ? { ...registry, allowHttp } : registry, (adapter) =>
        adapter.show({ ...request, architecture: wanted }, signal),
      );
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
      try {
        await requestsOf(registry, allowHttp, credentials).send('', {
          method: 'GET',
          repository: '',
          what: '',
          headers: {},
          scope: '',
          expected: [200],
          signal,
        });
      } catch (thrown) {
        const { code, data, evidence } = reportOf(thrown);
        if (code !== 'registry.unauthorized') throw thrown;
        throw workbenchError(code, { ...data, isProof: true }, evidence === null ? {} : { evidence });
      }
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
