import { baseName, folderName, type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { Image } from '#core/contract/images.ts';
import { reportOf } from '#core/errors/workbenchError.ts';
import type { FileFacts, Host } from '#core/hosts/host.ts';
import type { ByteRange, Chunk } from '#core/sif/bytes.ts';
import { missingRanges, summariseImage } from '#core/sif/imageDescription.ts';
import { type ImageHead, leanHead, leanRanges, listingRanges, parseImageHead } from '#core/sif/imageHead.ts';
import { hasImageExtension } from './folderNames.ts';
import { readSandboxFacts } from './sandbox.ts';

/** Enough to tell an image from any other file. */
const detectBytes = 4096;
/** An OCI-SIF asks in three steps; a file that asks for more than this is not believed. */
const longestDialogue = 6;

/** A file whose row is wanted. */
export interface FoundFile {
  readonly path: HostPath;
  readonly facts: FileFacts;
}

interface Reading {
  readonly file: FoundFile;
  chunks: readonly Chunk[];
  head: ImageHead | null;
  /** Read in a few short ranges where its host is far away; false where that told too little. */
  isLean: boolean;
}

/**
 * The rows of files, in a few reads of all of them at once; null where a file is no image. A file whose name says that
 * it is an image, or that begins like one, is shown as damaged with what is wrong.
 */
export async function readImageRows(
  host: Host,
  files: readonly FoundFile[],
): Promise<ReadonlyMap<HostPath, Image | null>> {
  const rows = new Map<HostPath, Image | null>(files.map(({ path }) => [path, null]));
  let open: Reading[] = files
    // No image is smaller than what tells it.
    .filter(({ path, facts }) => isNamedImage(path) || facts.sizeBytes >= detectBytes)
    .map((file) => ({
      file,
      chunks: [],
      head: null,
      isLean: host.kind !== 'local' && isNamedImage(file.path),
    }));
  for (let step = 0; step < longestDialogue && open.length > 0; step += 1) {
    const wanted = open.map((reading) => ({ reading, ranges: wantedOf(host, reading) }));
    const pieces = await host.files.readMany(
      wanted.flatMap(({ reading, ranges }) => ranges.map((range) => ({ path: reading.file.path, ...range }))),
    );
    let at = 0;
    const next: Reading[] = [];
    for (const { reading, ranges } of wanted) {
      const own = pieces.slice(at, at + ranges.length);
      at += ranges.length;
      if (own.includes(null)) rows.set(reading.file.path, await unreadableRow(host, reading.file));
      else if (take(reading, ranges, own)) rows.set(reading.file.path, rowOf(host, reading));
      else next.push(reading);
    }
    open = next;
  }
  for (const reading of open) rows.set(reading.file.path, rowOf(host, reading));
  return rows;
}

/** The row of one file; null when it is no image. */
async function readImageRow(host: Host, file: FoundFile): Promise<Image | null> {
  return (await readImageRows(host, [file])).get(file.path) ?? null;
}

const isNamedImage = (path: HostPath) => hasImageExtension(baseName(path));

function wantedOf(host: Host, { file, head, chunks, isLean }: Reading): readonly ByteRange[] {
  const { sizeBytes } = file.facts;
  if (head === null) {
    const ranges = isLean
      ? leanRanges
      : isNamedImage(file.path) && host.kind === 'local'
        ? listingRanges
        : [{ offset: 0, length: detectBytes }];
    return ranges
      .filter(({ offset }) => offset === 0 || offset < sizeBytes)
      .map(({ offset, length }) => ({ offset, length: Math.min(length, sizeBytes - offset) }));
  }
  if (head.kind === 'needsMore') return [{ offset: 0, length: Math.min(head.length, sizeBytes) }];
  return missingRanges(head, chunks, 'row');
}

/** Takes what was read; true when nothing more is wanted. */
function take(
  reading: Reading,
  ranges: readonly ByteRange[],
  pieces: readonly (Uint8Array | null)[],
): boolean {
  if (reading.isLean && reading.head === null) return takeLean(reading, ranges, pieces);
  ranges.forEach(({ offset }, index) => {
    const bytes = pieces[index];
    if (bytes === undefined || bytes === null) return;
    const isHead = offset === 0 && (reading.head === null || reading.head.kind === 'needsMore');
    if (isHead) reading.head = parseImageHead(bytes, reading.file.facts.sizeBytes);
    reading.chunks = [...(isHead ? [] : reading.chunks), { offset, bytes }];
  });
  const { head, chunks } = reading;
  if (head === null || head.kind === 'needsMore') return false;
  return missingRanges(head, chunks, 'row').length === 0;
}

/** Takes the short ranges; where they tell too little, the beginning is read whole next. */
function takeLean(
  reading: Reading,
  ranges: readonly ByteRange[],
  pieces: readonly (Uint8Array | null)[],
): boolean {
  reading.isLean = false;
  const [start, table, object] = pieces;
  const head = leanHead(start ?? new Uint8Array(), table ?? new Uint8Array());
  if (head === null) return false;
  reading.head = parseImageHead(head, reading.file.facts.sizeBytes);
  reading.chunks = [start, table, object].flatMap((bytes, index) => {
    const offset = ranges[index]?.offset;
    return offset === undefined || bytes === undefined || bytes === null ? [] : [{ offset, bytes }];
  });
  if (reading.head.kind === 'needsMore') return false;
  return missingRanges(reading.head, reading.chunks, 'row').length === 0;
}

function rowOf(host: Host, { file, head, chunks }: Reading): Image | null {
  const summary = head === null ? null : summariseImage(head, chunks);
  if (summary !== null) return { ...placeOf(host, file), ...summary, sizeBytes: file.facts.sizeBytes };
  if (!isNamedImage(file.path)) return null;
  return damagedRow(
    host,
    file,
    head?.kind === 'unknown' ? `${head.reason}.` : 'Its table of objects is too long.',
  );
}

/** Gone meanwhile, or not to be read: asked once more by itself, to know which. */
async function unreadableRow(host: Host, file: FoundFile): Promise<Image | null> {
  if (!isNamedImage(file.path)) return null; // not known to be an image
  try {
    await host.files.read(file.path, 0, 1);
    return damagedRow(host, file, 'It changed while it was read.');
  } catch (thrown) {
    const { code, title } = reportOf(thrown);
    return code === 'host.pathMissing' ? null : damagedRow(host, file, `${title}.`);
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
