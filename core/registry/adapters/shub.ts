import { parseImageReference, type ShubReference } from '#core/contract/imageReference.ts';
import { registryHostOf } from '#core/contract/registryKinds.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { type AdapterMeans, plainTag, type RegistryAdapter } from '../adapter.ts';
import { joinNotes, noList } from '../serviceJsonMeans.ts';
import { readShubImage } from '../shubSource.ts';

const reason = 'Singularity Hub is an archive since 2021 that only answers to whole names';

/**
 * Singularity Hub, or a server with its API. From documentation, not run against the live archive: see `readShubImage`.
 * It lists neither images nor tags, and tells neither size nor digest: an image is asked for by its whole name,
 * `user/container` and a tag.
 */
export function createShubAdapter(means: AdapterMeans): RegistryAdapter {
  const registry = registryHostOf(means.registry);

  function referenceTo(repository: string, tag: string): ShubReference {
    const parsed = parseImageReference(`shub://${registry}/${repository}:${tag}`);
    if (
      parsed.ok &&
      parsed.reference.kind === 'shub' &&
      `${parsed.reference.user}/${parsed.reference.container}` === repository
    )
      return parsed.reference;
    throw workbenchError('registry.badReference', {
      registry,
      reference: repository,
      problem: 'repository',
      detail: repository,
    });
  }

  return {
    repositories: ({ term }) =>
      noList(means, term.trim() === '' ? 'registry.cannotList' : 'registry.cannotSearch', reason),
    tags: () => noList(means, 'registry.cannotList', reason),
    tagFacts: async (_repository, names) => names.map(plainTag),
    async show(request, signal) {
      const tag = request.tag ?? 'latest';
      const reference = referenceTo(request.repository, tag);
      const { version, commit } = await readShubImage(reference, {
        isHttpAllowed: means.registry.allowHttp,
        onNotice: means.onNotice,
        timeouts: means.timeouts,
        signal,
      });
      return {
        reference: `shub://${registry}/${request.repository}:${tag}`,
        byDigest: null,
        registry,
        repository: request.repository,
        tag,
        digest: null,
        holds: 'sif',
        holdsText: null,
        platforms: [],
        manifest: null,
        referrers: [],
        referrersNote: null,
        rate: null,
        note: joinNotes(
          'Singularity Hub tells neither size nor digest of an image.',
          version === null ? null : `Its file’s hash there: ${version}.`,
          commit === null ? null : `Built from commit ${commit}.`,
        ),
      };
    },
  };
}
