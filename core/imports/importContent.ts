import type { ArchiveFile, Decompress } from '#core/archives/archiveBytes.ts';
import {
  type ArchivedImage,
  type OciIndex,
  ociImages,
  ociIndexSchema,
} from '#core/archives/archiveImages.ts';
import { type ArchiveScan, isRoot, scanArchive } from '#core/archives/scanArchive.ts';
import { looksLikeTar, wrapperOf } from '#core/archives/wrapper.ts';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { reportOf, workbenchError } from '#core/errors/workbenchError.ts';
import { fileError } from '#core/hosts/fileErrors.ts';
import type { FileFacts, Host } from '#core/hosts/host.ts';
import { readImageHead } from '#core/images/imageBytes.ts';
import { verifyImage } from '#core/images/verifyImage.ts';
import { detailHeadBytes } from '#core/sif/imageHead.ts';

const longestIndex = 4 * 1024 * 1024;

/** What is at a path, told by its bytes. */
export type ImportContent = { readonly path: HostPath; readonly facts: FileFacts } & (
  | { readonly kind: 'sif' | 'oci-sif' | 'squashfs' | 'ext3' }
  | { readonly kind: 'archive'; readonly file: ArchiveFile; readonly scan: ArchiveScan }
  | { readonly kind: 'oci-layout'; readonly index: OciIndex; readonly images: readonly ArchivedImage[] }
  | { readonly kind: 'sandbox' }
);

export interface ExamineOptions {
  readonly signal: AbortSignal;
  /** Bytes of an archive that were read so far. */
  readonly onRead?: (done: number, total: number) => void;
}

/** Looks at files and folders; what it found of an archive it knows while the archive is unchanged. */
export interface Examiner {
  /**
   * Fails with host.pathMissing, host.permissionDenied, image.archiveHasNone, image.archiveDamaged,
   * image.archiveHostile, image.truncated and image.hostileHeader.
   */
  examine(path: HostPath, options: ExamineOptions): Promise<ImportContent>;
}

/** Scans kept: a plan is asked for again with each change of a form. */
const mostScans = 8;

export function createExaminer(host: Host, decompress: Decompress): Examiner {
  const scans = new Map<string, ArchiveScan>();

  async function scanned(file: ArchiveFile, facts: FileFacts, options: ExamineOptions): Promise<ArchiveScan> {
    const key = JSON.stringify([file.path, facts.inode, facts.sizeBytes, facts.modifiedAt]);
    const known = scans.get(key);
    if (known !== undefined) return known;
    const { signal, onRead } = options;
    const scan = await scanArchive(file, {
      signal,
      decompress,
      onRead: (done) => onRead?.(done, facts.sizeBytes),
    }).catch((thrown: unknown) => {
      throw fileError(thrown, file.path);
    });
    await requireUnchanged(host, file.path, facts);
    const [oldest] = scans.keys();
    if (scans.size >= mostScans && oldest !== undefined) scans.delete(oldest);
    scans.set(key, scan);
    return scan;
  }

  async function examineFile(
    path: HostPath,
    facts: FileFacts,
    options: ExamineOptions,
  ): Promise<ImportContent> {
    const bytes = await host.files.read(path, 0, Math.min(detailHeadBytes, facts.sizeBytes));
    const wrapper = wrapperOf(bytes);
    if (wrapper !== null || looksLikeTar(bytes)) {
      const file: ArchiveFile = { path, wrapper, sizeBytes: facts.sizeBytes };
      return { path, facts, kind: 'archive', file, scan: await scanned(file, facts, options) };
    }
    await verifyImage(host, path, { mustBeSif: false, shownAs: path }).catch((thrown: unknown) => {
      const { code, data } = reportOf(thrown);
      if (code !== 'image.notAnImage') throw thrown;
      throw workbenchError('image.archiveHasNone', { path, reason: data['reason'] ?? null });
    });
    const size = { length: detailHeadBytes, fileBytes: facts.sizeBytes };
    const { head } = await readImageHead(host.files, path, size);
    switch (head.kind) {
      case 'sif':
      case 'oci-sif':
      case 'squashfs':
      case 'ext3':
        return { path, facts, kind: head.kind };
      default:
        throw workbenchError('image.archiveHasNone', { path });
    }
  }

  async function examineFolder(path: HostPath, facts: FileFacts): Promise<ImportContent> {
    const names = new Set<string>((await host.files.list(path)).map(({ name }) => name));
    if (names.has('oci-layout') && names.has('index.json')) {
      const index = await readIndex(host, joinPath(path, hostPathFromText('index.json')), path);
      return { path, facts, kind: 'oci-layout', index, images: ociImages(index) };
    }
    if (isRoot(names)) return { path, facts, kind: 'sandbox' };
    throw workbenchError('image.archiveHasNone', { path, reason: 'It is a folder of other things' });
  }

  return {
    async examine(path, options) {
      const facts = await host.files.stat(path);
      if (facts === null) throw workbenchError('host.pathMissing', { path });
      if (facts.kind === 'folder') return await examineFolder(path, facts);
      if (facts.kind === 'file') return await examineFile(path, facts, options);
      throw workbenchError('image.archiveHasNone', { path, reason: 'It is neither a file nor a folder' });
    },
  };
}

/** Fails with image.archiveDamaged where a file is not what it was when it was looked at. */
export async function requireUnchanged(host: Host, path: HostPath, before: FileFacts): Promise<void> {
  const now = await host.files.stat(path);
  const isSame =
    now !== null &&
    now.inode === before.inode &&
    now.sizeBytes === before.sizeBytes &&
    now.modifiedAt === before.modifiedAt;
  if (!isSame) throw workbenchError('image.archiveDamaged', { path, reason: 'It changed while it was read' });
}

/** The index of a layout. Fails with image.archiveDamaged. */
export async function readIndex(host: Host, path: HostPath, shown: HostPath): Promise<OciIndex> {
  const bytes = await host.files.read(path, 0, longestIndex + 1);
  const index = bytes.length > longestIndex ? null : parsedIndex(bytes);
  if (index === null)
    throw workbenchError('image.archiveDamaged', {
      path: shown,
      reason: 'Its index.json is not that of an OCI layout',
    });
  return index;
}

function parsedIndex(bytes: Uint8Array): OciIndex | null {
  try {
    return ociIndexSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null; // told by the caller
  }
}
