import { z } from 'zod';
import type { Repository, Tag } from '#core/contract/registries.ts';
import { type AdapterMeans, plainRepository, type RegistryAdapter } from '../adapter.ts';
import { isDigest } from '../digest.ts';
import { isRepositoryName, isTagName, requireNames } from '../repositoryName.ts';
import { isNotTold } from '../serviceJson.ts';
import { overOci, type ServiceAt, serviceOf } from '../serviceJsonMeans.ts';
import { asOneList, listPages, type Page } from '../serviceJsonPages.ts';
import {
  architectureName,
  countSchema,
  entriesOf,
  nameSchema,
  textSchema,
  timeSchema,
} from '../serviceJsonValues.ts';

const pageSize = 100;

const projectsSchema = entriesOf(z.object({ name: z.string().min(1).max(255), repo_count: countSchema }));
const repositoriesSchema = entriesOf(
  z.object({ name: nameSchema, description: textSchema, pull_count: countSchema, update_time: timeSchema }),
);
const searchSchema = z.object({
  repository: entriesOf(z.object({ repository_name: nameSchema, pull_count: countSchema })),
});
const platformSchema = z
  .object({ architecture: nameSchema, variant: z.string().nullish().catch(null) })
  .nullish()
  .catch(null);
const artifactsSchema = entriesOf(
  z.object({
    digest: nameSchema,
    size: countSchema,
    push_time: timeSchema,
    extra_attrs: z.object({ architecture: nameSchema }).nullish().catch(null),
    references: entriesOf(z.object({ platform: platformSchema })),
    tags: entriesOf(z.object({ name: nameSchema, push_time: timeSchema })),
  }),
);

/**
 * Harbor. From documentation, not run against a live Harbor: goharbor/harbor `api/v2.0/swagger.yaml` (listProjects,
 * listRepositories, listArtifacts, search). Its lists depend on who asks: the registry's own credentials are sent with
 * every request to it. Of an index it tells the size of all architectures together, which is left out.
 */
export function createHarborAdapter(means: AdapterMeans, oci: RegistryAdapter): RegistryAdapter {
  const service = serviceOf(means, { when: 'always', scheme: 'basic' });

  async function readPaged<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    asked: { readonly page: number; readonly signal: AbortSignal; readonly repository?: string },
  ): Promise<{ readonly value: z.infer<Schema>; readonly next: number | null }> {
    const { home, json }: ServiceAt = await service(asked.signal);
    const url = new URL(`api/v2.0/${path}`, home);
    url.searchParams.set('page', `${asked.page}`);
    url.searchParams.set('page_size', `${pageSize}`);
    const { value, headers } = await json.read(url, schema, {
      signal: asked.signal,
      // A project whose name is a number would be taken for one with that id.
      headers: { 'x-is-resource-name': 'true' },
      facts: asked.repository === undefined ? {} : { repository: asked.repository },
    });
    const total = Number(headers.get('x-total-count') ?? 'none');
    const isLast = Number.isNaN(total) || asked.page * pageSize >= total;
    return { value, next: isLast ? null : asked.page + 1 };
  }

  async function* listAll(signal: AbortSignal): AsyncGenerator<readonly Repository[]> {
    const projects = listPages(1, async (page) => {
      const { value, next } = await readPaged('projects', projectsSchema, { page, signal });
      return { entries: value, next };
    });
    for await (const batch of projects)
      for (const { name, repo_count: count } of batch) {
        if (count === 0) continue;
        yield* listPages(1, (page) => readProject(name, page, signal));
      }
  }

  async function readProject(
    project: string,
    page: number,
    signal: AbortSignal,
  ): Promise<Page<Repository, number>> {
    const path = `projects/${encodeURIComponent(project)}/repositories`;
    const { value, next } = await readPaged(path, repositoriesSchema, { page, signal });
    const entries = value.flatMap((found) =>
      repositoryOf(found.name, {
        description: found.description,
        updatedAt: found.update_time,
        pulls: found.pull_count,
      }),
    );
    return { entries, next };
  }

  async function* search(term: string, signal: AbortSignal): AsyncGenerator<readonly Repository[]> {
    const { home, json } = await service(signal);
    const url = new URL('api/v2.0/search', home);
    url.searchParams.set('q', term);
    const { value } = await json.read(url, searchSchema, { signal });
    yield value.repository.flatMap((found) =>
      repositoryOf(found.repository_name, { pulls: found.pull_count }),
    );
  }

  async function* tags(repository: string, signal: AbortSignal): AsyncGenerator<readonly Tag[]> {
    requireNames(repository, null);
    const slash = repository.indexOf('/');
    if (slash < 0) return yield* oci.tags(repository, signal); // no project: the registry says what is wrong
    const project = encodeURIComponent(repository.slice(0, slash));
    // Harbor's router takes one encoding away before it looks for slashes.
    const name = encodeURIComponent(encodeURIComponent(repository.slice(slash + 1)));
    const path = `projects/${project}/repositories/${name}/artifacts?with_tag=true`;
    let hasBegun = false;
    try {
      const pages = listPages(1, async (page) => {
        const { value, next } = await readPaged(path, artifactsSchema, { page, signal, repository });
        return { entries: value.flatMap(tagsOf), next };
      });
      for await (const batch of pages) {
        hasBegun = true;
        yield batch;
      }
    } catch (thrown) {
      if (hasBegun || !isNotTold(thrown)) throw thrown;
      means.onNotice?.(`Harbor’s API does not tell of ${repository}; its tags come from the registry.`);
      yield* oci.tags(repository, signal);
    }
  }

  return overOci(oci, {
    repositories: ({ term }, signal) =>
      asOneList(term.trim() === '' ? listAll(signal) : search(term.trim(), signal)),
    tags,
  });
}

function repositoryOf(name: string, facts: Partial<Repository>): readonly Repository[] {
  return isRepositoryName(name) ? [{ ...plainRepository(name), ...facts }] : [];
}

function tagsOf(artifact: z.infer<typeof artifactsSchema>[number]): readonly Tag[] {
  const { references, extra_attrs: attributes, digest } = artifact;
  const platforms = references.flatMap(({ platform }) =>
    platform === null || platform === undefined
      ? []
      : (architectureName(platform.architecture, platform.variant ?? null) ?? []),
  );
  const own = architectureName(attributes?.architecture ?? '', null);
  return artifact.tags.flatMap((tag) =>
    isTagName(tag.name)
      ? [
          {
            name: tag.name,
            digest: isDigest(digest) ? digest : null,
            updatedAt: tag.push_time ?? artifact.push_time,
            sizeBytes: references.length > 0 ? null : artifact.size,
            architectures: references.length > 0 ? [...new Set(platforms)] : own === null ? [] : [own],
          },
        ]
      : [],
  );
}
