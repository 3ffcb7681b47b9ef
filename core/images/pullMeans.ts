import type { KeyedLock } from '#core/cache/keyedLock.ts';
import type { LayerStore } from '#core/cache/layerStore.ts';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { Compression } from '#core/contract/images.ts';
import type { Host } from '#core/hosts/host.ts';
import type { RegistryClient, RegistryClientOptions } from '#core/registry/registryClient.ts';
import type { RegistryCredentials } from '#core/registry/registrySettings.ts';
import type { FileServiceReference, SifSource, SifSourceOptions } from '#core/registry/sifSource.ts';
import type { Runtime } from '#core/runtime/action.ts';
import type { StderrRule } from '#core/runtime/stderrRule.ts';
import type { Ledger } from './ledger.ts';
import type { WorkRecords } from './workRecords.ts';

/** By registry (host and optional port). Fails with registry.credentialHelper. */
export type CredentialsOf = (registry: string, signal: AbortSignal) => Promise<RegistryCredentials | null>;

/** Finds out where the file of a reference is. Fails with `registry.*`. */
export type OpenSif = (reference: FileServiceReference, options: SifSourceOptions) => Promise<SifSource>;

/** What the user's settings say of images. */
export interface ImagePreferences {
  readonly folders: readonly HostPath[];
  /** Where pulls go when nothing else is said. */
  readonly defaultFolder: HostPath;
  readonly compression: Compression;
}

/** What pulls stand on. */
export interface PullMeans {
  readonly host: Host;
  /** OCI name of the host's processor: amd64, arm64, … */
  readonly architecture: () => Promise<string>;
  /** The chosen installation; fails with runtime.missing. */
  readonly runtime: () => Promise<Runtime>;
  readonly layers: LayerStore;
  readonly openRegistry: (options: RegistryClientOptions) => RegistryClient;
  /** What the person is signed in with, for a runtime that fetches by itself; null where there is nothing. */
  readonly credentialsOf: CredentialsOf;
  /** Files of services that have their own ways. */
  readonly openSif: OpenSif;
  /** What explains the runtime's words: the site's rules first. */
  readonly rules: readonly StderrRule[];
  /** Read anew at every use: settings change. */
  readonly preferences: () => ImagePreferences;
  /** Where conversions unpack, when there is room. */
  readonly temporaryFolder: HostPath;
  /** A folder in memory for so many bytes, or null: the disk is to be used. */
  readonly memoryFolder: (neededBytes: number) => Promise<HostPath | null>;
  readonly ledger: Ledger;
  readonly records: WorkRecords;
  /** Across processes: one conversion of a key, one download of a file. */
  readonly locks: KeyedLock;
}
