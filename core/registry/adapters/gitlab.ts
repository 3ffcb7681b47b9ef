import { z } from 'zod';
import type { Repository } from '#core/contract/registries.ts';
import { registryHostOf } from '#core/contract/registryKinds.ts';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import { type AdapterMeans, plainRepository, type RegistryAdapter } from '../adapter.ts';
import { isRepositoryName } from '../repositoryName.ts';
import { isNotTold, serviceHome } from '../serviceJson.ts';
import { overOci, type ServiceAt, serviceAt } from '../serviceJsonMeans.ts';
import { asOneList, listPages, type Page } from '../serviceJsonPages.ts';
import { entriesOf, nameSchema } from '../serviceJsonValues.ts';

/** Of a person's own groups, so many are looked into. */
const groupLimit = 50;

const repositoriesSchema = entriesOf(z.object({ path: nameSchema, location: nameSchema }));
const groupsSchema = entriesOf(z.object({ full_path: z.string().min(1).max(1024) }));

/**
 * GitLab's container registry. From documentation, not run against the live service: docs.gitlab.com, "Container registry
 * API" (repositories of a project, of a group) and "Groups API"; paging by `x-next-page` as in "REST API, offset-based
 * pagination".
 *
 * It lists by project and group: a term is a path, `GROUP/PROJECT`, with the beginning of a name behind it if one likes.
 * Without a term it lists the signed-in person's groups. The API is at `apiUrl`, and the password of the credentials, an
 * access token with `read_api`, goes to that origin alone; as `Authorization: Bearer`, which GitLab takes for
 * `PRIVATE-TOKEN` and which no redirect carries elsewhere. Tags and their facts come from the registry: GitLab's own list
 * of tags tells no more.
 */
export function createGitlabAdapter(means: AdapterMeans, oci: RegistryAdapter): RegistryAdapter {
  const service = (): ServiceAt => {
    const { apiUrl, allowHttp } = means.registry;
    if (apiUrl === null) throw cannotList(means, 'The web address of this GitLab is not known');
    const home = serviceHome(apiUrl, allowHttp);
    const api = /\/api\/v4\/$/.test(home.pathname) ? home : new URL('api/v4/', home);
    return serviceAt(means, api, { when: 'always', scheme: 'bearer' });
  };
  let known: ServiceAt | null = null;
  const at = (): ServiceAt => {
    known ??= service();
    return known;
  };

  async function readPage(
    where: 'projects' | 'groups',
    path: string,
    page: number,
    signal: AbortSignal,
  ): Promise<Page<Repository, number>> {
    const { home, json } = at();
    const url = new URL(`${where}/${encodeURIComponent(path)}/registry/repositories`, home);
    url.search = new URLSearchParams({ per_page: '100', page: `${page}` }).toString();
    const { value, headers } = await json.read(url, repositoriesSchema, {
      signal,
      facts: { repository: path },
    });
    const host = registryHostOf(means.registry);
    const entries = value.flatMap(({ path: name, location }) => {
      // What another registry holds cannot be pulled from this one.
      const isHere = location === '' || location === `${host}/${name}`;
      return isHere && isRepositoryName(name) ? [plainRepository(name)] : [];
    });
    return { entries, next: nextPageOf(headers, page) };
  }

  /** The longest beginning of a path that is a project or a group: its repositories that match the whole. */
  async function* listPath(term: string, signal: AbortSignal): AsyncGenerator<readonly Repository[]> {
    const parts = term.split('/').filter((part) => part !== '');
    let failure: unknown = null;
    for (let length = parts.length; length > 0; length -= 1) {
      const path = parts.slice(0, length).join('/');
      for (const where of length === 1 ? (['groups'] as const) : (['projects', 'groups'] as const)) {
        let hasAnswered = false;
        try {
          const read = async (page: number) => {
            const answer = await readPage(where, path, page, signal);
            hasAnswered = true;
            return answer;
          };
          for await (const batch of listPages(1, read)) {
            const matching = batch.filter(({ name }) => name.includes(parts.join('/').toLowerCase()));
            if (matching.length > 0) yield matching;
          }
          return;
        } catch (thrown) {
          if (hasAnswered || !isNotTold(thrown)) throw thrown;
          failure = preferred(failure, thrown);
        }
      }
    }
    throw failure;
  }

  async function* listOwn(signal: AbortSignal): AsyncGenerator<readonly Repository[]> {
    const { home, json } = at();
    const url = new URL('groups', home);
    url.search = new URLSearchParams({
      min_access_level: '10',
      top_level_only: 'true',
      per_page: `${groupLimit}`,
    }).toString();
    const { value } = await json.read(url, groupsSchema, { signal });
    if (value.length === 0) throw cannotList(means, 'GitLab lists by group: write GROUP/PROJECT, or sign in');
    for (const { full_path: path } of value)
      try {
        yield* listPages(1, (page) => readPage('groups', path, page, signal));
      } catch (thrown) {
        if (!isNotTold(thrown)) throw thrown;
        means.onNotice?.(`The registry of the group ${path} is not open to you.`);
      }
  }

  return overOci(oci, {
    async *repositories({ term }, signal) {
      const asked = term.trim();
      yield* asOneList(asked === '' ? listOwn(signal) : listPath(asked, signal));
    },
  });
}

function cannotList(means: AdapterMeans, reason: string): WorkbenchError {
  return workbenchError('registry.cannotList', { registry: registryHostOf(means.registry), reason });
}

/** A refusal says more than "not found", which GitLab also says of what it hides. */
function preferred(earlier: unknown, later: WorkbenchError): unknown {
  const isRefusal = earlier instanceof WorkbenchError && earlier.report.code !== 'registry.notFound';
  return isRefusal ? earlier : later;
}

function nextPageOf(headers: Headers, page: number): number | null {
  const text = headers.get('x-next-page') ?? '';
  return /^\d{1,6}$/.test(text) && Number(text) > page ? Number(text) : null;
}
