import { z } from 'zod';
import type { HostPath } from '#core/contract/hostPath.ts';
import { workspaceManifestSchema } from '#core/contract/workspaces.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { dataType, primaryPartition, type SifDescriptor } from '#core/sif/descriptor.ts';
import { usualDataOffset } from '#core/sif/header.ts';
import { detailHeadBytes, parseImageHead, type SifHead } from '#core/sif/imageHead.ts';
import { packedWorkspace, workspaceObjectName, workspaceTreeName } from '#core/sif/packedWorkspace.ts';
import { parseSuperblock, superblockSize } from '#core/sif/squashfs.ts';
import { emptySif, type NewObject, withObjects } from '#core/sif/writeObjects.ts';

/** The JSON object of a packed workspace: what it is, and by what its tree is known to be whole. */
const packedSchema = z.object({
  format: z.literal('mysingularity.workspace'),
  version: z.literal(1),
  manifest: workspaceManifestSchema,
  tree: z.object({
    /** Of the squashfs, lower-case hex. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    sizeBytes: z.number().int().positive(),
    /** Everything below `home/mysingularity`, and the bytes of its files, unpacked. */
    entries: z.number().int().nonnegative(),
    bytes: z.number().nonnegative(),
  }),
});
export type Packed = z.infer<typeof packedSchema>;

const pageBytes = 4096;
const manifestLimitBytes = 24 * 1024 * 1024;
const jsonOffset = Math.ceil(usualDataOffset / pageBytes) * pageBytes;

/** A file that holds a workspace. */
export interface PackedFile {
  readonly packed: Packed;
  /** Of the squashfs. */
  readonly offset: number;
  readonly sizeBytes: number;
  readonly fileBytes: number;
  /** An image that can be run, with the workspace embedded. */
  readonly isImage: boolean;
}

export function packedText(packed: Omit<Packed, 'format' | 'version'>): string {
  return JSON.stringify({ format: 'mysingularity.workspace', version: 1, ...packed } satisfies Packed);
}

/** Where the squashfs of a new packed file begins, so that manifest and table lie before it: `length` of its JSON object. */
export function treeOffset(length: number): number {
  return Math.ceil((jsonOffset + length) / pageBytes) * pageBytes;
}

/** Next place for an object behind what is there. */
export function nextPage(at: number): number {
  return Math.ceil(at / pageBytes) * pageBytes;
}

/** The two objects of a workspace, the first its manifest. */
export function workspaceObjects(
  places: {
    readonly json: { readonly offset: number; readonly sizeBytes: number };
    readonly treeOffset: number;
  },
  { tree, manifest }: Packed | Omit<Packed, 'format' | 'version'>,
  architecture: string | null,
  kind: 'packed' | 'image' = 'packed',
): readonly NewObject[] {
  return [
    { type: dataType.json, name: workspaceObjectName, ...places.json, partition: null },
    {
      type: dataType.partition,
      name: workspaceTreeName,
      offset: places.treeOffset,
      sizeBytes: tree.sizeBytes,
      // The runtime takes the overlays of an image only where their architecture is the image's own.
      partition: {
        fileSystem: 1,
        role: 4,
        architecture: kind === 'image' ? architecture : (manifest.image?.architecture ?? architecture),
      },
    },
  ];
}

/** Everything of a packed file that lies before its squashfs at `offset`. */
export function packedHead(
  packed: Omit<Packed, 'format' | 'version'>,
  offset: number,
  architecture: string | null,
): Uint8Array {
  const json = new TextEncoder().encode(packedText(packed));
  const places = { json: { offset: jsonOffset, sizeBytes: json.length }, treeOffset: offset };
  const header = {
    descriptorsOffset: pageBytes,
    descriptorsTotal: 48,
    dataOffset: usualDataOffset,
    dataSize: 0,
  };
  const table = withObjects(emptySif(), header, workspaceObjects(places, packed, architecture));
  if (table === null || jsonOffset + json.length > offset)
    throw workbenchError('internal', {}, { evidence: 'The manifest does not fit before the tree.' });
  const head = new Uint8Array(offset);
  head.set(table);
  head.set(json, jsonOffset);
  return head;
}

/** Head of a SIF with its whole table. Fails with image.missing, image.notAnImage, image.truncated, image.hostileHeader. */
export async function readSifHead(
  host: Host,
  path: HostPath,
): Promise<{ readonly head: SifHead; readonly bytes: Uint8Array; readonly fileBytes: number }> {
  const where = { hostId: host.id };
  const facts = await host.files.stat(path);
  if (facts === null) throw workbenchError('image.missing', { path }, where);
  if (facts.kind !== 'file') throw workbenchError('workspace.none', { path, reason: 'It is no file' }, where);
  let bytes = await host.files.read(path, 0, detailHeadBytes);
  let head = parseImageHead(bytes, facts.sizeBytes);
  if (head.kind === 'needsMore') {
    bytes = await host.files.read(path, 0, head.length);
    head = parseImageHead(bytes, facts.sizeBytes);
  }
  if (head.kind === 'damaged')
    throw workbenchError('workspace.hostile', { path, reason: head.reason }, where);
  if (head.kind !== 'sif')
    throw workbenchError(
      'workspace.none',
      { path, reason: 'It is no SIF, which a packed workspace is' },
      where,
    );
  const { truncation } = head;
  if (truncation !== null)
    throw workbenchError(
      'workspace.hostile',
      { path, reason: `Only ${truncation.actualBytes} of ${truncation.expectedBytes} bytes are there` },
      where,
    );
  return { head, bytes, fileBytes: facts.sizeBytes };
}

/**
 * What a file says of the workspace in it; the tree itself is not read. Fails with image.missing, workspace.none where
 * there is no workspace in it, and workspace.hostile where it is not whole or breaks a rule.
 */
export async function readPacked(host: Host, path: HostPath): Promise<PackedFile> {
  const { head, fileBytes } = await readSifHead(host, path);
  const where = { hostId: host.id };
  const found = packedWorkspace(head.descriptors);
  if (found === null)
    throw workbenchError(
      'workspace.none',
      { path, reason: 'It is no packed workspace, and none is embedded in it' },
      where,
    );
  const hostile = (reason: string) => workbenchError('workspace.hostile', { path, reason }, where);
  const { json, tree } = found;
  if (json.sizeBytes > manifestLimitBytes) throw hostile('Its manifest is impossibly long');
  const [text, superblock] = await host.files.readMany([
    { path, offset: json.offset, length: json.sizeBytes },
    { path, offset: tree.offset, length: superblockSize },
  ]);
  const packed = packedSchema.safeParse(parseJson(text ?? null));
  if (!packed.success) throw hostile('Its manifest cannot be read');
  const facts = superblock == null ? null : parseSuperblock(superblock);
  if (facts === null || facts.usedBytes > tree.sizeBytes || packed.data.tree.sizeBytes !== tree.sizeBytes)
    throw hostile('Its tree is not whole');
  return {
    packed: packed.data,
    offset: tree.offset,
    sizeBytes: tree.sizeBytes,
    fileBytes,
    isImage: primaryPartition(head.descriptors) !== null,
  };
}

function parseJson(bytes: Uint8Array | null): unknown {
  try {
    return bytes === null ? null : JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null; // torn or forged: the schema refuses null
  }
}

/** Where what is in a SIF ends. */
export function endOf(head: SifHead): number {
  const { dataOffset, dataSize } = head.header;
  return head.descriptors.reduce(
    (end: number, { offset, sizeBytes }: SifDescriptor) => Math.max(end, offset + sizeBytes),
    dataOffset + dataSize,
  );
}
