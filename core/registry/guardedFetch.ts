import { type ErrorFacts, workbenchError } from '#core/errors/workbenchError.ts';
import { type AddressGrounds, refusalAfterLookup } from './addressPolicy.ts';
import { Answer } from './answer.ts';
import { networkFailure } from './networkFailure.ts';
import { type OutgoingMethod, outgoingFetch } from './outgoing.ts';
import type { RegistryTimeouts } from './registrySettings.ts';

/** One request. Its `authorization` goes only to the origin of `url`, not to where that redirects. */
export interface GuardedRequest {
  readonly url: URL;
  readonly method?: OutgoingMethod;
  readonly body?: () => Uint8Array | AsyncIterable<Uint8Array>;
  readonly headers: Readonly<Record<string, string>>;
  readonly authorization: string | null;
  readonly grounds: AddressGrounds;
  /** Who is asked for what: goes into every failure. */
  readonly facts: ErrorFacts;
  /** `answerMs` counts anew with each piece of the body that is sent. */
  readonly timeouts: RegistryTimeouts;
  readonly signal: AbortSignal;
}

const redirectLimit = 6;
const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/**
 * A request with redirects followed by hand: each next address is judged (`refusalOf`), and the authorization is dropped
 * for good once the origin changes; only GET and HEAD are redirected, so that nothing is sent to where nobody meant it
 * to go. Any status is an answer; what is no answer is a `registry.*` failure.
 */
export async function guardedFetch(request: GuardedRequest): Promise<Answer> {
  let url = request.url;
  let authorization = request.authorization;
  const isRedirected = request.method === undefined || request.method === 'GET' || request.method === 'HEAD';
  for (let redirects = 0; redirects <= redirectLimit; redirects += 1) {
    const answer = await ask(url, authorization, request);
    const location = redirectStatuses.has(answer.status) ? answer.headers.get('location') : null;
    if (location === null || !isRedirected) return answer;
    answer.discard();
    const next = URL.canParse(location, url) ? new URL(location, url) : null;
    const refusal = next === null ? 'scheme' : await refusalAfterLookup(next, request.grounds);
    if (next === null || refusal !== null)
      throw workbenchError('registry.protocol', {
        ...request.facts,
        reason: `redirect refused: ${refusal}`,
        // Without its query: a signed address has its secret there.
        address: (next === null ? '' : `${next.protocol}//${next.host}${next.pathname}`).slice(0, 500),
      });
    if (next.origin !== url.origin) authorization = null;
    url = next;
  }
  throw workbenchError('registry.protocol', { ...request.facts, reason: 'too many redirects' });
}

async function ask(url: URL, authorization: string | null, request: GuardedRequest): Promise<Answer> {
  const { signal, facts, timeouts } = request;
  signal.throwIfAborted();
  const connection = new AbortController();
  const stop = (): void => connection.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  let isLate = false;
  const watch = setTimeout(() => {
    isLate = true;
    connection.abort();
  }, timeouts.answerMs);
  const release = (): void => signal.removeEventListener('abort', stop);
  try {
    const response = await outgoingFetch(url, {
      ...(request.method === undefined ? {} : { method: request.method }),
      ...(request.body === undefined
        ? {}
        : { body: watchedBody(request.body, () => (isLate ? undefined : watch.refresh())) }),
      signal: connection.signal,
      headers: {
        'user-agent': 'mysingularity-workbench',
        // Bytes count as they are: an encoding underway would spoil ranges and digests.
        'accept-encoding': 'identity',
        ...request.headers,
        ...(authorization === null ? {} : { authorization }),
      },
    });
    return new Answer(response, {
      url,
      facts,
      stallMs: timeouts.stallMs,
      signal,
      connection,
      onEnd: release,
    });
  } catch (thrown) {
    release();
    signal.throwIfAborted();
    if (isLate)
      throw workbenchError('registry.timeout', {
        ...facts,
        reason: 'no answer',
        seconds: timeouts.answerMs / 1000,
      });
    throw networkFailure(thrown, facts);
  } finally {
    clearTimeout(watch);
  }
}

/** The same body; `onPiece` is called as each piece of it is asked for, and at its end. */
function watchedBody(
  body: NonNullable<GuardedRequest['body']>,
  onPiece: () => void,
): NonNullable<GuardedRequest['body']> {
  return () => {
    const bytes = body();
    return bytes instanceof Uint8Array ? bytes : watched(bytes, onPiece);
  };
}

async function* watched(
  pieces: AsyncIterable<Uint8Array>,
  onPiece: () => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of pieces) {
    onPiece();
    yield piece;
  }
  onPiece();
}
