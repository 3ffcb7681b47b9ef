import { z } from 'zod';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { RegistryCredentials } from '#core/registry/registrySettings.ts';

/** A place of the desktop that keeps secrets. Failures are `registry.keychain` with a reason. */
export interface Keychain {
  /** What it is called: `Secret Service`. */
  readonly kind: string;
  /** Whether a secret can be kept now, and by what; else why not. */
  isAvailable(): Promise<{ readonly isAvailable: boolean; readonly text: string }>;
  /** Null where it has nothing for a registry. */
  get(registry: string, signal?: AbortSignal): Promise<RegistryCredentials | null>;
  set(registry: string, credentials: RegistryCredentials): Promise<void>;
  /** Nothing there is no error. */
  remove(registry: string): Promise<void>;
}

const itemSchema = z.object({
  userName: z.string().max(4096),
  password: z.string().min(1).max(65_536),
  isIdentityToken: z.boolean().optional(),
});

/** For a system without one; `text` says why. */
export function unavailableKeychain(text: string): Keychain {
  const refuse = () => Promise.reject(workbenchError('registry.keychain', { reason: text }));
  return {
    kind: 'none',
    isAvailable: () => Promise.resolve({ isAvailable: false, text }),
    get: () => Promise.resolve(null),
    set: refuse,
    remove: () => Promise.resolve(),
  };
}

/** What is kept of credentials as one secret. */
export function keychainItem({ userName, password, isIdentityToken }: RegistryCredentials): string {
  return JSON.stringify({ userName, password, ...(isIdentityToken === true ? { isIdentityToken } : {}) });
}

/** A kept secret → credentials; null for what somebody else put there. */
export function parseKeychainItem(text: string): RegistryCredentials | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null; // not ours
  }
  const parsed = itemSchema.safeParse(value);
  if (!parsed.success) return null;
  const { userName, password, isIdentityToken } = parsed.data;
  return isIdentityToken === true ? { userName, password, isIdentityToken } : { userName, password };
}
