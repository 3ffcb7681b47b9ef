import { z } from 'zod';
import { type ErrorFacts, workbenchError } from '#core/errors/workbenchError.ts';
import { type AddressGrounds, isLoopbackName, refusalAfterLookup } from './addressPolicy.ts';
import type { Answer } from './answer.ts';
import { type AuthChallenge, parseAuthChallenges } from './authChallenge.ts';
import { guardedFetch } from './guardedFetch.ts';
import { refusalFailure, withRepeats } from './refusedAnswer.ts';
import type { RegistryCredentials, RegistryTimeouts } from './registrySettings.ts';

const tokenSchema = z.object({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().optional(),
});
const tokenAnswerLimit = 1024 * 1024;
/** Docker's token specification: 60 s where the server says nothing. */
const defaultLifeSeconds = 60;

export interface RegistryAuthOptions {
  readonly registry: string;
  readonly credentials: RegistryCredentials | null;
  readonly grounds: AddressGrounds;
  readonly timeouts: RegistryTimeouts;
  readonly onNotice: ((text: string) => void) | undefined;
}

interface Authorization {
  readonly value: string;
  /** Milliseconds since 1970; null for what does not end. */
  readonly endsAt: number | null;
}

/** Signs requests of one registry in: Basic, or Docker's token flow (distribution, docs/spec/auth/token.md). */
export class RegistryAuth {
  readonly #options: RegistryAuthOptions;
  readonly #known = new Map<string, Authorization>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #challenges = new Map<string, AuthChallenge>();

  constructor(options: RegistryAuthOptions) {
    this.#options = options;
  }

  /** What to send for a repository; a token about to end is renewed first. Null before the first challenge. */
  async current(repository: string, signal: AbortSignal): Promise<string | null> {
    const known = this.#known.get(repository);
    const challenge = this.#challenges.get(repository);
    if (known === undefined) return null;
    if (known.endsAt !== null && challenge !== undefined && known.endsAt <= Date.now())
      await this.#once(repository, () => this.#fetchToken(repository, challenge, signal));
    return this.#known.get(repository)?.value ?? null;
  }

  /**
   * Answers a 401 of the registry itself: after this, `current` gives something else than `used`.
   * Fails with `registry.unauthorized` when nothing is left to try.
   */
  async answerChallenge(
    repository: string,
    refused: { readonly answer: Answer; readonly used: string | null },
    signal: AbortSignal,
  ): Promise<void> {
    const known = this.#known.get(repository)?.value ?? null;
    if (known !== refused.used) {
      refused.answer.discard();
      return; // renewed meanwhile by a request beside this one
    }
    const challenges = parseAuthChallenges(refused.answer.headers.get('www-authenticate'));
    const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters['realm']);
    if (bearer !== undefined) {
      refused.answer.discard();
      this.#challenges.set(repository, bearer);
      return this.#once(repository, () => this.#fetchToken(repository, bearer, signal));
    }
    const basic = challenges.some(({ scheme }) => scheme === 'basic')
      ? this.#basicFor(refused.answer.url)
      : null;
    if (basic === null || basic === refused.used)
      throw await refusalFailure(refused.answer, this.facts(repository, refused.answer.url));
    refused.answer.discard();
    this.#known.set(repository, { value: basic, endsAt: null });
  }

  /** Facts of a refusal: whether there were credentials, and whether they were kept back. */
  facts(repository: string, url: URL): ErrorFacts {
    const hasCredentials = this.#options.credentials !== null;
    return {
      registry: this.#options.registry,
      repository,
      hasCredentials,
      credentialsWithheld: hasCredentials && !maySendCredentials(url),
    };
  }

  async #once(repository: string, work: () => Promise<void>): Promise<void> {
    const running = this.#running.get(repository);
    if (running !== undefined) return running;
    const started = work().finally(() => this.#running.delete(repository));
    this.#running.set(repository, started);
    return started;
  }

  #basicFor(url: URL): string | null {
    const { credentials } = this.#options;
    if (credentials === null || !maySendCredentials(url)) return null;
    const pair = Buffer.from(`${credentials.userName}:${credentials.password}`, 'utf8');
    return `Basic ${pair.toString('base64')}`;
  }

  async #fetchToken(repository: string, challenge: AuthChallenge, signal: AbortSignal): Promise<void> {
    const { grounds, timeouts, onNotice } = this.#options;
    const url = await this.#tokenUrl(repository, challenge);
    const authorization = this.#basicFor(url);
    if (authorization !== null && isElsewhere(url, grounds.host))
      onNotice?.(`User name and password go to the token server ${url.host} that ${grounds.host} names.`);
    const facts = this.facts(repository, url);
    const headers = { accept: 'application/json' };
    const answer = await withRepeats(
      () => guardedFetch({ url, headers, authorization, grounds, facts, timeouts, signal }),
      { signal, onNotice },
    );
    if (answer.status !== 200) throw await refusalFailure(answer, { ...facts, tokenServer: url.host });
    const askedAt = Date.now();
    const token = readToken(await answer.readAll(tokenAnswerLimit));
    if (token === null)
      throw workbenchError('registry.protocol', { ...facts, reason: 'no token', tokenServer: url.host });
    const lifeMs = Math.max(10, Math.min(token.expires_in ?? defaultLifeSeconds, 86_400)) * 1000;
    // A tenth of its life early, so that it does not end on the way.
    this.#known.set(repository, { value: `Bearer ${token.value}`, endsAt: askedAt + lifeMs * 0.9 });
  }

  async #tokenUrl(repository: string, challenge: AuthChallenge): Promise<URL> {
    const realm = challenge.parameters['realm'] ?? '';
    const url = URL.canParse(realm) ? new URL(realm) : null;
    const refusal = url === null ? 'scheme' : await refusalAfterLookup(url, this.#options.grounds);
    if (url === null || refusal !== null)
      throw workbenchError('registry.protocol', {
        registry: this.#options.registry,
        repository,
        reason: `token server refused: ${refusal}`,
        address: realm.slice(0, 500),
      });
    const service = challenge.parameters['service'];
    if (service !== undefined) url.searchParams.set('service', service);
    const scopes = (challenge.parameters['scope'] ?? `repository:${repository}:pull`).split(' ').slice(0, 8);
    for (const scope of scopes) url.searchParams.append('scope', scope);
    return url;
  }
}

/** Passwords travel encrypted, or not further than this machine. */
export function maySendCredentials(url: URL): boolean {
  return url.protocol === 'https:' || isLoopbackName(url.hostname);
}

function readToken(
  bytes: Uint8Array,
): { readonly value: string; readonly expires_in?: number | undefined } | null {
  let parsed: z.infer<typeof tokenSchema>;
  try {
    parsed = tokenSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch {
    return null; // not a token answer: the caller says so
  }
  const value = parsed.token || parsed.access_token;
  // Printable ASCII of a sane length: anything else would be refused by `fetch` with the token in its message.
  if (value === undefined || value.length > 16_000 || !/^[\x21-\x7e]+$/.test(value)) return null;
  return { value, expires_in: parsed.expires_in };
}

/** Whether two hosts share no registrable part, judged by their last two labels. */
function isElsewhere(url: URL, host: string): boolean {
  const tail = (name: string): string => name.replace(/:\d+$/, '').split('.').slice(-2).join('.');
  return tail(url.hostname) !== tail(host);
}
