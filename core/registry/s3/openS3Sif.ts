import type { S3Reference } from '#core/contract/imageReference.ts';
import { registryHostOf } from '#core/contract/registryKinds.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { OpenBytes } from '../byteSource.ts';
import { openedBytes, rangeStatuses } from '../openedBytes.ts';
import type { CredentialsOnDemand, RegistryCredentials, RegistryTimeouts } from '../registrySettings.ts';
import type { SifSource, SifSourceOptions } from '../sifSource.ts';
import { isNameable } from './s3Place.ts';
import { createS3Requests, type S3Requests } from './s3Requests.ts';

export interface OpenS3SifOptions extends SifSourceOptions {
  /** The person's list: it says where buckets are. */
  readonly registries: readonly RegistrySettings[];
  /** Counts where the pull itself has no credentials. `registry` is host and optional port of the endpoint. */
  readonly credentialsFor: (registry: string) => RegistryCredentials | CredentialsOnDemand | null;
  readonly timeouts?: Partial<RegistryTimeouts>;
}

/**
 * An object of a bucket in the list, to be pulled. Nothing is asked before the first bytes are. Fails with
 * `registry.unknown` where no such bucket is in the list, and with `registry.plainHttp`.
 */
export function openS3Sif(reference: S3Reference, options: OpenS3SifOptions): SifSource {
  const { bucket, key } = reference;
  const [registry, ...others] = options.registries.filter(
    ({ kind, s3 }) => kind === 's3' && s3?.bucket === bucket,
  );
  if (registry === undefined) throw workbenchError('registry.unknown', { registry: `s3://${bucket}` });
  if (!isNameable(key))
    throw workbenchError('registry.badReference', {
      reference: `s3://${bucket}`,
      problem: 'key',
      detail: null,
    });
  const host = registryHostOf(registry);
  if (others.length > 0)
    options.onNotice?.(
      `${others.length + 1} registries have a bucket ${bucket}; asking ${registry.label} (${host}).`,
    );
  const requests = createS3Requests({
    registry,
    isHttpAllowed: options.isHttpAllowed || registry.allowHttp,
    credentials: options.credentials ?? options.credentialsFor(host),
    onNotice: options.onNotice,
    timeouts: options.timeouts,
  });
  return {
    open: openObject(requests, key),
    identity: `s3://${host}/${bucket}/${key}`,
    digest: null,
    sizeBytes: null,
    manifestDigest: null,
  };
}

/** Bytes of an object. One that changed since its first bytes came is fetched again from the start. */
function openObject(requests: S3Requests, key: string): OpenBytes {
  const openFrom: OpenBytes = async (offset, signal, validator) => {
    const isRanged = offset > 0 && validator !== null;
    const answer = await requests.get({
      key,
      // S3 documents If-Match for GET, and not If-Range: 412 says that the object changed.
      headers: isRanged ? { range: `bytes=${offset}-`, 'if-match': validator } : {},
      expected: isRanged ? [...rangeStatuses, 412] : rangeStatuses,
      signal,
    });
    const given = entityTagOf(answer.headers);
    if (answer.status === 412 || (answer.status === 206 && isRanged && given !== validator)) {
      answer.discard();
      return openFrom(0, signal, null);
    }
    const asked = { offset: isRanged ? offset : 0, facts: requests.facts(key), validator: given };
    return openedBytes(answer, asked) ?? openFrom(0, signal, null);
  };
  return openFrom;
}

/** A strong ETag: weak ones do not promise the same bytes. */
export function entityTagOf(headers: Headers): string | null {
  const tag = headers.get('etag') ?? '';
  return /^"[\x21\x23-\x7e]{1,200}"$/.test(tag) ? tag : null;
}
