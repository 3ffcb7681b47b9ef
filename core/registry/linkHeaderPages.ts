import type { z } from 'zod';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { nextPage } from './linkHeader.ts';
import { parseJson } from './manifest.ts';
import type { RegistryRequests } from './registryRequests.ts';

/** A registry that ignores the size of a page sends all at once: 50,000 names of 128 characters fit. */
export const pageLimitBytes = 8 * 1024 * 1024;

export interface PagedList<Page> {
  /** Below `/v2/`. */
  readonly path: string;
  readonly repository: string;
  /** A fact of failures. */
  readonly what: string;
  /** What the token must allow. */
  readonly scope: string;
  readonly schema: z.ZodType<Page>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * The pages of a list, each as soon as it is read; the next is asked for when the caller wants it. A page that was read
 * already ends the list. Fails with `registry.*`; a page that is too large or says something else, with
 * `registry.protocol`.
 */
export async function* linkedPages<Page>(
  requests: RegistryRequests,
  list: PagedList<Page>,
): AsyncGenerator<Page> {
  const { registry } = requests;
  const { repository, what, scope, signal, headers = {} } = list;
  const facts = { registry, repository };
  const asked = new Set<string>();
  let path: string | null = list.path;
  while (path !== null && !asked.has(path)) {
    asked.add(path);
    const answer = await requests.send(path, {
      repository,
      what,
      headers,
      signal,
      method: 'GET',
      scope,
      expected: [200],
    });
    const page = list.schema.safeParse(parseJson(await answer.readAll(pageLimitBytes), facts));
    if (!page.success)
      throw workbenchError('registry.protocol', {
        ...facts,
        reason: `its list of ${what} has another shape than the specification's`,
      });
    yield page.data;
    path = nextPage(answer, facts);
  }
}
