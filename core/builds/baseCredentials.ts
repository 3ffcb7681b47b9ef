import { parseImageReference } from '#core/contract/imageReference.ts';
import type { RegistryCredentials } from '#core/registry/registrySettings.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import type { BuildMeans } from './buildMeans.ts';
import type { BuildRequest } from './buildRequest.ts';

/** Credentials of a registry, with the registry that they are for. */
export interface BaseCredentials extends RegistryCredentials {
  readonly registry: string;
}

/**
 * What the person is signed in with at the registry of the bases. The runtime sends what it is given to whatever registry it
 * asks, so nothing is given where bases come from more than one. Null where there is nothing to give.
 */
export async function baseCredentials(
  { definition }: Pick<BuildRequest, 'definition'>,
  { credentialsOf }: Pick<BuildMeans, 'credentialsOf'>,
  { signal, log }: Pick<TaskContext, 'signal' | 'log'>,
): Promise<BaseCredentials | null> {
  const registries = new Set(
    definition.outline.bases.flatMap(({ agent, from }) => registryOf(agent, from) ?? []),
  );
  const [registry] = registries;
  if (registry === undefined || registries.size > 1) return null;
  const credentials = await credentialsOf(registry, signal);
  if (credentials === null || credentials.isIdentityToken === true) return null;
  log('note', `The runtime signs in to ${registry} as ${credentials.userName}.`);
  return { ...credentials, registry };
}

function registryOf(agent: string, from: string): string | null {
  if (agent !== 'docker' && agent !== 'oras') return null;
  const parsed = parseImageReference(`${agent}://${from}`);
  return parsed.ok && 'registry' in parsed.reference ? parsed.reference.registry : null;
}
