import { isLoopbackRegistry } from '#core/contract/imageReference.ts';
import type { Recognised } from '#core/contract/registries.ts';
import type { RegistryKind } from '#core/contract/registryKinds.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';

/** What must be asked: an http(s) address, or a host alone, whose scheme is not known. */
export interface AddressToAsk {
  /** Host and optional port, without the port that the scheme has by itself. */
  readonly host: string;
  /** Where a scheme was written. */
  readonly url: URL | null;
}

interface KnownHost {
  readonly names: readonly string[];
  readonly kind: RegistryKind;
  readonly address: string;
  readonly label: string;
  readonly apiUrl?: string;
}

/** Services that are what their name says; they are not asked for it. */
const knownHosts: readonly KnownHost[] = [
  {
    names: [
      'docker.io',
      'index.docker.io',
      'registry-1.docker.io',
      'hub.docker.com',
      'registry.hub.docker.com',
    ],
    kind: 'docker-hub',
    address: 'index.docker.io',
    label: 'Docker Hub',
  },
  { names: ['ghcr.io'], kind: 'ghcr', address: 'ghcr.io', label: 'GitHub Packages' },
  { names: ['quay.io'], kind: 'quay', address: 'quay.io', label: 'Quay' },
  {
    names: ['nvcr.io', 'catalog.ngc.nvidia.com', 'ngc.nvidia.com'],
    kind: 'ngc',
    address: 'nvcr.io',
    label: 'NVIDIA NGC',
  },
  {
    names: ['registry.gitlab.com', 'gitlab.com'],
    kind: 'gitlab',
    address: 'registry.gitlab.com',
    label: 'GitLab',
    apiUrl: 'https://gitlab.com',
  },
  {
    names: ['library.sylabs.io', 'cloud.sylabs.io'],
    kind: 'library',
    address: 'https://library.sylabs.io',
    label: 'Sylabs library',
  },
  {
    names: ['singularity-hub.org', 'www.singularity-hub.org'],
    kind: 'shub',
    address: 'https://singularity-hub.org',
    label: 'Singularity Hub',
  },
  {
    names: ['singularityhub.github.io'],
    kind: 'shpc',
    address: 'https://singularityhub.github.io/shpc-registry/library.json',
    label: 'Singularity HPC',
  },
];

/** A recognised registry with nothing but what every kind has. */
export function recognised(
  kind: RegistryKind,
  address: string,
  more: Partial<Recognised> & Pick<Recognised, 'evidence'>,
): Recognised {
  const label = URL.canParse(address) && /^https?:/.test(address) ? new URL(address).host : address;
  return { kind, address, label: label.slice(0, 80), allowHttp: false, apiUrl: null, s3: null, ...more };
}

/**
 * What a text says by itself: a folder, a scheme that has one meaning, a service that everybody knows; else the address
 * to ask. Fails with `registry.badReference`, and with `registry.noLibrary` for a library without a host.
 */
export function readText(text: string): Recognised | AddressToAsk {
  const typed = text.trim();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  if (/[\u0000-\u001f\u007f]/.test(typed)) throw badAddress(typed);
  if (typed.startsWith('/'))
    return recognised('folder', typed.replace(/(?<=.)\/+$/, ''), {
      evidence: ['It is the path of a folder.'],
    });
  const [, scheme = '', rest = typed] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(typed) ?? [];
  switch (scheme.toLowerCase()) {
    case 'file':
      return readText(rest.startsWith('/') ? rest : `/${rest}`);
    case 's3':
      return bucketOf(rest);
    case 'library':
    case 'shub':
      return ofScheme(scheme.toLowerCase() === 'shub' ? 'shub' : 'library', rest, typed);
    case '':
    case 'docker':
    case 'oras':
      return known(hostIn(rest)) ?? { host: hostIn(rest), url: null };
    case 'http':
    case 'https':
      return ofUrl(typed);
    default:
      throw workbenchError('registry.unsupportedScheme', { scheme });
  }
}

function ofUrl(typed: string): Recognised | AddressToAsk {
  if (!URL.canParse(typed)) throw badAddress(typed);
  const url = new URL(typed);
  // A secret in an address would be kept with the settings: it is for signing in.
  url.username = '';
  url.password = '';
  url.hash = '';
  return known(url.host) ?? { host: url.host, url };
}

/** Amazon's endpoint is the one that the scheme means; another is given by its address. */
function bucketOf(rest: string): Recognised {
  const [bucket = '', ...path] = rest.split('/').filter((part) => part !== '');
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) throw badAddress(rest);
  const prefix = path.length === 0 ? '' : `${path.join('/')}/`;
  return recognised('s3', 'https://s3.us-east-1.amazonaws.com', {
    label: bucket,
    s3: { bucket, region: 'us-east-1', style: 'virtual', prefix },
    evidence: ['s3:// names a bucket; Amazon’s endpoint is taken: change it where the bucket is elsewhere.'],
  });
}

function ofScheme(kind: 'library' | 'shub', rest: string, typed: string): Recognised {
  const first = rest.split('/')[0] ?? '';
  const host = /[.:]/.test(first) || first === 'localhost' ? hostIn(rest) : '';
  const evidence = [`${kind}:// names the protocol.`];
  if (host !== '')
    return (
      known(host) ??
      recognised(kind, `${isLoopbackRegistry(host) ? 'http' : 'https'}://${host}`, { evidence })
    );
  if (kind === 'library') throw workbenchError('registry.noLibrary', { reference: typed });
  return recognised('shub', 'https://singularity-hub.org', { label: 'Singularity Hub', evidence });
}

function known(host: string): Recognised | null {
  const found = knownHosts.find(({ names }) => names.includes(host.toLowerCase()));
  if (found === undefined) return null;
  const { kind, address, label, apiUrl = null } = found;
  return recognised(kind, address, { label, apiUrl, evidence: [`${host} is known as ${label}.`] });
}

function hostIn(rest: string): string {
  const host = rest.split('/')[0] ?? '';
  const isHost = URL.canParse(`https://${host}`) && /^[A-Za-z0-9.:[\]-]+$/.test(host);
  if (!isHost) throw badAddress(rest);
  return host;
}

function badAddress(text: string) {
  const shown = text.replace(/\/\/[^/@]*@/, '//').slice(0, 200);
  return workbenchError('registry.badReference', { reference: shown, problem: 'registry', detail: shown });
}
