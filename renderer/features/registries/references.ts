import type { RegistryKind } from '#core/contract/registryKinds.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';

/** What a registry's address is in a reference: host, port and path, without `https://` and a last slash. */
export function hostOfAddress(address: string): string {
  return address.replace(/^https?:\/\//, '').replace(/\/+$/, '');
}

/**
 * What the references of a repository's tags begin with: `docker://quay.io/lab/tool`. The schemes are those of
 * `core/contract/imageReference.ts`; a list of another registry's images (shpc) names them whole.
 */
export function referenceBase(
  registry: Pick<RegistrySettings, 'kind' | 'address'>,
  repository: string,
): string {
  const host = hostOfAddress(registry.address);
  switch (registry.kind) {
    case 'docker-hub':
      return `docker://index.docker.io/${repository.includes('/') ? repository : `library/${repository}`}`;
    case 'library':
      return `library://${host}/${repository}`;
    case 'shub':
      return isArchive(host) ? `shub://${repository}` : `shub://${host}/${repository}`;
    case 'shpc':
      return `docker://${repository}`;
    default:
      return `docker://${host}/${repository}`;
  }
}

/** A reference that an entry of a list tells, without its tag and digest. */
export function baseOf(reference: string): string {
  const named = reference.replace(/@sha\d+:[0-9a-f]+$/, '');
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  return colon < 0 ? named : named.slice(0, colon);
}

/** A tag, or a digest, below a base: `docker://quay.io/lab/tool:1`. */
export function referenceOf(base: string, tag: string): string {
  return /^sha\d+:[0-9a-f]+$/.test(tag) ? `${base}@${tag}` : `${base}:${tag}`;
}

export interface TypedName {
  readonly repository: string;
  /** Tag or digest. */
  readonly tag: string | null;
}

/** What somebody types who knows the name: `lab/tool`, `lab/tool:1`, with or without scheme and host. Null for nothing. */
export function readTypedName(
  typed: string,
  registry: Pick<RegistrySettings, 'kind' | 'address'>,
): TypedName | null {
  const bare = typed.trim().replace(/^[a-z]+:\/\//i, '');
  const host = hostOfAddress(registry.address);
  const named = bare.startsWith(`${host}/`) ? bare.slice(host.length + 1) : bare;
  const digest = /@(sha\d+:[0-9a-f]+)$/.exec(named);
  const withoutDigest = digest === null ? named : named.slice(0, digest.index);
  const colon = withoutDigest.indexOf(':', withoutDigest.lastIndexOf('/') + 1);
  const repository = (colon < 0 ? withoutDigest : withoutDigest.slice(0, colon)).replace(/\/+$/, '');
  if (repository === '') return null;
  const tag = colon < 0 ? null : withoutDigest.slice(colon + 1);
  return { repository, tag: digest?.[1] ?? (tag === '' ? null : tag) };
}

/** The folders from the top to a path, for the line that leads back. */
export function crumbsOf(path: string | null): readonly { readonly name: string; readonly path: string }[] {
  const parts = (path ?? '').split('/').filter((part) => part !== '');
  const start = path?.startsWith('/') === true ? '/' : '';
  const end = path?.endsWith('/') === true ? '/' : '';
  return parts.map((name, index) => ({ name, path: `${start}${parts.slice(0, index + 1).join('/')}${end}` }));
}

/** Where a folder's `up` leads; null is the top. */
export function parentOf(path: string | null): string | null {
  return crumbsOf(path).at(-2)?.path ?? null;
}

/** Whether tags can be given and taken away: where SIFs can be pushed, manifests can be changed. */
export function isChangeable(kind: RegistryKind, takesPushes: boolean): boolean {
  return takesPushes && kind !== 'library';
}

function isArchive(host: string): boolean {
  return host === 'singularity-hub.org' || host === 'www.singularity-hub.org';
}
