import { type RegistryId, registryIdSchema } from '#core/contract/ids.ts';
import { parseImageReference } from '#core/contract/imageReference.ts';
import type { Client } from '#core/contract/index.ts';
import { registryHostOf } from '#core/contract/registryKinds.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { UsageError } from './failure.ts';

/** The person's list of registries. */
export async function listedRegistries(client: Client): Promise<readonly RegistrySettings[]> {
  for await (const { settings } of await client.settings.watch()) return settings.registries;
  return [];
}

/** NAME of `--registry` → a registry of the list by its label, id or address; else a host for itself. */
export function registryFromArgument(name: string, list: readonly RegistrySettings[]): RegistryId {
  const listed = list.find(
    (registry) =>
      registry.label === name ||
      registry.id === name ||
      registry.address === name ||
      registryHostOf(registry) === name,
  );
  return listed?.id ?? hostId(name);
}

/**
 * REPOSITORY as people write it: `127.0.0.1:5000/demo/tiny`, `docker://alpine`, or `NAME/…` with the label of a registry
 * of the list. A tag or digest behind it is left out.
 */
export function repositoryFromArgument(
  text: string,
  list: readonly RegistrySettings[],
): { readonly registryId: RegistryId; readonly repository: string } {
  const labelled = list.find((registry) => text.startsWith(`${registry.label}/`));
  if (labelled !== undefined)
    return {
      registryId: labelled.id,
      repository: text.slice(labelled.label.length + 1).replace(/[:@][^/]*$/, ''),
    };
  const parsed = parseImageReference(/^[a-z]+:\/\//i.test(text) ? text : `docker://${text}`);
  if (!parsed.ok) throw new UsageError(`${JSON.stringify(text)} is not the name of a repository`);
  const { reference } = parsed;
  if ('registry' in reference)
    return {
      registryId: registryFromArgument(reference.registry, list),
      repository: reference.repository,
    };
  if (reference.kind !== 'library') throw new UsageError(`${reference.kind} has no tags; use show or search`);
  const { host, entity, collection, container } = reference;
  const library = list.find(
    (registry) => registry.kind === 'library' && (host === null || registryHostOf(registry) === host),
  );
  if (library === undefined) throw new UsageError('no library server is in the list of registries');
  return { registryId: library.id, repository: `${entity}/${collection}/${container}` };
}

/** A registry that is not in the list, by its host. */
function hostId(host: string): RegistryId {
  const parsed = registryIdSchema.safeParse(`oci:${host}`);
  if (!parsed.success || !/^[\w.:[\]-]+$/.test(host))
    throw new UsageError(`${JSON.stringify(host)} is no registry of the list, and no name of a host`);
  return parsed.data;
}
