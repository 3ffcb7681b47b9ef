import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { isElsewhere, maySendCredentials } from './registryAuth.ts';
import { RegistryRequests, type RegistrySending } from './registryRequests.ts';
import type { CredentialsOnDemand, RegistryCredentials } from './registrySettings.ts';
import { failureOf } from './testing/failure.ts';
import { answer, type Handler, type ScriptedServer, startScriptedServer } from './testing/scriptedServer.ts';

const servers: ScriptedServer[] = [];
const { signal } = new AbortController();
const ada = { userName: 'ada', password: 'topsecret' };
const basic = `Basic ${Buffer.from('ada:topsecret').toString('base64')}`;

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(servers.splice(0).map((server) => server.dispose()));
});

async function serve(handle: Handler): Promise<ScriptedServer> {
  const server = await startScriptedServer(handle);
  servers.push(server);
  return server;
}

/** Credentials that count how often they are asked for, and note what they are told. */
function onDemand(credentials: RegistryCredentials | null) {
  const outcomes: string[] = [];
  const asked = { times: 0 };
  const demand: CredentialsOnDemand = {
    get: () => {
      asked.times += 1;
      return Promise.resolve(credentials);
    },
    onOutcome: (outcome) => outcomes.push(outcome),
  };
  return { demand, outcomes, asked };
}

function requestsTo(
  server: ScriptedServer,
  credentials: CredentialsOnDemand | RegistryCredentials | null,
  onNotice: (text: string) => void = () => undefined,
): RegistryRequests {
  return new RegistryRequests({ registry: server.address, isHttpAllowed: false, credentials, onNotice });
}

function sending(change: Partial<RegistrySending> = {}): RegistrySending {
  return {
    repository: 'demo/x',
    what: 'v1',
    headers: {},
    signal,
    method: 'GET',
    scope: 'repository:demo/x:pull',
    expected: [200],
    ...change,
  };
}

/** Asks for something, and does not read it; gives the status. */
async function ask(
  requests: RegistryRequests,
  { path = 'x', ...change }: Partial<RegistrySending> & { readonly path?: string } = {},
): Promise<number> {
  const given = await requests.send(path, sending(change));
  given.discard();
  return given.status;
}

function challenge(response: ServerResponse, value: string): void {
  answer(response, 401, { errors: [{ code: 'UNAUTHORIZED' }] }, { 'www-authenticate': value });
}

/** A registry that wants `Bearer good`, and names the realm for it. */
function wantsToken(realm: (request: IncomingMessage) => string, scope = ''): Handler {
  return (request, response) => {
    if (request.url === '/v2/') answer(response, 200);
    else if (request.headers.authorization === 'Bearer good') answer(response, 200);
    else challenge(response, `Bearer realm="${realm(request)}",service="s"${scope && `,scope="${scope}"`}`);
  };
}

const tokensFor =
  (authorization: string | undefined): Handler =>
  (request, response) =>
    request.headers.authorization === authorization
      ? answer(response, 200, { token: 'good' })
      : answer(response, 401);

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

describe('credentials on demand', () => {
  it('are not asked for where nobody wants any', async () => {
    const { demand, asked, outcomes } = onDemand(ada);
    const server = await serve((_request, response) => answer(response, 200));
    await ask(requestsTo(server, demand));
    expect([asked.times, outcomes]).toEqual([0, []]);
  });

  it('are asked for once, however many requests and scopes there are, and told that they were taken', async () => {
    const { demand, asked, outcomes } = onDemand(ada);
    const tokens = await serve(tokensFor(basic));
    const server = await serve(wantsToken(() => `http://${tokens.address}/token`));
    const requests = requestsTo(server, demand);
    const scopes = ['repository:a:pull', 'repository:b:pull', 'repository:a:pull'];
    await Promise.all(scopes.map((scope) => ask(requests, { scope })));
    expect(asked.times).toBe(1);
    expect(outcomes).toEqual(['accepted', 'accepted', 'accepted']);
    expect(tokens.seen).toHaveLength(2);
  });

  it('are told of a refusal by the token server, and by Basic', async () => {
    const byToken = onDemand({ ...ada, password: 'wrong' });
    const tokens = await serve(tokensFor(basic));
    const server = await serve(wantsToken(() => `http://${tokens.address}/token`));
    const failure = await failureOf(ask(requestsTo(server, byToken.demand)));
    expect(failure).toMatchObject({
      code: 'registry.unauthorized',
      data: { hasCredentials: true, tokenServer: tokens.address },
    });
    expect(byToken.outcomes).toEqual(['refused']);
    const byPassword = onDemand({ ...ada, password: 'wrong' });
    const plain = await serve((_request, response) => challenge(response, 'Basic realm="x"'));
    await failureOf(ask(requestsTo(plain, byPassword.demand)));
    expect(byPassword.outcomes).toEqual(['refused']);
  });

  it('are not taken for refused when a token has ended', async () => {
    const { demand, outcomes } = onDemand(ada);
    let issued = 0;
    const tokens = await serve((_request, response) => answer(response, 200, { token: `t${++issued}` }));
    const server = await serve((request, response) => {
      if (request.url === '/v2/') answer(response, 200);
      else if (request.headers.authorization === `Bearer t${request.url?.endsWith('late') ? 2 : 1}`)
        answer(response, 200);
      else challenge(response, `Bearer realm="http://${tokens.address}/token"`);
    });
    const requests = requestsTo(server, demand);
    await ask(requests, { path: 'early' });
    await ask(requests, { path: 'late' });
    expect([issued, outcomes]).toEqual([2, ['accepted', 'accepted']]);
  });

  it('are not taken for accepted when what everybody gets was enough', async () => {
    const { demand, outcomes } = onDemand(null);
    const tokens = await serve(tokensFor(undefined));
    const server = await serve(wantsToken(() => `http://${tokens.address}/token`));
    await ask(requestsTo(server, demand));
    expect(outcomes).toEqual([]);
  });
});

describe('an identity token', () => {
  const identity = { userName: '<token>', password: 'refresh-topsecret', isIdentityToken: true };

  it('goes to the token server as a form, and nowhere else', async () => {
    const forms: string[] = [];
    const tokens = await serve((request, response) => {
      void bodyOf(request).then((body) => {
        forms.push(`${request.method} ${request.url} ${body}`);
        answer(response, 200, { access_token: 'good', expires_in: 60 });
      });
    });
    const server = await serve(
      wantsToken(() => `http://${tokens.address}/token?account=x`, 'repository:a:pull repository:b:pull'),
    );
    const { demand, outcomes } = onDemand(identity);
    await ask(requestsTo(server, demand));
    const [sent = ''] = forms;
    const [method, path, body] = sent.split(' ');
    expect([method, path]).toEqual(['POST', '/token']);
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      account: 'x',
      service: 's',
      scope: 'repository:a:pull repository:b:pull',
      grant_type: 'refresh_token',
      client_id: 'mysingularity-workbench',
      refresh_token: 'refresh-topsecret',
    });
    const all = [...server.seen, ...tokens.seen];
    expect(all.filter(({ headers }) => headers.authorization?.startsWith('Basic'))).toEqual([]);
    expect(JSON.stringify(all)).not.toContain('topsecret');
    expect(outcomes).toEqual(['accepted']);
  });

  it('that is refused is told, and does not get into the failure', async () => {
    const tokens = await serve((_request, response) => answer(response, 401));
    const server = await serve(wantsToken(() => `http://${tokens.address}/token`));
    const { demand, outcomes } = onDemand(identity);
    const failure = await failureOf(ask(requestsTo(server, demand)));
    expect([failure.code, outcomes]).toEqual(['registry.unauthorized', ['refused']]);
    expect(JSON.stringify(failure)).not.toContain('topsecret');
  });

  it('does not follow a redirect of the token server', async () => {
    const thief = await serve((_request, response) => answer(response, 200, { token: 'good' }));
    const tokens = await serve((_request, response) =>
      answer(response, 307, {}, { location: `http://${thief.address}/` }),
    );
    const server = await serve(wantsToken(() => `http://${tokens.address}/token`));
    expect((await failureOf(ask(requestsTo(server, identity)))).code).toBe('registry.protocol');
    expect(thief.seen).toEqual([]);
  });

  it('is no password for Basic', async () => {
    const server = await serve((_request, response) => challenge(response, 'Basic realm="x"'));
    const failure = await failureOf(ask(requestsTo(server, identity)));
    expect(failure.code).toBe('registry.unauthorized');
    expect(server.seen.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });
});

describe('a token server elsewhere', () => {
  it('is told of before it gets the password, which goes no further', async () => {
    const thief = await serve((_request, response) => answer(response, 200, { token: 'good' }));
    const tokens = await serve((request, response) =>
      request.url?.startsWith('/hop')
        ? answer(response, 307, {}, { location: `http://${thief.address}/` })
        : tokensFor(basic)(request, response),
    );
    const port = tokens.address.split(':')[1];
    const notices: string[] = [];
    const server = await serve(wantsToken(() => `http://localhost:${port}/token`));
    await ask(requestsTo(server, ada, (text) => notices.push(text)));
    expect(notices).toEqual([
      `User name and password go to the token server localhost:${port} that ${server.address} names.`,
    ]);
    const hopping = await serve(wantsToken(() => `http://localhost:${port}/hop`));
    await ask(requestsTo(hopping, ada));
    expect(thief.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it('is not worth a word where nothing secret is sent, or where it is the registry’s own', async () => {
    const notices: string[] = [];
    const tokens = await serve((_request, response) => answer(response, 200, { token: 'good' }));
    const port = tokens.address.split(':')[1];
    const away = await serve(wantsToken(() => `http://localhost:${port}/token`));
    await ask(requestsTo(away, null, (text) => notices.push(text)));
    const own = await serve(wantsToken(() => `http://${tokens.address}/token`));
    await ask(requestsTo(own, ada, (text) => notices.push(text)));
    expect(notices).toEqual([]);
  });

  it.each([
    ['https://auth.docker.io/token', 'registry-1.docker.io', false],
    ['https://gitlab.com/jwt/auth', 'registry.gitlab.com:443', false],
    ['https://authn.example.com/', 'nvcr.io', true],
    ['https://evil.co.uk/', 'registry.co.uk', true],
    ['https://auth.site.ac.uk/', 'registry.site.ac.uk', false],
    ['https://10.1.0.1/', '10.2.0.1:5000', true],
    ['https://[::1]/', '[::1]:5000', false],
    ['https://[fd00::1]/', '[fd00::2]', true],
  ])('%s for %s: elsewhere is %s', (realm, host, expected) => {
    expect(isElsewhere(new URL(realm), host)).toBe(expected);
  });

  it.each([
    ['https://r.org/token', true],
    ['http://r.org/token', false],
    ['http://10.0.0.1/token', false],
    ['http://127.0.0.1:5000/', true],
    ['http://localhost/', true],
    ['http://[::1]:5000/', true],
    ['http://localhost.r.org/', false],
  ])('%s may have a password: %s', (address, expected) => {
    expect(maySendCredentials(new URL(address))).toBe(expected);
  });
});

describe('scopes', () => {
  const scopesAsked = (tokens: ScriptedServer) =>
    tokens.seen.map(({ path }) => new URL(path, 'http://x').searchParams.getAll('scope'));

  it('are those that the registry names, else what we came for', async () => {
    const tokens = await serve(tokensFor(undefined));
    const realm = () => `http://${tokens.address}/token`;
    const silent = await serve(wantsToken(realm));
    const scope = 'repository:a:pull,push repository:b:pull';
    await ask(requestsTo(silent, null), { scope });
    await ask(requestsTo(silent, null), { scope: '' });
    const naming = await serve(wantsToken(realm, 'registry:catalog:*'));
    await ask(requestsTo(naming, null), { scope });
    const greedy = Array.from({ length: 50 }, (_, number) => `repository:r${number}:pull`);
    const many = await serve(wantsToken(realm, greedy.join(' ')));
    await ask(requestsTo(many, null));
    expect(scopesAsked(tokens)).toEqual([
      ['repository:a:pull,push', 'repository:b:pull'],
      [],
      ['registry:catalog:*'],
      greedy.slice(0, 8),
    ]);
  });

  it('have a token each', async () => {
    const tokens = await serve((request, response) => {
      const scope = new URL(request.url ?? '', 'http://x').searchParams.get('scope');
      answer(response, 200, { token: scope?.endsWith('push') ? 'push' : 'pull' });
    });
    const server = await serve((request, response) => {
      const wanted = request.method === 'POST' ? 'push' : 'pull';
      if (request.url === '/v2/') answer(response, 200);
      else if (request.headers.authorization === `Bearer ${wanted}`) answer(response, 200);
      else challenge(response, `Bearer realm="http://${tokens.address}/token"`);
    });
    const requests = requestsTo(server, null);
    const push = { method: 'POST', scope: 'repository:demo/x:pull,push' } as const;
    for (const request of [{}, push, {}, push]) await ask(requests, request);
    expect(tokens.seen).toHaveLength(2);
  });
});

describe('tokens', () => {
  it('are renewed before they end', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const tokens = await serve((_request, response) =>
      answer(response, 200, { token: 'good', expires_in: 100 }),
    );
    const server = await serve(wantsToken(() => `http://${tokens.address}/token`));
    const requests = requestsTo(server, null);
    await ask(requests);
    vi.setSystemTime(Date.now() + 89_000);
    await ask(requests);
    expect(tokens.seen).toHaveLength(1);
    vi.setSystemTime(Date.now() + 2000);
    await ask(requests);
    expect(tokens.seen).toHaveLength(2);
    expect(server.seen.filter(({ path }) => path === '/v2/x')).toHaveLength(4);
  });

  it('come for the others, too, when the request that asked is given up', async () => {
    const waiting: ServerResponse[] = [];
    const tokens = await serve((_request, response) => {
      if (waiting.length === 0) waiting.push(response);
      else answer(response, 200, { token: 'good' });
    });
    const server = await serve(wantsToken(() => `http://${tokens.address}/token`));
    const requests = requestsTo(server, null);
    const stop = new AbortController();
    const first = ask(requests, { signal: stop.signal });
    await expect.poll(() => waiting).toHaveLength(1);
    const other = ask(requests);
    await expect.poll(() => server.seen.filter(({ path }) => path === '/v2/x')).toHaveLength(2);
    const reason = new Error('scrolled away');
    stop.abort(reason);
    await expect(first).rejects.toBe(reason);
    expect(await other).toBe(200);
  });
});

describe('a helper that fails', () => {
  const broken: CredentialsOnDemand = {
    get: () =>
      Promise.reject(
        workbenchError('registry.credentialHelper', { registry: 'r.org', helper: 'x', reason: 'gone' }),
      ),
    onOutcome: () => undefined,
  };

  it('does not keep anybody from what everybody may read', async () => {
    const tokens = await serve(tokensFor(undefined));
    const server = await serve(wantsToken(() => `http://${tokens.address}/token`));
    const notices: string[] = [];
    const requests = requestsTo(server, broken, (text) => notices.push(text));
    expect(await ask(requests)).toBe(200);
    expect(notices).toEqual([expect.stringContaining('asking without signing in')]);
  });

  it('is the reason where the token server, the registry or Basic refuses', async () => {
    const strict = await serve(tokensFor(basic));
    const generous = await serve((_request, response) => answer(response, 200, { token: 'less' }));
    for (const value of [
      `Bearer realm="http://${strict.address}/token"`,
      `Bearer realm="http://${generous.address}/token"`,
      'Basic realm="x"',
    ]) {
      const server = await serve((_request, response) => challenge(response, value));
      expect((await failureOf(ask(requestsTo(server, broken)))).code).toBe('registry.credentialHelper');
    }
  });
});
