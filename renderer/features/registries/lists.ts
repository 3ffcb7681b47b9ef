import type { RegistryId } from '#core/contract/ids.ts';
import type { Repository, Tag } from '#core/contract/registries.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { client } from '#renderer/api/client.ts';
import { queryClient } from '#renderer/api/query.ts';
import { createListings, type Listing } from './listing.ts';

const repositoryLists = createListings<Repository>();
const tagLists = createListings<Tag>();

/** Repositories, or entries of a folder, as they arrive. Null asks nothing. */
export function useRepositories(
  registry: RegistrySettings,
  query: { readonly term: string; readonly path: string | null } | null,
): Listing<Repository> {
  const key = query === null ? null : `${keyOf(registry)}${query.path ?? ''}\n${query.term}`;
  return repositoryLists.useListing(key, {
    open: (signal) =>
      client.registries.repositories(
        { registryId: registry.id, term: query?.term ?? '', path: query?.path ?? null },
        { signal },
      ),
    read: (event) => (event.type === 'end' ? { note: event.note } : { items: event.repositories }),
  });
}

/** The tags of a repository as they arrive. */
export function useTags(registry: RegistrySettings, repository: string): Listing<Tag> {
  return tagLists.useListing(`${keyOf(registry)}${repository}`, {
    open: (signal) => client.registries.tags({ registryId: registry.id, repository }, { signal }),
    read: (event) => (event.type === 'end' ? { note: event.note } : { items: event.tags }),
  });
}

/** Asks a registry again for everything that is in view of it. */
export function forgetRegistry(id: RegistryId): void {
  repositoryLists.forget(`${id}\n`);
  tagLists.forget(`${id}\n`);
  void queryClient.invalidateQueries({ queryKey: ['registries.show'] });
  void queryClient.invalidateQueries({ queryKey: ['registries.access'] });
  void queryClient.removeQueries({ queryKey: ['registries.tagFacts', null, id] });
}

/** Another address is another registry, whatever its name in the list. */
function keyOf(registry: RegistrySettings): string {
  return `${registry.id}\n${registry.kind}\n${registry.address}\n`;
}
