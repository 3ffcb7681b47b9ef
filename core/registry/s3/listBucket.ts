import { workbenchError } from '#core/errors/workbenchError.ts';
import { parseListing, type S3Listing } from './parseListing.ts';
import type { S3Requests } from './s3Requests.ts';

/** A page has at most 1000 names of at most 1024 bytes, which may be encoded three times as long. */
const pageLimitBytes = 4 * 1024 * 1024;

/**
 * The pages of a bucket's list below a prefix, in the order of names. `isDeep` gives every key below it, else folders are
 * closed at the next `/`. Fails with `registry.protocol` where a page makes no sense or pages go round in a circle.
 */
export async function* listBucket(
  requests: S3Requests,
  query: { readonly prefix: string; readonly isDeep: boolean },
  signal: AbortSignal,
): AsyncGenerator<S3Listing> {
  const seenTokens = new Set<string>();
  let token: string | null = null;
  do {
    const page: S3Listing = await fetchPage(requests, { ...query, token }, signal);
    yield page;
    token = page.continuationToken;
    if (token !== null && seenTokens.has(token)) throw nonsense(requests, 'its list has no end');
    if (token !== null) seenTokens.add(token);
  } while (token !== null);
}

async function fetchPage(
  requests: S3Requests,
  query: { readonly prefix: string; readonly isDeep: boolean; readonly token: string | null },
  signal: AbortSignal,
): Promise<S3Listing> {
  const answer = await requests.get({
    key: null,
    query: {
      'list-type': '2',
      prefix: query.prefix,
      // XML cannot hold every character that a key may have.
      'encoding-type': 'url',
      ...(query.isDeep ? {} : { delimiter: '/' }),
      ...(query.token === null ? {} : { 'continuation-token': query.token }),
    },
    expected: [200],
    signal,
  });
  const bytes = await answer.readAll(pageLimitBytes);
  const page = parseListing(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  if (page === null) throw nonsense(requests, 'what it sent is not the list of a bucket');
  return page;
}

function nonsense(requests: S3Requests, reason: string) {
  return workbenchError('registry.protocol', { ...requests.facts(null), reason });
}
