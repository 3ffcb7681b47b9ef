import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { Ledger } from '#core/images/ledger.ts';
import type { SendMeans } from './sendFile.ts';

/** What a push to one host stands on. */
export interface PushMeans extends SendMeans {
  /** Where images go there when nothing else is said. */
  imageFolder(): Promise<HostPath>;
  /** OCI name of the host's processor. */
  architecture(): Promise<string>;
  /** What is known of images here and there without reading them. */
  readonly ledgers: { readonly local: Ledger; readonly host: Ledger };
}

/** The means for a host. Fails with host.unknown, input.invalid for this machine, and what connecting fails with. */
export type PushMeansOf = (hostId: HostId) => Promise<PushMeans>;

/** What is known of a host without asking: describing a task must not wait. */
export type KnownPushHost = (hostId: HostId) => {
  /** As a person gives it to ssh. */
  readonly destination: string;
  readonly imageFolder: HostPath | null;
} | null;
