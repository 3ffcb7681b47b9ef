import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RegistryKind } from '#core/contract/registryKinds.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import type { AdapterMeans, RegistryAdapter } from '../adapter.ts';
import { digestOf } from '../digest.ts';
import { allOf, documented, meansFor, startDocumentedService } from '../testing/documentedService.ts';
import { failureOf } from '../testing/failure.ts';
import { makeImage } from '../testing/imageFixture.ts';
import { answer, type ScriptedServer, startScriptedServer } from '../testing/scriptedServer.ts';
import { createNgcAdapter } from './ngc.ts';
import { createOciAdapter } from './oci.ts';
import { createServiceAdapter } from './services.ts';

let server: ScriptedServer;
const signal = new AbortController().signal;
const token = { userName: 'kim', password: 'glpat-secret' };

afterEach(async () => {
  await server.dispose();
});

/** An adapter whose registry and API are both the started server; shapes from documentation, not run. */
function adapterFor(
  kind: RegistryKind,
  registry: Partial<RegistrySettings> = {},
  more: Partial<AdapterMeans> = {},
): RegistryAdapter {
  const means = meansFor({ kind, address: server.address, ...registry }, more);
  const adapter = createServiceAdapter(kind, means, createOciAdapter(means));
  if (adapter === null) throw new TypeError('no service');
  return adapter;
}

const list = (adapter: RegistryAdapter, term: string) =>
  allOf(adapter.repositories({ term, path: null }, signal));
const names = (entries: readonly { readonly name: string }[]) => entries.map(({ name }) => name);

describe('GHCR', () => {
  it('says that it neither lists nor searches, and lists tags as any registry', async () => {
    server = await startDocumentedService({ '/v2/': {}, '/v2/a/b/tags/list': { name: 'a/b', tags: ['v1'] } });
    const adapter = adapterFor('ghcr');
    expect((await failureOf(list(adapter, ''))).code).toBe('registry.cannotList');
    expect((await failureOf(list(adapter, 'term'))).code).toBe('registry.cannotSearch');
    expect(names(await allOf(adapter.tags('a/b', signal)))).toEqual(['v1']);
  });
});

describe('Quay', () => {
  it('searches, and leaves out what is no image', async () => {
    server = await startDocumentedService({
      '/v2/': {},
      '/api/v1/find/repositories': 'quay-documented/search.json',
    });
    const found = await list(adapterFor('quay'), 'samtools');
    expect(found).toMatchObject([{ name: 'biocontainers/samtools', stars: 3, updatedAt: 1_755_439_398_000 }]);
  });

  it('lists a namespace over its pages', async () => {
    const first = '/api/v1/repository?public=true&last_modified=true&namespace=biocontainers';
    server = await startDocumentedService({
      '/v2/': {},
      [first]: 'quay-documented/namespace-1.json',
      [`${first}&next_page=gAAAAABopaque`]: 'quay-documented/namespace-2.json',
    });
    const found = await list(adapterFor('quay'), 'biocontainers/');
    expect(names(found)).toEqual(['biocontainers/bcftools', 'biocontainers/samtools']);
  });

  it('tells sizes and times of tags, but no size of an index', async () => {
    server = await startDocumentedService({
      '/v2/': {},
      '/api/v1/repository/biocontainers/samtools/tag/': 'quay-documented/tags.json',
    });
    const tags = await allOf(adapterFor('quay').tags('biocontainers/samtools', signal));
    expect(tags).toMatchObject([
      { name: '1.21--h96c455f_1', sizeBytes: 22_753_140, updatedAt: 1_717_680_780_000 },
      { name: 'multi', sizeBytes: null, updatedAt: Date.UTC(2024, 4, 14, 14, 48, 51) },
    ]);
  });

  it('takes the tags of a private repository from the registry, and sends its API no password', async () => {
    server = await startDocumentedService({
      '/v2/': {},
      '/api/v1/repository/me/private/tag/': (_request, response) => answer(response, 401, {}),
      '/v2/me/private/tags/list': { name: 'me/private', tags: ['v1'] },
    });
    const adapter = adapterFor('quay', {}, { credentials: token });
    expect(names(await allOf(adapter.tags('me/private', signal)))).toEqual(['v1']);
    expect(JSON.stringify(server.seen)).not.toContain('authorization');
  });
});

describe('NGC', () => {
  it('searches its catalogue', async () => {
    const page = encodeURIComponent(JSON.stringify({ query: 'torch', page: 0, pageSize: 100 }));
    server = await startDocumentedService({
      '/v2/search/catalog/resources/CONTAINER': 'ngc-documented/search.json',
    });
    const means = meansFor({ kind: 'ngc', address: server.address });
    const adapter = createNgcAdapter(means, createOciAdapter(means), `http://${server.address}/`);
    const found = await list(adapter, 'torch');
    expect(found).toMatchObject([
      { name: 'nvidia/pytorch', updatedAt: Date.UTC(2026, 8, 20, 4) },
      { name: 'hpc/gromacs', description: 'GROMACS' },
    ]);
    expect(server.seen[0]?.path.replaceAll('+', '%20')).toContain(page);
    expect((await failureOf(list(adapter, ''))).code).toBe('registry.cannotList');
  });

  it('says with an image how one signs in', async () => {
    const image = makeImage([1000]);
    server = await startScriptedServer(image.handle);
    const request = { repository: 'demo/x', tag: 'v1', digest: null, architecture: 'amd64' };
    const facts = await adapterFor('ngc').show(request, signal);
    expect(facts.note).toContain('$oauthtoken');
  });
});

describe('GitLab', () => {
  const project = '/api/v4/projects/group%2Fproject/registry/repositories';
  const repositories = (): object =>
    documented('gitlab-documented/project.json', { REGISTRY: server.address });

  it('lists a project with the token, and leaves out what is in another registry', async () => {
    server = await startDocumentedService({
      [project]: (_request, response) => answer(response, 200, repositories()),
    });
    const adapter = adapterFor('gitlab', { apiUrl: `http://${server.address}` }, { credentials: token });
    expect(names(await list(adapter, 'group/project'))).toEqual(['group/project', 'group/project/releases']);
    expect(server.seen[0]?.headers.authorization).toBe('Bearer glpat-secret');
    expect(server.seen[0]?.path).not.toContain('secret');
  });

  it('takes the end of a term for the beginning of a name', async () => {
    server = await startDocumentedService({
      [project]: (_request, response) => answer(response, 200, repositories()),
    });
    const adapter = adapterFor('gitlab', { apiUrl: `http://${server.address}/api/v4` });
    expect(names(await list(adapter, 'group/project/rel'))).toEqual(['group/project/releases']);
  });

  it('lists the groups of the signed-in person without a term', async () => {
    server = await startDocumentedService({
      '/api/v4/groups': 'gitlab-documented/groups.json',
      '/api/v4/groups/group/registry/repositories': (_request, response) =>
        answer(response, 200, repositories()),
    });
    const adapter = adapterFor('gitlab', { apiUrl: `http://${server.address}` }, { credentials: token });
    expect(names(await list(adapter, ''))).toEqual(['group/project', 'group/project/releases']);
  });

  it('says what is missing where its web address is not known', async () => {
    server = await startDocumentedService({});
    const report = await failureOf(list(adapterFor('gitlab'), 'group'));
    expect(report).toMatchObject({ code: 'registry.cannotList', data: { registry: server.address } });
  });

  it('says that a project is not found', async () => {
    server = await startDocumentedService({});
    const adapter = adapterFor('gitlab', { apiUrl: `http://${server.address}` });
    expect((await failureOf(list(adapter, 'no/such'))).code).toBe('registry.notFound');
  });
});

describe('Harbor', () => {
  it('lists the repositories of every project that has some, as the signed-in person', async () => {
    server = await startDocumentedService({
      '/v2/': {},
      '/api/v2.0/projects': 'harbor-documented/projects.json',
      '/api/v2.0/projects/42/repositories': 'harbor-documented/repositories.json',
    });
    const found = await list(adapterFor('harbor', {}, { credentials: token }), '');
    expect(found).toMatchObject([
      { name: '42/tools/samtools', pulls: 12, updatedAt: Date.UTC(2026, 1, 3, 4, 5, 6) },
      { name: '42/plain', description: null, updatedAt: null },
    ]);
    const asked = server.seen.filter(({ path }) => path.startsWith('/api/'));
    expect(asked).toHaveLength(2);
    expect(asked.every(({ headers }) => headers['x-is-resource-name'] === 'true')).toBe(true);
    expect(asked.every(({ headers }) => headers.authorization?.startsWith('Basic '))).toBe(true);
  });

  it('searches', async () => {
    server = await startDocumentedService({
      '/v2/': {},
      '/api/v2.0/search?q=sam': 'harbor-documented/search.json',
    });
    expect(names(await list(adapterFor('harbor'), 'sam'))).toEqual(['42/tools/samtools']);
  });

  it('tells tags with what they are, encoding slashes of a name twice', async () => {
    const path = '/api/v2.0/projects/42/repositories/tools%252Fsamtools/artifacts';
    server = await startDocumentedService({ '/v2/': {}, [path]: 'harbor-documented/artifacts.json' });
    const tags = await allOf(adapterFor('harbor').tags('42/tools/samtools', signal));
    expect(tags).toMatchObject([
      {
        name: '1.21',
        sizeBytes: 31_000_000,
        architectures: ['amd64'],
        updatedAt: Date.UTC(2026, 1, 3, 4, 5, 7),
      },
      { name: 'latest', digest: `sha256:${'a'.repeat(64)}` },
      { name: 'multi', sizeBytes: null, architectures: ['amd64', 'arm/v7'] },
    ]);
  });

  it('reads every page that it counts', async () => {
    const page = (from: number) =>
      Array.from({ length: 100 }, (_value, index) => ({ name: `p/r${from + index}` }));
    server = await startDocumentedService({
      '/v2/': {},
      '/api/v2.0/projects': [{ name: 'p', repo_count: 150 }],
      '/api/v2.0/projects/p/repositories?page=1&page_size=100': (_request, response) =>
        answer(response, 200, page(0), { 'x-total-count': 150 }),
      '/api/v2.0/projects/p/repositories?page=2&page_size=100': (_request, response) =>
        answer(response, 200, page(100).slice(0, 50), { 'x-total-count': 150 }),
    });
    expect(await list(adapterFor('harbor'), '')).toHaveLength(150);
  });
});

describe('shpc', () => {
  const address = () => `http://${server.address}/shpc-registry/library.json`;
  const routes = { '/shpc-registry/library.json': 'shpc-documented/library.json' };

  it('reads its list once, and names the real image', async () => {
    server = await startDocumentedService(routes);
    const adapter = adapterFor('shpc', { address: address() });
    expect(await list(adapter, '')).toMatchObject([
      {
        name: 'quay.io/biocontainers/samtools',
        reference: 'docker://quay.io/biocontainers/samtools:1.21--h96c455f_1',
      },
      { name: 'python', reference: 'docker://index.docker.io/library/python:3.13' },
    ]);
    expect(names(await list(adapter, 'sequencing'))).toEqual(['quay.io/biocontainers/samtools']);
    const tags = await allOf(adapter.tags('quay.io/biocontainers/samtools', signal));
    expect(names(tags)).toEqual(['1.21--h96c455f_1', '1.15--h1170115_1']);
    expect(tags[0]?.digest).toBe(`sha256:${'a'.repeat(64)}`);
    expect(server.seen).toHaveLength(1);
  });

  it('shows what the list says where the other registry is not asked', async () => {
    server = await startDocumentedService(routes);
    const adapter = adapterFor('shpc', { address: address() });
    const shown = { repository: 'quay.io/biocontainers/samtools', tag: '1.15--h1170115_1', digest: null };
    expect(await adapter.show({ ...shown, architecture: 'amd64' }, signal)).toMatchObject({
      reference: 'docker://quay.io/biocontainers/samtools:1.15--h1170115_1',
      byDigest: `docker://quay.io/biocontainers/samtools@sha256:${'b'.repeat(64)}`,
      holds: 'container',
      manifest: null,
    });
  });

  it('shows the image of the other registry, and says when its tag was moved', async () => {
    const image = makeImage([1000]);
    server = await startScriptedServer((request, response) => {
      if (request.url !== '/library.json') return image.handle(request, response);
      const tags = { v1: `sha256:${'b'.repeat(64)}` };
      answer(response, 200, { mine: { config: { docker: `${server.address}/demo/x`, tags } } });
    });
    const means = meansFor({ kind: 'shpc', address: `http://${server.address}/library.json` });
    const openOci = vi.fn((address: string) => createOciAdapter(meansFor({ kind: 'oci', address })));
    const adapter = createServiceAdapter('shpc', means, createOciAdapter(means), { openOci });
    const request = { repository: 'mine', tag: 'v1', digest: null, architecture: 'amd64' };
    const facts = await adapter?.show(request, signal);
    expect(openOci).toHaveBeenCalledWith(server.address);
    expect(facts).toMatchObject({ repository: 'demo/x', digest: digestOf(image.index) });
    expect(facts?.note).toContain('names another image');
  });

  it('asks again after a failure', async () => {
    let isUp = false;
    server = await startDocumentedService({
      '/shpc-registry/library.json': (_request, response) =>
        isUp ? answer(response, 200, documented('shpc-documented/library.json')) : answer(response, 404),
    });
    const adapter = adapterFor('shpc', { address: address() });
    expect((await failureOf(list(adapter, ''))).code).toBe('registry.notFound');
    isUp = true;
    expect(await list(adapter, '')).toHaveLength(2);
  });
});

describe('kinds that are no hosted service', () => {
  it.each(['oci', 'folder', 'web', 's3'] as const)('have no adapter here: %s', async (kind) => {
    server = await startDocumentedService({});
    const means = meansFor({ kind, address: server.address });
    expect(createServiceAdapter(kind, means, createOciAdapter(means))).toBeNull();
  });
});
