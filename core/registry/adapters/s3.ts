import { parseImageReference } from '#core/contract/imageReference.ts';
import type { Repository } from '#core/contract/registries.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { type CreateAdapter, listLimit } from '../adapter.ts';
import { rangeStatuses } from '../openedBytes.ts';
import { listBucket } from '../s3/listBucket.ts';
import type { S3Listing } from '../s3/parseListing.ts';
import { isNameable } from '../s3/s3Place.ts';
import { createS3Requests } from '../s3/s3Requests.ts';
import { factsOfFile, folderEntry, imageEntry, isSifName, isWanted, noTags } from './treeFacts.ts';
import { fileHeadRange, readFileHead } from './treeFileHead.ts';

/** A search looks at so many keys: 200 requests. */
const searchLimit = 200_000;

/**
 * An S3-compatible bucket. Names and paths are whole keys, with the prefix of the settings in them, a folder's without
 * its last `/`. A search looks at every key below the path. `show` takes a key.
 */
export const createS3Adapter: CreateAdapter = ({ registry, credentials, onNotice, timeouts }) => {
  const requests = createS3Requests({
    registry,
    isHttpAllowed: registry.allowHttp,
    credentials,
    onNotice,
    timeouts,
  });
  const bucket = registry.s3?.bucket ?? '';

  return {
    async *repositories({ term, path }, signal) {
      const isDeep = term.trim() !== '';
      const prefix = path === null || path === '' ? (registry.s3?.prefix ?? '') : `${path}/`;
      const seen = new Set<string>();
      let looked = 0;
      let leftOut = 0;
      for await (const page of listBucket(requests, { prefix, isDeep }, signal)) {
        const named = entriesOf(page, { prefix, bucket });
        leftOut += page.objects.length + page.prefixes.length - named.length;
        looked += named.length;
        const fresh = named
          .filter(({ name }) => !seen.has(name) && isWanted(name, term))
          .slice(0, listLimit - seen.size);
        for (const { name } of fresh) seen.add(name);
        if (fresh.length > 0) yield fresh;
        if (seen.size >= listLimit) break;
        if (looked >= searchLimit) {
          onNotice?.(`The search ended after ${looked} names; open a folder to search only there.`);
          break;
        }
      }
      if (leftOut > 0) onNotice?.(`${leftOut} names that no address can hold were left out.`);
    },

    tags: () => noTags(registry),

    tagFacts: () => Promise.resolve([]),

    async show({ repository: key }, signal) {
      if (key === '' || !isNameable(key))
        throw workbenchError('registry.badReference', {
          reference: `s3://${bucket}`,
          problem: 'key',
          detail: null,
        });
      const answer = await requests.get({ key, headers: fileHeadRange, expected: rangeStatuses, signal });
      const head = await readFileHead(answer);
      return factsOfFile({ registry, repository: key, reference: `s3://${bucket}/${key}`, ...head });
    },
  };
};

/** A page → entries, without the placeholders that some programs make for folders, and without names nobody could ask for. */
function entriesOf(
  page: S3Listing,
  { prefix, bucket }: { readonly prefix: string; readonly bucket: string },
): readonly Repository[] {
  const folders = page.prefixes
    .filter((name) => name.startsWith(prefix) && name.endsWith('/') && isNameable(name))
    .map((name) => folderEntry(name.slice(0, -1)));
  const images = page.objects
    .filter(({ key }) => key.startsWith(prefix) && !key.endsWith('/') && key !== '' && isNameable(key))
    .map(({ key, sizeBytes, updatedAt }) =>
      imageEntry(key, { sizeBytes, updatedAt, reference: referenceOf(bucket, key) }),
    );
  return [...folders, ...images];
}

/** What a pull takes; null for what is no SIF by its name, and for names that a typed reference cannot have. */
function referenceOf(bucket: string, key: string): string | null {
  const reference = `s3://${bucket}/${key}`;
  const parsed = parseImageReference(reference);
  const isSame = parsed.ok && parsed.reference.kind === 's3' && parsed.reference.key === key;
  return isSifName(key) && isSame ? reference : null;
}
