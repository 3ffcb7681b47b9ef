import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createRegistryClient } from './createRegistryClient.ts';
import { downloadToFile } from './download.ts';
import { parseMirror } from './mirrorAddress.ts';
import { createMirroredClient } from './mirroredClient.ts';
import type { RegistryClient, RegistryClientOptions } from './registryClient.ts';
import { failureOf } from './testing/failure.ts';
import { makeImage, referenceAt } from './testing/imageFixture.ts';
import { answer, type Handler, type ScriptedServer, startScriptedServer } from './testing/scriptedServer.ts';

const servers: ScriptedServer[] = [];
const folders: string[] = [];
const { signal } = new AbortController();

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.dispose()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

async function serve(handle: Handler): Promise<ScriptedServer> {
  const server = await startScriptedServer(handle);
  servers.push(server);
  return server;
}

interface Tried {
  readonly client: RegistryClient;
  readonly notices: readonly string[];
}

function clientOf(
  registry: string,
  mirrors: readonly string[],
  more: Partial<RegistryClientOptions> = {},
): Tried {
  const notices: string[] = [];
  const onNotice = (text: string) => notices.push(text);
  const options = { registry, mirrors, isHttpAllowed: false, credentials: null, onNotice, ...more };
  return { client: createRegistryClient(options), notices };
}

/** All layers, as a pull fetches them. */
async function fetchLayers(client: RegistryClient, registry: string) {
  const { layers } = await client.resolve(referenceAt(registry), 'amd64', signal);
  const folder = await mkdtemp(join(tmpdir(), 'mirror-'));
  folders.push(folder);
  const fetched: Buffer[] = [];
  for (const [index, blob] of layers.entries()) {
    const partPath = join(folder, `${index}`);
    await downloadToFile({
      open: (offset, stop) => client.openBlob('demo/x', blob, { offset, signal: stop }),
      partPath,
      expected: blob,
      signal,
    });
    fetched.push(await readFile(partPath));
  }
  return fetched;
}

/** The image below a prefix. */
function below(prefix: string, handle: Handler): Handler {
  return (request, response) => {
    const path = request.url ?? '';
    if (path !== '/v2/' && !path.startsWith(`/v2/${prefix}/`)) return answer(response, 404);
    request.url = path.replace(`/v2/${prefix}/`, '/v2/');
    handle(request, response);
  };
}

const isBlob = (path: string | undefined, digest: string) => path?.endsWith(`/blobs/${digest}`) === true;

describe('a client with mirrors', () => {
  it('takes everything from the first mirror that answers, and says so', async () => {
    const image = makeImage([5000, 7000]);
    const registry = await serve(image.handle);
    const mirror = await serve(below('proxy/hub', image.handle));
    const { client, notices } = clientOf(registry.address, [`${mirror.address}/proxy/hub`]);
    const fetched = await fetchLayers(client, registry.address);
    expect(fetched).toEqual(image.layers.map(({ bytes }) => bytes));
    expect(registry.seen).toEqual([]);
    expect(notices).toEqual([
      expect.stringMatching(`^Mirror ${mirror.address}/proxy/hub gave .*/demo/x:v1: sha256:`),
    ]);
  });

  it('asks in order, the registry last, and tells why each mirror was left', async () => {
    const image = makeImage([100]);
    const registry = await serve(image.handle);
    const empty = await serve((request, response) => answer(response, request.url === '/v2/' ? 200 : 404));
    const gone = await serve(() => undefined);
    await gone.dispose();
    const { client, notices } = clientOf(registry.address, [
      gone.address,
      `http://${empty.address}`,
      'no mirror',
    ]);
    await fetchLayers(client, registry.address);
    expect(notices).toEqual([
      'Mirror no mirror is not an address of a registry; it is not asked.',
      `Mirror ${gone.address} did not answer: ${gone.address} refuses connections; asking Mirror http://${empty.address}.`,
      `Mirror http://${empty.address} did not answer: demo/x (v1) was not found; asking ${registry.address}.`,
      expect.stringMatching(`^${registry.address} gave `),
    ]);
    expect(empty.seen.map(({ path }) => path)).toEqual(['/v2/', '/v2/demo/x/manifests/v1']);
  });

  it('skips a mirror whose manifest is not what its digest says', async () => {
    const image = makeImage([100]);
    const registry = await serve(image.handle);
    const other = makeImage([100]);
    const lying = await serve((request, response) => {
      if (request.url === '/v2/demo/x/manifests/v1')
        return answer(response, 200, other.index, { 'docker-content-digest': `sha256:${'0'.repeat(64)}` });
      other.handle(request, response);
    });
    const { client, notices } = clientOf(registry.address, [lying.address]);
    expect(await fetchLayers(client, registry.address)).toEqual(image.layers.map(({ bytes }) => bytes));
    expect(notices[0]).toContain('what it sent is not what was asked for');
  });

  it('goes on at the next place, from where it stopped, when a mirror breaks off in a layer', async () => {
    const image = makeImage([200_000]);
    const [layer] = image.layers;
    if (layer === undefined) throw new TypeError('no layer');
    const registry = await serve(image.handle);
    const mirror = await serve((request, response) => {
      if (!isBlob(request.url, layer.descriptor.digest)) return image.handle(request, response);
      response.writeHead(200, { 'content-length': layer.bytes.byteLength });
      response.write(layer.bytes.subarray(0, 60_000), () => response.destroy());
    });
    const { client, notices } = clientOf(registry.address, [mirror.address]);
    expect(await fetchLayers(client, registry.address)).toEqual([layer.bytes]);
    expect(notices.at(-1)).toContain(`asking ${registry.address}`);
    const asked = registry.seen.find(({ path }) => isBlob(path, layer.descriptor.digest));
    expect(asked?.headers.range).toMatch(/^bytes=\d+-$/);
  });

  it.each([
    ['other bytes', (bytes: Uint8Array) => Buffer.from(bytes).fill(7, bytes.byteLength / 2)],
    ['fewer bytes', (bytes: Uint8Array) => bytes.subarray(0, bytes.byteLength - 10)],
    ['more bytes', (bytes: Uint8Array) => Buffer.concat([bytes, Buffer.from('more')])],
  ])('fetches a layer anew elsewhere when a mirror sends %s', async (_what, spoil) => {
    const image = makeImage([200_000]);
    const [layer] = image.layers;
    if (layer === undefined) throw new TypeError('no layer');
    const registry = await serve(image.handle);
    for (const isLengthTold of [true, false]) {
      const mirror = await serve((request, response) => {
        if (!isBlob(request.url, layer.descriptor.digest)) return image.handle(request, response);
        const bytes = spoil(layer.bytes);
        if (isLengthTold) return answer(response, 200, bytes);
        response.writeHead(200, { 'transfer-encoding': 'chunked' });
        response.end(bytes);
      });
      const { client } = clientOf(registry.address, [mirror.address]);
      expect(await fetchLayers(client, registry.address)).toEqual([layer.bytes]);
    }
  });

  it('never gives the credentials of the registry to a mirror', async () => {
    const image = makeImage([100]);
    const asking: Handler = (request, response) => {
      if (request.headers.authorization === undefined)
        return answer(response, 401, {}, { 'www-authenticate': 'Basic realm="x"' });
      image.handle(request, response);
    };
    const [registry, basic] = [await serve(asking), await serve(asking)];
    const bearer = await serve((_request, response) =>
      answer(
        response,
        401,
        {},
        { 'www-authenticate': `Bearer realm="http://${basic.address}/token",service="x"` },
      ),
    );
    const { client, notices } = clientOf(registry.address, [basic.address, bearer.address], {
      credentials: { userName: 'researcher', password: 'secret' },
    });
    await fetchLayers(client, registry.address);
    for (const { headers } of [...basic.seen, ...bearer.seen]) expect(headers.authorization).toBeUndefined();
    expect(notices.join()).not.toContain('secret');
    expect(registry.seen.some(({ headers }) => headers.authorization !== undefined)).toBe(true);
  });

  it.each([
    [false, [false, false, false, true]],
    [true, [true, false, true, true]],
  ])(
    'asks mirrors by plain http only where that is allowed (%s) or on this machine',
    (isHttpAllowed, expected) => {
      const made: RegistryClientOptions[] = [];
      const mirrors = ['a.example', 'https://b.example', 'http://c.example', 'http://127.0.0.1:5000'];
      const credentials = { userName: 'researcher', password: 'secret' };
      createMirroredClient({ registry: 'r.example', mirrors, isHttpAllowed, credentials }, (options) => {
        made.push(options);
        return createRegistryClient(options);
      });
      const ofMirrors = made.filter(({ registry }) => registry !== 'r.example');
      expect(ofMirrors.map((options) => options.isHttpAllowed)).toEqual(expected);
      expect(ofMirrors.map((options) => options.credentials)).toEqual([null, null, null, null]);
    },
  );

  it('gives the registry’s own failure when nobody has it, and stops when told to', async () => {
    const nobody: Handler = (request, response) => answer(response, request.url === '/v2/' ? 200 : 404);
    const [registry, mirror] = [await serve(nobody), await serve(nobody)];
    const { client } = clientOf(registry.address, [mirror.address]);
    const failure = await failureOf(client.resolve(referenceAt(registry.address), 'amd64', signal));
    expect(failure).toMatchObject({ code: 'registry.notFound', data: { registry: registry.address } });
    const stop = AbortSignal.abort(new Error('stop'));
    await expect(client.resolve(referenceAt(registry.address), 'amd64', stop)).rejects.toThrow('stop');
  });
});

describe('parseMirror', () => {
  it.each([
    ['mirror.example:5000', 'mirror.example:5000', '', true],
    ['harbor.example/proxy/hub/', 'harbor.example', 'proxy/hub', true],
    ['https://mirror.example/v2/', 'mirror.example', '', false],
    ['http://mirror.example/x', 'mirror.example:80', 'x', true],
    ['[::1]:5000', '[::1]:5000', '', true],
  ])('reads %s', (text, registry, prefix, mayBeHttp) => {
    expect(parseMirror(text)).toMatchObject({ registry, prefix, mayBeHttp });
  });

  it.each(['', 'ftp://x', 'https://user:word@mirror.example', 'mirror.example/UPPER', 'a b', 'x/?y=1'])(
    'refuses %s',
    (text) => expect(parseMirror(text)).toBeNull(),
  );
});
