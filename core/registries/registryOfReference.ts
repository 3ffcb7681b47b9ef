import { hostPathFromText, hostPathToText } from '#core/contract/hostPath.ts';
import { type RegistryId, registryIdSchema } from '#core/contract/ids.ts';
import { type ImageReference, parseImageReference } from '#core/contract/imageReference.ts';
import { type RegistryKind, registryHostOf } from '#core/contract/registryKinds.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { ShowRequest } from '#core/registry/adapter.ts';

/** Where a reference leads: a registry of the list, or one made up for this once; and what to ask it. */
export interface Place {
  readonly registry: RegistrySettings;
  readonly request: Omit<ShowRequest, 'architecture'>;
}

/** Ids of registries that are not in the list: a host, for the command line. */
const hostPrefix = 'oci:';
const kindsByHost: Readonly<Record<string, RegistryKind>> = {
  'index.docker.io': 'docker-hub',
  'ghcr.io': 'ghcr',
  'quay.io': 'quay',
  'nvcr.io': 'ngc',
};

/** The registry of an id: of the list, or `oci:HOST` for one that is not in it. Fails with registry.unknown. */
export function registryOfId(id: RegistryId, list: readonly RegistrySettings[]): RegistrySettings {
  const listed = list.find((registry) => registry.id === id);
  if (listed !== undefined) return listed;
  if (!id.startsWith(hostPrefix)) throw workbenchError('registry.unknown', { registry: id });
  return registryOfHost(id.slice(hostPrefix.length), list);
}

/** The registry that speaks for a host (and port): of the list, or made up by its well-known name. */
export function registryOfHost(host: string, list: readonly RegistrySettings[]): RegistrySettings {
  const spoken = list.filter(
    ({ kind }) => !['library', 'shub', 'shpc', 'folder', 'web', 's3'].includes(kind),
  );
  return (
    spoken.find((registry) => registryHostOf(registry) === host) ?? madeUp(kindsByHost[host] ?? 'oci', host)
  );
}

/** Text of a reference → where to ask for it. Fails with registry.badReference, registry.unknown and registry.noLibrary. */
export function placeOfReference(text: string, list: readonly RegistrySettings[]): Place {
  const parsed = parseImageReference(text);
  if (!parsed.ok) {
    if (parsed.problem === 'scheme')
      throw workbenchError('registry.unsupportedScheme', { scheme: parsed.detail });
    throw workbenchError('registry.badReference', {
      reference: text,
      problem: parsed.problem,
      detail: parsed.detail,
    });
  }
  return placeOf(parsed.reference, list);
}

function placeOf(reference: ImageReference, list: readonly RegistrySettings[]): Place {
  switch (reference.kind) {
    case 'docker':
    case 'oras':
      return {
        registry: registryOfHost(reference.registry, list),
        request: { repository: reference.repository, tag: reference.tag, digest: reference.digest },
      };
    case 'library': {
      const { host, entity, collection, container, tag } = reference;
      const listed = list.find(
        (registry) => registry.kind === 'library' && (host === null || registryHostOf(registry) === host),
      );
      if (listed === undefined && host === null)
        throw workbenchError('registry.noLibrary', { reference: `library://${reference.typed}` });
      return {
        registry: listed ?? madeUp('library', `https://${host}`),
        request: { repository: `${entity}/${collection}/${container}`, tag, digest: null },
      };
    }
    case 'shub': {
      const { host, user, container, tag } = reference;
      const listed = list.find((registry) => registry.kind === 'shub' && registryHostOf(registry) === host);
      return {
        registry: listed ?? madeUp('shub', `https://${host}`),
        request: { repository: `${user}/${container}`, tag, digest: null },
      };
    }
    case 's3': {
      const listed = list.find(({ kind, s3 }) => kind === 's3' && s3?.bucket === reference.bucket);
      if (listed === undefined) throw workbenchError('registry.unknown', { registry: reference.bucket });
      return { registry: listed, request: { repository: reference.key, tag: null, digest: null } };
    }
    case 'http': {
      const address = new URL('.', reference.url).href;
      const listed = list.find((registry) => registry.kind === 'web' && isServedBy(reference.url, registry));
      const registry = listed ?? madeUp('web', address);
      // A registry that is a single file has its name below its folder.
      const folder = registry.address.endsWith('/') ? registry.address : address;
      return {
        registry,
        request: { repository: reference.url.slice(folder.length), tag: null, digest: null },
      };
    }
    case 'file':
      return placeOfFile(reference.path, list);
  }
}

/** Whether an address is below that of a web registry; of one that is a single file, whether it is this file. */
function isServedBy(url: string, { address }: RegistrySettings): boolean {
  if (address.endsWith('/')) return url.startsWith(address);
  return URL.canParse(address) && new URL(address).href === url;
}

/** A path below a folder of the list: an unpacked image that is run in place. */
function placeOfFile(path: string, list: readonly RegistrySettings[]): Place {
  const listed = list.find(
    ({ kind, address }) =>
      kind === 'folder' && path.startsWith(address.endsWith('/') ? address : `${address}/`),
  );
  if (listed === undefined)
    throw workbenchError('input.invalid', {
      field: 'reference',
      path: hostPathToText(hostPathFromText(path)),
      reason: 'It has no scheme such as docker://, and is below no folder of your registries',
    });
  const inside = path.slice(listed.address.length).replace(/^\/+/, '');
  return { registry: listed, request: { repository: inside, tag: null, digest: null } };
}

function madeUp(kind: RegistryKind, address: string): RegistrySettings {
  return {
    id: registryIdSchema.parse(`${hostPrefix}${address}`.slice(0, 128)),
    label: address.slice(0, 80),
    kind,
    address,
    allowHttp: false,
    mirrors: [],
    apiUrl: null,
    s3: null,
  };
}
