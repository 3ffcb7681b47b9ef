import { z } from 'zod';
import type { ErrorFacts } from '#core/errors/workbenchError.ts';
import type { BlobDescriptor } from './byteSource.ts';
import { isDigest } from './digest.ts';
import { type NamedText, namedTexts } from './imageFactsConfig.ts';
import { parseJson } from './manifest.ts';

const record = z.record(z.string(), z.string()).nullish().catch(null);
const name = z.string().max(255).nullish().catch(null);
const detailsSchema = z.object({ artifactType: name, annotations: record });
const descriptorSchema = z.object({
  mediaType: z.string().max(255),
  digest: z.string().refine(isDigest, 'not a digest'),
  size: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  artifactType: name,
  annotations: record,
});
/** An index as a list of things that point at an image: OCI distribution spec, "Listing Referrers". */
export const descriptorListSchema = z.object({
  schemaVersion: z.literal(2),
  manifests: z.array(descriptorSchema).max(10_000),
});

/** What a manifest says beside its layers. */
export interface ManifestDetails {
  readonly artifactType: string | null;
  readonly annotations: NamedText[];
}

export interface DescribedBlob extends BlobDescriptor {
  readonly artifactType: string | null;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Bytes of a manifest that was checked before → its type and annotations; what is malformed there is left out. */
export function parseDetails(bytes: Uint8Array, facts: ErrorFacts): ManifestDetails {
  const parsed = detailsSchema.safeParse(parseJson(bytes, facts));
  return {
    artifactType: parsed.data?.artifactType || null,
    annotations: namedTexts(parsed.data?.annotations),
  };
}

/** The entries of an index with what they say of themselves; none where it is not well-formed. */
export function parseDescribed(bytes: Uint8Array, facts: ErrorFacts): readonly DescribedBlob[] {
  const parsed = descriptorListSchema.safeParse(parseJson(bytes, facts));
  return (parsed.data?.manifests ?? []).map(describedBlob);
}

export function describedBlob(entry: z.infer<typeof descriptorSchema>): DescribedBlob {
  return {
    digest: entry.digest,
    sizeBytes: entry.size,
    mediaType: entry.mediaType,
    artifactType: entry.artifactType || null,
    annotations: entry.annotations ?? {},
  };
}
