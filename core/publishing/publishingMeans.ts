import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { PublishInput } from '#core/contract/images.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { fetchManifest } from '#core/registry/fetchManifest.ts';
import type { RegistryRequests } from '#core/registry/registryRequests.ts';
import type { RegistryCredentials } from '#core/registry/registrySettings.ts';
import type { UploadRecords } from '#core/registry/uploadRecords.ts';
import type { UploadPlace } from '#core/registry/uploadSession.ts';
import type { ImageDescription } from './annotations.ts';
import type { SentFile } from './fileBytes.ts';
import type { PublishedPlaces } from './publishedPlaces.ts';

export interface PublishingMeans {
  readonly openHost: (id: HostId) => Promise<Host>;
  /** Signed-in requests. `credentials` are those given for this push alone; null: what is known of the registry. */
  readonly openRequests: (
    registry: string,
    options: {
      readonly isHttpAllowed: boolean;
      readonly credentials: RegistryCredentials | null;
      readonly onNotice?: (text: string) => void;
    },
  ) => RegistryRequests;
  /** What is recorded of an unchanged file: its sha256 (hex) and the reference that it came from; null for nothing. */
  readonly knownFile: (
    hostId: HostId,
    path: HostPath,
  ) => Promise<{ readonly sha256: string; readonly reference: string | null } | null>;
  /** Fails with image.missing, image.notAnImage, image.truncated or image.hostileHeader for what is no whole SIF. */
  readonly verifySif: (host: Host, path: HostPath) => Promise<void>;
  /** What the SIF says of itself. */
  readonly describeImage: (hostId: HostId, path: HostPath) => Promise<ImageDescription>;
  /** Ordinary text; ours alone below `publishing`. */
  readonly stateFolder: string;
}

/** Means with what publishing itself keeps. */
export interface PublishingRoom extends PublishingMeans {
  readonly records: UploadRecords;
  readonly places: PublishedPlaces;
}

/** A whole SIF. Fails with image.missing, image.notAnImage, image.truncated, image.hostileHeader. */
export async function openSif(
  room: PublishingMeans,
  { hostId, path }: Pick<PublishInput, 'hostId' | 'path'>,
): Promise<SentFile> {
  const host = await room.openHost(hostId);
  const facts = await host.files.stat(path);
  if (facts === null) throw workbenchError('image.missing', { path }, { hostId });
  await room.verifySif(host, path);
  return { host, path, facts };
}

/** Whether what a digest names is one SIF, and which: its layer's digest and size; null for everything else. */
export async function sifUnder(
  { requests, repository, signal }: UploadPlace,
  digest: string,
): Promise<{ readonly digest: string; readonly sizeBytes: number } | null> {
  const { document } = await fetchManifest(requests, { repository, tagOrDigest: digest, signal });
  const isSif = document.type === 'manifest' && document.holds === 'sif';
  return isSif ? (document.layers[0] ?? null) : null;
}
