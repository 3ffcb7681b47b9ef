import { type ErrorFacts, workbenchError } from '#core/errors/workbenchError.ts';
import { type AddressGrounds, refusalAfterLookup } from './addressPolicy.ts';
import type { Answer } from './answer.ts';
import { guardedFetch } from './guardedFetch.ts';
import { rangeStatuses } from './openedBytes.ts';
import type { OutgoingMethod } from './outgoing.ts';
import { withRepeats } from './refusedAnswer.ts';
import { RegistryAuth } from './registryAuth.ts';
import { apiHostOf, findEndpoint } from './registryEndpoint.ts';
import {
  type CredentialsOnDemand,
  defaultTimeouts,
  type RegistryCredentials,
  type RegistryTimeouts,
} from './registrySettings.ts';

export interface RegistryRequestsOptions {
  readonly registry: string;
  readonly isHttpAllowed: boolean;
  readonly credentials: RegistryCredentials | CredentialsOnDemand | null;
  readonly onNotice?: (text: string) => void;
  readonly timeouts?: Partial<RegistryTimeouts>;
}

export interface RegistryRequest {
  readonly repository: string;
  /** Tag or digest that is asked for: a fact of failures. */
  readonly what: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** A request that may change something, or that wants to see a refusal itself. */
export interface RegistrySending extends RegistryRequest {
  readonly method: OutgoingMethod;
  /** What the token must allow, as `repository:NAME:pull,push` or `registry:catalog:*`; several with a space between. */
  readonly scope: string;
  readonly body?: () => Uint8Array | AsyncIterable<Uint8Array>;
  /** Statuses that are an answer; every other is thrown as a failure. */
  readonly expected: readonly number[];
  /** How long the answer may take after the last byte was sent, where that is longer than usual. */
  readonly answerMs?: number;
  /** False where the caller deals with a broken connection itself: of what was sent, a part may have been taken. */
  readonly isRepeated?: false;
  /** True for a request of a push: failures speak of what was sent, and not of what was fetched. */
  readonly isUpload?: true;
}

/** Signed-in requests to one registry: its scheme is found once, its tokens are renewed when they end. */
export class RegistryRequests {
  readonly registry: string;
  readonly #auth: RegistryAuth;
  readonly #grounds: AddressGrounds;
  readonly #timeouts: RegistryTimeouts;
  readonly #onNotice: ((text: string) => void) | undefined;
  #endpoint: Promise<URL> | null = null;

  constructor(options: RegistryRequestsOptions) {
    this.registry = options.registry;
    this.#grounds = { host: apiHostOf(options.registry), isHttpAllowed: options.isHttpAllowed };
    this.#timeouts = { ...defaultTimeouts, ...options.timeouts };
    this.#onNotice = options.onNotice;
    this.#auth = new RegistryAuth({
      registry: options.registry,
      credentials: options.credentials,
      grounds: this.#grounds,
      timeouts: this.#timeouts,
      onNotice: options.onNotice,
    });
  }

  /** GET below `/v2/`. The answer has status 200, or 206 or 416 to a range; every other is thrown as a failure. */
  async get(path: string, request: RegistryRequest): Promise<Answer> {
    return await this.send(path, {
      ...request,
      method: 'GET',
      scope: `repository:${request.repository}:pull`,
      expected: rangeStatuses,
    });
  }

  /** Facts alone: Docker Hub does not count it. Takes what `get` takes. */
  async head(path: string, request: RegistryRequest): Promise<Answer> {
    return await this.send(path, {
      ...request,
      method: 'HEAD',
      scope: `repository:${request.repository}:pull`,
      expected: rangeStatuses,
    });
  }

  /**
   * `path` is below `/v2/`, or a whole address that the registry itself gave for this (a `Location`): at another origin
   * it is judged as a redirect would be, and gets no authorization.
   */
  async send(path: string, request: RegistrySending): Promise<Answer> {
    const endpoint = await this.#findEndpoint(request.signal);
    const url = new URL(path, endpoint);
    const isOwn = url.origin === endpoint.origin;
    if (!isOwn) await this.#refuseAddress(url, request);
    let answer = await this.#ask(url, request, isOwn);
    if (answer.response.status === 401 && isOwn && answer.response.url.origin === url.origin) {
      await this.#auth.answerChallenge(
        { repository: request.repository, scope: request.scope },
        { answer: answer.response, used: answer.used },
        request.signal,
      );
      answer = await this.#ask(url, request, isOwn);
    }
    if (request.expected.includes(answer.response.status)) {
      this.#auth.wasTaken(answer.used);
      return answer.response;
    }
    const facts = { ...this.#auth.facts(request.repository, url), ...factsOf(request) };
    if (answer.response.status === 401 && answer.response.url.origin !== endpoint.origin) {
      answer.response.discard();
      // Credentials are the registry's: another host that asks for some is not answered.
      throw workbenchError('registry.forbidden', {
        ...facts,
        status: 401,
        askedBy: answer.response.url.host,
      });
    }
    throw await this.#auth.refusal(answer.response, facts, answer.used);
  }

  async #refuseAddress(url: URL, request: RegistrySending): Promise<void> {
    const refusal = await refusalAfterLookup(url, this.#grounds);
    if (refusal === null) return;
    throw workbenchError('registry.protocol', {
      registry: this.registry,
      ...factsOf(request),
      reason: `address refused: ${refusal}`,
      address: url.host,
    });
  }

  async #ask(
    url: URL,
    request: RegistrySending,
    isOwn: boolean,
  ): Promise<{ readonly response: Answer; readonly used: string | null }> {
    const used = isOwn ? await this.#auth.current(request.scope, request.signal) : null;
    const timeouts = { ...this.#timeouts, answerMs: request.answerMs ?? this.#timeouts.answerMs };
    const facts = { registry: this.registry, ...factsOf(request) };
    const ask = () =>
      guardedFetch({
        url,
        method: request.method,
        ...(request.body === undefined ? {} : { body: request.body }),
        headers: request.headers,
        authorization: used,
        grounds: this.#grounds,
        facts,
        timeouts,
        signal: request.signal,
      });
    const response =
      request.isRepeated === false
        ? await ask()
        : await withRepeats(ask, { signal: request.signal, onNotice: this.#onNotice });
    return { response, used };
  }

  async #findEndpoint(signal: AbortSignal): Promise<URL> {
    this.#endpoint ??= findEndpoint(this.registry, {
      grounds: this.#grounds,
      timeouts: this.#timeouts,
      signal,
    });
    try {
      return await this.#endpoint;
    } catch (thrown) {
      this.#endpoint = null; // the next request finds out anew
      throw thrown;
    }
  }
}

/** What was asked for: goes into failures. */
function factsOf({ repository, what, isUpload }: RegistrySending): ErrorFacts {
  return { repository, reference: what, ...(isUpload === true ? { isUpload } : {}) };
}
