import { z } from 'zod';
import {
  type ImageReference,
  parseImageReference,
  type RegistryReference,
} from '#core/contract/imageReference.ts';
import type { ImageFacts, Repository, Tag } from '#core/contract/registries.ts';
import { registryHostOf } from '#core/contract/registryKinds.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { type AdapterMeans, listLimit, plainRepository, plainTag, type RegistryAdapter } from '../adapter.ts';
import { isDigest } from '../digest.ts';
import { isRepositoryName, isTagName } from '../repositoryName.ts';
import { serviceHome } from '../serviceJson.ts';
import { joinNotes, serviceAt } from '../serviceJsonMeans.ts';
import { sharedWork } from '../serviceJsonShared.ts';
import { textSchema } from '../serviceJsonValues.ts';

const libraryLimitBytes = 30 * 1024 * 1024;
const batchSize = 500;

const versionsSchema = z.record(z.string().max(256), z.unknown()).nullish().catch(null);
const entrySchema = z.object({
  config: z.object({
    docker: z.string().max(1024).nullish().catch(null),
    oras: z.string().max(1024).nullish().catch(null),
    description: textSchema,
    latest: versionsSchema,
    tags: versionsSchema,
  }),
});
const librarySchema = z.record(z.string().max(1024), z.unknown());

/** A container of the list: the image that it stands for, and its versions with their digests. */
interface Entry {
  readonly image: RegistryReference;
  readonly description: string | null;
  readonly latest: string | null;
  readonly versions: ReadonlyMap<string, string | null>;
}
type Library = ReadonlyMap<string, Entry>;

/**
 * The list of curated containers of Singularity Registry HPC: one static file, read once and kept for the adapter's life.
 * From documentation, not run against the live address: singularityhub/singularity-hpc `shpc/main/registry/remote.py`
 * (`library.json` is name → {config, config_url}) and its developer guide ("Registry yaml fields"). It holds no image: an
 * entry names one in another registry, and what is in that is told by `openOci` of that registry, else only what the list
 * says. Entries that are built from a file or a release page are left out.
 */
export function createShpcAdapter(
  means: AdapterMeans,
  openOci: ((registry: string) => RegistryAdapter) | null,
): RegistryAdapter {
  async function fetchLibrary(signal: AbortSignal): Promise<Library> {
    const { address, allowHttp } = means.registry;
    const file = serviceHome(address, allowHttp);
    file.pathname = file.pathname.replace(/\/$/, '');
    const { json } = serviceAt(means, file, null);
    const { value } = await json.read(file, librarySchema, { signal, limitBytes: libraryLimitBytes });
    return new Map(
      Object.entries(value)
        .slice(0, listLimit)
        .flatMap(([name, raw]): [string, Entry][] => {
          const entry = isRepositoryName(name) ? readEntry(raw) : null;
          return entry === null ? [] : [[name, entry]];
        }),
    );
  }

  const library = sharedWork(fetchLibrary);

  async function entryOf(repository: string, signal: AbortSignal): Promise<Entry> {
    const entry = (await library(signal)).get(repository);
    if (entry !== undefined) return entry;
    throw workbenchError('registry.notFound', { registry: registryHostOf(means.registry), repository });
  }

  return {
    async *repositories({ term }, signal) {
      const asked = term.trim().toLowerCase();
      const found: Repository[] = [];
      for (const [name, entry] of await library(signal)) {
        const isMatch = name.includes(asked) || (entry.description ?? '').toLowerCase().includes(asked);
        if (!isMatch) continue;
        const reference = referenceText(entry.image, entry.latest);
        found.push({ ...plainRepository(name), description: entry.description, reference });
      }
      for (let at = 0; at < found.length; at += batchSize) yield found.slice(at, at + batchSize);
    },
    async *tags(repository, signal) {
      const { versions } = await entryOf(repository, signal);
      const all = [...versions].map(([name, digest]): Tag => ({ ...plainTag(name), digest }));
      for (let at = 0; at < all.length; at += batchSize) yield all.slice(at, at + batchSize);
    },
    async tagFacts(repository, names, signal) {
      const { versions } = await entryOf(repository, signal);
      return names.map((name) => ({ ...plainTag(name), digest: versions.get(name) ?? null }));
    },
    async show(request, signal) {
      const entry = await entryOf(request.repository, signal);
      const tag = request.tag ?? (request.digest === null ? entry.latest : null);
      const listed = tag === null ? null : (entry.versions.get(tag) ?? null);
      if (openOci === null) return listedFacts(entry.image, tag, request.digest ?? listed);
      const facts = await openOci(entry.image.registry).show(
        { ...request, repository: entry.image.repository, tag },
        signal,
      );
      const isMoved = listed !== null && facts.digest !== null && facts.digest !== listed;
      return { ...facts, note: joinNotes(facts.note, isMoved ? movedNote(listed) : null) };
    },
  };
}

function movedNote(listed: string): string {
  return `The tag names another image than the one in the list of shpc, which is ${listed}.`;
}

function readEntry(raw: unknown): Entry | null {
  const parsed = entrySchema.safeParse(raw);
  if (!parsed.success) return null;
  const { docker, oras, description, latest, tags } = parsed.data.config;
  const image = referenceOf(docker ? `docker://${docker}` : `oras://${oras ?? ''}`);
  if (image === null) return null;
  const versions = new Map<string, string | null>();
  for (const [name, digest] of Object.entries({ ...latest, ...tags }))
    if (isTagName(name)) versions.set(name, typeof digest === 'string' && isDigest(digest) ? digest : null);
  const newest = Object.keys(latest ?? {}).find((name) => versions.has(name)) ?? null;
  return { image, description, latest: newest, versions };
}

function referenceOf(text: string): RegistryReference | null {
  const parsed = parseImageReference(text);
  const reference: ImageReference | null = parsed.ok ? parsed.reference : null;
  return reference?.kind === 'docker' || reference?.kind === 'oras' ? reference : null;
}

function referenceText(image: RegistryReference, tag: string | null): string {
  return `${image.kind}://${image.registry}/${image.repository}:${tag ?? image.tag ?? 'latest'}`;
}

function listedFacts(image: RegistryReference, tag: string | null, digest: string | null): ImageFacts {
  const { kind, registry, repository } = image;
  return {
    reference: referenceText(image, tag),
    byDigest: digest === null ? null : `${kind}://${registry}/${repository}@${digest}`,
    registry,
    repository,
    tag,
    digest,
    holds: kind === 'docker' ? 'container' : 'sif',
    holdsText: null,
    platforms: [],
    manifest: null,
    referrers: [],
    referrersNote: 'The list of shpc names no signatures.',
    rate: null,
    note: `This is what the list of shpc says. The image itself is at ${registry}.`,
  };
}
