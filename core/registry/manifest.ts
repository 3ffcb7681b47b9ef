import { z } from 'zod';
import { type ErrorFacts, type WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { BlobDescriptor } from './byteSource.ts';
import { isDigest } from './digest.ts';

/** `Accept` of a manifest request: OCI image-spec, media-types.md, and Docker's older names for the same. */
export const acceptedManifests = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Larger manifests are refused: the distribution spec asks servers to take at least this. */
export const manifestLimitBytes = 4 * 1024 * 1024;

/** The two that Singularity wrote for the SIF itself; the second as misspelt before 3.7. */
const sifLayerTypes = ['application/vnd.sylabs.sif.layer.v1.sif', 'appliciation/vnd.sylabs.sif.layer.tar'];
const imageConfigTypes = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
];
const tarLayer =
  /^application\/vnd\.(?:oci\.image\.layer\.|docker\.image\.rootfs\.)[a-z.]*tar(?:$|[.+])|^application\/vnd\.oci\.image\.layer\.v1\.tar/;

const mediaType = z
  .string()
  .max(255)
  .regex(/^[\x21-\x7e]+$/);
const descriptorSchema = z.object({
  mediaType,
  digest: z.string().refine(isDigest, 'not a digest'),
  size: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
});
const platformSchema = z.object({
  architecture: z.string().max(64),
  os: z.string().max(64),
  variant: z.string().max(64).nullish(),
});
const indexSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: mediaType.nullish(),
  manifests: z.array(descriptorSchema.extend({ platform: platformSchema.nullish() })).max(10_000),
  config: z.undefined().optional(),
  layers: z.undefined().optional(),
});
const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: mediaType.nullish(),
  artifactType: z.string().nullish(),
  config: descriptorSchema,
  layers: z.array(descriptorSchema).max(2000),
  manifests: z.undefined().optional(),
});
const configSchema = z.object({
  architecture: z.string().max(64).nullish(),
  os: z.string().max(64).nullish(),
});

export interface IndexEntry extends BlobDescriptor {
  readonly platform: z.infer<typeof platformSchema> | null;
}

export type ManifestDocument =
  | { readonly type: 'index'; readonly mediaType: string | null; readonly entries: readonly IndexEntry[] }
  | {
      readonly type: 'manifest';
      readonly mediaType: string | null;
      readonly holds: 'image' | 'sif' | 'other';
      readonly config: BlobDescriptor;
      readonly layers: readonly BlobDescriptor[];
    };

/**
 * Bytes of a manifest or index → what they say, checked against OCI image-spec (image-index.md, manifest.md).
 * A document that could be read as both is refused (CVE-2021-41190). Fails with `registry.protocol`.
 */
export function parseManifest(bytes: Uint8Array, facts: ErrorFacts): ManifestDocument {
  const json = parseJson(bytes, facts);
  const index = indexSchema.safeParse(json);
  if (index.success)
    return {
      type: 'index',
      mediaType: index.data.mediaType ?? null,
      entries: index.data.manifests.map((entry) => ({
        ...blobOf(entry),
        platform: entry.platform ?? null,
      })),
    };
  const manifest = manifestSchema.safeParse(json);
  if (!manifest.success) throw notAManifest(json, manifest.error, facts);
  const { config, layers } = manifest.data;
  return {
    type: 'manifest',
    mediaType: manifest.data.mediaType ?? null,
    holds: contentOf(config, layers),
    config: blobOf(config),
    layers: layers.map(blobOf),
  };
}

/** Architecture and system as an image's configuration tells them; nulls where it does not. */
export function parsePlatform(
  configBytes: Uint8Array,
  facts: ErrorFacts,
): { readonly architecture: string | null; readonly os: string | null } {
  const config = configSchema.safeParse(parseJson(configBytes, facts));
  if (!config.success)
    throw workbenchError('registry.protocol', { ...facts, reason: 'the configuration is not one' });
  return { architecture: config.data.architecture || null, os: config.data.os || null };
}

/** Bytes of an answer as JSON; else `registry.protocol` with their beginning as evidence. */
export function parseJson(bytes: Uint8Array, facts: ErrorFacts): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw workbenchError(
      'registry.protocol',
      { ...facts, reason: 'not JSON' },
      { evidence: Buffer.from(bytes.subarray(0, 2048)).toString('utf8'), cause },
    );
  }
}

function notAManifest(json: unknown, error: z.ZodError, facts: ErrorFacts): WorkbenchError {
  const isOld = z.object({ schemaVersion: z.literal(1) }).safeParse(json).success;
  const reason = isOld ? 'manifest of schema 1, which nobody reads any more' : 'not a manifest';
  return workbenchError('registry.protocol', { ...facts, reason }, { evidence: z.prettifyError(error) });
}

function contentOf(
  config: z.infer<typeof descriptorSchema>,
  layers: readonly z.infer<typeof descriptorSchema>[],
): 'image' | 'sif' | 'other' {
  const [first] = layers;
  if (layers.length === 1 && first !== undefined && sifLayerTypes.includes(first.mediaType)) return 'sif';
  const isImage =
    imageConfigTypes.includes(config.mediaType) || layers.every((layer) => tarLayer.test(layer.mediaType));
  return isImage && layers.length > 0 ? 'image' : 'other';
}

function blobOf(descriptor: z.infer<typeof descriptorSchema>): BlobDescriptor {
  return { digest: descriptor.digest, sizeBytes: descriptor.size, mediaType: descriptor.mediaType };
}
