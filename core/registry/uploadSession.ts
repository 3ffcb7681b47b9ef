import { type ErrorFacts, WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { Answer } from './answer.ts';
import { refusalFailure } from './refusedAnswer.ts';
import type { RegistryRequests, RegistrySending } from './registryRequests.ts';

/** Where something is pushed to. */
export interface UploadPlace {
  readonly requests: RegistryRequests;
  readonly repository: string;
  readonly signal: AbortSignal;
}

/** An upload that the registry has begun. */
export interface UploadSession {
  /** Absolute; whoever knows it may be able to write to the upload. */
  readonly location: string;
  /** Bytes that are there. */
  readonly offset: number;
  /** `OCI-Chunk-Min-Length`: no piece but the last may be shorter. */
  readonly minimumBytes: number;
}

/** A body that is sent, whole or from an offset on. */
export interface UploadBody {
  readonly sizeBytes: number;
  readonly open: () => Uint8Array | AsyncIterable<Uint8Array>;
}

/** Refusals of which the registry's own words are what counts. */
const refusals: readonly number[] = [400, 403, 405, 413];
/** After the last byte: object stores copy the whole blob before they answer. */
const longAnswerMs = 600_000;
const answerLimitBytes = 65_536;

/** What a push needs to be allowed. One scope for all its requests, so that one token serves it. */
function pushScope(repository: string): string {
  return `repository:${repository}:pull,push`;
}

/** Whether the repository has a blob. */
export async function hasBlob(place: UploadPlace, digest: string): Promise<boolean> {
  const answer = await sendTo(place, `${place.repository}/blobs/${digest}`, {
    method: 'HEAD',
    what: digest,
    expected: [200, 404],
  });
  await answer.readAll(answerLimitBytes);
  return answer.status === 200;
}

/** Begins an upload (OCI distribution spec, "Pushing a blob in chunks"). */
export async function beginUpload(place: UploadPlace): Promise<UploadSession> {
  const answer = await postUpload(place, '', pushScope(place.repository));
  return sessionOf(place, answer);
}

/**
 * Asks for a blob of another repository of the registry ("Mounting a blob from another repository"): true when it has
 * it now. A registry that does not mount, or does not let us read there, is no failure.
 */
export async function mountBlob(
  place: UploadPlace,
  { digest, from }: { readonly digest: string; readonly from: string },
): Promise<boolean> {
  const query = `?mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(from)}`;
  try {
    const scope = `${pushScope(place.repository)} repository:${from}:pull`;
    const answer = await postUpload(place, query, scope);
    if (answer.status === 201) return true;
    await endUpload(place, sessionOf(place, answer));
    return false;
  } catch (thrown) {
    if (thrown instanceof WorkbenchError && notMountable.includes(thrown.report.code)) return false;
    throw thrown;
  }
}

const notMountable: readonly string[] = [
  'registry.unauthorized',
  'registry.forbidden',
  'registry.notFound',
  'registry.uploadRefused',
];

/** Where an upload stands; null when the registry does not know it any more, or says nothing that can be used. */
export async function askSession(
  place: UploadPlace,
  location: string,
  sizeBytes: number,
): Promise<UploadSession | null> {
  const answer = await sendTo(place, location, {
    method: 'GET',
    expected: [200, 204, 400, 404, 405, 410, 416],
  });
  await answer.readAll(answerLimitBytes);
  const range = rangeEnd(answer);
  // `0-0` is what registries say of one byte, and of none.
  if (answer.status > 204 || range === null || range === 0 || range >= sizeBytes) return null;
  return { location: locationOf(answer) ?? location, offset: range + 1, minimumBytes: minimumOf(answer) };
}

/** What became of a PATCH: the upload as it stands now, or the status of a registry that will not have it so. */
export type Patched =
  | { readonly type: 'taken'; readonly session: UploadSession | null }
  | { readonly type: 'refused'; readonly status: number };

/**
 * Sends a piece from the session's offset on, `sizeBytes` being those of the whole blob. The body may end before its time; what the registry then has is in the
 * answer (`session` null where it does not say, or says what cannot be).
 */
export async function patchUpload(
  place: UploadPlace,
  session: UploadSession,
  { sizeBytes, endBytes, open }: UploadBody & { readonly endBytes: number },
): Promise<Patched> {
  const isPiece = session.offset > 0 || endBytes < sizeBytes;
  const range = isPiece ? { 'content-range': `${session.offset}-${endBytes - 1}` } : {};
  const answer = await sendTo(place, session.location, {
    method: 'PATCH',
    headers: { 'content-type': 'application/octet-stream', ...range },
    body: open,
    isRepeated: false,
    expected: [200, 201, 202, 204, ...(session.offset > 0 ? [400] : []), 404, 405, 410, 416, 501],
    answerMs: longAnswerMs,
  });
  await answer.readAll(answerLimitBytes);
  if (answer.status > 204) return { type: 'refused', status: answer.status };
  const end = rangeEnd(answer);
  const isPossible =
    end !== null && end < sizeBytes && end + 1 >= session.offset && (end > 0 || sizeBytes === 1);
  return {
    type: 'taken',
    session: isPossible
      ? {
          location: locationOf(answer) ?? session.location,
          offset: end + 1,
          minimumBytes: session.minimumBytes,
        }
      : null,
  };
}

/** Ends an upload: with the digest alone when all bytes are there, or with the whole blob. */
export async function putUpload(
  place: UploadPlace,
  location: string,
  { digest, body }: { readonly digest: string; readonly body: UploadBody | null },
): Promise<void> {
  const separator = location.includes('?') ? '&' : '?';
  const answer = await sendTo(place, `${location}${separator}digest=${encodeURIComponent(digest)}`, {
    method: 'PUT',
    what: digest,
    headers: {
      'content-length': String(body?.sizeBytes ?? 0),
      ...(body === null ? {} : { 'content-type': 'application/octet-stream' }),
    },
    ...(body === null ? {} : { body: body.open, isRepeated: false }),
    expected: [200, 201, 204],
    answerMs: longAnswerMs,
  });
  await answer.readAll(answerLimitBytes);
  const claimed = answer.headers.get('docker-content-digest');
  if (claimed !== null && claimed !== digest)
    throw workbenchError('registry.digestMismatch', {
      ...factsOf(place, digest),
      expected: digest,
      actual: claimed.slice(0, 200),
    });
}

/** Tells the registry that nobody will go on. It forgets unfinished uploads by itself, so a refusal does not matter. */
export async function endUpload(place: UploadPlace, { location }: UploadSession): Promise<void> {
  try {
    const answer = await sendTo(place, location, { method: 'DELETE', expected: [200, 202, 204, 404, 405] });
    answer.discard();
  } catch {
    place.signal.throwIfAborted(); // else: as the doc says
  }
}

/** Who was asked for what: goes into failures. */
export function factsOf({ requests, repository }: UploadPlace, what = 'upload'): ErrorFacts {
  return { registry: requests.registry, repository, reference: what, isUpload: true };
}

type UploadRequest = Pick<RegistrySending, 'method' | 'expected' | 'body' | 'answerMs' | 'isRepeated'> & {
  readonly what?: string;
  readonly scope?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** A request of a push: what the registry refuses of it is `registry.uploadRefused`, with its words. */
export async function sendTo(place: UploadPlace, path: string, request: UploadRequest): Promise<Answer> {
  const { requests, repository, signal } = place;
  const what = request.what ?? 'upload';
  const answer = await requests.send(path, {
    headers: {},
    scope: pushScope(repository),
    ...request,
    what,
    expected: [...request.expected, ...refusals],
    repository,
    signal,
    isUpload: true,
  });
  if (request.expected.includes(answer.status)) return answer;
  throw await refusalFailure(answer, factsOf(place, what), 'registry.uploadRefused');
}

async function postUpload(place: UploadPlace, query: string, scope: string): Promise<Answer> {
  const answer = await sendTo(place, `${place.repository}/blobs/uploads/${query}`, {
    method: 'POST',
    scope,
    headers: { 'content-length': '0' },
    expected: query === '' ? [202] : [201, 202],
  });
  await answer.readAll(answerLimitBytes);
  return answer;
}

function sessionOf(place: UploadPlace, answer: Answer): UploadSession {
  const location = locationOf(answer);
  if (location === null)
    throw workbenchError('registry.protocol', { ...factsOf(place), reason: 'an upload without an address' });
  return { location, offset: 0, minimumBytes: minimumOf(answer) };
}

/** Relative or absolute; null where there is none that could be asked. */
function locationOf(answer: Answer): string | null {
  const location = answer.headers.get('location');
  if (location === null || location.length > 16_384 || !URL.canParse(location, answer.url)) return null;
  return new URL(location, answer.url).href;
}

/** Index of the last byte that is there (the spec's `Range: 0-<end>`; some write `bytes=0-<end>`). */
function rangeEnd(answer: Answer): number | null {
  const range = /^(?:bytes[= ])?0-(\d{1,15})$/.exec(answer.headers.get('range') ?? '');
  return range === null ? null : Number(range[1]);
}

function minimumOf(answer: Answer): number {
  const text = answer.headers.get('oci-chunk-min-length') ?? '';
  return /^\d{1,12}$/.test(text) ? Number(text) : 0;
}
