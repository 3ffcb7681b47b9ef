/**
 * References to images as people write them: `docker://repo[:tag][@digest]`, `oras://…`, `http(s)://…sif`,
 * or a local path. Grammar of names, tags and digests: OCI distribution spec, "Pulling manifests";
 * Docker Hub's short names (`alpine` → `index.docker.io/library/alpine`) as the runtimes resolve them.
 */

export type ImageReference =
  | RegistryReference
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
