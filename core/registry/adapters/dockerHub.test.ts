import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AdapterMeans } from '../adapter.ts';
import {
  allOf,
  documented,
  meansFor,
  type Route,
  startDocumentedService,
} from '../testing/documentedService.ts';
import { failureOf } from '../testing/failure.ts';
import { makeImage } from '../testing/imageFixture.ts';
import { answer, type Handler, type ScriptedServer, startScriptedServer } from '../testing/scriptedServer.ts';
import { createDockerHubAdapter } from './dockerHub.ts';
import { createOciAdapter } from './oci.ts';

let server: ScriptedServer;
const signal = new AbortController().signal;

afterEach(async () => {
  await server.dispose();
});

/** Docker Hub's three hosts as one server; shapes from documentation, not run against the live service. */
async function hub(
  routes: Readonly<Record<string, Route>>,
  more: Partial<AdapterMeans> = {},
  handle: Handler | null = null,
) {
  server = handle === null ? await startDocumentedService(routes) : await startScriptedServer(handle);
  const home = `http://${server.address}/`;
  const means = meansFor({ kind: 'docker-hub', address: 'index.docker.io' }, more);
  const oci = createOciAdapter(meansFor({ kind: 'oci', address: server.address }, more));
  return createDockerHubAdapter(means, oci, { hub: home, index: home, registry: server.address });
}

describe('searching Docker Hub', () => {
  it('tells stars, pulls and what is official', async () => {
    const adapter = await hub({ '/api/search/v4': 'docker-hub-documented/search.json' });
    const found = await allOf(adapter.repositories({ term: 'python', path: null }, signal));
    expect(found).toMatchObject([
      { name: 'library/python', isOfficial: true, stars: 10342, pulls: 9876543210 },
      { name: 'bitnami/python', isOfficial: false, description: null, pulls: null },
    ]);
    expect(server.seen[0]?.path).toContain('query=python&type=image&from=0&size=100');
  });

  it.each([
    ['answers 200 with an empty list', 'docker-hub-documented/search-empty.json'],
    ['is gone', (_request, response) => answer(response, 410, {})],
    ['answers with a page', Buffer.from('<html>')],
  ] as [string, Route][])('asks the older interface when the newer one %s', async (_how, route) => {
    const adapter = await hub({ '/api/search/v4': route, '/v1/search': 'docker-hub-documented/index.json' });
    const found = await allOf(adapter.repositories({ term: 'python', path: null }, signal));
    expect(found).toMatchObject([{ name: 'library/python', isOfficial: true, stars: 10342 }]);
  });

  it('leaves out what cannot be a repository, and cuts long texts', async () => {
    const results = [
      { name: '../../etc', short_description: 'x' },
      { name: 'a/b', short_description: 'y'.repeat(5000), star_count: -3 },
      { name: '<img src=x>' },
      'nonsense',
    ];
    const adapter = await hub({ '/api/search/v4': { total: 4, results } });
    const found = await allOf(adapter.repositories({ term: 'x', path: null }, signal));
    expect(found.map(({ name }) => name)).toEqual(['a/b']);
    expect(found[0]?.description).toHaveLength(500);
    expect(found[0]?.stars).toBeNull();
  });

  it('says why it cannot list everything', async () => {
    const adapter = await hub({});
    const report = await failureOf(allOf(adapter.repositories({ term: ' ', path: null }, signal)));
    expect(report.code).toBe('registry.cannotList');
    expect(server.seen).toEqual([]);
  });
});

describe('tags of Docker Hub', () => {
  const tagsPath = '/v2/namespaces/library/repositories/python/tags';

  it('tell size, time and architectures, without following the address of a next page', async () => {
    const adapter = await hub({
      [`${tagsPath}?page=1&page_size=100`]: 'docker-hub-documented/tags-1.json',
      [`${tagsPath}?page=2&page_size=100`]: 'docker-hub-documented/tags-2.json',
    });
    const tags = await allOf(adapter.tags('library/python', signal));
    expect(tags).toMatchObject([
      {
        name: '3.13',
        digest: `sha256:${'a'.repeat(64)}`,
        sizeBytes: 361_000_000,
        updatedAt: Date.UTC(2026, 7, 17, 14, 3, 18),
        architectures: ['amd64', 'arm/v7', 'arm64'],
      },
      { name: '2.7', digest: null, sizeBytes: 350_000_000, architectures: [] },
    ]);
  });

  it('come from the registry where the web API does not tell them', async () => {
    const adapter = await hub({
      '/v2/': {},
      '/v2/me/private/tags/list': { name: 'me/private', tags: ['v1'] },
    });
    const tags = await allOf(adapter.tags('me/private', signal));
    expect(tags.map(({ name }) => name)).toEqual(['v1']);
  });

  it('are asked for one by one, and never from the registry, where a pull would be counted', async () => {
    const page = documented('docker-hub-documented/tags-1.json') as { results: object[] };
    const adapter = await hub({ [`${tagsPath}/3.13`]: page.results[0] ?? {} });
    const tags = await adapter.tagFacts('library/python', ['3.13', 'gone'], signal);
    expect(tags).toMatchObject([
      { name: '3.13', sizeBytes: 361_000_000 },
      { name: 'gone', sizeBytes: null },
    ]);
    expect(server.seen.every(({ path }) => path.startsWith(tagsPath))).toBe(true);
  });

  it('are not asked for a name that is none', async () => {
    const adapter = await hub({});
    const report = await failureOf(allOf(adapter.tags('library/../../x', signal)));
    expect(report.code).toBe('registry.badReference');
    expect(server.seen).toEqual([]);
  });
});

describe('the limit of pulls', () => {
  const rated = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '76;w=21600' };
  const request = { repository: 'demo/x', tag: 'v1', digest: null, architecture: 'amd64' };

  it('is asked with HEAD on the shown repository, and told with the image', async () => {
    const image = makeImage([1000]);
    const onRate = vi.fn();
    const adapter = await hub({}, { onRate }, (asked, response) => {
      if (asked.method !== 'HEAD') return image.handle(asked, response);
      response.writeHead(200, rated).end();
    });
    const facts = await adapter.show(request, signal);
    expect(facts.rate).toMatchObject({ limit: 100, remaining: 76, windowSeconds: 21_600 });
    expect(onRate).toHaveBeenCalledWith(expect.objectContaining({ remaining: 76 }));
    expect(facts.note).toContain('counts every manifest');
    const heads = server.seen.filter(({ method }) => method === 'HEAD');
    expect(heads.map(({ path }) => path)).toContain('/v2/demo/x/manifests/v1');
  });

  it('is told also when it is reached', async () => {
    const onRate = vi.fn();
    const adapter = await hub({}, { onRate }, (asked, response) => {
      if (asked.url === '/v2/') return answer(response, 200);
      if (asked.method !== 'HEAD') return answer(response, 429, { errors: [{ code: 'TOOMANYREQUESTS' }] });
      response.writeHead(200, { ...rated, 'ratelimit-remaining': '0;w=21600' }).end();
    });
    expect((await failureOf(adapter.show(request, signal))).code).toBe('registry.rateLimited');
    expect(onRate).toHaveBeenCalledWith(expect.objectContaining({ remaining: 0 }));
  });

  it('does not keep an image from being shown', async () => {
    const image = makeImage([1000]);
    const adapter = await hub({}, {}, (asked, response) =>
      asked.method === 'HEAD' ? answer(response, 403) : image.handle(asked, response),
    );
    expect(await adapter.show(request, signal)).toMatchObject({ holds: 'container', rate: null });
  });
});
