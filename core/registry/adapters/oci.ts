import { registryHostOf } from '#core/contract/registryKinds.ts';
import type { AdapterMeans, RegistryAdapter } from '../adapter.ts';
import { readTagFacts, showImage } from '../imageFacts.ts';
import { RegistryRequests } from '../registryRequests.ts';
import { listCatalog, listTags } from '../tagList.ts';

/**
 * Any registry that speaks the OCI distribution protocol. Its repositories come from the catalog, which many do not
 * give; a term filters their names. Mirrors are for pulls: browsing asks the registry itself.
 */
export function createOciAdapter(means: AdapterMeans): RegistryAdapter {
  const requests = ociRequestsOf(means);
  const { onRate } = means;
  // Docker Hub counts each manifest that is read: sizes of platforms that nobody asked for are not worth a pull each.
  const countsReads = means.registry.kind === 'docker-hub';
  const showOptions = { onRate, ...(countsReads ? { platformLimit: 0 } : {}) };
  return {
    repositories: ({ term }, signal) => listCatalog(requests, term, signal),
    tags: (repository, signal) => listTags(requests, repository, signal),
    tagFacts: (repository, tags, signal) => readTagFacts(requests, { repository, tags }, { signal, onRate }),
    show: (request, signal) => showImage(requests, request, { signal, ...showOptions }),
  };
}

/** Signed-in requests to the registry of these means, for adapters that stand on the OCI protocol. */
export function ociRequestsOf({ registry, credentials, onNotice, timeouts }: AdapterMeans): RegistryRequests {
  return new RegistryRequests({
    registry: registryHostOf(registry),
    isHttpAllowed: registry.allowHttp,
    credentials,
    ...(onNotice === undefined ? {} : { onNotice }),
    ...(timeouts === undefined ? {} : { timeouts }),
  });
}
