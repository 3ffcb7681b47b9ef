import { type ErrorFacts, workbenchError } from '#core/errors/workbenchError.ts';
import { type AddressGrounds, isLoopbackName } from './addressPolicy.ts';
import type { OpenBytes } from './byteSource.ts';
import { guardedFetch } from './guardedFetch.ts';
import { openedBytes, rangeStatuses } from './openedBytes.ts';
import { refusalFailure, withRepeats } from './refusedAnswer.ts';
import { maySendCredentials } from './registryAuth.ts';
import { defaultTimeouts, type RegistryCredentials, type RegistryTimeouts } from './registrySettings.ts';

export interface HttpSourceOptions {
  /** Plain http to another machine; this machine needs no leave. */
  readonly isHttpAllowed: boolean;
  /** Basic authentication, over https or to this machine only. User name and password in the URL count when null. */
  readonly credentials: RegistryCredentials | null;
  readonly onNotice?: (text: string) => void;
  readonly timeouts?: Partial<RegistryTimeouts>;
}

/** A file on a web server, for `downloadToFile`. Fails with `registry.plainHttp` when plain http was not allowed. */
export function createHttpSource(address: string, options: HttpSourceOptions): OpenBytes {
  const url = new URL(address);
  const credentials = options.credentials ?? userInfoOf(url);
  url.username = '';
  url.password = '';
  url.hash = '';
  const facts: ErrorFacts = {
    registry: url.host,
    reference: `${url.origin}${url.pathname}`,
    hasCredentials: credentials !== null,
    credentialsWithheld: credentials !== null && !maySendCredentials(url),
  };
  if (url.protocol === 'http:' && !options.isHttpAllowed && !isLoopbackName(url.hostname))
    throw workbenchError('registry.plainHttp', facts);
  const authorization =
    credentials === null || !maySendCredentials(url)
      ? null
      : `Basic ${Buffer.from(`${credentials.userName}:${credentials.password}`, 'utf8').toString('base64')}`;
  const grounds: AddressGrounds = { host: url.host, isHttpAllowed: options.isHttpAllowed };
  const timeouts: RegistryTimeouts = { ...defaultTimeouts, ...options.timeouts };

  const openFrom: OpenBytes = async (offset, signal, validator) => {
    const isRanged = offset > 0 && validator !== null;
    const headers: Record<string, string> = isRanged
      ? { range: `bytes=${offset}-`, 'if-range': validator }
      : {};
    const answer = await withRepeats(
      () => guardedFetch({ url, headers, authorization, grounds, facts, timeouts, signal }),
      { signal, onNotice: options.onNotice },
    );
    if (!rangeStatuses.includes(answer.status)) throw await refusalFailure(answer, facts);
    const given = validatorOf(answer.headers);
    if (answer.status === 206 && isRanged && given !== null && given !== validator) {
      answer.discard();
      return openFrom(0, signal, null); // a server that ignores If-Range and serves another version
    }
    const asked = { offset: isRanged ? offset : 0, facts, validator: given };
    return openedBytes(answer, asked) ?? openFrom(0, signal, null);
  };
  return openFrom;
}

/** A strong ETag, else the date of the last change. Weak ones do not promise the same bytes. */
function validatorOf(headers: Headers): string | null {
  const tag = headers.get('etag');
  if (tag !== null && /^"[\x21\x23-\x7e]*"$/.test(tag)) return tag;
  return headers.get('last-modified');
}

function userInfoOf(url: URL): RegistryCredentials | null {
  if (url.username === '') return null;
  return { userName: decoded(url.username), password: decoded(url.password) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a bare percent sign in a password stands for itself
  }
}
