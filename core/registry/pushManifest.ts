import { workbenchError } from '#core/errors/workbenchError.ts';
import { digestOf, isDigest } from './digest.ts';
import { fetchManifest } from './fetchManifest.ts';
import { acceptedManifests } from './manifest.ts';
import type { ManifestBytes } from './resolvedImage.ts';
import { factsOf, sendTo, type UploadPlace } from './uploadSession.ts';

/** What every SIF in a registry has as its configuration: `{}`. */
export const sifConfig: Uint8Array = Buffer.from('{}');

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const answerLimitBytes = 65_536;

/**
 * The manifest of a SIF as Apptainer pushes it (apptainer, internal/pkg/client/oras): one layer that is the file, named
 * by an annotation. The same input gives the same bytes.
 */
export function sifManifest(
  layer: { readonly digest: string; readonly sizeBytes: number; readonly fileName: string },
  annotations: Readonly<Record<string, string>>,
): ManifestBytes {
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: {
        mediaType: 'application/vnd.sylabs.sif.config.v1+json',
        size: sifConfig.byteLength,
        digest: digestOf(sifConfig),
      },
      layers: [
        {
          mediaType: 'application/vnd.sylabs.sif.layer.v1.sif',
          size: layer.sizeBytes,
          digest: layer.digest,
          annotations: { 'org.opencontainers.image.title': layer.fileName },
        },
      ],
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    }),
  );
  return { digest: digestOf(bytes), mediaType: manifestType, bytes };
}

/** Digest of what has a tag now; null when nothing has it. A HEAD where the registry tells digests, else a GET. */
export async function findTag(place: UploadPlace, tag: string): Promise<string | null> {
  const { repository, signal } = place;
  const answer = await sendTo(place, `${repository}/manifests/${tag}`, {
    method: 'HEAD',
    what: tag,
    headers: { accept: acceptedManifests },
    expected: [200, 404],
  });
  await answer.readAll(answerLimitBytes);
  if (answer.status === 404) return null;
  const claimed = answer.headers.get('docker-content-digest');
  if (claimed !== null && isDigest(claimed)) return claimed;
  const { manifest } = await fetchManifest(place.requests, { repository, tagOrDigest: tag, signal });
  return manifest.digest;
}

export interface TagChange {
  readonly tag: string;
  readonly manifest: ManifestBytes;
  /** Another manifest may lose the tag. */
  readonly overwrite: boolean;
  /** The reference as a person knows it. */
  readonly shown: string;
}

/** Fails with `registry.tagTaken` when another manifest has the tag. True when this one has it already. */
export async function refuseTakenTag(place: UploadPlace, change: TagChange): Promise<boolean> {
  const digest = await findTag(place, change.tag);
  if (digest === change.manifest.digest) return true;
  if (digest !== null && !change.overwrite)
    throw workbenchError('registry.tagTaken', { reference: change.shown, digest });
  return false;
}

/**
 * Gives a manifest a tag, and proves it by asking for the tag again. Its blobs are there already. Fails with
 * `registry.tagTaken`, `registry.uploadRefused` and `registry.digestMismatch`.
 */
export async function putManifest(place: UploadPlace, change: TagChange): Promise<void> {
  const { manifest, tag } = change;
  if (await refuseTakenTag(place, change)) return;
  const answer = await sendTo(place, `${place.repository}/manifests/${tag}`, {
    method: 'PUT',
    what: tag,
    headers: { 'content-type': manifest.mediaType, 'content-length': String(manifest.bytes.byteLength) },
    body: () => manifest.bytes,
    expected: [200, 201, 202],
  });
  await answer.readAll(answerLimitBytes);
  const actual = await findTag(place, tag);
  if (actual !== manifest.digest)
    throw workbenchError('registry.digestMismatch', {
      ...factsOf(place, tag),
      expected: manifest.digest,
      actual: actual ?? 'nothing',
    });
}
