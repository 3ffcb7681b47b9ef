import { isLoopbackRegistry } from '#core/contract/imageReference.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import type { AddressGrounds } from './addressPolicy.ts';
import { guardedFetch } from './guardedFetch.ts';
import type { RegistryTimeouts } from './registrySettings.ts';

/** After these on one scheme the other is tried: nobody, or somebody else's language, is at that door. */
const otherSchemeAfter: readonly string[] = [
  'registry.plainHttp',
  'registry.protocol',
  'registry.interrupted',
  'registry.connectionRefused',
];

/** Host that serves a registry's API: Docker Hub's is not the one of its references. */
export function apiHostOf(registry: string): string {
  return registry === 'index.docker.io' ? 'registry-1.docker.io' : registry;
}

/**
 * Address of a registry's API. Loopback registries are asked by http first, others by https, and by http only where
 * that is allowed; a registry with just one possibility is not asked at all here.
 */
export async function findEndpoint(
  registry: string,
  setting: {
    readonly grounds: AddressGrounds;
    readonly timeouts: RegistryTimeouts;
    readonly signal: AbortSignal;
  },
): Promise<URL> {
  const schemes = schemesFor(registry, setting.grounds.isHttpAllowed);
  const bases = schemes.map((scheme) => new URL(`${scheme}://${apiHostOf(registry)}/v2/`));
  const [first = new URL(`https://${apiHostOf(registry)}/v2/`)] = bases;
  if (bases.length === 1) return first;
  let failure: unknown;
  for (const base of bases) {
    try {
      const answer = await guardedFetch({
        url: base,
        headers: {},
        authorization: null,
        facts: { registry },
        ...setting,
      });
      answer.discard();
      // 400 is what a TLS server says to plain http.
      if (answer.status !== 400 || base.protocol === 'https:') return base;
    } catch (thrown) {
      if (!(thrown instanceof WorkbenchError) || !otherSchemeAfter.includes(thrown.report.code)) throw thrown;
      failure ??= thrown;
    }
  }
  throw failure;
}

function schemesFor(registry: string, isHttpAllowed: boolean): readonly ('http' | 'https')[] {
  if (isLoopbackRegistry(registry)) return ['http', 'https'];
  return isHttpAllowed ? ['https', 'http'] : ['https'];
}
