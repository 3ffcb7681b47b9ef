import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createServiceJson, findServiceHome, type ServiceOptions, serviceHome } from './serviceJson.ts';
import { failureOf } from './testing/failure.ts';
import { answer, type Handler, type ScriptedServer, startScriptedServer } from './testing/scriptedServer.ts';

const servers: ScriptedServer[] = [];
const signal = new AbortController().signal;
const schema = z.object({ value: z.number() });

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.dispose()));
});

async function serve(handle: Handler): Promise<ScriptedServer> {
  const server = await startScriptedServer(handle);
  servers.push(server);
  return server;
}

function ask(server: ScriptedServer, options: Partial<ServiceOptions> = {}, path = 'api') {
  const home = new URL(`http://${server.address}/`);
  const json = createServiceJson(home, { registry: 'reg', isHttpAllowed: false, signIn: null, ...options });
  return json.read(new URL(path, home), schema, { signal, facts: { repository: 'a/b' } });
}

const token = { userName: 'kim', password: 'secret-token' };

describe('what a service answers', () => {
  it('is taken when it has the documented shape', async () => {
    const server = await serve((_request, response) =>
      answer(response, 200, { value: 1 }, { 'x-next-page': 2 }),
    );
    const { value, headers } = await ask(server);
    expect(value).toEqual({ value: 1 });
    expect(headers.get('x-next-page')).toBe('2');
  });

  it('is refused with its beginning as evidence when it is another thing', async () => {
    const server = await serve((_request, response) =>
      answer(response, 200, Buffer.from('<html>Sign in</html>')),
    );
    const report = await failureOf(ask(server));
    expect(report.code).toBe('registry.protocol');
    expect(report.evidence).toContain('Sign in');
  });

  it('is not read beyond 8 MB', async () => {
    const server = await serve((_request, response) =>
      answer(response, 200, Buffer.alloc(9 * 1024 * 1024, ' ')),
    );
    const report = await failureOf(ask(server));
    expect(report.data).toMatchObject({ reason: 'answer too large' });
  });

  it.each([
    [401, 'registry.unauthorized'],
    [403, 'registry.forbidden'],
    [404, 'registry.notFound'],
    [429, 'registry.rateLimited'],
  ])('has a name when its status is %i', async (status, code) => {
    const server = await serve((_request, response) => answer(response, status, {}));
    const report = await failureOf(ask(server));
    expect(report.code).toBe(code);
    expect(report.data).toMatchObject({ registry: 'reg', repository: 'a/b' });
  });

  it('tells how long to wait, in seconds or as a moment', async () => {
    const soon = await serve((_request, response) => answer(response, 429, {}, { 'retry-after': 77 }));
    expect((await failureOf(ask(soon))).data['waitSeconds']).toBe(77);
    const moment = Math.floor(Date.now() / 1000) + 600;
    const later = await serve((_request, response) => answer(response, 429, {}, { 'x-retry-after': moment }));
    const waitSeconds = Number((await failureOf(ask(later))).data['waitSeconds']);
    expect(waitSeconds).toBeGreaterThan(500);
    expect(waitSeconds).toBeLessThanOrEqual(600);
  });
});

describe('credentials', () => {
  it('are looked for when they are asked for, and told to be good', async () => {
    const server = await serve((request, response) =>
      request.headers.authorization === 'Bearer secret-token'
        ? answer(response, 200, { value: 2 })
        : answer(response, 401, {}),
    );
    const credentials = { get: vi.fn(async () => token), onOutcome: vi.fn() };
    await ask(server, { signIn: { credentials, when: 'whenAsked', scheme: 'bearer' } });
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      'Bearer secret-token',
    ]);
    expect(credentials.onOutcome).toHaveBeenCalledExactlyOnceWith('accepted');
  });

  it('are not looked for when nobody asks', async () => {
    const server = await serve((_request, response) => answer(response, 200, { value: 2 }));
    const credentials = { get: vi.fn(async () => token), onOutcome: vi.fn() };
    await ask(server, { signIn: { credentials, when: 'whenAsked', scheme: 'basic' } });
    expect(credentials.get).not.toHaveBeenCalled();
  });

  it('are sent at once where a list depends on who asks', async () => {
    const server = await serve((_request, response) => answer(response, 200, { value: 2 }));
    await ask(server, { signIn: { credentials: token, when: 'always', scheme: 'basic' } });
    const sent = `Basic ${Buffer.from('kim:secret-token').toString('base64')}`;
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([sent]);
  });

  it('do not follow a redirect to another origin', async () => {
    const thief = await serve((_request, response) => answer(response, 200, { value: 3 }));
    const server = await serve((_request, response) =>
      answer(response, 302, {}, { location: `http://${thief.address}/take` }),
    );
    await ask(server, { signIn: { credentials: token, when: 'always', scheme: 'bearer' } });
    expect(server.seen[0]?.headers.authorization).toBe('Bearer secret-token');
    expect(JSON.stringify(thief.seen)).not.toContain('secret-token');
  });

  it('are not given to a host that the service redirects to when that one asks', async () => {
    const thief = await serve((_request, response) => answer(response, 401, {}));
    const server = await serve((_request, response) =>
      answer(response, 302, {}, { location: `http://${thief.address}/take` }),
    );
    const credentials = { get: vi.fn(async () => token), onOutcome: vi.fn() };
    const asked = ask(server, { signIn: { credentials, when: 'whenAsked', scheme: 'bearer' } });
    expect((await failureOf(asked)).code).toBe('registry.unauthorized');
    expect(credentials.get).not.toHaveBeenCalled();
  });

  it('are not sent to another origin than the one that they were given for', async () => {
    const other = await serve((_request, response) => answer(response, 200, { value: 3 }));
    const server = await serve((_request, response) => answer(response, 200, { value: 2 }));
    const signIn = { credentials: token, when: 'always', scheme: 'bearer' } as const;
    await ask(server, { signIn }, `http://${other.address}/api`);
    expect(other.seen[0]?.headers.authorization).toBeUndefined();
  });

  it('never stand in a failure', async () => {
    const server = await serve((_request, response) => answer(response, 403, { message: 'no' }));
    const signIn = { credentials: token, when: 'always', scheme: 'bearer' } as const;
    expect(JSON.stringify(await failureOf(ask(server, { signIn })))).not.toContain('secret-token');
  });
});

describe('address of a service', () => {
  it('refuses plain http to another machine unless it is allowed', () => {
    expect(() => serviceHome('http://gitlab.invalid/', false)).toThrow(/does not encrypt/);
    expect(serviceHome('http://gitlab.invalid', true).href).toBe('http://gitlab.invalid/');
  });

  it('keeps neither user name nor password nor query', () => {
    expect(serviceHome('https://kim:pw@gitlab.invalid/sub?a=1#b', false).href).toBe(
      'https://gitlab.invalid/sub/',
    );
  });

  it('is found by http on this machine', async () => {
    const server = await serve((_request, response) => answer(response, 404, {}));
    const home = await findServiceHome(server.address, { isHttpAllowed: false, signal });
    expect(home.href).toBe(`http://${server.address}/`);
  });
});
