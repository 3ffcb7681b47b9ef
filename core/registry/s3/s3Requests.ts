import type { RegistrySettings } from '#core/contract/registryList.ts';
import { type ErrorFacts, workbenchError } from '#core/errors/workbenchError.ts';
import type { Answer } from '../answer.ts';
import { guardedFetch } from '../guardedFetch.ts';
import { withRepeats } from '../refusedAnswer.ts';
import {
  type CredentialsOnDemand,
  defaultTimeouts,
  type RegistryCredentials,
  type RegistryTimeouts,
} from '../registrySettings.ts';
import { readRefusal, type S3Refusal, s3Failure } from './readRefusal.ts';
import { placeOf, s3Url } from './s3Place.ts';
import { signRequest } from './signRequest.ts';

export interface S3RequestsOptions {
  readonly registry: RegistrySettings;
  readonly isHttpAllowed: boolean;
  /** Access key id as user name, secret key as password; null: as anybody. */
  readonly credentials: RegistryCredentials | CredentialsOnDemand | null;
  readonly onNotice?: ((text: string) => void) | undefined;
  readonly timeouts?: Partial<RegistryTimeouts> | undefined;
  /** Milliseconds since 1970, by this computer's clock. */
  readonly now?: () => number;
}

export interface S3Request {
  /** Null: the bucket itself. */
  readonly key: string | null;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses that are an answer; every other is thrown as a failure. */
  readonly expected: readonly number[];
  readonly signal: AbortSignal;
}

export interface S3Requests {
  /**
   * A signed GET, or an unsigned one where there are no credentials or they are on demand and were not asked for yet.
   * Fails with `registry.clockDiffers` where clocks keep a signature from counting, else with what the refusal means.
   */
  get(request: S3Request): Promise<Answer>;
  /** Who is asked for what, for failures. */
  facts(key: string | null): ErrorFacts;
}

/** Beyond this a signature does not count ("RequestTimeTooSkewed"). */
const skewLimitSeconds = 15 * 60;
/** What is signed for where nobody said a region; most servers that are not Amazon's take it. */
const usualRegion = 'us-east-1';

/** Requests to one bucket. Its region is learned where the settings have none or a wrong one. */
export function createS3Requests(options: S3RequestsOptions): S3Requests {
  const { registry, isHttpAllowed, credentials: given, onNotice, now = Date.now } = options;
  const place = placeOf(registry, isHttpAllowed);
  const timeouts: RegistryTimeouts = { ...defaultTimeouts, ...options.timeouts };
  const onDemand = given !== null && 'get' in given ? given : null;
  let credentials = given !== null && 'get' in given ? null : given;
  let region = registry.s3?.region || usualRegion;

  function facts(key: string | null): ErrorFacts {
    const repository = key === null ? place.bucket : `${place.bucket}/${key}`;
    return { registry: place.endpoint.host, repository: repository.slice(0, 300) };
  }

  async function send(request: S3Request, used: RegistryCredentials | null): Promise<Answer> {
    const { key, signal } = request;
    const url = s3Url(place, key, request.query ?? {});
    const grounds = { host: url.host, isHttpAllowed };
    return await withRepeats(
      async () => {
        const plain = { headers: request.headers ?? {}, authorization: null };
        const unsigned = { method: 'GET', url, headers: plain.headers } as const;
        const signing = used === null ? null : { credentials: used, region, at: new Date(now()) };
        const { headers, authorization } = signing === null ? plain : await signRequest(unsigned, signing);
        return await guardedFetch({
          url,
          headers,
          authorization,
          grounds,
          facts: facts(key),
          timeouts,
          signal,
        });
      },
      { signal, onNotice },
    );
  }

  /** Whether another try can end better, now that this is known. */
  async function learn(refusal: S3Refusal, tried: Tried, signal: AbortSignal): Promise<boolean> {
    const isRefused = refusal.status === 401 || refusal.status === 403;
    if (tried.credentials === null) {
      if (!isRefused || onDemand === null || tried.wereAsked) return false;
      tried.wereAsked = true;
      credentials ??= await onDemand.get(signal);
      return credentials !== null;
    }
    const isOtherRegion = refusal.region !== null && refusal.region !== region;
    if (!isOtherRegion || tried.wasMoved || (!isRefused && refusal.status !== 400)) return false;
    tried.wasMoved = true;
    region = refusal.region ?? region;
    onNotice?.(`The bucket ${place.bucket} is in the region ${region}.`);
    return true;
  }

  async function get(request: S3Request): Promise<Answer> {
    const tried: Tried = { credentials: null, wereAsked: false, wasMoved: false };
    for (;;) {
      tried.credentials = credentials;
      const answer = await send(request, tried.credentials);
      const isHome = answer.url.origin === s3Url(place, request.key, {}).origin;
      const isSigned = tried.credentials !== null && isHome;
      if (request.expected.includes(answer.status)) {
        if (isSigned) onDemand?.onOutcome('accepted');
        return answer;
      }
      const refusal = await readRefusal(answer);
      if (isSigned) refuseSkew(refusal, now(), facts(request.key));
      if (isHome && (await learn(refusal, tried, request.signal))) continue;
      if (!isHome && (refusal.status === 401 || refusal.status === 403))
        // Credentials are the endpoint's: another host that asks for some is not answered.
        throw workbenchError('registry.forbidden', {
          ...facts(request.key),
          status: refusal.status,
          askedBy: refusal.host,
        });
      const failure = s3Failure(refusal, { facts: facts(request.key), isSigned });
      if (isSigned && failure.report.code === 'registry.unauthorized') onDemand?.onOutcome('refused');
      throw failure;
    }
  }

  return { get, facts };
}

interface Tried {
  credentials: RegistryCredentials | null;
  wereAsked: boolean;
  wasMoved: boolean;
}

function refuseSkew({ code, status, serverTime }: S3Refusal, nowMs: number, facts: ErrorFacts): void {
  const seconds = serverTime === null ? null : Math.round((nowMs - serverTime) / 1000);
  const isFar = seconds !== null && Math.abs(seconds) > skewLimitSeconds;
  if (code !== 'RequestTimeTooSkewed' && !(isFar && (status === 400 || status === 401 || status === 403)))
    return;
  throw workbenchError('registry.clockDiffers', { ...facts, differenceSeconds: isFar ? seconds : null });
}
