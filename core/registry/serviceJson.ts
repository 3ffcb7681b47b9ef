import type { z } from 'zod';
import { type ErrorFacts, WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import { type AddressGrounds, isLoopbackName } from './addressPolicy.ts';
import type { Answer } from './answer.ts';
import { guardedFetch } from './guardedFetch.ts';
import { refusalFailure, withRepeats } from './refusedAnswer.ts';
import { maySendCredentials } from './registryAuth.ts';
import { findEndpoint } from './registryEndpoint.ts';
import {
  type CredentialsOnDemand,
  defaultTimeouts,
  type RegistryCredentials,
  type RegistryTimeouts,
} from './registrySettings.ts';
import { sharedWork } from './serviceJsonShared.ts';

/** How a service knows who asks. */
export interface ServiceSignIn {
  readonly credentials: RegistryCredentials | CredentialsOnDemand | null;
  /** always: where lists depend on who asks; whenAsked: after a 401 or 403. */
  readonly when: 'always' | 'whenAsked';
  /** Basic with user name and password; Bearer with the password alone, which is a token. */
  readonly scheme: 'basic' | 'bearer';
}

export interface ServiceOptions {
  /** Who is named in failures. */
  readonly registry: string;
  readonly isHttpAllowed: boolean;
  /** Null where the service's API wants nobody's name: nothing is ever sent to it. */
  readonly signIn: ServiceSignIn | null;
  readonly onNotice?: ((text: string) => void) | undefined;
  readonly timeouts?: Partial<RegistryTimeouts> | undefined;
}

export interface ServiceRequest {
  readonly signal: AbortSignal;
  /** What is asked for: facts of failures. */
  readonly facts?: ErrorFacts;
  readonly headers?: Readonly<Record<string, string>>;
  /** 8 MB by default. */
  readonly limitBytes?: number;
}

/** The API of one service: read-only, everything that it says is checked. */
export interface ServiceJson {
  /** GET. Fails with the `registry.*` that an answer other than 200 means, and with `registry.protocol` where it is not what is documented. */
  read<Schema extends z.ZodType>(
    url: URL,
    schema: Schema,
    request: ServiceRequest,
  ): Promise<{ readonly value: z.infer<Schema>; readonly headers: Headers }>;
  /** The same, with the body left to be read and the given statuses taken as answers. */
  open(url: URL, request: ServiceRequest, expected: readonly number[]): Promise<Answer>;
}

const limitBytes = 8 * 1024 * 1024;

/** Credentials are given only to the origin that `home` names, over https or on this machine. */
export function createServiceJson(home: URL, options: ServiceOptions): ServiceJson {
  const { registry, isHttpAllowed, signIn, onNotice } = options;
  const timeouts: RegistryTimeouts = { ...defaultTimeouts, ...options.timeouts };
  const grounds: AddressGrounds = { host: home.host, isHttpAllowed };
  const who = createIdentity(signIn);

  async function ask(url: URL, request: ServiceRequest, authorization: string | null): Promise<Answer> {
    const { signal } = request;
    const headers = { accept: 'application/json', ...request.headers };
    const facts = { registry, ...request.facts };
    return await withRepeats(
      () => guardedFetch({ url, headers, authorization, grounds, facts, timeouts, signal }),
      { signal, onNotice },
    );
  }

  async function open(url: URL, request: ServiceRequest, expected: readonly number[]): Promise<Answer> {
    refusePlainHttp(url, { registry, isHttpAllowed });
    const mayTell = url.origin === home.origin && maySendCredentials(url);
    let authorization = mayTell ? await who.atOnce(request.signal) : null;
    let answer = await ask(url, request, authorization);
    const isAtHome = answer.url.origin === url.origin;
    if ((answer.status === 401 || answer.status === 403) && authorization === null && mayTell && isAtHome) {
      authorization = await who.whenAsked(request.signal);
      if (authorization !== null) {
        answer.discard();
        answer = await ask(url, request, authorization);
      }
    }
    if (authorization !== null && answer.status === 401) who.tell('refused');
    if (expected.includes(answer.status)) {
      if (authorization !== null) who.tell('accepted');
      return answer;
    }
    const facts = { registry, hasCredentials: who.isKnown(), ...request.facts };
    const waitSeconds = waitOf(answer.headers, Date.now());
    throw withWait(await refusalFailure(answer, facts), waitSeconds);
  }

  return {
    open,
    async read(url, schema, request) {
      const answer = await open(url, request, [200]);
      const bytes = await answer.readAll(request.limitBytes ?? limitBytes);
      const parsed = schema.safeParse(parseJson(bytes));
      if (parsed.success) return { value: parsed.data, headers: answer.headers };
      throw workbenchError(
        'registry.protocol',
        { registry, ...request.facts, reason: `${answer.url.host} did not answer as its API is documented` },
        { evidence: Buffer.from(bytes.subarray(0, 4096)).toString('utf8') },
      );
    },
  };
}

/**
 * Address of a service, from a host with an optional port (this machine by http first, others by https, and by http only
 * where that is allowed) or from an http(s) address; it ends with `/`. Fails with `registry.plainHttp`.
 */
export async function findServiceHome(
  address: string,
  setting: {
    readonly isHttpAllowed: boolean;
    readonly timeouts?: Partial<RegistryTimeouts> | undefined;
    readonly signal: AbortSignal;
  },
): Promise<URL> {
  const { isHttpAllowed, signal } = setting;
  if (/^https?:\/\//i.test(address)) return serviceHome(address, isHttpAllowed);
  const timeouts = { ...defaultTimeouts, ...setting.timeouts };
  const grounds = { host: address, isHttpAllowed };
  return new URL('/', await findEndpoint(address, { grounds, timeouts, signal }));
}

/** An http(s) address of a service, without query, fragment, user name and password; it ends with `/`. */
export function serviceHome(address: string, isHttpAllowed: boolean): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw workbenchError('registry.badReference', {
      reference: address.slice(0, 200),
      problem: 'url',
      detail: null,
    });
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  refusePlainHttp(url, { registry: url.host, isHttpAllowed });
  return url;
}

/** Whether a failure says that the service has no such thing, or does not tell us: another way may still know it. */
export function isNotTold(thrown: unknown): thrown is WorkbenchError {
  return (
    thrown instanceof WorkbenchError &&
    ['registry.notFound', 'registry.unauthorized', 'registry.forbidden'].includes(thrown.report.code)
  );
}

function refusePlainHttp(
  url: URL,
  setting: { readonly registry: string; readonly isHttpAllowed: boolean },
): void {
  if (url.protocol === 'http:' && !setting.isHttpAllowed && !isLoopbackName(url.hostname))
    throw workbenchError('registry.plainHttp', { registry: setting.registry });
}

/** Credentials are looked for once, and only when it is their time. */
function createIdentity(signIn: ServiceSignIn | null) {
  const given = signIn?.credentials ?? null;
  const look = sharedWork(async (signal) =>
    given !== null && 'get' in given ? await given.get(signal) : given,
  );
  let isKnown = false;

  async function find(signal: AbortSignal): Promise<string | null> {
    if (signIn === null) return null;
    const credentials = await look(signal);
    isKnown = credentials !== null;
    return credentials === null ? null : authorizationOf(credentials, signIn.scheme);
  }

  return {
    /** What to send with a first request. */
    atOnce: async (signal: AbortSignal) => (signIn?.when === 'always' || isKnown ? await find(signal) : null),
    whenAsked: find,
    isKnown: () => isKnown,
    tell(outcome: 'accepted' | 'refused'): void {
      if (given !== null && 'get' in given) given.onOutcome(outcome);
    },
  };
}

function authorizationOf(credentials: RegistryCredentials, scheme: ServiceSignIn['scheme']): string | null {
  const { userName, password } = credentials;
  if (scheme === 'basic') return `Basic ${Buffer.from(`${userName}:${password}`, 'utf8').toString('base64')}`;
  // Printable ASCII alone fits a header: what else stands there is no token.
  return /^[\x21-\x7e]{1,16000}$/.test(password) ? `Bearer ${password}` : null;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined; // a web page or a torn answer: no schema takes it
  }
}

/** Seconds until a busy service wants the next request, where it names a moment: Docker Hub, GitLab. */
function waitOf(headers: Headers, nowMs: number): number | null {
  for (const name of ['x-retry-after', 'x-ratelimit-reset', 'ratelimit-reset']) {
    const text = headers.get(name) ?? '';
    if (!/^\d{10}$/.test(text)) continue;
    const seconds = Number(text) - Math.floor(nowMs / 1000);
    if (seconds > 0 && seconds <= 7 * 24 * 3600) return seconds;
  }
  return null;
}

function withWait(failure: WorkbenchError, waitSeconds: number | null): WorkbenchError {
  const { code, data, evidence } = failure.report;
  const isUnknown = code === 'registry.rateLimited' && (data['waitSeconds'] ?? null) === null;
  if (!isUnknown || waitSeconds === null) return failure;
  return workbenchError(code, { ...data, waitSeconds }, evidence === null ? {} : { evidence });
}
