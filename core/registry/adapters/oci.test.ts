import { afterEach, describe, expect, it } from 'vitest';
import { registryIdSchema } from '#core/contract/ids.ts';
import { type AdapterMeans, listLimit, type RegistryAdapter } from '../adapter.ts';
import { digestOf } from '../digest.ts';
import { showImage } from '../imageFacts.ts';
import { RegistryRequests } from '../registryRequests.ts';
import { drain } from '../testing/drain.ts';
import { failureOf } from '../testing/failure.ts';
import { encode, makeImage } from '../testing/imageFixture.ts';
import { answer, type Handler, type ScriptedServer, startScriptedServer } from '../testing/scriptedServer.ts';
import { createOciAdapter } from './oci.ts';

const servers: ScriptedServer[] = [];
const { signal } = new AbortController();
const everything = { term: '', path: null };
const credentials = { userName: 'researcher', password: 'secret' };

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.dispose()));
});

async function serve(handle: Handler): Promise<ScriptedServer> {
  const server = await startScriptedServer(handle);
  servers.push(server);
  return server;
}

function adapterOf({ address }: { address: string }, means: Partial<AdapterMeans> = {}): RegistryAdapter {
  const id = registryIdSchema.parse('r');
  const registry = {
    id,
    label: 'R',
    kind: 'oci' as const,
    address,
    allowHttp: false,
    mirrors: [],
    apiUrl: null,
    s3: null,
  };
  return createOciAdapter({ registry, credentials: null, ...means });
}

/** Pages by their path and query; each with the Link to the next. */
function pages(list: Readonly<Record<string, { body: object; next?: string }>>): Handler {
  return (request, response) => {
    const page = list[request.url ?? ''];
    if (request.url === '/v2/') answer(response, 200);
    else if (page === undefined) answer(response, 404, { errors: [{ code: 'NAME_UNKNOWN' }] });
    else
      answer(response, 200, page.body, page.next === undefined ? {} : { link: `<${page.next}>; rel="next"` });
  };
}

describe('repositories', () => {
  const catalog = pages({
    '/v2/_catalog?n=1000': {
      body: { repositories: ['a/one', 'b/Bad', '../up', 'b/two'] },
      next: '/v2/_catalog?last=b',
    },
    '/v2/_catalog?last=b': { body: { repositories: ['b/two', 'c/three'] } },
  });

  it('follows the pages, gives each name once, and leaves out what is no name', async () => {
    const adapter = adapterOf(await serve(catalog));
    const found = await drain(adapter.repositories(everything, signal));
    expect(found.map(({ name }) => name)).toEqual(['a/one', 'b/two', 'c/three']);
  });

  it('keeps what matches the term, in any case', async () => {
    const adapter = adapterOf(await serve(catalog));
    const found = await drain(adapter.repositories({ term: ' T ', path: null }, signal));
    expect(found.map(({ name }) => name)).toEqual(['b/two', 'c/three']);
  });

  it('gives the first page before the second is asked for', async () => {
    const server = await serve(catalog);
    for await (const batch of adapterOf(server).repositories(everything, signal)) {
      expect(batch).toHaveLength(2);
      break;
    }
    expect(server.seen.map(({ path }) => path)).toEqual(['/v2/', '/v2/_catalog?n=1000']);
  });

  it.each([
    ['a page that leads to itself', '/v2/_catalog?n=1000', (_: string) => ({ repositories: ['a'] })],
    ['always another page with the same names', '', (_: string) => ({ repositories: ['a'] })],
    ['empty pages for ever', '', (_: string) => ({ repositories: [] })],
  ])('ends at %s', async (_what, next, body) => {
    let count = 0;
    const server = await serve((request, response) => {
      if (request.url === '/v2/') return answer(response, 200);
      count += 1;
      answer(response, 200, body(request.url ?? ''), {
        link: `<${next === '' ? `/v2/_catalog?last=${count}` : next}>; rel="next"`,
      });
    });
    expect((await drain(adapterOf(server).repositories(everything, signal))).length).toBeLessThan(2);
    expect(count).toBeLessThan(4);
  });

  it('ends a list without an end at the limit', async () => {
    let count = 0;
    const server = await serve((request, response) => {
      if (request.url === '/v2/') return answer(response, 200);
      const repositories = Array.from({ length: 20_000 }, () => `r${count++}`);
      answer(response, 200, { repositories }, { link: `</v2/_catalog?last=${count}>; rel="next"` });
    });
    expect(await drain(adapterOf(server).repositories(everything, signal))).toHaveLength(listLimit);
  });

  it.each([404, 403, 405])('says that it cannot list where the answer is %s', async (status) => {
    const server = await serve((request, response) =>
      answer(response, request.url === '/v2/' ? 200 : status),
    );
    const failure = await failureOf(drain(adapterOf(server).repositories(everything, signal)));
    expect(failure.code).toBe('registry.cannotList');
    expect(failure.data['reason']).toBeTruthy();
  });

  it('asks to sign in first, and says that it cannot list when that did not help', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/v2/') return answer(response, 200);
      answer(response, 401, {}, { 'www-authenticate': 'Basic realm="x"' });
    });
    const list = (means: Partial<AdapterMeans>) =>
      failureOf(drain(adapterOf(server, means).repositories(everything, signal)));
    expect((await list({})).code).toBe('registry.unauthorized');
    expect((await list({ credentials })).code).toBe('registry.cannotList');
  });

  it('asks for a token of the catalog', async () => {
    const server = await serve((request, response) => {
      const url = new URL(request.url ?? '', 'http://x');
      if (url.pathname === '/token') return answer(response, 200, { token: 'good' });
      if (request.headers.authorization === 'Bearer good')
        return answer(response, 200, { repositories: ['a'] });
      const realm = `http://${request.headers.host}/token`;
      answer(response, 401, {}, { 'www-authenticate': `Bearer realm="${realm}",service="x"` });
    });
    expect(await drain(adapterOf(server, { credentials }).repositories(everything, signal))).toHaveLength(1);
    const token = server.seen.find(({ path }) => path.startsWith('/token'));
    expect(new URL(token?.path ?? '', 'http://x').searchParams.get('scope')).toBe('registry:catalog:*');
  });

  it('refuses 10 MB of JSON, and what is no list', async () => {
    const large = Buffer.from(JSON.stringify({ repositories: ['x'.repeat(10 * 1024 * 1024)] }));
    for (const body of [large, Buffer.from('<html>'), encode({ repositories: 'many' })]) {
      const server = await serve((request, response) =>
        answer(response, 200, request.url === '/v2/' ? {} : body),
      );
      const failure = await failureOf(drain(adapterOf(server).repositories(everything, signal)));
      expect(failure.code).toBe('registry.protocol');
    }
  });

  it('does not follow redirects for ever', async () => {
    let count = 0;
    const server = await serve((_request, response) => {
      count += 1;
      answer(response, 302, {}, { location: `/v2/_catalog?${count}` });
    });
    const failure = await failureOf(drain(adapterOf(server).repositories(everything, signal)));
    expect(failure.code).toBe('registry.protocol');
    expect(count).toBeLessThan(40);
  });
});

describe('tags', () => {
  it('reads 5,000 tags in pages of 1,000, each as it comes', async () => {
    const names = Array.from({ length: 5000 }, (_, index) => `v${index}`);
    const server = await serve((request, response) => {
      const url = new URL(request.url ?? '', 'http://x');
      if (url.pathname === '/v2/') return answer(response, 200);
      const from = Number(url.searchParams.get('last') ?? 0);
      const size = Number(url.searchParams.get('n'));
      const next = `/v2/demo/x/tags/list?n=${size}&last=${from + size}`;
      const link = from + size < names.length ? { link: `<${next}>; rel="next"` } : {};
      answer(response, 200, { name: 'demo/x', tags: names.slice(from, from + size) }, link);
    });
    const sizes: number[] = [];
    for await (const batch of adapterOf(server).tags('demo/x', signal)) sizes.push(batch.length);
    expect(sizes).toEqual([1000, 1000, 1000, 1000, 1000]);
  });

  it('takes a repository without tags', async () => {
    const server = await serve(
      pages({ '/v2/demo/x/tags/list?n=1000': { body: { name: 'demo/x', tags: null } } }),
    );
    expect(await drain(adapterOf(server).tags('demo/x', signal))).toEqual([]);
  });

  it('gives its credentials to no other host that a page names', async () => {
    const other = await serve(pages({ '/v2/demo/x/tags/list?last=a': { body: { tags: ['b'] } } }));
    const server = await serve((request, response) => {
      if (request.headers.authorization === undefined)
        return answer(response, 401, {}, { 'www-authenticate': 'Basic realm="x"' });
      const link = { link: `<http://${other.address}/v2/demo/x/tags/list?last=a>; rel="next"` };
      answer(response, 200, { tags: ['a'] }, link);
    });
    const failure = await failureOf(drain(adapterOf(server, { credentials }).tags('demo/x', signal)));
    expect(failure.code).toBe('registry.protocol');
    expect(other.seen).toEqual([]);
  });

  it.each(['http://evil.example/x', '../../x', 'UPPER', 'a?b', ''])(
    'refuses the repository "%s"',
    async (name) => {
      const server = await serve((_request, response) => answer(response, 200));
      expect((await failureOf(drain(adapterOf(server).tags(name, signal)))).code).toBe(
        'registry.badReference',
      );
      expect(server.seen).toEqual([]);
    },
  );
});

describe('tagFacts', () => {
  it('tells digest, size and architectures, and reads one digest once', async () => {
    const image = makeImage([300, 200]);
    const server = await serve((request, response) => {
      request.url = request.url?.replace(/\/manifests\/(?:v\d+|latest)$/, '/manifests/v1') ?? '';
      image.handle(request, response);
    });
    const [first, second] = await adapterOf(server).tagFacts('demo/x', ['v2', 'latest'], signal);
    expect(first).toEqual({
      name: 'v2',
      digest: digestOf(image.index),
      updatedAt: null,
      sizeBytes: 500,
      architectures: ['amd64', 'arm64/v8'],
    });
    expect(second).toEqual({ ...first, name: 'latest' });
    const digests = server.seen.filter(({ path }) => path.includes(digestOf(image.manifest)));
    expect(digests).toHaveLength(1);
  });

  it('never fetches a layer, neither for a list nor to show', async () => {
    const image = makeImage([300, 200]);
    const server = await serve(image.handle);
    const adapter = adapterOf(server);
    await adapter.tagFacts('demo/x', ['v1'], signal);
    await adapter.show({ repository: 'demo/x', tag: 'v1', digest: null, architecture: 'arm64' }, signal);
    const blobs = server.seen.filter(({ path }) => path.includes('/blobs/')).map(({ path }) => path);
    expect(new Set(blobs)).toEqual(new Set([`/v2/demo/x/blobs/${digestOf(image.config)}`]));
  });

  it('reads no more manifests of an index than it must where reading is counted', async () => {
    const image = makeImage([300]);
    const request = { repository: 'demo/x', tag: 'v1', digest: null, architecture: 'amd64' };
    const server = await serve(image.handle);
    const requests = new RegistryRequests({
      registry: server.address,
      isHttpAllowed: false,
      credentials: null,
    });
    const { platforms } = await showImage(requests, request, { signal, platformLimit: 0 });
    expect(platforms.map(({ sizeBytes }) => sizeBytes)).toEqual([300, 300]); // both are the one that was read
    const read = server.seen.filter(({ method, path }) => method === 'GET' && path.includes('/manifests/'));
    expect(read).toHaveLength(2);
  });

  it('asks for six tags at once at most', async () => {
    const image = makeImage([1]);
    let open = 0;
    let most = 0;
    const server = await serve((request, response) => {
      open += 1;
      most = Math.max(most, open);
      response.on('close', () => {
        open -= 1;
      });
      setImmediate(() => {
        request.url = request.url?.replace(/\/t\d+$/, '/v1') ?? '';
        image.handle(request, response);
      });
    });
    const tags = Array.from({ length: 50 }, (_, index) => `t${index}`);
    expect(await adapterOf(server).tagFacts('demo/x', tags, signal)).toHaveLength(50);
    expect(most).toBeLessThanOrEqual(6);
  });

  it('leaves a tag that lies without facts, and fails where nobody may look', async () => {
    const image = makeImage([1]);
    const server = await serve((request, response) => {
      if (request.url?.endsWith('/lies'))
        return answer(response, 200, image.index, { 'docker-content-digest': `sha256:${'0'.repeat(64)}` });
      if (request.url?.endsWith('/closed')) return answer(response, 403);
      image.handle(request, response);
    });
    const facts = await adapterOf(server).tagFacts('demo/x', ['lies', 'gone', 'v1'], signal);
    expect(facts.map(({ digest }) => digest === null)).toEqual([true, true, false]);
    const closed = adapterOf(server).tagFacts('demo/x', ['v1', 'closed'], signal);
    expect((await failureOf(closed)).code).toBe('registry.forbidden');
  });
});
