import type { ImageFacts, Repository, Tag } from '#core/contract/registries.ts';
import { registryHostOf } from '#core/contract/registryKinds.ts';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import {
  type AdapterMeans,
  plainRepository,
  plainTag,
  type RegistryAdapter,
  type ShowRequest,
} from '../adapter.ts';
import {
  createLibraryClient,
  isLibraryPath,
  type LibraryContainer,
  type LibraryImage,
  libraryArchitecture,
} from '../libraryClient.ts';
import { mapLimited } from '../mapLimited.ts';
import { joinNotes, noList } from '../serviceJsonMeans.ts';

/** What a registry calls the same file: apptainer `internal/pkg/client/oras`. */
const sifType = 'application/vnd.sylabs.sif.layer.v1.sif';

/**
 * A library server (`library://`). From documentation, not run against a live one: see `LibraryClient`. It lists only by
 * a search of at least three characters; a tag's size and digest are told per image, not in its list of tags; whether a
 * signature is good only the runtime can say, this says that there is one.
 */
export function createLibraryAdapter(means: AdapterMeans): RegistryAdapter {
  const { address, allowHttp } = means.registry;
  const client = createLibraryClient({
    address,
    isHttpAllowed: allowHttp,
    credentials: means.credentials,
    onNotice: means.onNotice,
    timeouts: means.timeouts,
  });
  const registry = registryHostOf(means.registry);

  async function* search(term: string, signal: AbortSignal): AsyncGenerator<readonly Repository[]> {
    const found = new Map<string, Repository>();
    for (const container of await client.search(term, signal))
      found.set(container.path, {
        ...plainRepository(container.path),
        description: container.description,
        updatedAt: container.updatedAt,
        stars: container.stars,
        pulls: container.downloads,
      });
    if (found.size > 0) yield [...found.values()];
  }

  async function factsOf(container: LibraryContainer, name: string, signal: AbortSignal): Promise<Tag> {
    const architectures = container.tags.get(name) ?? [];
    const architecture = architectures.includes('amd64') ? 'amd64' : (architectures[0] ?? null);
    const plain = { ...plainTag(name), architectures: [...architectures] };
    try {
      const image = await client.readImage(container.path, name, { architecture, signal });
      return { ...plain, digest: image.digest, sizeBytes: image.sizeBytes, updatedAt: image.createdAt };
    } catch (thrown) {
      // A tag that went away meanwhile is still in the list that the person looks at.
      if (thrown instanceof WorkbenchError && thrown.report.code === 'registry.notFound') return plain;
      throw thrown;
    }
  }

  async function show(request: ShowRequest, signal: AbortSignal): Promise<ImageFacts> {
    const path = pathOf(request.repository, registry);
    const { architecture } = request;
    const tag = request.digest === null ? (request.tag ?? 'latest') : request.digest.replace(':', '.');
    const container = await client.readContainer(path, signal);
    const others = container.tags.get(tag) ?? [];
    const image = await readImage(path, tag, { architecture, signal });
    if (image === null && others.length === 0)
      throw workbenchError('registry.notFound', { registry, repository: path, reference: tag });
    const isWanted =
      image !== null &&
      (image.architecture ?? libraryArchitecture(architecture)) === libraryArchitecture(architecture);
    return factsFor({ registry, path, tag, architecture }, isWanted ? image : null, others);
  }

  async function readImage(
    path: string,
    tag: string,
    asked: { readonly architecture: string; readonly signal: AbortSignal },
  ): Promise<LibraryImage | null> {
    try {
      return await client.readImage(path, tag, asked);
    } catch (thrown) {
      if (thrown instanceof WorkbenchError && thrown.report.code === 'registry.notFound') return null;
      throw thrown;
    }
  }

  return {
    repositories({ term }, signal) {
      const asked = term.trim();
      if (asked === '') return noList(means, 'registry.cannotList', 'A library lists only by a search');
      if (asked.length < 3)
        return noList(means, 'registry.cannotSearch', 'A library searches for at least three characters');
      return search(asked, signal);
    },
    async *tags(repository, signal) {
      const container = await client.readContainer(pathOf(repository, registry), signal);
      const tags = [...container.tags].map(([name, architectures]) => ({
        ...plainTag(name),
        architectures: [...architectures],
      }));
      if (tags.length > 0) yield tags;
    },
    async tagFacts(repository, names, signal) {
      const container = await client.readContainer(pathOf(repository, registry), signal);
      return await mapLimited(names, 4, (name) => factsOf(container, name, signal));
    },
    show,
  };
}

function pathOf(repository: string, registry: string): string {
  if (isLibraryPath(repository)) return repository;
  throw workbenchError('registry.badReference', {
    registry,
    reference: repository,
    problem: 'repository',
    detail: repository,
  });
}

interface Shown {
  readonly registry: string;
  readonly path: string;
  readonly tag: string;
  readonly architecture: string;
}

function factsFor(shown: Shown, image: LibraryImage | null, others: readonly string[]): ImageFacts {
  const { registry, path, tag, architecture } = shown;
  const at = `library://${registry}/${path}`;
  const digest = image?.digest ?? null;
  const elsewhere = others.filter((other) => other !== libraryArchitecture(architecture));
  return {
    reference: `${at}:${tag}`,
    byDigest: digest === null ? null : `${at}:${digest.replace(':', '.')}`,
    registry,
    repository: path,
    tag: tag.startsWith('sha256.') ? null : tag,
    digest,
    holds: 'sif',
    holdsText: null,
    platforms:
      digest === null ? [] : [{ architecture, os: 'linux', digest, sizeBytes: image?.sizeBytes ?? null }],
    manifest: image === null || digest === null ? null : manifestOf(image, digest, architecture),
    referrers: [],
    referrersNote: image === null ? null : signatureNote(image),
    rate: null,
    note: joinNotes(
      image !== null && digest === null
        ? 'The library names no SHA-256 of this image: it cannot be verified.'
        : null,
      elsewhere.length === 0 ? null : `The tag also exists for ${elsewhere.join(', ')}.`,
    ),
  };
}

function manifestOf(image: LibraryImage, digest: string, architecture: string): ImageFacts['manifest'] {
  const sizeBytes = image.sizeBytes ?? 0;
  const said = (name: string, value: string | null) => (value === null ? [] : [{ name, value }]);
  return {
    digest,
    mediaType: sifType,
    artifactType: null,
    architecture: image.architecture ?? architecture,
    os: 'linux',
    sizeBytes,
    createdAt: image.createdAt,
    layers: [{ digest, mediaType: sifType, sizeBytes }],
    history: [],
    labels: [],
    annotations: [
      ...said('description', image.description),
      ...said('signed', yesOrNo(image.isSigned)),
      ...said('encrypted', yesOrNo(image.isEncrypted)),
      ...image.fingerprints.flatMap((fingerprint) => said('fingerprint', fingerprint)),
      ...said('tags', image.tags.length === 0 ? null : image.tags.join(', ')),
    ],
    environment: [],
    entrypoint: [],
    command: [],
    workingFolder: null,
    user: null,
  };
}

function yesOrNo(value: boolean | null): string | null {
  return value === null ? null : value ? 'yes' : 'no';
}

function signatureNote(image: LibraryImage): string {
  if (image.isSigned !== true) return 'The library knows of no signature in this SIF.';
  const by = image.fingerprints.length === 0 ? '' : ` by ${image.fingerprints.join(', ')}`;
  return `The library says that this SIF is signed${by}; the signature is in the file, and verified after the pull.`;
}
