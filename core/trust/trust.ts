import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId, TaskId } from '#core/contract/ids.ts';
import type {
  EncryptInput,
  Encryption,
  ImageVerdict,
  NewKey,
  OfferedKey,
  SignInput,
  TrustKey,
  Verification,
  VerifyInput,
} from '#core/contract/trust.ts';
import type { Host } from '#core/hosts/host.ts';
import type { Runtime } from '#core/runtime/action.ts';
import type { StderrRule } from '#core/runtime/stderrRule.ts';
import type { TaskDefinition } from '#core/tasks/task.ts';

/** Remembers what a task has lying about, so that nothing outlives a crash. */
export interface TrustRecords {
  begin(
    id: TaskId,
    things: {
      readonly files: HostPath[];
      readonly folders: { readonly parent: HostPath; readonly prefix: HostPath }[];
      readonly resumable: HostPath[];
    },
  ): Promise<void>;
  end(id: TaskId, things: { readonly isResumableKept: boolean }): Promise<void>;
  removeLeftovers(): Promise<unknown>;
}

export interface TrustMeans {
  /** Fails with host.notConnected. */
  readonly openHost: (id: HostId) => Promise<Host>;
  /** Fails with runtime.missing. */
  readonly runtime: (id: HostId) => Promise<Runtime>;
  readonly isRoot: (id: HostId) => Promise<boolean>;
  /** The one that is asked where none is named; null leaves it to the runtime's own configuration. */
  readonly keyserver: () => string | null;
  readonly rules: readonly StderrRule[];
  /** Remember on a host what an encryption has lying about there. */
  readonly recordsOf: (host: Host) => TrustRecords;
  /** Ordinary text; ours alone below `trust`. */
  readonly stateFolder: string;
}

/** A key of one host. */
export interface KeyAddress {
  readonly hostId: HostId;
  /** Upper-case hex, whole. */
  readonly fingerprint: string;
}

/** The key rings of hosts: those that the runtime itself reads and writes. */
export interface Keys {
  list(hostId: HostId): Promise<{ readonly keys: readonly TrustKey[]; readonly folder: HostPath }>;
  /** Gives the new key's fingerprint. */
  create(input: NewKey, signal: AbortSignal): Promise<string>;
  /** Gives the fingerprints of what was added, and of what was there before. Fails with trust.noKey, trust.wrongPassphrase. */
  import(input: KeyImport, signal: AbortSignal): Promise<ImportedKeys>;
  /** Armored text. Fails with trust.keyUnknown, trust.wrongPassphrase. */
  export(address: KeyAddress, half: 'public' | 'private', passphrase: string | null): Promise<string>;
  /** Fails with trust.keyUnknown. */
  remove(address: KeyAddress, half: 'public' | 'private' | 'both'): Promise<void>;
  /** Asks from the host, by its runtime; null as `url` is the default keyserver. Fails with trust.keyserver. */
  search(hostId: HostId, url: string | null, text: string): Promise<readonly OfferedKey[]>;
  /** Adds the key of this fingerprint and no other that the server may send. Fails with trust.keyserver, trust.keyUnknown. */
  fetch(address: KeyAddress, url: string | null, signal: AbortSignal): Promise<void>;
  push(address: KeyAddress, url: string | null): Promise<void>;
}

export interface KeyImport {
  readonly hostId: HostId;
  /** Armored. */
  readonly text: string;
  /** What to remember as their origin: the name of a file. */
  readonly from: string | null;
  readonly passphrase: string | null;
}

export interface ImportedKeys {
  readonly imported: readonly string[];
  readonly known: readonly string[];
}

/** Keys, signatures and encryption of images on any host. */
export interface Trust {
  readonly keys: Keys;
  /** Adds signatures to the file. Fails with trust.keyUnknown, trust.keyUnusable, trust.wrongPassphrase, trust.cannotSign. */
  sign(input: SignInput, signal: AbortSignal): Promise<void>;
  /** Bad signatures are an answer. Fails with image.* for what is no SIF, or changes meanwhile. */
  verify(input: VerifyInput, signal: AbortSignal): Promise<Verification>;
  /** The last answer for each file that is unchanged since. */
  known(hostId: HostId, paths: readonly HostPath[]): Promise<readonly Verification[]>;
  /** The last answer for each file of a host as it was then: the host is not asked, and may be away. */
  verdicts(hostId: HostId): Promise<readonly ImageVerdict[]>;
  encryptionOf(hostId: HostId, path: HostPath): Promise<Encryption>;
  /** What can be known before: fails with image.targetExists, trust.cannotEncrypt. */
  checkEncrypt(input: EncryptInput): Promise<void>;
  /** `image.encrypt`. */
  readonly definition: TaskDefinition<EncryptInput>;
}
