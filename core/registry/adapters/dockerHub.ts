import { z } from 'zod';
import type { Rate, Repository, Tag } from '#core/contract/registries.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import {
  type AdapterMeans,
  plainRepository,
  plainTag,
  type RegistryAdapter,
  type ShowRequest,
} from '../adapter.ts';
import { isDigest } from '../digest.ts';
import { rateIn } from '../imageFactsRate.ts';
import { acceptedManifests } from '../manifest.ts';
import { mapLimited } from '../mapLimited.ts';
import { isRepositoryName, isTagName, requireNames } from '../repositoryName.ts';
import { isNotTold } from '../serviceJson.ts';
import { joinNotes, noList, serviceAt } from '../serviceJsonMeans.ts';
import { listPages, type Page } from '../serviceJsonPages.ts';
import {
  architectureName,
  countSchema,
  entriesOf,
  nameSchema,
  textSchema,
  timeSchema,
} from '../serviceJsonValues.ts';
import { ociRequestsOf } from './oci.ts';

/** Where Docker Hub's parts are. */
export interface DockerHubAddresses {
  readonly hub: string;
  readonly index: string;
  /** Host and optional port. */
  readonly registry: string;
}

const publicAddresses: DockerHubAddresses = {
  hub: 'https://hub.docker.com/',
  index: 'https://index.docker.io/',
  registry: 'index.docker.io',
};

/** A search that finds more is too wide to be read. */
const searchLimit = 500;
const pageSize = 100;

const foundSchema = z.object({
  name: nameSchema,
  short_description: textSchema,
  badge: z.string().nullish().catch(null),
  star_count: countSchema,
  raw_pull_count: countSchema,
  updated_at: timeSchema,
});
const searchSchema = z.object({ total: countSchema, results: entriesOf(foundSchema) });
const indexSchema = z.object({
  num_pages: countSchema,
  results: entriesOf(
    z.object({
      name: nameSchema,
      description: textSchema,
      star_count: countSchema,
      pull_count: countSchema,
      is_official: z.boolean().nullish().catch(null),
    }),
  ),
});
const hubTagSchema = z.object({
  name: nameSchema,
  full_size: countSchema,
  last_updated: timeSchema,
  tag_last_pushed: timeSchema,
  digest: nameSchema,
  images: entriesOf(
    z.object({
      architecture: nameSchema,
      variant: z.string().nullish().catch(null),
      os: z.string().nullish().catch(null),
      size: countSchema,
      digest: nameSchema,
    }),
  ),
});
const tagsSchema = z.object({ next: z.string().nullish(), results: entriesOf(hubTagSchema) });

/**
 * Docker Hub. From documentation, not run against the live service: tags as in its API reference (hub/latest,
 * ListRepositoryTags); search as in docker/hub-mcp (`src/search.ts`), which no document promises, and, where that finds
 * nothing or is gone, the `v1/search` of the Docker engine (moby `registry/search.go`); the limit as in "Docker Hub pull
 * usage and limits". It cannot list without a term. A private repository's tags come from the registry, without sizes:
 * the web API would want another sign-in.
 */
export function createDockerHubAdapter(
  means: AdapterMeans,
  oci: RegistryAdapter,
  addresses: DockerHubAddresses = publicAddresses,
): RegistryAdapter {
  const hub = serviceAt(means, new URL(addresses.hub), null);
  const index = serviceAt(means, new URL(addresses.index), null);
  const requests = ociRequestsOf({
    ...means,
    registry: { ...means.registry, kind: 'oci', address: addresses.registry },
  });

  async function readSearch(
    term: string,
    from: number,
    signal: AbortSignal,
  ): Promise<Page<Repository, number>> {
    const url = new URL('api/search/v4', hub.home);
    url.search = new URLSearchParams({
      query: term,
      type: 'image',
      from: `${from}`,
      size: `${pageSize}`,
    }).toString();
    const { value } = await hub.json.read(url, searchSchema, { signal });
    const next = from + pageSize;
    const isLast = value.results.length === 0 || next >= (value.total ?? 0) || next >= searchLimit;
    return { entries: value.results.flatMap(foundRepository), next: isLast ? null : next };
  }

  async function readIndex(
    term: string,
    page: number,
    signal: AbortSignal,
  ): Promise<Page<Repository, number>> {
    const url = new URL('v1/search', index.home);
    url.search = new URLSearchParams({ q: term, n: `${pageSize}`, page: `${page}` }).toString();
    const { value } = await index.json.read(url, indexSchema, { signal });
    const isLast = page >= (value.num_pages ?? 1) || page * pageSize >= searchLimit;
    return { entries: value.results.flatMap(indexedRepository), next: isLast ? null : page + 1 };
  }

  async function* search(term: string, signal: AbortSignal): AsyncGenerator<readonly Repository[]> {
    let hasFound = false;
    try {
      for await (const batch of listPages(0, (from) => readSearch(term, from, signal), searchLimit)) {
        hasFound = true;
        yield batch;
      }
    } catch (thrown) {
      const isGone = thrown instanceof WorkbenchError && thrown.report.code !== 'registry.rateLimited';
      if (hasFound || !isGone) throw thrown;
      means.onNotice?.(`Docker Hub’s search failed (${thrown.report.title}); asking its older one.`);
    }
    // An interface that Docker gave up answers 200 with an empty list.
    if (!hasFound) yield* listPages(1, (page) => readIndex(term, page, signal), searchLimit);
  }

  async function* tags(repository: string, signal: AbortSignal): AsyncGenerator<readonly Tag[]> {
    requireNames(repository, null);
    let hasBegun = false;
    const readPage = async (page: number): Promise<Page<Tag, number>> => {
      const url = tagsUrl(hub.home, repository);
      url.search = new URLSearchParams({ page: `${page}`, page_size: `${pageSize}` }).toString();
      const { value } = await hub.json.read(url, tagsSchema, { signal, facts: { repository } });
      // The address of the next page is not followed: it may name any host.
      return {
        entries: value.results.flatMap(tagOf),
        next: typeof value.next === 'string' ? page + 1 : null,
      };
    };
    try {
      for await (const batch of listPages(1, readPage)) {
        hasBegun = true;
        yield batch;
      }
    } catch (thrown) {
      if (hasBegun || !isNotTold(thrown)) throw thrown;
      means.onNotice?.(`${repository} is not public at Docker Hub; its tags come from the registry.`);
      yield* oci.tags(repository, signal);
    }
  }

  async function readTag(repository: string, name: string, signal: AbortSignal): Promise<Tag> {
    requireNames(repository, name);
    const url = new URL(encodeURIComponent(name), `${tagsUrl(hub.home, repository).href}/`);
    try {
      const facts = { repository, reference: name };
      const { value } = await hub.json.read(url, hubTagSchema, { signal, facts });
      return tagOf(value).find((tag) => tag.name === name) ?? plainTag(name);
    } catch (thrown) {
      // Asking the registry itself would count as a pull.
      if (isNotTold(thrown)) return plainTag(name);
      throw thrown;
    }
  }

  /** How many pulls are left: asked with HEAD, which does not count. */
  async function measureRate(request: ShowRequest, signal: AbortSignal): Promise<Rate | null> {
    const what = request.digest ?? request.tag ?? 'latest';
    const { repository } = request;
    try {
      const answer = await requests.head(`${repository}/manifests/${what}`, {
        repository,
        what,
        headers: { accept: acceptedManifests },
        signal,
      });
      answer.discard();
      const rate = rateIn(answer.headers, Date.now());
      if (rate !== null) means.onRate?.(rate);
      return rate;
    } catch (thrown) {
      signal.throwIfAborted();
      // The image counts; how many pulls are left is only told beside it.
      if (thrown instanceof WorkbenchError) return null;
      throw thrown;
    }
  }

  return {
    repositories({ term }, signal) {
      const asked = term.trim();
      return asked === ''
        ? noList(
            means,
            'registry.cannotList',
            'Docker Hub has millions of repositories and lists them only by a search',
          )
        : search(asked, signal);
    },
    tags,
    async tagFacts(repository, names, signal) {
      return await mapLimited(names, 4, (name) => readTag(repository, name, signal));
    },
    async show(request, signal) {
      try {
        const facts = await oci.show(request, signal);
        const rate = (await measureRate(request, signal)) ?? facts.rate;
        return { ...facts, rate, note: joinNotes(facts.note, rate === null ? null : countedNote) };
      } catch (thrown) {
        if (thrown instanceof WorkbenchError && thrown.report.code === 'registry.rateLimited')
          await measureRate(request, signal);
        throw thrown;
      }
    },
  };
}

const countedNote =
  'Docker Hub counts every manifest that is read as a pull, also those that were read to show this.';

function tagsUrl(home: URL, repository: string): URL {
  const [namespace = '', ...rest] = (repository.includes('/') ? repository : `library/${repository}`).split(
    '/',
  );
  const name = encodeURIComponent(rest.join('/'));
  return new URL(`v2/namespaces/${encodeURIComponent(namespace)}/repositories/${name}/tags`, home);
}

/** Official images are named with or without their `library/`. */
function named(name: string): readonly Repository[] {
  const whole = name.includes('/') ? name : `library/${name}`;
  return isRepositoryName(whole) ? [plainRepository(whole)] : [];
}

function foundRepository(found: z.infer<typeof foundSchema>): readonly Repository[] {
  return named(found.name).map((plain) => ({
    ...plain,
    description: found.short_description,
    updatedAt: found.updated_at,
    stars: found.star_count,
    pulls: found.raw_pull_count,
    isOfficial: found.badge === 'official',
  }));
}

function indexedRepository(found: z.infer<typeof indexSchema>['results'][number]): readonly Repository[] {
  return named(found.name).map((plain) => ({
    ...plain,
    description: found.description,
    stars: found.star_count,
    pulls: found.pull_count,
    isOfficial: found.is_official === true,
  }));
}

/** One architecture's size, amd64's where there is one: a pull takes one. */
function tagOf(tag: z.infer<typeof hubTagSchema>): readonly Tag[] {
  if (!isTagName(tag.name)) return [];
  const images = tag.images.filter(({ os }) => os === null || os === undefined || os === 'linux');
  const architectures = images.flatMap(
    ({ architecture, variant }) => architectureName(architecture, variant ?? null) ?? [],
  );
  const usual = images.find(({ architecture }) => architecture === 'amd64') ?? images[0];
  return [
    {
      name: tag.name,
      digest: isDigest(tag.digest) ? tag.digest : null,
      updatedAt: tag.tag_last_pushed ?? tag.last_updated,
      sizeBytes: usual?.size ?? tag.full_size,
      architectures: [...new Set(architectures)],
    },
  ];
}
