import { baseName, folderName, type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { Image } from '#core/contract/images.ts';
import { reportOf } from '#core/errors/workbenchError.ts';
import type { FileFacts, Host } from '#core/hosts/host.ts';
import { summariseImage } from '#core/sif/imageDescription.ts';
import { listingHeadBytes, parseImageHead } from '#core/sif/imageHead.ts';
import { hasImageExtension } from './folderNames.ts';
import { readImageHead, readMissing } from './imageBytes.ts';
import { readSandboxFacts } from './sandbox.ts';

/** Enough to tell an image from any other file. */
const detectBytes = 4096;

/**
 * The row of a file, from one read of its first bytes; null when it is no image. A file whose name says that it is an
 * image, or that begins like one, is shown as damaged with what is wrong.
 */
export async function readImageRow(
  host: Host,
  file: { readonly path: HostPath; readonly facts: FileFacts },
): Promise<Image | null> {
  const isNamedImage = hasImageExtension(baseName(file.path));
  try {
    if (!isNamedImage && !(await beginsLikeImage(host, file))) return null;
    const { facts, path } = file;
    const first = await readImageHead(host.files, path, {
      length: listingHeadBytes,
      fileBytes: facts.sizeBytes,
    });
    const { head, chunks } = await readMissing(host.files, path, { read: first, need: 'row' });
    const summary = summariseImage(head, chunks);
    if (summary !== null) return { ...placeOf(host, file), ...summary, sizeBytes: facts.sizeBytes };
    if (!isNamedImage) return null;
    return damagedRow(
      host,
      file,
      head.kind === 'unknown' ? `${head.reason}.` : 'Its table of objects is too long.',
    );
  } catch (thrown) {
    const { code, title } = reportOf(thrown);
    if (code === 'host.pathMissing' || !isNamedImage) return null; // gone meanwhile, or not known to be an image
    return damagedRow(host, file, `${title}.`);
  }
}

/** The row of a sandbox folder; its size is not measured. */
export async function readSandboxRow(
  host: Host,
  folder: { readonly path: HostPath; readonly facts: FileFacts },
): Promise<Image> {
  const { architecture, source, createdAt } = await readSandboxFacts(host.files, folder.path);
  return {
    ...placeOf(host, folder),
    format: 'sandbox',
    sizeBytes: null,
    createdAt,
    architecture,
    source,
    isSigned: false,
    isEncrypted: false,
    problem: null,
  };
}

/** The row of whatever is at a path; null when it is no image, or nothing is there. */
export async function readRowAt(host: Host, path: HostPath): Promise<Image | null> {
  const facts = await host.files.stat(path);
  if (facts?.kind === 'file') return await readImageRow(host, { path, facts });
  if (facts?.kind !== 'folder') return null;
  const mark = await host.files.stat(joinPath(path, hostPathFromText('.singularity.d')));
  return mark?.kind === 'folder' ? await readSandboxRow(host, { path, facts }) : null;
}

async function beginsLikeImage(
  host: Host,
  file: { readonly path: HostPath; readonly facts: FileFacts },
): Promise<boolean> {
  if (file.facts.sizeBytes < detectBytes) return false; // no image is this small
  const bytes = await host.files.read(file.path, 0, detectBytes);
  return parseImageHead(bytes, file.facts.sizeBytes).kind !== 'unknown';
}

function damagedRow(
  host: Host,
  file: { readonly path: HostPath; readonly facts: FileFacts },
  problem: string,
): Image {
  return {
    ...placeOf(host, file),
    format: 'damaged',
    sizeBytes: file.facts.sizeBytes,
    createdAt: null,
    architecture: null,
    source: null,
    isSigned: false,
    isEncrypted: false,
    problem,
  };
}

function placeOf(
  host: Host,
  { path, facts }: { readonly path: HostPath; readonly facts: FileFacts },
): Pick<Image, 'hostId' | 'path' | 'name' | 'folder' | 'modifiedAt'> {
  return {
    hostId: host.id,
    path,
    name: baseName(path),
    folder: folderName(path),
    modifiedAt: facts.modifiedAt,
  };
}
