import { z } from 'zod';
import type { Repository } from '#core/contract/registries.ts';
import { type AdapterMeans, plainRepository, type RegistryAdapter } from '../adapter.ts';
import { isRepositoryName } from '../repositoryName.ts';
import { isNotTold } from '../serviceJson.ts';
import { joinNotes, noList, overOci, serviceAt } from '../serviceJsonMeans.ts';
import { listPages, type Page } from '../serviceJsonPages.ts';
import { countSchema, entriesOf, nameSchema, textSchema, timeSchema } from '../serviceJsonValues.ts';

const searchLimit = 500;
const pageSize = 100;

const searchSchema = z.object({
  resultPageTotal: countSchema,
  results: entriesOf(
    z.object({
      groupValue: z.string(),
      resources: entriesOf(
        z.object({
          resourceId: nameSchema,
          displayName: textSchema,
          description: textSchema,
          dateModified: timeSchema,
        }),
      ),
    }),
  ),
});

const signInNote =
  'NGC’s own images want a sign-in with the user name $oauthtoken, written exactly so, and an NGC API key as the password.';

/**
 * NVIDIA's registry nvcr.io. From documentation, not run against the live service: the search of the public catalogue has
 * no document of NVIDIA's; its shape is that which NVIDIA's own client `ngcsdk` reads
 * (`ngcbase/api/pagination.py`, `search/catalog/resources/CONTAINER`); signing in as in "NGC User Guide". It cannot list
 * without a term. Tags are those of any OCI registry.
 */
export function createNgcAdapter(
  means: AdapterMeans,
  oci: RegistryAdapter,
  catalogue = 'https://api.ngc.nvidia.com/',
): RegistryAdapter {
  const { home, json } = serviceAt(means, new URL(catalogue), null);

  async function readSearch(
    term: string,
    page: number,
    signal: AbortSignal,
  ): Promise<Page<Repository, number>> {
    const url = new URL('v2/search/catalog/resources/CONTAINER', home);
    url.searchParams.set('q', JSON.stringify({ query: term, page, pageSize }));
    const { value } = await json.read(url, searchSchema, { signal });
    const found = value.results.flatMap(({ groupValue, resources }) =>
      groupValue === 'CONTAINER' ? resources : [],
    );
    const entries = found.flatMap(({ resourceId, displayName, description, dateModified }) =>
      isRepositoryName(resourceId)
        ? [
            {
              ...plainRepository(resourceId),
              description: description ?? displayName,
              updatedAt: dateModified,
            },
          ]
        : [],
    );
    return { entries, next: page + 1 < (value.resultPageTotal ?? 0) ? page + 1 : null };
  }

  return overOci(oci, {
    repositories({ term }, signal) {
      const asked = term.trim();
      return asked === ''
        ? noList(means, 'registry.cannotList', 'NGC lists its catalogue only by a search')
        : listPages(0, (page) => readSearch(asked, page, signal), searchLimit);
    },
    async show(request, signal) {
      try {
        const facts = await oci.show(request, signal);
        return { ...facts, note: joinNotes(facts.note, signInNote) };
      } catch (thrown) {
        if (isNotTold(thrown)) means.onNotice?.(signInNote);
        throw thrown;
      }
    },
  });
}
