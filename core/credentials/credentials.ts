import type { HostId } from '#core/contract/ids.ts';
import type { Rate, RegistryAccess } from '#core/contract/registries.ts';
import type { CredentialsOnDemand, RegistryCredentials } from '#core/registry/registrySettings.ts';

/** Who we are to registries: what the person gave us, the keychain, and the files of Docker and of the runtime, which are only read. */
export interface Credentials {
  /**
   * What to answer when a registry (host and optional port) asks: this session's, the keychain's, the runtime's file,
   * Docker's file, in this order. Files and helper programs are read at the first `get`, not before.
   */
  onDemand(registry: string): CredentialsOnDemand;
  /** The same at once, for a runtime that signs in by itself; null where there is none. Fails with registry.credentialHelper. */
  find(registry: string, signal: AbortSignal): Promise<RegistryCredentials | null>;
  /** Keeps proven credentials. Fails with registry.keychain where the keychain cannot be had. */
  keep(registry: string, credentials: RegistryCredentials, where: 'session' | 'keychain'): Promise<void>;
  /** Forgets what `keep` kept; files are never changed. */
  forget(registry: string): Promise<void>;
  /** Remembers what a registry said of its limit. */
  noteRate(registry: string, rate: Rate): void;
  /** The truth line. */
  access(registry: string, hostId: HostId, signal: AbortSignal): Promise<RegistryAccess>;
}
