import { afterEach, describe, expect, it } from 'vitest';
import { failureOf } from '../testing/failure.ts';
import {
  answer,
  answerRange,
  type Handler,
  type ScriptedServer,
  startScriptedServer,
} from '../testing/scriptedServer.ts';
import { entriesOf, registryOf } from '../testing/treeRegistry.ts';
import { createWebAdapter } from './web.ts';

/** A list as nginx writes it (ngx_http_autoindex_module.c): from documentation, not run. */
const page = Buffer.from(
  `<html><head><title>Index of /pub/</title></head><body><pre><a href="../">../</a>
<a href="a%20b/">a b/</a>                 01-Mar-2024 09:05       -
<a href="x.sif">x.sif</a>                 02-Mar-2024 10:15    5000
<a href="README">README</a>               02-Mar-2024 10:15       7
</pre></body></html>`,
);
const html = { 'content-type': 'text/html; charset=utf-8' };
const { signal } = new AbortController();
const wanted = { tag: null, digest: null, architecture: 'amd64' };
let server: ScriptedServer | null = null;

afterEach(async () => {
  await server?.dispose();
  server = null;
});

async function serve(handle: Handler): Promise<string> {
  server = await startScriptedServer(handle);
  return `http://${server.address}`;
}

describe('a web directory', () => {
  it('is listed, and its folders are opened', async () => {
    const home = await serve((request, response) =>
      answer(response, request.url?.startsWith('/pub/') ? 200 : 404, page, html),
    );
    const adapter = createWebAdapter({
      registry: registryOf('web', `${home}/pub/?token=secret`),
      credentials: null,
    });
    expect(await entriesOf(adapter)).toEqual([
      expect.objectContaining({ name: 'README', kind: 'image', reference: null, sizeBytes: 7 }),
      expect.objectContaining({ name: 'a b', kind: 'folder', reference: null }),
      expect.objectContaining({
        name: 'x.sif',
        kind: 'image',
        reference: `${home}/pub/x.sif`,
        sizeBytes: 5000,
      }),
    ]);
    const inside = await entriesOf(adapter, { path: 'a b', term: 'X.S' });
    expect(inside.map(({ name, reference }) => [name, reference])).toEqual([
      ['a b/x.sif', `${home}/pub/a%20b/x.sif`],
    ]);
    expect(server?.seen.map(({ path }) => path)).toEqual(['/pub/', '/pub/a%20b/']);
  });

  it('cannot be left by a name or an address', async () => {
    const home = await serve((_, response) => answer(response, 200, page, html));
    const adapter = createWebAdapter({ registry: registryOf('web', `${home}/pub/`), credentials: null });
    for (const path of ['..', 'a/../..', '', 'a//b', 'a\\b'])
      if (path !== '')
        expect((await failureOf(entriesOf(adapter, { path }))).code).toBe('registry.badReference');
    for (const repository of ['../secret', `${home}/secret`, 'http://192.0.2.1/pub/x'])
      expect((await failureOf(adapter.show({ ...wanted, repository }, signal))).code).toBe(
        'registry.badReference',
      );
    expect(server?.seen).toEqual([]);
  });

  it('may be a single file', async () => {
    const bytes = Buffer.alloc(200_000, 'x');
    const home = await serve((request, response) =>
      answerRange(request, response, bytes, {
        'content-type': 'application/octet-stream',
        'last-modified': 'Sat, 02 Mar 2024 10:15:00 GMT',
        etag: '"abc"',
      }),
    );
    const adapter = createWebAdapter({ registry: registryOf('web', `${home}/pub/x.sif`), credentials: null });
    const updatedAt = Date.parse('2024-03-02T10:15:00Z');
    expect(await entriesOf(adapter)).toEqual([
      expect.objectContaining({
        name: 'x.sif',
        reference: `${home}/pub/x.sif`,
        sizeBytes: 200_000,
        updatedAt,
      }),
    ]);
    const facts = await adapter.show({ ...wanted, repository: 'x.sif' }, signal);
    expect(facts).toMatchObject({ holds: 'other', file: { sizeBytes: 200_000, updatedAt, etag: '"abc"' } });
  });

  it('asks for a signed address as it is, and shows it without its secret', async () => {
    const home = await serve((request, response) => answerRange(request, response, Buffer.from('x')));
    const adapter = createWebAdapter({ registry: registryOf('web', `${home}/pub/`), credentials: null });
    const shown = async (repository: string) =>
      (await adapter.show({ ...wanted, repository }, signal)).reference;
    expect(await shown('a%20b:1.sif?id=5')).toBe(`${home}/pub/a%20b:1.sif?id=5`);
    expect(await shown(`${home}/pub/x.sif?X-Amz-Signature=0123`)).toBe(`${home}/pub/x.sif`);
    expect(server?.seen.map(({ path }) => path)).toEqual([
      '/pub/a%20b:1.sif?id=5',
      '/pub/x.sif?X-Amz-Signature=0123',
    ]);
  });

  it('says that it cannot be listed', async () => {
    const home = await serve((request, response) => {
      if (request.url === '/closed/') answer(response, 403, page, html);
      else answer(response, 200, Buffer.from('<title>Welcome</title><a href="/">home</a>'), html);
    });
    for (const path of ['/closed/', '/pages/']) {
      const adapter = createWebAdapter({ registry: registryOf('web', home + path), credentials: null });
      expect((await failureOf(entriesOf(adapter))).code).toBe('registry.cannotList');
    }
    const adapter = createWebAdapter({ registry: registryOf('web', `${home}/`), credentials: null });
    const tags = async () => {
      for await (const _ of adapter.tags('x.sif', signal));
    };
    expect((await failureOf(tags())).code).toBe('registry.cannotList');
  });

  it('gets the password only when it asks for it', async () => {
    const home = await serve((request, response) => {
      if (request.headers.authorization === undefined)
        answer(response, 401, {}, { 'www-authenticate': 'Basic realm="x"' });
      else answer(response, 200, page, html);
    });
    const credentials = { userName: 'me', password: 'secret' };
    const adapter = createWebAdapter({ registry: registryOf('web', `${home}/`), credentials });
    expect(await entriesOf(adapter)).toHaveLength(3);
    expect(server?.seen.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      'Basic bWU6c2VjcmV0',
    ]);
    const anonymous = createWebAdapter({ registry: registryOf('web', `${home}/`), credentials: null });
    expect((await failureOf(entriesOf(anonymous))).code).toBe('registry.unauthorized');
  });
});
