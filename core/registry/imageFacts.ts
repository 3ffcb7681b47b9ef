import type { ImageFacts, ManifestFacts, PlatformFacts, Rate, Tag } from '#core/contract/registries.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { plainTag, type ShowRequest } from './adapter.ts';
import { type FetchedManifest, fetchConfig, fetchManifest } from './fetchManifest.ts';
import { type ConfigFacts, namedTexts, noConfigFacts, parseConfigFacts, timeOf } from './imageFactsConfig.ts';
import { parseDescribed, parseDetails } from './imageFactsDetails.ts';
import { holdingOf } from './imageFactsHolds.ts';
import { rateIn } from './imageFactsRate.ts';
import type { IndexEntry, ManifestDocument } from './manifest.ts';
import { mapLimited } from './mapLimited.ts';
import { choosePlatform, platformName } from './platformChoice.ts';
import { listReferrers } from './referrers.ts';
import type { RegistryRequests } from './registryRequests.ts';
import { requireNames } from './repositoryName.ts';

type Manifest = Extract<ManifestDocument, { readonly type: 'manifest' }>;

/** Sizes of more platforms than this are left out: each takes a request. */
const sizedPlatforms = 16;
const tagsAtOnce = 6;
const platformsAtOnce = 4;
/** Of a SIF's configuration, which the library's servers fill and the runtime leaves empty (`{}`). */
const sifConfigLimit = 64 * 1024;
const indexTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

export interface ShowOptions {
  /** Told of every statement of the registry about the requests that are left. */
  readonly onRate?: ((rate: Rate) => void) | undefined;
}

export interface ShowImageOptions extends ShowOptions {
  /** Of so many platforms beside the chosen one the manifest is read for its size; 16 by default. */
  readonly platformLimit?: number;
}

/**
 * What is under a tag or digest of an OCI registry: manifests and configurations are read, never a layer, and all are
 * checked against their digests. An architecture that is missing is a note, not a failure. Fails with `registry.*`.
 */
export async function showImage(
  requests: RegistryRequests,
  request: ShowRequest,
  { signal, ...options }: ShowImageOptions & { readonly signal: AbortSignal },
): Promise<ImageFacts> {
  // What is asked for side by side ends together, with the first failure.
  const end = new AbortController();
  try {
    return await show(requests, request, { ...options, signal: AbortSignal.any([signal, end.signal]) });
  } finally {
    end.abort();
  }
}

async function show(
  requests: RegistryRequests,
  request: ShowRequest,
  { signal, onRate, platformLimit = sizedPlatforms }: ShowImageOptions & { readonly signal: AbortSignal },
): Promise<ImageFacts> {
  const { repository, tag, digest, architecture } = request;
  const tagOrDigest = digest ?? tag ?? 'latest';
  requireNames(repository, tagOrDigest);
  if (tag !== null) requireNames(repository, tag);
  const reader = createReader(requests, { repository, signal, onRate });
  const named = await reader.manifest(tagOrDigest);
  const choice = await choose(reader, named, architecture);
  const { chosen } = choice;
  const digests = [named.manifest.digest, ...(chosen === null ? [] : [chosen.manifest.digest])];
  const [facts, sizes, pointing] = await Promise.all([
    chosen === null ? null : manifestFacts(reader, chosen, choice.entry),
    platformSizes(reader, choice.entries.slice(0, platformLimit)),
    listReferrers(requests, { repository, digests: [...new Set(digests)] }, signal),
  ]);
  const platforms = platformsOf(choice, facts, sizes);
  const holding =
    chosen === null
      ? { holds: 'other' as const, holdsText: 'an index without an image that could be read' }
      : holdingOf(chosen.document, facts?.artifactType ?? null);
  const isPulledAt = `${holding.holds === 'sif' ? 'oras' : 'docker'}://${requests.registry}/${repository}`;
  return {
    reference: tag === null ? `${isPulledAt}@${named.manifest.digest}` : `${isPulledAt}:${tag}`,
    byDigest: `${isPulledAt}@${named.manifest.digest}`,
    registry: requests.registry,
    repository,
    tag,
    digest: named.manifest.digest,
    ...holding,
    platforms,
    manifest: facts,
    referrers: [...choice.attestations, ...pointing.referrers],
    referrersNote: pointing.note,
    rate: reader.rate(),
    note: choice.note ?? otherArchitecture(facts, choice.entry, architecture),
  };
}

/** For a list of tags: digest, size for amd64 or the first architecture, architectures, time of the build. */
export async function readTagFacts(
  requests: RegistryRequests,
  asked: { readonly repository: string; readonly tags: readonly string[] },
  { signal, onRate }: ShowOptions & { readonly signal: AbortSignal },
): Promise<readonly Tag[]> {
  const { repository } = asked;
  const tags = asked.tags.slice(0, 50);
  for (const tag of tags) requireNames(repository, tag);
  const reader = createReader(requests, { repository, signal, onRate });
  return await mapLimited(tags, tagsAtOnce, async (tag) => {
    try {
      return await tagFacts(reader, tag);
    } catch (thrown) {
      // A tag that went meanwhile or that lies must not hide the others; its page says what is wrong with it.
      if (isOfThisAlone(thrown)) return plainTag(tag);
      throw thrown;
    }
  });
}

async function tagFacts(reader: Reader, name: string): Promise<Tag> {
  const named = await reader.manifest(name);
  const { chosen, entry, entries } = await choose(reader, named, 'amd64');
  const config = chosen === null ? noConfigFacts : await reader.config(chosen);
  const offered = entries.flatMap((one) => nameOf(one) ?? []);
  const own = nameOf(entry) ?? config.architecture;
  return {
    name,
    digest: named.manifest.digest,
    updatedAt: config.createdAt,
    sizeBytes: chosen === null ? null : sizeOf(chosen.document),
    architectures: offered.length > 0 ? [...new Set(offered)] : own === null ? [] : [own],
  };
}

interface FoundManifest extends FetchedManifest {
  readonly document: Manifest;
}

/** Reads manifests and configurations of one repository, each digest once. */
interface Reader {
  manifest(tagOrDigest: string): Promise<FetchedManifest>;
  config(found: FoundManifest): Promise<ConfigFacts>;
  rate(): Rate | null;
  readonly facts: { readonly registry: string; readonly repository: string };
}

function createReader(
  requests: RegistryRequests,
  { repository, signal, onRate }: ShowOptions & { readonly repository: string; readonly signal: AbortSignal },
): Reader {
  const facts = { registry: requests.registry, repository };
  const manifests = new Map<string, Promise<FetchedManifest>>();
  const configs = new Map<string, Promise<ConfigFacts>>();
  let rate: Rate | null = null;

  async function manifest(tagOrDigest: string): Promise<FetchedManifest> {
    const found = await fetchManifest(requests, { repository, tagOrDigest, signal });
    const said = rateIn(found.headers, Date.now());
    if (said !== null) onRate?.(said);
    rate = said ?? rate;
    return found;
  }
  async function config({ document }: FoundManifest): Promise<ConfigFacts> {
    const isSif = document.holds === 'sif';
    const isUseful = isSif
      ? document.config.sizeBytes > 2 && document.config.sizeBytes <= sifConfigLimit
      : document.holds === 'image';
    if (!isUseful) return noConfigFacts;
    const bytes = await fetchConfig(requests, { repository, config: document.config, signal });
    return parseConfigFacts(bytes, document.layers.length, facts);
  }
  return {
    manifest: (tagOrDigest) => remembered(manifests, tagOrDigest, () => manifest(tagOrDigest)),
    config: (found) => remembered(configs, found.manifest.digest, () => config(found)),
    rate: () => rate,
    facts,
  };
}

function remembered<Value>(
  known: Map<string, Promise<Value>>,
  key: string,
  read: () => Promise<Value>,
): Promise<Value> {
  const running = known.get(key) ?? read();
  known.set(key, running);
  return running;
}

interface Choice {
  /** Of the index; none where the reference names a manifest. */
  readonly entries: readonly IndexEntry[];
  readonly entry: IndexEntry | null;
  readonly chosen: FoundManifest | null;
  /** What buildx puts into the index beside the images. */
  readonly attestations: ImageFacts['referrers'];
  readonly note: string | null;
}

async function choose(reader: Reader, named: FetchedManifest, architecture: string): Promise<Choice> {
  if (isManifest(named)) return { entries: [], entry: null, chosen: named, attestations: [], note: null };
  const all = named.document.type === 'index' ? named.document.entries : [];
  const entries = all.filter((entry) => !isAttestation(entry));
  const attestations = attestationsIn(named, reader.facts);
  const readable = entries.filter(({ mediaType }) => !indexTypes.includes(mediaType));
  const first = readable.find(({ platform }) => platform?.os === 'linux') ?? readable[0] ?? null;
  const entry = choosePlatform(readable, architecture) ?? first;
  if (entry === null) {
    const note = entries.length > 0 ? 'Its entries are indexes themselves, which no runtime pulls.' : null;
    return { entries, entry, chosen: null, attestations, note: note ?? 'The index is empty.' };
  }
  const chosen = await reader.manifest(entry.digest);
  if (isManifest(chosen)) return { entries, entry, chosen, attestations, note: null };
  const note = `Under ${nameOf(entry) ?? entry.digest} is another index, which no runtime pulls.`;
  return { entries, entry, chosen: null, attestations, note };
}

function isManifest(found: FetchedManifest): found is FoundManifest {
  return found.document.type === 'manifest';
}

/** buildx marks what is no image with the platform `unknown/unknown` (buildkit, docs/attestations/attestation-storage.md). */
function isAttestation({ platform }: IndexEntry): boolean {
  return platform?.architecture === 'unknown' && platform.os === 'unknown';
}

function attestationsIn(
  { manifest, document }: FetchedManifest,
  facts: Reader['facts'],
): ImageFacts['referrers'] {
  if (document.type !== 'index') return [];
  const described = parseDescribed(manifest.bytes, facts);
  return document.entries.flatMap((entry, index) => {
    if (!isAttestation(entry)) return [];
    const { digest, mediaType, sizeBytes } = entry;
    const { artifactType = null, annotations = {} } = described[index] ?? {};
    const type = artifactType ?? annotations['vnd.docker.reference.type'] ?? mediaType;
    const kind = 'attestation' as const;
    return [{ digest, artifactType: type, kind, sizeBytes, annotations: namedTexts(annotations) }];
  });
}

async function manifestFacts(
  reader: Reader,
  found: FoundManifest,
  entry: IndexEntry | null,
): Promise<ManifestFacts> {
  const { manifest, document } = found;
  const { artifactType, annotations } = parseDetails(manifest.bytes, reader.facts);
  const config = await reader.config(found);
  const createdByAnnotation = annotations.find(({ name }) => name === 'org.opencontainers.image.created');
  return {
    digest: manifest.digest,
    mediaType: manifest.mediaType,
    artifactType,
    architecture: nameOf(entry) ?? config.architecture,
    os: entry?.platform?.os ?? config.os,
    sizeBytes: sizeOf(document),
    createdAt: config.createdAt ?? timeOf(createdByAnnotation?.value),
    layers: document.layers.map(({ digest, mediaType, sizeBytes }) => ({ digest, mediaType, sizeBytes })),
    history: config.history,
    labels: config.labels,
    annotations,
    environment: config.environment,
    entrypoint: config.entrypoint,
    command: config.command,
    workingFolder: config.workingFolder,
    user: config.user,
  };
}

function platformsOf(
  { entries, chosen }: Choice,
  facts: ManifestFacts | null,
  sizes: readonly (number | null)[],
): PlatformFacts[] {
  if (entries.length === 0) {
    if (chosen === null || facts === null || facts.architecture === null) return [];
    const { architecture, os, digest, sizeBytes } = facts;
    return [{ architecture, os: os ?? 'linux', digest, sizeBytes }];
  }
  return entries.map((entry, index) => {
    const isChosen = entry.digest === facts?.digest;
    return {
      architecture: nameOf(entry) ?? (isChosen ? facts?.architecture : null) ?? 'unknown',
      os: entry.platform?.os ?? (isChosen ? facts?.os : null) ?? 'unknown',
      digest: entry.digest,
      sizeBytes: isChosen ? (facts?.sizeBytes ?? null) : (sizes[index] ?? null),
    };
  });
}

function platformSizes(reader: Reader, entries: readonly IndexEntry[]): Promise<readonly (number | null)[]> {
  return mapLimited(entries, platformsAtOnce, (entry) => platformSize(reader, entry));
}

async function platformSize(reader: Reader, entry: IndexEntry): Promise<number | null> {
  if (indexTypes.includes(entry.mediaType)) return null;
  try {
    const found = await reader.manifest(entry.digest);
    return isManifest(found) ? sizeOf(found.document) : null;
  } catch (thrown) {
    // An index may name what its registry has not: mirrors often keep one platform of many.
    if (isOfThisAlone(thrown)) return null;
    throw thrown;
  }
}

/** Whether a failure says something about one manifest, and nothing about the registry. */
function isOfThisAlone(thrown: unknown): boolean {
  return (
    thrown instanceof WorkbenchError &&
    ['registry.notFound', 'registry.protocol', 'registry.digestMismatch'].includes(thrown.report.code)
  );
}

function nameOf(entry: IndexEntry | null): string | null {
  const platform = entry?.platform ?? null;
  return platform === null ? null : platformName(platform.architecture, null, platform.variant ?? null);
}

/** Of the layers, each digest once: what a cold pull downloads. */
function sizeOf({ layers }: Manifest): number {
  const sizes = new Map(layers.map(({ digest, sizeBytes }) => [digest, sizeBytes]));
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

function otherArchitecture(
  facts: ManifestFacts | null,
  entry: IndexEntry | null,
  wanted: string,
): string | null {
  const own = facts?.architecture ?? null;
  if (own === null || own.split('/')[0] === wanted.split('/')[0]) return null;
  return entry === null
    ? `This image is for ${own}, not for ${wanted}.`
    : `There is nothing for ${wanted} here; what is shown is for ${own}.`;
}
