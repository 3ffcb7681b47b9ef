/**
 * References to images as people write them: `docker://repo[:tag][@digest]`, `oras://…`, `http(s)://…sif`,
 * or a local path. Grammar of names, tags and digests: OCI distribution spec, "Pulling manifests";
 * Docker Hub's short names (`alpine` → `index.docker.io/library/alpine`) as the runtimes resolve them.
 */

export type ImageReference =
  | RegistryReference
  | LibraryReference
  | ShubReference
  | S3Reference
  | { readonly kind: 'http'; readonly url: string; readonly fileName: string }
  | { readonly kind: 'file'; readonly path: string };

export interface RegistryReference {
  readonly kind: 'docker' | 'oras';
  /** Host and optional port: `index.docker.io`, `127.0.0.1:5000`. */
  readonly registry: string;
  /** Path below the registry: `library/alpine`. */
  readonly repository: string;
  /** Null when the reference has a digest and no tag. */
  readonly tag: string | null;
  /** `sha256:…` or null. */
  readonly digest: string | null;
  /** The reference as typed, without the scheme: what goes into the image's record. */
  readonly typed: string;
}

/** An image of a library server: container-library-client's grammar, with `library/default` where parts are left out. */
export interface LibraryReference {
  readonly kind: 'library';
  /** Host and optional port; null where the default library is meant, which Apptainer does not have. */
  readonly host: string | null;
  readonly entity: string;
  readonly collection: string;
  readonly container: string;
  /** `latest`, or `sha256.<hex>` for exactly one image. */
  readonly tag: string;
  readonly typed: string;
}

/** An image of Singularity Hub (an archive since 2021) or of a server with its API. */
export interface ShubReference {
  readonly kind: 'shub';
  readonly host: string;
  readonly user: string;
  readonly container: string;
  readonly tag: string;
  readonly typed: string;
}

/** An object of a bucket in the person's list of registries. */
export interface S3Reference {
  readonly kind: 's3';
  readonly bucket: string;
  readonly key: string;
  readonly typed: string;
}

export type ReferenceProblem =
  | 'empty'
  | 'scheme'
  | 'registry'
  | 'repository'
  | 'tag'
  | 'digest'
  | 'url'
  | 'control';
export type ParsedReference =
  | { readonly ok: true; readonly reference: ImageReference }
  | { readonly ok: false; readonly problem: ReferenceProblem; readonly detail: string };

const namePart = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const repositoryPattern = new RegExp(`^${namePart}(?:/${namePart})*$`);
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const digestPattern = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
const registryPattern =
  /^(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})?)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;

/** Text from a person → a reference, or what is wrong with it. A text without a scheme that has a `/` or ends in `.sif` is a path. */
export function parseImageReference(input: string): ParsedReference {
  const text = input.trim();
  if (text === '') return problem('empty', '');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  if (/[\u0000-\u001f\u007f]/.test(text)) return problem('control', text);
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s.exec(text);
  if (scheme === null) return { ok: true, reference: { kind: 'file', path: text } };
  const [, name = '', rest = ''] = scheme;
  switch (name.toLowerCase()) {
    case 'docker':
    case 'oras':
      return parseRegistryReference(name.toLowerCase() === 'docker' ? 'docker' : 'oras', rest);
    case 'library':
      return parseLibraryReference(rest);
    case 'shub':
      return parseShubReference(rest);
    case 's3':
      return parseS3Reference(rest);
    case 'http':
    case 'https':
      return parseUrl(text);
    case 'file':
      return rest === '' ? problem('empty', text) : { ok: true, reference: { kind: 'file', path: rest } };
    default:
      return problem('scheme', name);
  }
}

/** `ubuntu_24.04.sif`: the name the runtimes' own pull would choose. */
export function defaultFileName(reference: ImageReference): string {
  switch (reference.kind) {
    case 'file':
      return reference.path.slice(reference.path.lastIndexOf('/') + 1);
    case 'http':
      return reference.fileName;
    case 's3':
      return reference.key.slice(reference.key.lastIndexOf('/') + 1);
    case 'library':
    case 'shub':
      return `${reference.container}_${reference.tag}.sif`;
    default: {
      const name = reference.repository.slice(reference.repository.lastIndexOf('/') + 1);
      const version = reference.tag ?? (reference.digest ?? 'latest').replace(/^sha\d+:/, '').slice(0, 12);
      return `${name}_${version}.sif`;
    }
  }
}

/** True for registries on this machine, which may be plain http without being asked about. */
export function isLoopbackRegistry(registry: string): boolean {
  const host = registry.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function parseRegistryReference(kind: 'docker' | 'oras', rest: string): ParsedReference {
  const at = rest.indexOf('@');
  const digest = at < 0 ? null : rest.slice(at + 1);
  if (digest !== null && !digestPattern.test(digest)) return problem('digest', digest);
  const named = at < 0 ? rest : rest.slice(0, at);
  const slash = named.indexOf('/');
  const first = slash < 0 ? '' : named.slice(0, slash);
  const hasRegistry = first !== '' && (/[.:]/.test(first) || first === 'localhost');
  const registry = hasRegistry ? canonicalRegistry(first) : 'index.docker.io';
  if (!registryPattern.test(registry)) return problem('registry', registry);
  const path = hasRegistry ? named.slice(slash + 1) : named;
  const colon = path.indexOf(':', path.lastIndexOf('/') + 1);
  const bare = colon < 0 ? path : path.slice(0, colon);
  const repository = registry === 'index.docker.io' && !bare.includes('/') ? `library/${bare}` : bare;
  if (bare === '' || repository.length > 255 || !repositoryPattern.test(repository))
    return problem('repository', bare);
  const tag = colon < 0 ? (digest === null ? 'latest' : null) : path.slice(colon + 1);
  if (tag !== null && !tagPattern.test(tag)) return problem('tag', tag);
  return { ok: true, reference: { kind, registry, repository, tag, digest, typed: rest } };
}

const libraryPart = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** `[host/][entity/collection/]container[:tag]`; without slashes in front, as old lines have it, too. */
function parseLibraryReference(rest: string): ParsedReference {
  const colon = rest.indexOf(':', rest.lastIndexOf('/') + 1);
  const tag = colon < 0 ? 'latest' : rest.slice(colon + 1);
  if (!tagPattern.test(tag)) return problem('tag', tag);
  const parts = (colon < 0 ? rest : rest.slice(0, colon)).split('/').filter((part) => part !== '');
  const hasHost = parts.length === 4 || (parts.length === 2 && /[.:]/.test(parts[0] ?? ''));
  const host = hasHost ? (parts.shift() ?? null) : null;
  if (host !== null && !registryPattern.test(host)) return problem('registry', host);
  const [container = '', collection = 'default', entity = 'library'] = parts.reverse();
  const isWhole = parts.length === 1 || parts.length === 3;
  if (!isWhole || ![entity, collection, container].every((part) => libraryPart.test(part)))
    return problem('repository', rest);
  return { ok: true, reference: { kind: 'library', host, entity, collection, container, tag, typed: rest } };
}

/** `[host/]user/container[:tag]`. */
function parseShubReference(rest: string): ParsedReference {
  const colon = rest.indexOf(':', rest.lastIndexOf('/') + 1);
  const tag = colon < 0 ? 'latest' : rest.slice(colon + 1);
  if (!tagPattern.test(tag)) return problem('tag', tag);
  const parts = (colon < 0 ? rest : rest.slice(0, colon)).split('/').filter((part) => part !== '');
  const host = parts.length === 3 ? (parts.shift() ?? '') : 'singularity-hub.org';
  const [user = '', container = ''] = parts;
  if (!registryPattern.test(host)) return problem('registry', host);
  if (parts.length !== 2 || !libraryPart.test(user) || !libraryPart.test(container))
    return problem('repository', rest);
  return { ok: true, reference: { kind: 'shub', host, user, container, tag, typed: rest } };
}

/** `bucket/key`. The bucket's name as S3 allows it: 3 to 63 lower-case letters, digits, dots and hyphens. */
function parseS3Reference(rest: string): ParsedReference {
  const slash = rest.indexOf('/');
  const bucket = slash < 0 ? rest : rest.slice(0, slash);
  const key = slash < 0 ? '' : rest.slice(slash + 1);
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) return problem('registry', bucket);
  if (key === '' || key.endsWith('/')) return problem('repository', key);
  return { ok: true, reference: { kind: 's3', bucket, key, typed: rest } };
}

function canonicalRegistry(host: string): string {
  return host === 'docker.io' || host === 'registry-1.docker.io' ? 'index.docker.io' : host;
}

function parseUrl(text: string): ParsedReference {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return problem('url', text); // the platform's parser is the judge of URLs
  }
  let name: string;
  try {
    name = decodeURIComponent(url.pathname.slice(url.pathname.lastIndexOf('/') + 1));
  } catch {
    return problem('url', text); // a broken percent escape
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  if (url.hostname === '' || name === '' || /[/\u0000-\u001f]/.test(name)) return problem('url', text);
  return {
    ok: true,
    reference: { kind: 'http', url: url.href, fileName: name.includes('.') ? name : `${name}.sif` },
  };
}

function problem(kind: ReferenceProblem, detail: string): ParsedReference {
  return { ok: false, problem: kind, detail };
}
