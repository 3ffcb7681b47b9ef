import { z } from 'zod';
import { decodeEntities, parseS3Xml } from './parseS3Xml.ts';

/** One page of a bucket's list. */
export interface S3Listing {
  readonly objects: readonly S3Object[];
  /** What keys begin with up to the delimiter: `site/`. */
  readonly prefixes: readonly string[];
  /** Asks for the next page; null on the last one. */
  readonly continuationToken: string | null;
}

export interface S3Object {
  readonly key: string;
  readonly sizeBytes: number | null;
  /** Milliseconds since 1970. */
  readonly updatedAt: number | null;
}

const text = z.string().transform(decodeEntities);
const listingSchema = z.object({
  ListBucketResult: z.union([
    z.literal('').transform(() => ({})),
    z.object({
      EncodingType: z.string().optional(),
      IsTruncated: z.string().optional(),
      NextContinuationToken: text.optional(),
      Contents: z
        .array(z.object({ Key: text, Size: z.string().optional(), LastModified: z.string().optional() }))
        .optional(),
      CommonPrefixes: z.array(z.object({ Prefix: text })).optional(),
    }),
  ]),
});
type ListingDocument = Exclude<z.infer<typeof listingSchema>['ListBucketResult'], Record<string, never>>;

/**
 * The answer to `?list-type=2` ("ListObjectsV2", Amazon S3 API reference) → a page; null where it is none, or cut off.
 * Names come encoded as in a query where the server understood `encoding-type=url`, else as XML has them.
 */
export function parseListing(xml: string): S3Listing | null {
  if (!/<(?:\/(?:\w{1,32}:)?ListBucketResult\s*|ListBucketResult[^<>]*\/)>\s*$/.test(xml.slice(-1000)))
    return null;
  const parsed = listingSchema.safeParse(parseS3Xml(xml));
  if (!parsed.success) return null;
  const page: Partial<ListingDocument> = parsed.data.ListBucketResult;
  const nameOf = page.EncodingType === 'url' ? decodeName : (name: string) => name;
  const next = page.NextContinuationToken ?? '';
  return {
    objects: (page.Contents ?? []).map(({ Key, Size, LastModified }) => ({
      key: nameOf(Key),
      sizeBytes: /^\d{1,15}$/.test(Size ?? '') ? Number(Size) : null,
      updatedAt: timeOf(LastModified ?? ''),
    })),
    prefixes: (page.CommonPrefixes ?? []).map(({ Prefix }) => nameOf(Prefix)),
    continuationToken: page.IsTruncated === 'true' && next !== '' ? next : null,
  };
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name; // a server that says it encodes and does not: the name as it came
  }
}

function timeOf(stamp: string): number | null {
  const time = /^\d{4}-\d{2}-\d{2}T/.test(stamp) ? Date.parse(stamp) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}
