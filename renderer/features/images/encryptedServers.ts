const servers: ReadonlySet<string> = new Set([
  'index.docker.io',
  'ghcr.io',
  'quay.io',
  'nvcr.io',
  'registry.gitlab.com',
  'library.sylabs.io',
  'singularity-hub.org',
]);

/** Servers that everybody knows to answer with encryption: nobody need be asked to go without. */
export function isEncryptedAnyway(server: string): boolean {
  return servers.has(server);
}
