import { z } from 'zod';
import { parseImageReference } from '#core/contract/imageReference.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { refusalAfterLookup } from './addressPolicy.ts';
import type { Answer } from './answer.ts';
import { rangeStatuses } from './openedBytes.ts';
import type { CredentialsOnDemand, RegistryCredentials, RegistryTimeouts } from './registrySettings.ts';
import {
  createServiceJson,
  findServiceHome,
  isNotTold,
  type ServiceJson,
  serviceHome,
} from './serviceJson.ts';
import { sharedWork } from './serviceJsonShared.ts';
import { countSchema, entriesOf, nameSchema, textSchema, timeSchema } from './serviceJsonValues.ts';

export interface LibraryClientOptions {
  /** Host and optional port, or an http(s) address: of the library's API, or of the front end that names it. */
  readonly address: string;
  readonly isHttpAllowed: boolean;
  /** The password is an access token of the library. */
  readonly credentials: RegistryCredentials | CredentialsOnDemand | null;
  readonly onNotice?: ((text: string) => void) | undefined;
  readonly timeouts?: Partial<RegistryTimeouts> | undefined;
}

/** A container of a library, with its tags by architecture (names as Go has them: `amd64`, `arm`). */
export interface LibraryContainer {
  /** `entity/collection/container`. */
  readonly path: string;
  readonly description: string | null;
  readonly stars: number | null;
  readonly downloads: number | null;
  readonly updatedAt: number | null;
  /** Tag → architectures that have it. */
  readonly tags: ReadonlyMap<string, readonly string[]>;
}

export interface LibraryImage {
  /** `sha256:<hex>`; null where the library has another kind of hash. */
  readonly digest: string | null;
  readonly sizeBytes: number | null;
  readonly architecture: string | null;
  readonly isSigned: boolean | null;
  readonly isEncrypted: boolean | null;
  readonly fingerprints: readonly string[];
  readonly createdAt: number | null;
  readonly description: string | null;
  readonly tags: readonly string[];
}

/**
 * A library server. From documentation, not run against a live one: apptainer/container-library-client and
 * sylabs/scs-library-client (`client/{models,response,pull,search}.go`), envelope `{data}` or `{error}`; its front end's
 * discovery document as in apptainer `internal/pkg/remote/endpoint/service.go`.
 */
export interface LibraryClient {
  search(term: string, signal: AbortSignal): Promise<readonly LibraryContainer[]>;
  readContainer(path: string, signal: AbortSignal): Promise<LibraryContainer>;
  /** `tag` is a tag or `sha256.<hex>`; `architecture` an OCI name, or null for what the server takes. */
  readImage(path: string, tag: string, asked: LibraryAsked): Promise<LibraryImage>;
  /** The SIF from `offset` on: a stream, or by way of a redirect to the storage, which gets no authorization. Status 200, 206 or 416. */
  openFile(path: string, tag: string, asked: LibraryAsked & { readonly offset: number }): Promise<Answer>;
}

export interface LibraryAsked {
  readonly architecture: string | null;
  readonly signal: AbortSignal;
}

const flag = z.boolean().nullish().catch(null);
const tagsSchema = z.record(z.string().max(256), z.unknown()).nullish().catch(null);
const containerSchema = z.object({
  name: nameSchema,
  entityName: nameSchema,
  collectionName: nameSchema,
  description: textSchema,
  stars: countSchema,
  downloadCount: countSchema,
  updatedAt: timeSchema,
  createdAt: timeSchema,
  imageTags: tagsSchema,
  archTags: z.record(z.string().max(64), z.unknown()).nullish().catch(null),
});
const imageSchema = z.object({
  hash: nameSchema,
  size: countSchema,
  arch: z.string().max(64).nullish().catch(null),
  signed: flag,
  encrypted: flag,
  fingerprints: entriesOf(z.string().regex(/^[0-9A-Fa-f]{8,128}$/)),
  createdAt: timeSchema,
  description: textSchema,
  tags: entriesOf(z.string().max(256)),
});
const versionSchema = z.object({ data: z.object({ version: nameSchema, apiVersion: nameSchema }) });
const discoverySchema = z.object({ libraryAPI: z.object({ uri: z.string().max(2048) }) });
const searchSchema = z.object({
  data: z.object({ container: entriesOf(containerSchema) }).nullish(),
});

/** Credentials go to the address that the person named, and not to a library that its front end names on another host. */
export function createLibraryClient(options: LibraryClientOptions): LibraryClient {
  const jsonAt = (home: URL, mayTell: boolean): ServiceJson =>
    createServiceJson(home, {
      registry: home.host,
      isHttpAllowed: options.isHttpAllowed,
      signIn: mayTell ? { credentials: options.credentials, when: 'whenAsked', scheme: 'bearer' } : null,
      onNotice: options.onNotice,
      timeouts: options.timeouts,
    });

  async function find(signal: AbortSignal): Promise<{ readonly home: URL; readonly json: ServiceJson }> {
    const { isHttpAllowed, timeouts } = options;
    const named = await findServiceHome(options.address, { isHttpAllowed, timeouts, signal });
    const json = jsonAt(named, true);
    if (await isLibrary(named, json, signal)) return { home: named, json };
    const told = await discover(named, json, signal);
    if (told === null || told.href === named.href) return { home: named, json };
    options.onNotice?.(`${named.host} names ${told.host} as its library.`);
    return { home: told, json: jsonAt(told, told.origin === named.origin) };
  }

  async function discover(named: URL, json: ServiceJson, signal: AbortSignal): Promise<URL | null> {
    try {
      const { value } = await json.read(new URL('assets/config/config.prod.json', named), discoverySchema, {
        signal,
      });
      const uri = URL.canParse(value.libraryAPI.uri) ? new URL(value.libraryAPI.uri) : null;
      if (uri === null) return null;
      const { isHttpAllowed } = options;
      const refusal = await refusalAfterLookup(uri, { host: named.host, isHttpAllowed });
      return refusal === null ? serviceHome(uri.href, isHttpAllowed) : null;
    } catch (thrown) {
      if (isAnotherService(thrown)) return null;
      throw thrown;
    }
  }

  const library = sharedWork(find);

  async function read<Schema extends z.ZodType>(
    path: string,
    query: Readonly<Record<string, string>>,
    asked: { readonly schema: Schema; readonly signal: AbortSignal; readonly repository?: string },
  ): Promise<z.infer<Schema>> {
    const { home, json } = await library(asked.signal);
    const facts = asked.repository === undefined ? {} : { repository: asked.repository };
    const { value } = await json.read(addressOf(home, path, query), asked.schema, {
      signal: asked.signal,
      facts,
    });
    return value;
  }

  return {
    async search(term, signal) {
      const value = await read('v1/search', { value: term }, { schema: searchSchema, signal });
      return (value.data?.container ?? []).flatMap((container) => {
        const path = `${container.entityName}/${container.collectionName}/${container.name}`;
        return isLibraryPath(path) ? [containerOf(path, container)] : [];
      });
    },
    async readContainer(path, signal) {
      const schema = z.object({ data: containerSchema });
      const { data } = await read(`v1/containers/${path}`, {}, { schema, signal, repository: path });
      return containerOf(path, data);
    },
    async readImage(path, tag, { architecture, signal }) {
      const schema = z.object({ data: imageSchema });
      const query = architectureQuery(architecture);
      const { data } = await read(`v1/images/${path}:${tag}`, query, { schema, signal, repository: path });
      return imageOf(data);
    },
    async openFile(path, tag, { architecture, offset, signal }) {
      const { home, json } = await library(signal);
      const headers = { accept: '*/*', ...(offset > 0 ? { range: `bytes=${offset}-` } : {}) };
      const url = addressOf(home, `v1/imagefile/${path}:${tag}`, architectureQuery(architecture));
      return await json.open(
        url,
        { signal, headers, facts: { repository: path, reference: tag } },
        rangeStatuses,
      );
    },
  };
}

/** Whether `entity/collection/container` can stand in a reference. */
export function isLibraryPath(path: string): boolean {
  const parsed = parseImageReference(`library://${path}`);
  return parsed.ok && parsed.reference.kind === 'library' && path.split('/').length === 3;
}

/** Libraries name architectures as Go does: no variants. */
export function libraryArchitecture(architecture: string): string {
  return architecture.split('/')[0] ?? architecture;
}

async function isLibrary(named: URL, json: ServiceJson, signal: AbortSignal): Promise<boolean> {
  try {
    await json.read(new URL('version', named), versionSchema, { signal });
    return true;
  } catch (thrown) {
    if (isAnotherService(thrown)) return false;
    throw thrown;
  }
}

/** A page, a refusal or "not found": somebody is there and is not what was asked for. */
function isAnotherService(thrown: unknown): boolean {
  const isPage = thrown instanceof WorkbenchError && thrown.report.code === 'registry.protocol';
  return isPage || isNotTold(thrown);
}

function addressOf(home: URL, path: string, query: Readonly<Record<string, string>>): URL {
  const url = new URL(path, home);
  url.search = new URLSearchParams(query).toString();
  return url;
}

function architectureQuery(architecture: string | null): Readonly<Record<string, string>> {
  return architecture === null ? {} : { arch: libraryArchitecture(architecture) };
}

function containerOf(path: string, container: z.infer<typeof containerSchema>): LibraryContainer {
  const tags = new Map<string, string[]>();
  for (const [architecture, byTag] of Object.entries(container.archTags ?? {})) {
    if (!/^[a-z0-9]{1,32}$/.test(architecture) || typeof byTag !== 'object' || byTag === null) continue;
    for (const tag of Object.keys(byTag).filter(isLibraryTag))
      tags.set(tag, [...(tags.get(tag) ?? []), architecture]);
  }
  // Libraries of before 2019 know no architectures.
  for (const tag of Object.keys(container.imageTags ?? {}).filter(isLibraryTag))
    if (!tags.has(tag)) tags.set(tag, []);
  return {
    path,
    description: container.description,
    stars: container.stars,
    downloads: container.downloadCount,
    updatedAt: container.updatedAt ?? container.createdAt,
    tags,
  };
}

function isLibraryTag(tag: string): boolean {
  const parsed = parseImageReference(`library://entity/collection/container:${tag}`);
  return parsed.ok && parsed.reference.kind === 'library' && parsed.reference.tag === tag;
}

function imageOf(image: z.infer<typeof imageSchema>): LibraryImage {
  const hex = /^sha256\.([0-9a-f]{64})$/.exec(image.hash)?.[1];
  return {
    digest: hex === undefined ? null : `sha256:${hex}`,
    sizeBytes: image.size,
    architecture: /^[a-z0-9]{1,32}$/.test(image.arch ?? '') ? (image.arch ?? null) : null,
    isSigned: image.signed ?? null,
    isEncrypted: image.encrypted ?? null,
    fingerprints: image.fingerprints.slice(0, 32),
    createdAt: image.createdAt,
    description: image.description,
    tags: image.tags.filter(isLibraryTag).slice(0, 1000),
  };
}
