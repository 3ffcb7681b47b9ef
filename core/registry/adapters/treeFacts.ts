import type { ImageFacts, Repository } from '#core/contract/registries.ts';
import { registryHostOf } from '#core/contract/registryKinds.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { parseImageHead } from '#core/sif/imageHead.ts';
import { plainRepository } from '../adapter.ts';

/** A file or tree of a bucket, a web directory or a folder. */
export interface TreeImage {
  readonly registry: RegistrySettings;
  readonly reference: string;
  readonly repository: string;
  readonly updatedAt: number | null;
}

export interface TreeFile extends TreeImage {
  /** Its first bytes: 64 KiB where it has so many. */
  readonly head: Uint8Array;
  readonly sizeBytes: number | null;
  readonly etag: string | null;
}

export interface TreeLabel {
  readonly name: string;
  readonly value: string;
}

/** A file, by its first bytes → what is known of it. */
export function factsOfFile(file: TreeFile): ImageFacts {
  const { sizeBytes, updatedAt, etag } = file;
  const image = parseImageHead(file.head, sizeBytes ?? Number.MAX_SAFE_INTEGER);
  const facts = { ...noFacts(file), file: { sizeBytes, updatedAt, etag, labels: [] } };
  switch (image.kind) {
    case 'sif':
    case 'oci-sif':
    case 'needsMore':
      return { ...facts, holds: 'sif', holdsText: null, note: architectureNote(image) };
    case 'damaged':
      return { ...facts, holds: 'other', holdsText: 'A damaged SIF', note: `${image.reason}.` };
    case 'squashfs':
    case 'ext3':
      return { ...facts, holds: 'other', holdsText: `An image of Singularity 2 (${image.kind})` };
    case 'unknown':
      return { ...facts, holds: 'other', holdsText: image.reason };
  }
}

/** An unpacked tree → what is known of it. */
export function factsOfTree(tree: TreeImage, labels: readonly TreeLabel[]): ImageFacts {
  const file = { sizeBytes: null, updatedAt: tree.updatedAt, etag: null, labels: [...labels] };
  return { ...noFacts(tree), holds: 'sandbox', note: 'Runs in place: nothing to pull.', file };
}

/** The tags of these kinds: a list that fails, saying so. */
export function noTags(registry: RegistrySettings): AsyncIterable<never> {
  const failure = workbenchError('registry.cannotList', {
    registry: registryHostOf(registry),
    reason: 'It holds folders and files, which have no tags',
  });
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(failure) }) };
}

export function folderEntry(name: string): Repository {
  return { ...plainRepository(name), kind: 'folder' };
}

export function imageEntry(
  name: string,
  facts: Partial<Pick<Repository, 'reference' | 'sizeBytes' | 'updatedAt' | 'description'>>,
): Repository {
  return { ...plainRepository(name), kind: 'image', ...facts };
}

/** Whether the last part of a name holds the term, in any case. */
export function isWanted(name: string, term: string): boolean {
  return name
    .slice(name.lastIndexOf('/') + 1)
    .toLowerCase()
    .includes(term.trim().toLowerCase());
}

/** Whether a name promises a SIF. */
export function isSifName(name: string): boolean {
  return /\.sif$/i.test(name);
}

function noFacts(image: TreeImage): ImageFacts {
  return {
    reference: image.reference,
    byDigest: null,
    registry: registryHostOf(image.registry),
    repository: image.repository,
    tag: null,
    digest: null,
    holds: 'other',
    holdsText: null,
    platforms: [],
    manifest: null,
    referrers: [],
    referrersNote: null,
    rate: null,
    note: null,
  };
}

function architectureNote(image: ReturnType<typeof parseImageHead>): string | null {
  if (image.kind !== 'sif' && image.kind !== 'oci-sif') return null;
  const { architecture } = image.header;
  if (image.truncation !== null) return 'It is cut off: its end is missing.';
  return architecture === null ? null : `For the architecture ${architecture}.`;
}
