import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { WorkspaceImage } from '#core/contract/workspaces.ts';
import type { Host } from '#core/hosts/host.ts';

/** What is recorded of the images of hosts: digests as `sha256:HEX`. */
export interface KnownImages {
  /** Null where nothing is recorded of the file, or it changed since. */
  digestAt(hostId: HostId, path: HostPath): Promise<string | null>;
  /** Unchanged files with this digest, newest first. */
  pathsOf(hostId: HostId, digest: string): Promise<readonly HostPath[]>;
}

/**
 * Where the image of a workspace lies now: where it lay, when it still is that image, else where else its digest is known.
 * An image without a known digest is taken for itself as long as something lies in its place.
 */
export async function findImage(
  host: Host,
  { place, digest }: WorkspaceImage,
  known: KnownImages,
): Promise<HostPath | null> {
  if (digest === null)
    return place !== null && (await host.files.stat(place.path)) !== null ? place.path : null;
  if (place !== null && (await known.digestAt(host.id, place.path)) === digest) return place.path;
  const [elsewhere = null] = await known.pathsOf(host.id, digest);
  return elsewhere;
}
