import { z } from 'zod';
import type { Repository, Tag } from '#core/contract/registries.ts';
import { type AdapterMeans, plainRepository, type RegistryAdapter } from '../adapter.ts';
import { isDigest } from '../digest.ts';
import { isRepositoryName, isTagName, requireNames } from '../repositoryName.ts';
import { isNotTold } from '../serviceJson.ts';
import { overOci, serviceOf } from '../serviceJsonMeans.ts';
import { listPages, type Page } from '../serviceJsonPages.ts';
import { countSchema, entriesOf, nameSchema, textSchema, timeSchema } from '../serviceJsonValues.ts';

/** Of everything that is public nobody reads more: a namespace or a search is more use. */
const publicLimit = 1000;
/** Quay itself ends a search after ten pages of ten. */
const lastSearchPage = 10;

const listSchema = z.object({
  repositories: entriesOf(
    z.object({
      namespace: nameSchema,
      name: nameSchema,
      description: textSchema,
      kind: z.string().nullish().catch(null),
      last_modified: timeSchema,
    }),
  ),
  next_page: z.string().max(4096).nullish().catch(null),
});
const searchSchema = z.object({
  results: entriesOf(
    z.object({
      kind: z.string(),
      namespace: z.object({ name: nameSchema }),
      name: nameSchema,
      description: textSchema,
      last_modified: timeSchema,
      stars: countSchema,
    }),
  ),
  has_additional: z.boolean().nullish().catch(null),
});
const tagsSchema = z.object({
  tags: entriesOf(
    z.object({
      name: nameSchema,
      size: countSchema,
      start_ts: timeSchema,
      last_modified: timeSchema,
      manifest_digest: nameSchema,
      is_manifest_list: z.boolean().nullish().catch(null),
    }),
  ),
  has_additional: z.boolean().nullish().catch(null),
});

/**
 * quay.io, or another Quay. From documentation, not run against the live service: Red Hat Quay API (`listRepos`,
 * `conductRepoSearch`, `listRepoTags`), shapes as in quay/quay `endpoints/api/{repository,search,tag}.py`.
 *
 * A term that ends with `/` lists that namespace; another one searches. Its API wants OAuth tokens, which are not the
 * registry's passwords: private repositories are not listed, and their tags come from the registry, without sizes. Of a
 * tag with several architectures it tells no size.
 */
export function createQuayAdapter(means: AdapterMeans, oci: RegistryAdapter): RegistryAdapter {
  const service = serviceOf(means, null);

  async function readList(
    namespace: string | null,
    token: string,
    signal: AbortSignal,
  ): Promise<Page<Repository, string>> {
    const { home, json } = await service(signal);
    const url = new URL('api/v1/repository', home);
    url.search = new URLSearchParams({
      public: 'true',
      last_modified: 'true',
      ...(namespace === null ? {} : { namespace }),
      ...(token === '' ? {} : { next_page: token }),
    }).toString();
    const { value } = await json.read(url, listSchema, { signal });
    const entries = value.repositories.flatMap((found) => {
      if (found.kind !== null && found.kind !== undefined && found.kind !== 'image') return [];
      return repositoryOf(`${found.namespace}/${found.name}`, {
        description: found.description,
        updatedAt: found.last_modified,
      });
    });
    return { entries, next: value.next_page ? value.next_page : null };
  }

  async function readSearch(
    term: string,
    page: number,
    signal: AbortSignal,
  ): Promise<Page<Repository, number>> {
    const { home, json } = await service(signal);
    const url = new URL('api/v1/find/repositories', home);
    url.search = new URLSearchParams({ query: term, page: `${page}` }).toString();
    const { value } = await json.read(url, searchSchema, { signal });
    const entries = value.results.flatMap((found) =>
      found.kind === 'repository'
        ? repositoryOf(`${found.namespace.name}/${found.name}`, {
            description: found.description,
            updatedAt: found.last_modified,
            stars: found.stars,
          })
        : [],
    );
    return { entries, next: value.has_additional === true && page < lastSearchPage ? page + 1 : null };
  }

  async function* tags(repository: string, signal: AbortSignal): AsyncGenerator<readonly Tag[]> {
    requireNames(repository, null);
    const { home, json } = await service(signal);
    let hasBegun = false;
    const readPage = async (page: number): Promise<Page<Tag, number>> => {
      const path = repository.split('/').map(encodeURIComponent).join('/');
      const url = new URL(`api/v1/repository/${path}/tag/`, home);
      url.search = new URLSearchParams({ onlyActiveTags: 'true', limit: '100', page: `${page}` }).toString();
      const { value } = await json.read(url, tagsSchema, { signal, facts: { repository } });
      return { entries: value.tags.flatMap(tagOf), next: value.has_additional === true ? page + 1 : null };
    };
    try {
      for await (const batch of listPages(1, readPage)) {
        hasBegun = true;
        yield batch;
      }
    } catch (thrown) {
      if (hasBegun || !isNotTold(thrown)) throw thrown;
      means.onNotice?.(`${repository} is not public; its tags come from the registry.`);
      yield* oci.tags(repository, signal);
    }
  }

  return overOci(oci, {
    repositories({ term }, signal) {
      const asked = term.trim();
      if (asked === '') return listPages('', (token) => readList(null, token, signal), publicLimit);
      return asked.endsWith('/')
        ? listPages('', (token) => readList(asked.slice(0, -1), token, signal))
        : listPages(1, (page) => readSearch(asked, page, signal));
    },
    tags,
  });
}

function repositoryOf(name: string, facts: Partial<Repository>): readonly Repository[] {
  return isRepositoryName(name) ? [{ ...plainRepository(name), ...facts }] : [];
}

function tagOf(tag: z.infer<typeof tagsSchema>['tags'][number]): readonly Tag[] {
  if (!isTagName(tag.name)) return [];
  return [
    {
      name: tag.name,
      digest: isDigest(tag.manifest_digest) ? tag.manifest_digest : null,
      updatedAt: tag.start_ts ?? tag.last_modified,
      sizeBytes: tag.is_manifest_list === true ? null : tag.size,
      architectures: [],
    },
  ];
}
