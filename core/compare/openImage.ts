import * as fs from 'node:fs/promises';
import { type HostPath, hostPathToBytes } from '#core/contract/hostPath.ts';
import type { ImageDetail } from '#core/contract/images.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { fileError } from '#core/hosts/fileErrors.ts';
import { primaryPartition } from '#core/sif/descriptor.ts';
import { detailHeadBytes, type ImageHead, parseImageHead, type SifHead } from '#core/sif/imageHead.ts';
import { openSandbox } from './sandboxTree.ts';
import { openSquashfs } from './squashfsTree.ts';
import type { ImageTree } from './tree.ts';

/** The file system of an image, or why it cannot be read. */
export type OpenedImage =
  | {
      readonly tree: ImageTree;
      readonly reason: null;
      /** What the reader of a comparison must know of how it was read. */
      readonly note: string | null;
      close(): Promise<void>;
    }
  | { readonly tree: null; readonly reason: string; readonly note: null; close(): Promise<void> };

/** A squashfs whose packing is not read here. */
export interface ForeignSquashfs {
  readonly path: HostPath;
  readonly offset: number;
  readonly lengthBytes: number;
}

/** Unpacks a squashfs with the program of this machine; what it makes is gone after `close`. */
export type Unpack = (squashfs: ForeignSquashfs) => Promise<OpenedImage>;

/**
 * Opens the file system of an image of this machine for reading; whoever opens it closes it. Fails with
 * image.hostileHeader and image.truncated for a file that is forged or cut.
 */
export async function openImage({ image }: ImageDetail, unpack: Unpack): Promise<OpenedImage> {
  if (image.format === 'sandbox')
    return { tree: openSandbox(image.path), reason: null, note: null, close: async () => undefined };
  const { path } = image;
  const file = await fs.open(Buffer.from(hostPathToBytes(path))).catch((thrown: unknown) => {
    throw fileError(thrown, path);
  });
  try {
    const { size } = await file.stat();
    const place = placeOf(await readHead(file, size), path, size);
    if (typeof place === 'string') {
      await file.close();
      return { tree: null, reason: place, note: null, close: async () => undefined };
    }
    const tree = await openSquashfs({ path, file, ...place });
    if (tree !== null) return { tree, reason: null, note: null, close: () => file.close() };
    await file.close();
    return await unpack({ path, ...place });
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
}

async function readHead(file: fs.FileHandle, size: number): Promise<ImageHead> {
  let length = detailHeadBytes;
  for (;;) {
    const bytes = Buffer.alloc(Math.min(length, size));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    const head = parseImageHead(bytes.subarray(0, bytesRead), size);
    if (head.kind !== 'needsMore' || head.length <= length) return head;
    length = head.length;
  }
}

/** Where the squashfs of an image is; a text says why there is none to be read. */
function placeOf(
  head: ImageHead,
  path: HostPath,
  size: number,
): { readonly offset: number; readonly lengthBytes: number } | string {
  switch (head.kind) {
    case 'damaged':
      throw workbenchError(head.code, {
        path,
        reason: head.reason,
        expectedBytes: head.expectedBytes,
        actualBytes: size,
      });
    case 'squashfs':
      return { offset: head.offset, lengthBytes: size - head.offset };
    case 'sif':
      return partitionOf(head, path);
    case 'oci-sif':
      return 'it is an OCI-SIF, whose layers are not read';
    case 'ext3':
      return 'its file system is ext3, which is not read';
    case 'unknown':
    case 'needsMore':
      throw workbenchError('image.notAnImage', { path });
  }
}

function partitionOf(
  head: SifHead,
  path: HostPath,
): { readonly offset: number; readonly lengthBytes: number } | string {
  if (head.truncation !== null) throw workbenchError('image.truncated', { path, ...head.truncation });
  const primary = primaryPartition(head.descriptors);
  switch (primary?.partition?.fileSystem) {
    case 1:
      return { offset: primary?.offset ?? 0, lengthBytes: primary?.sizeBytes ?? 0 };
    case 2:
      return 'its file system is ext3, which is not read';
    case 5:
    case 6:
      return 'its file system is encrypted';
    case undefined:
      return 'it holds no system';
    default:
      return 'its file system is of a kind that is not read';
  }
}
