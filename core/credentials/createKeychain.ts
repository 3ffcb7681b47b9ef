import { type Keychain, unavailableKeychain } from './keychain.ts';
import { createSecretTool } from './secretTool.ts';

/** The keychain of this system. */
export function createKeychain(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): Keychain {
  if (platform === 'linux') return createSecretTool(environment);
  return unavailableKeychain(
    platform === 'darwin' || platform === 'win32'
      ? 'No keychain: the workbench cannot use that of this system yet.'
      : 'No keychain: there is none on this system.',
  );
}
