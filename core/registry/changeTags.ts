import { fetchManifest } from './fetchManifest.ts';
import { acceptedManifests } from './manifest.ts';
import { putManifest } from './pushManifest.ts';
import { refusalFailure } from './refusedAnswer.ts';
import type { RegistryRequests } from './registryRequests.ts';
import { requireNames } from './repositoryName.ts';
import { listTags } from './tagList.ts';

/** More tags than these are not asked what they name. */
const tagLimit = 1000;
const headsAtOnce = 8;
/** What registries answer that do not delete, or do not let us. */
const refusals: readonly number[] = [400, 403, 405, 501];

interface NamedManifest {
  readonly repository: string;
  readonly tagOrDigest: string;
  readonly signal: AbortSignal;
}

/**
 * Gives what a tag or digest names (a manifest or an index) another tag in its repository: the same bytes. Fails with
 * `registry.tagTaken` without `overwrite`.
 */
export async function copyTag(
  requests: RegistryRequests,
  named: NamedManifest & { readonly tag: string; readonly overwrite: boolean },
): Promise<{ readonly digest: string }> {
  const { repository, tag, overwrite, signal } = named;
  requireNames(repository, tag);
  requireNames(repository, named.tagOrDigest);
  const { manifest } = await fetchManifest(requests, named);
  const shown = `${requests.registry}/${repository}:${tag}`;
  await putManifest({ requests, repository, signal }, { tag, manifest, overwrite, shown });
  return { digest: manifest.digest };
}

/** What a deletion would remove. */
export interface PlannedDelete {
  readonly digest: string;
  /** Every tag that names the same manifest, as far as the registry tells; sorted. */
  readonly tags: readonly string[];
  readonly areAllTagsKnown: boolean;
  /** Of what the manifest names; other manifests may share it. */
  readonly sizeBytes: number;
}

/** A deletion takes a manifest away, and so all its tags: finds them by asking each tag of the repository (1,000 at most). */
export async function planDelete(requests: RegistryRequests, named: NamedManifest): Promise<PlannedDelete> {
  const { repository, tagOrDigest, signal } = named;
  requireNames(repository, tagOrDigest);
  const { manifest, document } = await fetchManifest(requests, named);
  const { names, isWhole } = await namesOf(requests, { repository, signal });
  const digests = new Map<string, string | null>();
  for (let at = 0; at < names.length; at += headsAtOnce) {
    const some = names.slice(at, at + headsAtOnce);
    const found = await Promise.all(some.map((tag) => digestOfTag(requests, { repository, tag, signal })));
    for (const [index, tag] of some.entries()) digests.set(tag, found[index] ?? null);
  }
  const isNamed = (tag: string) => digests.get(tag) === manifest.digest;
  const parts =
    document.type === 'manifest'
      ? [document.config, ...document.layers]
      : document.entries.map(({ sizeBytes }) => ({ sizeBytes }));
  return {
    digest: manifest.digest,
    tags: names.filter(isNamed).toSorted(),
    areAllTagsKnown: isWhole && !names.some((tag) => digests.get(tag) === null),
    sizeBytes: parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, manifest.bytes.byteLength),
  };
}

/**
 * Deletes a manifest by its digest, with all its tags (OCI distribution spec, "Deleting Manifests"). Fails with
 * `registry.notDeletable` where that is switched off or not allowed.
 */
export async function deleteManifest(
  requests: RegistryRequests,
  { repository, digest, signal }: { repository: string; digest: string; signal: AbortSignal },
): Promise<void> {
  requireNames(repository, digest);
  const answer = await requests.send(`${repository}/manifests/${digest}`, {
    method: 'DELETE',
    repository,
    what: digest,
    headers: {},
    scope: `repository:${repository}:pull,push,delete`,
    expected: [200, 202, 204, ...refusals],
    signal,
  });
  if (refusals.includes(answer.status)) {
    const facts = { registry: requests.registry, repository, reference: digest };
    throw await refusalFailure(answer, facts, 'registry.notDeletable');
  }
  await answer.readAll(65_536);
}

/** Tags of the repository, and whether these are all. */
async function namesOf(
  requests: RegistryRequests,
  { repository, signal }: { readonly repository: string; readonly signal: AbortSignal },
): Promise<{ readonly names: readonly string[]; readonly isWhole: boolean }> {
  const names: string[] = [];
  for await (const batch of listTags(requests, repository, signal)) {
    for (const { name } of batch) {
      if (names.length === tagLimit) return { names, isWhole: false };
      names.push(name);
    }
  }
  return { names, isWhole: true };
}

/** Null where the registry does not tell, or the tag is gone. */
async function digestOfTag(
  requests: RegistryRequests,
  {
    repository,
    tag,
    signal,
  }: { readonly repository: string; readonly tag: string; readonly signal: AbortSignal },
): Promise<string | null> {
  const answer = await requests.send(`${repository}/manifests/${tag}`, {
    method: 'HEAD',
    repository,
    what: tag,
    headers: { accept: acceptedManifests },
    scope: `repository:${repository}:pull`,
    expected: [200, 404],
    signal,
  });
  await answer.readAll(65_536);
  return answer.status === 200 ? answer.headers.get('docker-content-digest') : null;
}
