import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createRegistryClient } from './createRegistryClient.ts';
import { digestOf } from './digest.ts';
import type { RegistryClient, RegistryClientOptions } from './registryClient.ts';
import { failureOf } from './testing/failure.ts';
import { encode, type ImageFixture, makeImage, referenceAt } from './testing/imageFixture.ts';
import { answer, type Handler, type ScriptedServer, startScriptedServer } from './testing/scriptedServer.ts';

const servers: ScriptedServer[] = [];
const { signal } = new AbortController();

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.dispose()));
});

async function serve(handle: Handler): Promise<ScriptedServer> {
  const server = await startScriptedServer(handle);
  servers.push(server);
  return server;
}

function clientOf(server: ScriptedServer, options: Partial<RegistryClientOptions> = {}): RegistryClient {
  return createRegistryClient({
    registry: server.address,
    isHttpAllowed: false,
    credentials: null,
    ...options,
  });
}

function resolveAt(server: ScriptedServer, options: Partial<RegistryClientOptions> = {}) {
  return clientOf(server, options).resolve(referenceAt(server.address), 'amd64', signal);
}

async function read(client: RegistryClient, image: ImageFixture, offset = 0) {
  const [layer] = image.layers;
  if (layer === undefined) throw new TypeError('no layer');
  const opened = await client.openBlob('demo/x', layer.descriptor, { offset, signal });
  const chunks: Uint8Array[] = [];
  for await (const chunk of opened.chunks) chunks.push(chunk);
  return { opened, bytes: Buffer.concat(chunks), layer };
}

function challenge(response: ServerResponse, value: string): void {
  answer(
    response,
    401,
    { errors: [{ code: 'UNAUTHORIZED', message: 'sign in' }] },
    { 'www-authenticate': value },
  );
}

describe('resolve', () => {
  it('gives index, manifest, configuration and layers with their digests', async () => {
    const image = makeImage([10, 20]);
    const server = await serve(image.handle);
    const resolved = await resolveAt(server);
    expect(resolved).toMatchObject({
      kind: 'image',
      digest: digestOf(image.index),
      index: { digest: digestOf(image.index), mediaType: 'application/vnd.oci.image.index.v1+json' },
      manifest: { digest: digestOf(image.manifest) },
      config: { digest: digestOf(image.config) },
      layers: image.layers.map(({ descriptor }) => descriptor),
      architecture: 'amd64',
    });
    expect(Buffer.from(resolved.config.bytes ?? [])).toEqual(Buffer.from(image.config));
    expect(server.seen.find(({ path }) => path.includes('manifests'))?.headers.accept).toContain(
      'image.index',
    );
  });

  it('says what there is when nothing is for the architecture', async () => {
    const server = await serve(makeImage([1]).handle);
    const wrong = clientOf(server).resolve(referenceAt(server.address), 'ppc64le', signal);
    expect(await failureOf(wrong)).toMatchObject({
      code: 'image.nothingForArchitecture',
      data: { architecture: 'ppc64le', available: 'amd64, arm64/v8' },
    });
    const single = referenceAt(server.address, `@${digestOf(makeImage([1]).index)}`);
    expect((await failureOf(clientOf(server).resolve(single, 'amd64', signal))).code).toBe(
      'registry.notFound',
    );
  });

  it('judges an image without an index by its configuration', async () => {
    const image = makeImage([1]);
    const server = await serve(image.handle);
    const reference = referenceAt(server.address, `@${digestOf(image.manifest)}`);
    expect((await clientOf(server).resolve(reference, 'amd64', signal)).index).toBeNull();
    expect(await failureOf(clientOf(server).resolve(reference, 'arm64', signal))).toMatchObject({
      code: 'image.nothingForArchitecture',
      data: { available: 'amd64' },
    });
  });

  it('knows a SIF, whatever the scheme, and refuses what is neither', async () => {
    const blob = (mediaType: string) => ({ mediaType, size: 2, digest: digestOf(Buffer.from('{}')) });
    const manifest = { schemaVersion: 2, config: blob('application/vnd.sylabs.sif.config.v1+json') };
    const sif = await serve((_request, response) =>
      answer(
        response,
        200,
        encode({ ...manifest, layers: [blob('application/vnd.sylabs.sif.layer.v1.sif')] }),
      ),
    );
    expect(await resolveAt(sif)).toMatchObject({
      kind: 'sif',
      layers: [{ sizeBytes: 2 }],
      architecture: null,
    });
    const chart = await serve((_request, response) =>
      answer(response, 200, encode({ ...manifest, layers: [blob('application/vnd.cncf.helm.chart')] })),
    );
    expect((await failureOf(resolveAt(chart))).code).toBe('registry.notASif');
  });

  it('refuses a manifest that does not match its digest, or is too large', async () => {
    const image = makeImage([1]);
    const wrong = await serve((request, response) =>
      request.url?.includes(digestOf(image.manifest))
        ? answer(response, 200, image.index)
        : image.handle(request, response),
    );
    expect(await failureOf(resolveAt(wrong))).toMatchObject({
      code: 'registry.digestMismatch',
      data: { expected: digestOf(image.manifest), actual: digestOf(image.index) },
    });
    const huge = await serve((_request, response) => answer(response, 200, Buffer.alloc(5_000_000, ' ')));
    expect((await failureOf(resolveAt(huge))).code).toBe('registry.protocol');
  });

  it.each([
    [403, 'registry.forbidden'],
    [404, 'registry.notFound'],
    [418, 'registry.protocol'],
  ])('turns %i into %s with what the registry said', async (status, code) => {
    const server = await serve((request, response) =>
      answer(response, request.url === '/v2/' ? 200 : status, {
        errors: [{ code: 'DENIED', message: 'no way' }],
      }),
    );
    expect(await failureOf(resolveAt(server))).toMatchObject({
      code,
      data: {
        registry: server.address,
        repository: 'demo/x',
        reference: 'v1',
        status,
        reason: 'DENIED no way',
      },
      evidence: expect.stringContaining('no way'),
    });
  });

  it('waits a short 429 out and asks again; gives the wait of a long one', async () => {
    const image = makeImage([1]);
    let refusals = 1;
    const notices: string[] = [];
    const short = await serve((request, response) => {
      if (request.url?.includes('manifests') && refusals-- > 0)
        answer(response, 429, {}, { 'retry-after': 0 });
      else image.handle(request, response);
    });
    await resolveAt(short, { onNotice: (text) => notices.push(text) });
    expect(notices).toEqual([expect.stringContaining('429')]);
    const long = await serve((request, response) =>
      answer(response, request.url === '/v2/' ? 200 : 429, {}, { 'retry-after': 3600 }),
    );
    expect(await failureOf(resolveAt(long))).toMatchObject({
      code: 'registry.rateLimited',
      data: { waitSeconds: 3600 },
    });
    expect(long.seen.filter(({ path }) => path.includes('manifests'))).toHaveLength(1);
  });

  it('asks again after a 5xx and after a broken connection, but not for ever', async () => {
    const image = makeImage([1]);
    let faults = 2;
    const shaky = await serve((request, response) => {
      if (!request.url?.includes('manifests') || faults <= 0) image.handle(request, response);
      else if (faults-- === 2) answer(response, 503);
      else request.socket.destroy();
    });
    expect((await resolveAt(shaky)).kind).toBe('image');
    const dead = await serve((request, response) => answer(response, request.url === '/v2/' ? 200 : 502));
    expect(await failureOf(resolveAt(dead))).toMatchObject({
      code: 'registry.serverError',
      data: { status: 502 },
    });
    expect(dead.seen.filter(({ path }) => path.includes('manifests'))).toHaveLength(3);
  });

  it('says when nobody answers', async () => {
    const hung = await serve((request, response) => {
      if (request.url === '/v2/') answer(response, 200);
    });
    const failure = await failureOf(resolveAt(hung, { timeouts: { answerMs: 100 } }));
    expect(failure.code).toBe('registry.timeout');
  });

  it('names an unknown host and a refused port', async () => {
    const server = await serve(makeImage([1]).handle);
    await server.dispose();
    expect((await failureOf(resolveAt(server))).code).toBe('registry.connectionRefused');
    const client = createRegistryClient({
      registry: 'nothing.invalid',
      isHttpAllowed: true,
      credentials: null,
    });
    const unknown = client.resolve(referenceAt('nothing.invalid'), 'amd64', signal);
    expect((await failureOf(unknown)).code).toBe('registry.hostUnknown');
  });

  it('stops at once when aborted', async () => {
    const hung = await serve(() => undefined);
    const stop = new AbortController();
    const work = clientOf(hung).resolve(referenceAt(hung.address), 'amd64', stop.signal);
    const reason = new Error('cancelled');
    stop.abort(reason);
    await expect(work).rejects.toBe(reason);
  });
});

describe('signing in', () => {
  const credentials = { userName: 'ada', password: 'päss:word' };
  const basic = `Basic ${Buffer.from('ada:päss:word').toString('base64')}`;

  it('gets an anonymous token for the repository, and a new one when it is refused in the middle', async () => {
    const image = makeImage([5]);
    let issued = 0;
    const server = await serve((request, response) => {
      const here = `http://${request.headers.host}`;
      if (request.url?.startsWith('/token'))
        answer(response, 200, { token: `t${++issued}`, expires_in: 3600 });
      else if (request.url === '/v2/') answer(response, 401);
      else if (request.headers.authorization !== `Bearer t${request.url?.includes('blobs') ? 2 : 1}`)
        challenge(response, `Bearer realm="${here}/token?a=b",service="test",scope="repository:demo/x:pull"`);
      else image.handle(request, response);
    });
    await resolveAt(server);
    const asked = server.seen.filter(({ path }) => path.startsWith('/token')).map(({ path }) => path);
    const query = '/token?a=b&service=test&scope=repository%3Ademo%2Fx%3Apull';
    expect(asked).toEqual([query, query]);
    expect(server.seen.find(({ path }) => path.startsWith('/token'))?.headers.authorization).toBeUndefined();
  });

  it('sends user name and password to the token server only', async () => {
    const image = makeImage([5]);
    const tokens = await serve((request, response) =>
      request.headers.authorization === basic
        ? answer(response, 200, { access_token: 'good' })
        : answer(response, 401),
    );
    const server = await serve((request, response) => {
      if (request.headers.authorization === 'Bearer good') image.handle(request, response);
      else challenge(response, `Bearer realm="http://${tokens.address}/token",service="s"`);
    });
    expect((await resolveAt(server, { credentials })).kind).toBe('image');
    expect(server.seen.every(({ headers }) => headers.authorization !== basic)).toBe(true);
    expect(
      await failureOf(resolveAt(server, { credentials: { ...credentials, password: 'no' } })),
    ).toMatchObject({
      code: 'registry.unauthorized',
      data: { hasCredentials: true, tokenServer: tokens.address },
    });
    expect((await failureOf(resolveAt(server))).data).toMatchObject({ hasCredentials: false });
  });

  it('asks for one token when many requests are refused at once', async () => {
    const image = makeImage([5]);
    let issued = 0;
    const server = await serve((request, response) => {
      if (request.url === '/token?service=s&scope=repository%3Ademo%2Fx%3Apull')
        answer(response, 200, { token: `t${++issued}` });
      else if (request.headers.authorization === 'Bearer t1') image.handle(request, response);
      else challenge(response, `Bearer realm="http://${request.headers.host}/token",service="s"`);
    });
    const client = clientOf(server);
    await Promise.all([read(client, image), read(client, image), read(client, image)]);
    expect(issued).toBe(1);
  });

  it('uses Basic where that is asked, once', async () => {
    const image = makeImage([5]);
    const server = await serve((request, response) => {
      if (request.headers.authorization === basic) image.handle(request, response);
      else challenge(response, 'Basic realm="test"');
    });
    expect((await resolveAt(server, { credentials })).kind).toBe('image');
    const wrong = resolveAt(server, { credentials: { ...credentials, userName: 'bob' } });
    expect(await failureOf(wrong)).toMatchObject({
      code: 'registry.unauthorized',
      data: { hasCredentials: true },
    });
    expect((await failureOf(resolveAt(server))).code).toBe('registry.unauthorized');
  });

  it.each(['http://169.254.169.254/token', 'file:///etc/passwd', 'nonsense', 'http://user:pw@127.0.0.1/'])(
    'does not follow a challenge to %s',
    async (realm) => {
      const server = await serve((_request, response) => challenge(response, `Bearer realm="${realm}"`));
      expect(await failureOf(resolveAt(server, { credentials }))).toMatchObject({
        code: 'registry.protocol',
        data: { address: realm },
      });
    },
  );

  it.each([{}, { token: '' }, { token: 'a\r\nx: y' }, { token: 7 }, { token: 'x'.repeat(20_000) }])(
    'refuses %j as a token',
    async (token) => {
      const server = await serve((request, response) => {
        if (request.url?.startsWith('/token')) answer(response, 200, token);
        else challenge(response, `Bearer realm="http://${request.headers.host}/token"`);
      });
      expect((await failureOf(resolveAt(server))).code).toBe('registry.protocol');
    },
  );
});

describe('openBlob', () => {
  it('goes on from an offset, and from the start where ranges are not served', async () => {
    const image = makeImage([1000]);
    const server = await serve(image.handle);
    const { opened, bytes, layer } = await read(clientOf(server), image, 600);
    expect([opened.offset, opened.totalBytes]).toEqual([600, 1000]);
    expect(bytes).toEqual(Buffer.from(layer.bytes.subarray(600)));
    const plain = await serve((request, response) => {
      delete request.headers.range;
      image.handle(request, response);
    });
    expect((await read(clientOf(plain), image, 600)).opened.offset).toBe(0);
    expect((await read(clientOf(server), image, 1000)).opened.offset).toBe(0);
  });

  it('asks again from the start when a range comes from elsewhere', async () => {
    const image = makeImage([1000]);
    const server = await serve((request, response) => {
      if (request.headers.range === undefined) image.handle(request, response);
      else answer(response, 206, Buffer.alloc(10), { 'content-range': 'bytes 0-9/1000' });
    });
    expect((await read(clientOf(server), image, 600)).opened.offset).toBe(0);
  });

  it('follows a redirect to another host without the authorization', async () => {
    const image = makeImage([100]);
    const storage = await serve(image.handle);
    const server = await serve((request, response) => {
      if (request.headers.authorization === undefined) challenge(response, 'Basic realm="x"');
      else answer(response, 307, {}, { location: `http://${storage.address}${request.url}` });
    });
    const credentials = { userName: 'ada', password: 'secret' };
    const { bytes, layer } = await read(clientOf(server, { credentials }), image);
    expect(bytes).toEqual(layer.bytes);
    expect(storage.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it('does not sign in at the host that it was redirected to', async () => {
    const image = makeImage([100]);
    const thief = await serve((_request, response) => challenge(response, 'Basic realm="x"'));
    const server = await serve((request, response) =>
      answer(response, 307, {}, { location: `http://${thief.address}${request.url}` }),
    );
    const work = read(clientOf(server, { credentials: { userName: 'ada', password: 'secret' } }), image);
    expect(await failureOf(work)).toMatchObject({
      code: 'registry.forbidden',
      data: { askedBy: thief.address },
    });
    expect(thief.seen.length).toBeGreaterThan(0);
    expect(thief.seen.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  it.each(['/loop', 'http://169.254.169.254/', 'gopher://example.org/', 'http://[bad'])(
    'refuses a redirect to %s',
    async (location) => {
      const server = await serve((request, response) =>
        request.url === '/v2/' ? answer(response, 200) : answer(response, 302, {}, { location }),
      );
      expect((await failureOf(read(clientOf(server), makeImage([1])))).code).toBe('registry.protocol');
    },
  );

  it('says when a transfer breaks, and when it stands still', async () => {
    const image = makeImage([1000]);
    const cut = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write(Buffer.alloc(10), () => response.destroy());
    });
    expect((await failureOf(read(clientOf(cut), image))).code).toBe('registry.interrupted');
    const still = await serve((request, response) => {
      if (request.url === '/v2/') return answer(response, 200);
      response.writeHead(200, { 'content-length': 1000 });
      response.write(Buffer.alloc(10));
    });
    const failure = await failureOf(read(clientOf(still, { timeouts: { stallMs: 100 } }), image));
    expect(failure).toMatchObject({ code: 'registry.timeout', data: { reason: 'stalled' } });
  });
});
