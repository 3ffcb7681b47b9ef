import type { RegistrySettings } from '#core/contract/registryList.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { isLoopbackName } from '../addressPolicy.ts';

/** Where a bucket is. */
export interface S3Place {
  readonly endpoint: URL;
  readonly bucket: string;
  /** path: `endpoint/bucket/key`; virtual: the bucket is the first part of the host's name. */
  readonly style: 'path' | 'virtual';
}

/**
 * The bucket of a registry's settings. Query, user name and password of the address are dropped: nothing of them may be
 * sent or shown. Fails with `registry.badReference`, and with `registry.plainHttp` where http was not allowed.
 */
export function placeOf(registry: RegistrySettings, isHttpAllowed: boolean): S3Place {
  const { address, s3 } = registry;
  const endpoint = URL.canParse(address) ? new URL(address) : null;
  if (s3 === null || endpoint === null || !/^https?:$/.test(endpoint.protocol))
    throw workbenchError('registry.badReference', {
      reference: endpoint === null ? address.slice(0, 200) : endpoint.host,
      problem: 'url',
      detail: null,
    });
  endpoint.username = '';
  endpoint.password = '';
  endpoint.search = '';
  endpoint.hash = '';
  if (endpoint.protocol === 'http:' && !isHttpAllowed && !isLoopbackName(endpoint.hostname))
    throw workbenchError('registry.plainHttp', { registry: endpoint.host });
  const place: S3Place = { endpoint, bucket: s3.bucket, style: s3.style };
  // An address of numbers has no names below it, and a bucket's name must not become another host's.
  if (s3.style === 'virtual' && s3Url(place, null, {}).hostname !== `${s3.bucket}.${endpoint.hostname}`)
    throw workbenchError('registry.badReference', {
      reference: `${s3.bucket}.${endpoint.host}`.slice(0, 200),
      problem: 'registry',
      detail: s3.bucket,
    });
  return place;
}

/** Address of an object, or of the bucket itself (key null). Everything is encoded once, as the signature needs it. */
export function s3Url(place: S3Place, key: string | null, query: Readonly<Record<string, string>>): URL {
  const { endpoint, bucket, style } = place;
  const url = new URL(endpoint);
  if (style === 'virtual') url.host = `${bucket}.${endpoint.host}`;
  const parts = [
    endpoint.pathname.replace(/\/+$/, ''),
    ...(style === 'path' ? [encode(bucket)] : []),
    ...(key === null ? [] : key.split('/').map(encode)),
  ];
  url.pathname = parts.join('/');
  url.search = Object.entries(query)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
  return url;
}

/** Whether an address can hold a key: `.` and `..` are taken out of every path, and control characters hide in a list. */
export function isNameable(key: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  const isPlain = !/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/.test(key);
  return (
    isPlain && !/\p{Surrogate}/u.test(key) && !key.split('/').some((part) => part === '.' || part === '..')
  );
}

/** RFC 3986: everything but letters, digits and `-._~`. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
