import type { AdapterMeans, RegistryAdapter } from '../adapter.ts';
import { noList, overOci } from '../serviceJsonMeans.ts';

const reason =
  'GitHub shows the packages of an owner only on its web pages, and to its own API with a classic token of that account';

/**
 * GitHub's container registry. From documentation, not run against the live service (docs.github.com, "Working with the
 * Container registry" and REST "Packages"). It has neither a list nor a search: a name is typed. Its tags are those of any
 * OCI registry, with a token that it gives to everybody for public images.
 */
export function createGhcrAdapter(means: AdapterMeans, oci: RegistryAdapter): RegistryAdapter {
  return overOci(oci, {
    repositories: ({ term }) =>
      noList(means, term.trim() === '' ? 'registry.cannotList' : 'registry.cannotSearch', reason),
  });
}
