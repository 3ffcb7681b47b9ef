import { registryHostOf } from '#core/contract/registryKinds.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { AdapterMeans, RegistryAdapter } from './adapter.ts';
import { createServiceJson, findServiceHome, type ServiceJson, type ServiceSignIn } from './serviceJson.ts';
import { sharedWork } from './serviceJsonShared.ts';

/** A service's API as an adapter's registry may use it. */
export interface ServiceAt {
  readonly home: URL;
  readonly json: ServiceJson;
}

/** The API at a known address. */
export function serviceAt(
  means: AdapterMeans,
  home: URL,
  how: Pick<ServiceSignIn, 'when' | 'scheme'> | null,
): ServiceAt {
  const json = createServiceJson(home, {
    registry: registryHostOf(means.registry),
    isHttpAllowed: means.registry.allowHttp,
    signIn: how === null ? null : { ...how, credentials: means.credentials },
    onNotice: means.onNotice,
    timeouts: means.timeouts,
  });
  return { home, json };
}

/** The API at the registry's own address, found once. */
export function serviceOf(
  means: AdapterMeans,
  how: Pick<ServiceSignIn, 'when' | 'scheme'> | null,
): (signal: AbortSignal) => Promise<ServiceAt> {
  return sharedWork(async (signal) => {
    const { address, allowHttp } = means.registry;
    const setting = { isHttpAllowed: allowHttp, timeouts: means.timeouts, signal };
    return serviceAt(means, await findServiceHome(address, setting), how);
  });
}

/** A list that cannot be had, as a list: it fails when it is read. */
// biome-ignore lint/correctness/useYield: it has nothing to give
export async function* noList(
  means: AdapterMeans,
  code: 'registry.cannotList' | 'registry.cannotSearch',
  reason: string,
): AsyncGenerator<never> {
  throw workbenchError(code, { registry: registryHostOf(means.registry), reason });
}

/** The adapter of any OCI registry, with what a service does in its own way. */
export function overOci(oci: RegistryAdapter, own: Partial<RegistryAdapter>): RegistryAdapter {
  return {
    repositories: (query, signal) => oci.repositories(query, signal),
    tags: (repository, signal) => oci.tags(repository, signal),
    tagFacts: (repository, tags, signal) => oci.tagFacts(repository, tags, signal),
    show: (request, signal) => oci.show(request, signal),
    ...own,
  };
}

/** Several notes as one. */
export function joinNotes(...notes: readonly (string | null)[]): string | null {
  const said = notes.filter((note) => note !== null && note !== '');
  return said.length === 0 ? null : said.join(' ');
}
