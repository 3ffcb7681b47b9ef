import type { ImageFacts, Rate, Repository, Tag } from '#core/contract/registries.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import type { CredentialsOnDemand, RegistryCredentials, RegistryTimeouts } from './registrySettings.ts';

/** What an adapter stands on. */
export interface AdapterMeans {
  readonly registry: RegistrySettings;
  readonly credentials: RegistryCredentials | CredentialsOnDemand | null;
  /** Sentences for the log: which mirror answered, a wait. */
  readonly onNotice?: (text: string) => void;
  /** Called with every statement of a registry about how many requests are left. */
  readonly onRate?: (rate: Rate) => void;
  readonly timeouts?: Partial<RegistryTimeouts>;
}

/** What to show: a tag or a digest in a repository, for an architecture (OCI name). */
export interface ShowRequest {
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: string | null;
  readonly architecture: string;
}

/**
 * One kind of registry, as it is browsed. Nothing but lists, manifests and configurations is ever fetched. Lists come in
 * batches as the pages arrive, each name once, at most `listLimit` entries. What a kind cannot do fails with
 * `registry.cannotList` or `registry.cannotSearch`; everything else with the `registry.*` that it is.
 */
export interface RegistryAdapter {
  /** Repositories that match a term, or all when it is empty; entries of `path` (null: the top) where the kind is a tree. */
  repositories(
    query: { readonly term: string; readonly path: string | null },
    signal: AbortSignal,
  ): AsyncIterable<readonly Repository[]>;
  tags(repository: string, signal: AbortSignal): AsyncIterable<readonly Tag[]>;
  /** For the tags that are in view, where the list does not tell: without counting as pulls, as far as that can be had. */
  tagFacts(repository: string, tags: readonly string[], signal: AbortSignal): Promise<readonly Tag[]>;
  show(request: ShowRequest, signal: AbortSignal): Promise<ImageFacts>;
}

export type CreateAdapter = (means: AdapterMeans) => RegistryAdapter;

/** More than this nobody scrolls through: the list ends with a note to search. */
export const listLimit = 50_000;

/** An entry of a list about which nothing but the name is known. */
export function plainRepository(name: string): Repository {
  return {
    name,
    kind: 'repository',
    reference: null,
    description: null,
    sizeBytes: null,
    updatedAt: null,
    stars: null,
    pulls: null,
    isOfficial: false,
  };
}

/** A tag about which nothing but the name is known. */
export function plainTag(name: string): Tag {
  return { name, digest: null, updatedAt: null, sizeBytes: null, architectures: [] };
}
