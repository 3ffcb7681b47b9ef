import { z } from 'zod';
import type { Repository, Tag } from '#core/contract/registries.ts';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import { listLimit, plainRepository, plainTag } from './adapter.ts';
import { linkedPages } from './linkHeaderPages.ts';
import type { RegistryRequests } from './registryRequests.ts';
import { isRepositoryName, isTagName, requireNames } from './repositoryName.ts';

const pageSize = 1000;
/** A search reads further than a list does. */
const searchLimit = 10 * listLimit;

const tagPageSchema = z.object({ tags: z.array(z.string()).nullish() });
const catalogPageSchema = z.object({ repositories: z.array(z.string()).nullish() });

/**
 * Tags of a repository (OCI distribution spec, "Listing Tags"): a batch for each page, each name once, `listLimit` at
 * most. Ends at a page that brings nothing new. What is no tag by the specification is left out: nobody could pull it.
 */
export async function* listTags(
  requests: RegistryRequests,
  repository: string,
  signal: AbortSignal,
): AsyncGenerator<readonly Tag[]> {
  requireNames(repository, null);
  const pages = linkedPages(requests, {
    path: `${repository}/tags/list?n=${pageSize}`,
    repository,
    what: 'tags',
    scope: `repository:${repository}:pull`,
    schema: tagPageSchema,
    signal,
  });
  const seen = new Set<string>();
  for await (const { tags } of pages) {
    const fresh = unseen(tags ?? [], { seen, isName: isTagName, limit: listLimit });
    if (fresh.length === 0) return;
    yield fresh.map(plainTag);
    if (seen.size >= listLimit) return;
  }
}

/**
 * Repositories whose names hold `term`, in any case (all when it is empty), from the catalog (distribution,
 * docs/spec/api.md, "Listing Repositories"; not in the OCI specification). Fails with `registry.cannotList` where the
 * registry has none or does not give it to us, with `registry.unauthorized` where signing in may help.
 */
export async function* listCatalog(
  requests: RegistryRequests,
  term: string,
  signal: AbortSignal,
): AsyncGenerator<readonly Repository[]> {
  const wanted = term.trim().toLowerCase();
  const limit = wanted === '' ? listLimit : searchLimit;
  const pages = linkedPages(requests, {
    path: `_catalog?n=${pageSize}`,
    repository: 'its list of repositories',
    what: 'repositories',
    scope: 'registry:catalog:*',
    schema: catalogPageSchema,
    signal,
  });
  const seen = new Set<string>();
  let found = 0;
  try {
    for await (const { repositories } of pages) {
      const fresh = unseen(repositories ?? [], { seen, isName: isRepositoryName, limit });
      if (fresh.length === 0) return;
      const matching = fresh.filter((name) => name.includes(wanted)).slice(0, listLimit - found);
      found += matching.length;
      if (matching.length > 0) yield matching.map(plainRepository);
      if (seen.size >= limit || found >= listLimit) return;
    }
  } catch (thrown) {
    throw cannotList(thrown, requests.registry) ?? thrown;
  }
}

const reasons: Readonly<Record<string, string>> = {
  'registry.notFound': 'It has no catalog of its repositories',
  'registry.unauthorized': 'It does not give its catalog to you',
  'registry.forbidden': 'It gives its catalog only to its administrators',
};

function cannotList(thrown: unknown, registry: string): WorkbenchError | null {
  if (!(thrown instanceof WorkbenchError)) return null;
  const { code, data, evidence } = thrown.report;
  const isRefusedMethod = code === 'registry.protocol' && (data['status'] === 405 || data['status'] === 400);
  const reason = isRefusedMethod ? reasons['registry.notFound'] : reasons[code];
  const mayHelpToSignIn = code === 'registry.unauthorized' && data['hasCredentials'] !== true;
  if (reason === undefined || mayHelpToSignIn) return null;
  return workbenchError('registry.cannotList', { ...data, registry, reason }, { evidence: evidence ?? '' });
}

/** Those that are names and were not there before; `seen` takes them, up to `limit`. */
function unseen(
  names: readonly string[],
  { seen, isName, limit }: { seen: Set<string>; isName: (text: string) => boolean; limit: number },
): readonly string[] {
  const fresh: string[] = [];
  for (const name of names) {
    if (seen.size >= limit) break;
    if (seen.has(name) || !isName(name)) continue;
    seen.add(name);
    fresh.push(name);
  }
  return fresh;
}
