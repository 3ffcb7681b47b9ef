/** The registry of Docker Hub has several names; references have this one. */
const hub = 'index.docker.io';
const hubNames: ReadonlySet<string> = new Set(['docker.io', 'registry-1.docker.io', 'www.docker.io', hub]);

/**
 * Host and optional port of a registry from any spelling that people, Docker's file and helpers use: `https://host/v1/`,
 * `Host:5000`, `docker.io`. Null where a path remains: such an entry is for a part of a registry.
 * Source: docker/cli, registry.ConvertToHostname; the key of Docker Hub is `https://index.docker.io/v1/`.
 */
export function registryNameOf(text: string): string | null {
  const bare = text.trim().replace(/^https?:\/\//i, '');
  const slash = bare.indexOf('/');
  const host = (slash === -1 ? bare : bare.slice(0, slash)).toLowerCase();
  const path = slash === -1 ? '' : bare.slice(slash);
  if (host === '' || !/^\/?(v[12]\/?)?$/.test(path)) return null;
  return hubNames.has(host) ? hub : host;
}

/** The key of a registry in a file of Docker's form, and what a credential helper is asked for. */
export function dockerKeyOf(registry: string): string {
  return registryNameOf(registry) === hub ? `https://${hub}/v1/` : registry;
}
