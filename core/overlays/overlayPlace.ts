import type { HostPath } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { dataType, type SifDescriptor } from '#core/sif/descriptor.ts';
import {
  detailHeadBytes,
  type ImageHead,
  leanHead,
  leanRanges,
  parseImageHead,
} from '#core/sif/imageHead.ts';

/** Where the file system of an overlay lies. */
export interface OverlayPlace {
  readonly path: HostPath;
  /** In bytes; null for a file that is nothing but the overlay. */
  readonly offset: number | null;
}

/** The overlay in a file, by its first bytes; null where there is none. */
export function placeIn(path: HostPath, head: ImageHead): OverlayPlace | null {
  if (head.kind === 'ext3' && head.offset === 0) return { path, offset: null };
  const part = head.kind === 'sif' ? head.descriptors.find(isOverlay) : undefined;
  return part === undefined ? null : { path, offset: part.offset };
}

/** ext3 (2) as overlay (4); a squashfs there is read-only for ever, and none that can be written. */
export function isOverlay({ type, partition }: SifDescriptor): boolean {
  return type === dataType.partition && partition?.fileSystem === 2 && partition.role === 4;
}

/** The head of a file. Fails with image.missing. */
export async function readHead(
  host: Host,
  path: HostPath,
): Promise<{ readonly head: ImageHead; readonly sizeBytes: number }> {
  const facts = await host.files.stat(path);
  if (facts === null || facts.kind !== 'file')
    throw workbenchError('image.missing', { path }, { hostId: host.id });
  const { sizeBytes } = facts;
  const first = parseImageHead(await host.files.read(path, 0, detailHeadBytes), sizeBytes);
  if (first.kind !== 'needsMore') return { head: first, sizeBytes };
  const most = 8 * 1024 * 1024;
  const head = parseImageHead(await host.files.read(path, 0, Math.min(first.length, most)), sizeBytes);
  return { head, sizeBytes };
}

/** The overlay of a path that a person named. Fails with image.missing, and overlay.damaged for what is none. */
export async function requirePlace(host: Host, path: HostPath): Promise<OverlayPlace> {
  const { head } = await readHead(host, path);
  const place = placeIn(path, head);
  if (place !== null) return place;
  throw workbenchError(
    'overlay.damaged',
    { path, reason: 'It holds no ext3 file system, by itself or as the overlay of a SIF' },
    { hostId: host.id },
  );
}

/** SIFs → those of them with an overlay. One round trip, some kilobytes each; a table in an unusual place is not read. */
export async function embeddedPlaces(
  host: Host,
  paths: readonly HostPath[],
): Promise<readonly OverlayPlace[]> {
  const ranges = leanRanges
    .slice(0, 2)
    .map(({ offset, length }) => ({ offset, length: length * (offset === 0 ? 1 : 4) }));
  const pieces = await host.files.readMany(
    paths.flatMap((path) => ranges.map((range) => ({ path, ...range }))),
  );
  return paths.flatMap((path, index) => {
    const [start, table] = [pieces[2 * index], pieces[2 * index + 1]];
    const head = start && table ? leanHead(start, table) : null;
    if (head === null) return [];
    // The size is not known here, and nothing but the table is used.
    const place = placeIn(path, parseImageHead(head, Number.MAX_SAFE_INTEGER));
    return place === null ? [] : [place];
  });
}
