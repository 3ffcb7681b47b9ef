import { isIP } from 'node:net';
import { z } from 'zod';
import { type ErrorFacts, WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
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
  /** Whether it was given for credentials; otherwise it is what everybody gets. */
  readonly isSigned: boolean;
}

interface Running {
  readonly work: Promise<void>;
  /** Of the request that began it. */
  readonly signal: AbortSignal;
}

/** Signs requests of one registry in: Basic, or Docker's token flow (distribution, docs/spec/auth/token.md). */
export class RegistryAuth {
  readonly #options: RegistryAuthOptions;
  readonly #known = new Map<string, Authorization>();
  readonly #running = new Map<string, Running>();
  readonly #challenges = new Map<string, Challenged>();
  #credentials: RegistryCredentials | null = null;
  #areAsked = false;
  #helperFailure: WorkbenchError | null = null;

  constructor(options: RegistryAuthOptions) {
    this.#options = options;
  }

  /** What to send for a scope; a token about to end is renewed first. Null before the first challenge. */
  async current(scope: string, signal: AbortSignal): Promise<string | null> {
    const known = this.#known.get(scope);
    const challenged = this.#challenges.get(scope);
    if (known === undefined) return null;
    if (known.endsAt !== null && challenged !== undefined && known.endsAt <= Date.now())
      await this.#once(scope, signal, () => this.#fetchToken(challenged, signal));
    return this.#known.get(scope)?.value ?? null;
  }

  /** To be called when a request that had `used` was answered: tells whoever gave the credentials. */
  wasTaken(used: string | null): void {
    const isSigned = [...this.#known.values()].some((known) => known.value === used && known.isSigned);
    if (isSigned) this.#tell('accepted');
  }

  /** The failure that a refusing answer to `used` means: where a helper gave no credentials, that is the reason. */
  async refusal(answer: Answer, facts: ErrorFacts, used: string | null): Promise<WorkbenchError> {
    if (answer.status === 401 && used?.startsWith('Basic ') === true) this.#tell('refused');
    if (this.#helperFailure === null || (answer.status !== 401 && answer.status !== 403))
      return await refusalFailure(answer, facts);
    answer.discard();
    return this.#helperFailure;
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
      refused.answer.discard(); // a token that was sent has ended, or allows less: that says nothing of the credentials
      const challenged = { ...asked, challenge: bearer };
      this.#challenges.set(scope, challenged);
      return this.#once(scope, signal, () => this.#fetchToken(challenged, signal));
    }
    const basic = challenges.some(({ scheme: name }) => name === 'basic')
      ? this.#basicFor(refused.answer.url, await this.#findCredentials(signal))
      : null;
    if (basic === null || basic === refused.used) {
      throw await this.refusal(refused.answer, this.facts(repository, refused.answer.url), refused.used);
    }
    refused.answer.discard();
    this.#known.set(scope, { value: basic, endsAt: null, isSigned: true });
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

  /** Does something once for all requests that want it at the same time. */
  async #once(key: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    for (;;) {
      const running = this.#running.get(key);
      if (running === undefined) break;
      try {
        return await running.work;
      } catch (thrown) {
        signal.throwIfAborted();
        // Given up with the request that began it: the others go on without that one.
        if (!running.signal.aborted) throw thrown;
      }
    }
    const started = work().finally(() => this.#running.delete(key));
    this.#running.set(key, { work: started, signal });
    return started;
  }

  async #findCredentials(signal: AbortSignal): Promise<RegistryCredentials | null> {
    if (!this.#areAsked) await this.#once('credentials', signal, () => this.#askForCredentials(signal));
    return this.#credentials;
  }

  async #askForCredentials(signal: AbortSignal): Promise<void> {
    const { credentials, onNotice } = this.#options;
    if (credentials === null || !('get' in credentials)) this.#credentials = credentials;
    else
      try {
        this.#credentials = await credentials.get(signal);
      } catch (thrown) {
        if (!(thrown instanceof WorkbenchError) || thrown.report.code !== 'registry.credentialHelper')
          throw thrown;
        // What everybody may read can be had without: it is a failure only where the registry refuses.
        this.#helperFailure = thrown;
        onNotice?.(`${thrown.report.title}: asking without signing in.`);
      }
    this.#areAsked = true;
  }

  #tell(outcome: 'accepted' | 'refused'): void {
    const { credentials } = this.#options;
    if (credentials !== null && 'get' in credentials) credentials.onOutcome(outcome);
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
    const isSigned = authorization !== null || 'body' in exchange;
    if (isSigned && isElsewhere(url, grounds.host))
      onNotice?.(`User name and password go to the token server ${url.host} that ${grounds.host} names.`);
    const facts = this.facts(repository, url);
    const headers = { accept: 'application/json' };
    const answer = await withRepeats(
      () => guardedFetch({ url, headers, authorization, grounds, facts, timeouts, signal, ...exchange }),
      { signal, onNotice },
    );
    if (answer.status !== 200) {
      // With Basic `refusal` tells it.
      if ('body' in exchange && answer.status === 401) this.#tell('refused');
      throw await this.refusal(answer, { ...facts, tokenServer: url.host }, authorization);
    }
    const askedAt = Date.now();
    const token = readToken(await answer.readAll(tokenAnswerLimit));
    if (token === null)
      throw workbenchError('registry.protocol', { ...facts, reason: 'no token', tokenServer: url.host });
    const lifeMs = Math.max(10, Math.min(token.expires_in ?? defaultLifeSeconds, 86_400)) * 1000;
    // A tenth of its life early, so that it does not end on the way.
    this.#known.set(scope, { value: `Bearer ${token.value}`, endsAt: askedAt + lifeMs * 0.9, isSigned });
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
    const scopes = (named.length > 0 ? named : scope.split(' ')).filter((one) => one !== '');
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

/** Names below which countries give names away. */
const secondLevel: ReadonlySet<string> = new Set(['ac', 'co', 'com', 'edu', 'go', 'gov', 'net', 'or', 'org']);

/**
 * Whether two hosts share no registrable part, judged by their last two labels, or three below `co.uk` and its like.
 * Addresses are the same or not. Nothing hangs on it but a sentence.
 */
export function isElsewhere(url: URL, host: string): boolean {
  return registrable(url.hostname) !== registrable(new URL(`https://${host}`).hostname);
}

function registrable(hostName: string): string {
  if (isIP(hostName.replace(/^\[|\]$/g, '')) !== 0) return hostName;
  const labels = hostName.split('.');
  const [second = '', top = ''] = labels.slice(-2);
  return labels.slice(top.length === 2 && secondLevel.has(second) ? -3 : -2).join('.');
}
