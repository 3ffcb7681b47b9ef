import type { LibraryReference } from '#core/contract/imageReference.ts';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { OpenBytes } from './byteSource.ts';
import {
  createLibraryClient,
  type LibraryClient,
  type LibraryImage,
  libraryArchitecture,
} from './libraryClient.ts';
import { openedBytes } from './openedBytes.ts';
import type { SifSource, SifSourceOptions } from './sifSource.ts';

export interface LibrarySifOptions extends SifSourceOptions {
  /** Host, or http(s) address, of the library that a reference without a host means. */
  readonly defaultHost?: string | null;
}

/**
 * A SIF of a library. Its hash is asked for first; then exactly the bytes with that hash are fetched, whatever becomes of
 * the tag meanwhile. Fails with `registry.noLibrary` where no library is named, `image.nothingForArchitecture`, and the
 * `registry.*` of the library's answers. From documentation, not run against a live library: see `LibraryClient`.
 */
export async function openLibrarySif(
  reference: LibraryReference,
  options: LibrarySifOptions,
): Promise<SifSource> {
  const address = reference.host ?? options.defaultHost ?? null;
  const typed = `library://${reference.typed}`;
  if (address === null) throw workbenchError('registry.noLibrary', { reference: typed });
  const { architecture, signal, isHttpAllowed, credentials, onNotice } = options;
  const client = createLibraryClient({ address, isHttpAllowed, credentials, onNotice });
  const path = `${reference.entity}/${reference.collection}/${reference.container}`;
  const image = await findImage(client, { path, tag: reference.tag, typed, architecture, signal });
  const { digest, sizeBytes } = image;
  const tag = digest === null ? reference.tag : digest.replace(':', '.');

  const open: OpenBytes = async (offset, openSignal) => {
    // Without a digest nothing would tell that a later part is of the same file.
    const from = digest === null ? 0 : offset;
    const answer = await client.openFile(path, tag, { architecture, offset: from, signal: openSignal });
    const facts = { registry: answer.url.host, repository: path, reference: reference.tag };
    return openedBytes(answer, { offset: from, facts, validator: null }) ?? open(0, openSignal, null);
  };
  return {
    open,
    identity:
      digest ?? `library://${hostOf(address)}/${path}:${reference.tag} ${libraryArchitecture(architecture)}`,
    digest,
    sizeBytes,
    manifestDigest: null,
  };
}

interface Wanted {
  readonly path: string;
  readonly tag: string;
  readonly typed: string;
  readonly architecture: string;
  readonly signal: AbortSignal;
}

async function findImage(client: LibraryClient, wanted: Wanted): Promise<LibraryImage> {
  const { path, tag, typed, architecture, signal } = wanted;
  const nothing = (available: readonly string[]): WorkbenchError =>
    workbenchError('image.nothingForArchitecture', {
      reference: typed,
      architecture,
      available: available.join(', '),
    });
  try {
    const image = await client.readImage(path, tag, { architecture, signal });
    const isOther = image.architecture !== null && image.architecture !== libraryArchitecture(architecture);
    if (isOther) throw nothing([image.architecture ?? '']);
    return image;
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError) || thrown.report.code !== 'registry.notFound') throw thrown;
    const others = await otherArchitectures(client, wanted);
    throw others.length === 0 ? thrown : nothing(others);
  }
}

async function otherArchitectures(client: LibraryClient, wanted: Wanted): Promise<readonly string[]> {
  try {
    const { tags } = await client.readContainer(wanted.path, wanted.signal);
    return tags.get(wanted.tag) ?? [];
  } catch (thrown) {
    if (thrown instanceof WorkbenchError) return []; // "not found" is the answer already
    throw thrown;
  }
}

function hostOf(address: string): string {
  return URL.canParse(address) && /^https?:/i.test(address) ? new URL(address).host : address;
}
