import type { HostPath } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { metadataName } from '#core/runtime/partMetadata.ts';
import { dataType, primaryPartition } from '#core/sif/descriptor.ts';
import { parseHeader, usualDataOffset } from '#core/sif/header.ts';
import { detailHeadBytes, parseImageHead } from '#core/sif/imageHead.ts';
import { longestMetadata } from '#core/sif/metadata.ts';
import { emptySif, type NewObject, withObjects } from '#core/sif/writeObjects.ts';

/** A squashfs of an empty folder is one page; a SIF's partition begins at a page. */
const pageBytes = 4096;

/**
 * Writes the image that a part begins with when the tree of the part before is moved into it: an empty tree, beside the
 * objects of that part's image that the runtime hands on from a base (the configuration of an OCI image). `emptyTree` is a
 * squashfs of an empty folder. Fails with runtime.failed where the image is not as the runtime makes them.
 */
export async function writeEmptyBase(
  host: Host,
  { image, emptyTree, target }: Readonly<Record<'image' | 'emptyTree' | 'target', HostPath>>,
): Promise<void> {
  const { files } = host;
  const facts = await files.stat(image);
  const head = parseImageHead(await files.read(image, 0, detailHeadBytes), facts?.sizeBytes ?? 0);
  const partition = head.kind === 'sif' ? (primaryPartition(head.descriptors)?.partition ?? null) : null;
  if (head.kind !== 'sif' || partition === null) throw failure('it is no SIF with a tree');
  const handedOn = head.descriptors.filter(
    ({ type, name }) => type === dataType.json && name !== metadataName,
  );
  const objects: NewObject[] = [];
  const pieces: { readonly bytes: Uint8Array; readonly offset: number }[] = [];
  let offset = usualDataOffset;
  for (const object of handedOn) {
    if (object.sizeBytes > longestMetadata) throw failure('an object in it is too long');
    const bytes = await files.read(image, object.offset, object.sizeBytes);
    objects.push({
      type: dataType.json,
      name: object.name,
      offset,
      sizeBytes: bytes.length,
      partition: null,
    });
    pieces.push({ bytes, offset });
    offset += bytes.length;
  }
  offset = Math.ceil(offset / pageBytes) * pageBytes;
  const tree = await files.read(emptyTree, 0, pageBytes);
  objects.push({
    type: dataType.partition,
    name: 'empty',
    offset,
    sizeBytes: tree.length,
    partition: { ...partition, fileSystem: 1 },
  });
  pieces.push({ bytes: tree, offset });
  const empty = emptySif();
  const header = parseHeader(empty);
  const table = typeof header === 'string' ? null : withObjects(empty, header, objects);
  if (table === null) throw failure('it has too many objects');
  const whole = new Uint8Array(offset + tree.length);
  whole.set(table);
  for (const piece of pieces) whole.set(piece.bytes, piece.offset);
  await files.write(target, whole, 0o600);

  function failure(reason: string) {
    return workbenchError(
      'runtime.failed',
      { verb: 'build it', reason: `The image of a checkpoint was made, and ${reason}` },
      { hostId: host.id, evidence: image, exitStatus: null },
    );
  }
}
