import { z } from 'zod';
import { type ErrorFacts, workbenchError } from '#core/errors/workbenchError.ts';
import { type AddressGrounds, isLoopbackName, refusalAfterLookup } from './addressPolicy.ts';
import type { Answer } from './answer.ts';
import { type AuthChallenge, parseAuthChallenges } from './authChallenge.ts';
import { guardedFetch } from './guardedFetch.ts';
import { refusalFailure, withRepeats } from './refusedAnswer.ts';
import type { CredentialsOnDemand, RegistryCredentials, RegistryTimeouts } from './registrySettings.ts';

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
  readonly credentials: RegistryCredentials | CredentialsOnDemand | null;
  readonly grounds: AddressGrounds;
  readonly timeouts: RegistryTimeouts;
  readonly onNotice: ((text: string) => void) | undefined;
}

/** What a request came for. */
export interface Asked {
  /** A fact of failures. */
  readonly repository: string;
  /** By which tokens are kept: `repository:NAME:pull`. */
  readonly scope: string;
}

interface Challenged extends Asked {
  readonly challenge: AuthChallenge;
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
  readonly #challenges = new Map<string, Challenged>();
  #credentials: RegistryCredentials | null = null;
  #areAsked = false;

  constructor(options: RegistryAuthOptions) {
    this.#options = options;
  }

  /** What to send for a scope; a token about to end is renewed first. Null before the first challenge. */
  async current(scope: string, signal: AbortSignal): Promise<string | null> {
    const known = this.#known.get(scope);
    const challenged = this.#challenges.get(scope);
    if (known === undefined) return null;
    if (known.endsAt !== null && challenged !== undefined && known.endsAt <= Date.now())
      await this.#once(scope, () => this.#fetchToken(challenged, signal));
    return this.#known.get(scope)?.value ?? null;
  }

  /** To be called when a request that had `used` was answered: tells whoever gave the credentials. */
  wasTaken(used: string | null): void {
    const { credentials } = this.#options;
    if (used !== null && this.#credentials !== null && credentials !== null && 'get' in credentials)
      credentials.onOutcome('accepted');
  }

  /**
   * Answers a 401 of the registry itself: after this, `current` gives something else than `used`.
   * Fails with `registry.unauthorized` when nothing is left to try.
   */
  async answerChallenge(
    asked: Asked,
    refused: { readonly answer: Answer; readonly used: string | null },
    signal: AbortSignal,
  ): Promise<void> {
    const { repository, scope } = asked;
    const known = this.#known.get(scope)?.value ?? null;
    if (known !== refused.used) {
      refused.answer.discard();
      return; // renewed meanwhile by a request beside this one
    }
    const challenges = parseAuthChallenges(refused.answer.headers.get('www-authenticate'));
    const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters['realm']);
    if (bearer !== undefined) {
      refused.answer.discard();
      if (refused.used !== null) this.#tellRefused();
      const challenged = { ...asked, challenge: bearer };
      this.#challenges.set(scope, challenged);
      return this.#once(scope, () => this.#fetchToken(challenged, signal));
    }
    const basic = challenges.some(({ scheme: name }) => name === 'basic')
      ? this.#basicFor(refused.answer.url, await this.#findCredentials(signal))
      : null;
    if (basic === null || basic === refused.used) {
      if (basic !== null) this.#tellRefused();
      throw await refusalFailure(refused.answer, this.facts(repository, refused.answer.url));
    }
    refused.answer.discard();
    this.#known.set(scope, { value: basic, endsAt: null });
  }

  /** Facts of a refusal: whether there were credentials, and whether they were kept back. */
  facts(repository: string, url: URL): ErrorFacts {
    const hasCredentials = this.#credentials !== null;
    return {
      registry: this.#options.registry,
      repository,
      hasCredentials,
      credentialsWithheld: hasCredentials && !maySendCredentials(url),
    };
  }

  async #once(scope: string, work: () => Promise<void>): Promise<void> {
    const running = this.#running.get(scope);
    if (running !== undefined) return running;
    const started = work().finally(() => this.#running.delete(scope));
    this.#running.set(scope, started);
    return started;
  }

  async #findCredentials(signal: AbortSignal): Promise<RegistryCredentials | null> {
    if (this.#areAsked) return this.#credentials;
    const { credentials } = this.#options;
    this.#credentials =
      credentials !== null && 'get' in credentials ? await credentials.get(signal) : credentials;
    this.#areAsked = true;
    return this.#credentials;
  }

  #tellRefused(): void {
    const { credentials } = this.#options;
    if (this.#credentials !== null && credentials !== null && 'get' in credentials)
      credentials.onOutcome('refused');
  }

  #basicFor(url: URL, credentials: RegistryCredentials | null): string | null {
    if (credentials === null || credentials.isIdentityToken === true || !maySendCredentials(url)) return null;
    const pair = Buffer.from(`${credentials.userName}:${credentials.password}`, 'utf8');
    return `Basic ${pair.toString('base64')}`;
  }

  async #fetchToken(challenged: Challenged, signal: AbortSignal): Promise<void> {
    const { grounds, timeouts, onNotice } = this.#options;
    const { repository, scope } = challenged;
    const url = await this.#tokenUrl(challenged);
    const credentials = await this.#findCredentials(signal);
    const authorization = this.#basicFor(url, credentials);
    const exchange =
      credentials?.isIdentityToken === true && maySendCredentials(url)
        ? identityExchange(url, credentials.password)
        : {};
    if ((authorization !== null || 'body' in exchange) && isElsewhere(url, grounds.host))
      onNotice?.(`User name and password go to the token server ${url.host} that ${grounds.host} names.`);
    const facts = this.facts(repository, url);
    const headers = { accept: 'application/json' };
    const answer = await withRepeats(
      () => guardedFetch({ url, headers, authorization, grounds, facts, timeouts, signal, ...exchange }),
      { signal, onNotice },
    );
    if (answer.status !== 200) {
      if (answer.status === 401 || answer.status === 403) this.#tellRefused();
      throw await refusalFailure(answer, { ...facts, tokenServer: url.host });
    }
    const askedAt = Date.now();
    const token = readToken(await answer.readAll(tokenAnswerLimit));
    if (token === null)
      throw workbenchError('registry.protocol', { ...facts, reason: 'no token', tokenServer: url.host });
    const lifeMs = Math.max(10, Math.min(token.expires_in ?? defaultLifeSeconds, 86_400)) * 1000;
    // A tenth of its life early, so that it does not end on the way.
    this.#known.set(scope, { value: `Bearer ${token.value}`, endsAt: askedAt + lifeMs * 0.9 });
  }

  async #tokenUrl({ repository, scope, challenge }: Challenged): Promise<URL> {
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
    // What the server asks for counts; where it names nothing, what we came for.
    const named = challenge.parameters['scope']?.split(' ') ?? [];
    const scopes = named.length > 0 ? named : scope.split(' ');
    for (const one of scopes.slice(0, 8)) url.searchParams.append('scope', one);
    return url;
  }
}

/** Docker's oauth2 flow (distribution, docs/spec/auth/oauth.md): the parameters of the URL go into a form. */
function identityExchange(url: URL, refreshToken: string) {
  const form = new URLSearchParams(url.searchParams);
  const scopes = form.getAll('scope').join(' ');
  form.set('scope', scopes);
  form.set('grant_type', 'refresh_token');
  form.set('client_id', 'mysingularity-workbench');
  form.set('refresh_token', refreshToken);
  url.search = '';
  const bytes = Buffer.from(form.toString(), 'utf8');
  return {
    method: 'POST' as const,
    body: () => bytes,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(bytes.byteLength),
    },
  };
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
