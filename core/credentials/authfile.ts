import type { RegistryCredentials } from '#core/registry/registrySettings.ts';
import { dockerKeyOf } from './registryName.ts';

/** Who to be to one registry. */
export interface AuthfileEntry {
  readonly registry: string;
  readonly credentials: RegistryCredentials;
}

/**
 * Credentials in the form of Docker's configuration file, which the runtime's `--authfile` takes. Docker Hub has a key
 * of its own. Source: containers-auth.json(5), and what the runtime's own `registry login` writes.
 */
export function authfileText({ registry, credentials }: AuthfileEntry): string {
  const { userName, password, isIdentityToken } = credentials;
  const entry =
    isIdentityToken === true
      ? { auth: encode(userName, ''), identitytoken: password }
      : { auth: encode(userName, password) };
  return JSON.stringify({ auths: { [dockerKeyOf(registry)]: entry } });
}

function encode(userName: string, password: string): string {
  return Buffer.from(`${userName}:${password}`, 'utf8').toString('base64');
}
