import { afterEach, describe, expect, it } from 'vitest';
import type { RegistryKind } from '#core/contract/registryKinds.ts';
import { recognise } from './recognise.ts';
import { failureOf } from './testing/failure.ts';
import { answer, type Handler, type ScriptedServer, startScriptedServer } from './testing/scriptedServer.ts';

const servers: ScriptedServer[] = [];
const options = { allowHttp: false, signal: new AbortController().signal };

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.dispose()));
});

async function serve(handle: Handler): Promise<ScriptedServer> {
  const server = await startScriptedServer(handle);
  servers.push(server);
  return server;
}

interface Page {
  readonly status?: number;
  readonly body?: object | string;
  readonly headers?: Record<string, string>;
}

/** Answers by path; 404 to the rest. */
const site =
  (list: Readonly<Record<string, Page>>): Handler =>
  (request, response) => {
    const { status = 200, body = {}, headers = {} } = list[request.url ?? ''] ?? { status: 404 };
    answer(response, status, typeof body === 'string' ? Buffer.from(body) : body, headers);
  };

const version = { 'docker-distribution-api-version': 'registry/2.0' };
const bearer = (realm: string, service: string) => ({
  'www-authenticate': `Bearer realm="${realm}",service="${service}"`,
});

describe('what a text says by itself', () => {
  it.each<[string, RegistryKind, string]>([
    ['docker.io', 'docker-hub', 'index.docker.io'],
    ['https://hub.docker.com/r/biocontainers/samtools', 'docker-hub', 'index.docker.io'],
    ['docker://ghcr.io/owner/image', 'ghcr', 'ghcr.io'],
    ['  Quay.io/biocontainers ', 'quay', 'quay.io'],
    ['nvcr.io', 'ngc', 'nvcr.io'],
    ['https://gitlab.com/group', 'gitlab', 'registry.gitlab.com'],
    ['library://library.sylabs.io', 'library', 'https://library.sylabs.io'],
    ['library://library.example:8443/a/b/c', 'library', 'https://library.example:8443'],
    ['shub://vsoch/hello-world', 'shub', 'https://singularity-hub.org'],
    ['/cvmfs/unpacked.cern.ch/', 'folder', '/cvmfs/unpacked.cern.ch'],
    ['file:///srv/images', 'folder', '/srv/images'],
    [
      'https://singularityhub.github.io/shpc-registry/',
      'shpc',
      'https://singularityhub.github.io/shpc-registry/library.json',
    ],
  ])('%s', async (text, kind, address) => {
    const found = await recognise(text, options);
    expect(found).toMatchObject({ kind, address, allowHttp: false });
    expect(found.evidence.length).toBeGreaterThan(0);
  });

  it('reads a bucket out of s3://', async () => {
    expect(await recognise('s3://site-images/sif/2024', options)).toMatchObject({
      kind: 's3',
      s3: { bucket: 'site-images', prefix: 'sif/2024/', style: 'virtual' },
    });
  });

  it.each([
    ['library://entity/collection/container', 'registry.noLibrary'],
    ['ipfs://x', 'registry.unsupportedScheme'],
    ['http://registry.example/', 'registry.plainHttp'],
    ['a b c', 'registry.badReference'],
    ['https://', 'registry.badReference'],
    ['registry\u0007.example', 'registry.badReference'],
  ])('refuses %s', async (text, code) => {
    expect((await failureOf(recognise(text, options))).code).toBe(code);
  });
});

describe('what an address answers', () => {
  it.each<[string, Record<string, Page>]>([
    ['200 with the version', { '/v2/': { headers: version } }],
    ['200 with JSON', { '/v2/': { body: {} } }],
    [
      '401 with the version',
      { '/v2/': { status: 401, headers: { ...version, 'www-authenticate': 'Basic realm="x"' } } },
    ],
    [
      '401 with a token server',
      { '/v2/': { status: 401, headers: bearer('https://auth.example/token', 'x') } },
    ],
  ])('a registry: %s', async (_what, list) => {
    const server = await serve(site(list));
    expect(await recognise(`${server.address}/demo/tiny`, options)).toMatchObject({
      kind: 'oci',
      address: server.address,
      label: server.address,
    });
  });

  // The following are from documentation, not run against the real services.
  it('GitLab, by its token server', async () => {
    const headers = bearer('https://git.example/jwt/auth', 'container_registry');
    const server = await serve(site({ '/v2/': { status: 401, headers } }));
    expect(await recognise(server.address, options)).toMatchObject({
      kind: 'gitlab',
      apiUrl: 'https://git.example',
    });
  });

  it('Harbor, by its token server or its API', async () => {
    const headers = bearer('https://h.example/service/token', 'harbor-registry');
    const byToken = await serve(site({ '/v2/': { status: 401, headers } }));
    const byApi = await serve(
      site({ '/v2/': { headers: version }, '/api/v2.0/systeminfo': { body: { auth_mode: 'db_auth' } } }),
    );
    for (const server of [byToken, byApi])
      expect((await recognise(`http://${server.address}/harbor/projects`, options)).kind).toBe('harbor');
  });

  it('Quay, by its API', async () => {
    const server = await serve(
      site({
        '/v2/': { status: 401, headers: bearer('https://q.example/v2/auth', 'q.example') },
        '/api/v1/discovery': { body: { swagger: '2.0', info: { title: 'Quay Frontend' } } },
      }),
    );
    expect((await recognise(server.address, options)).kind).toBe('quay');
  });

  it('a library, by its version or by what it names', async () => {
    const own = await serve(site({ '/version': { body: { data: { version: '1', apiVersion: '2.0.0' } } } }));
    expect(await recognise(own.address, options)).toMatchObject({
      kind: 'library',
      address: `http://${own.address}`,
    });
    const named = { libraryAPI: { uri: 'https://library.example' } };
    const cloud = await serve(site({ '/assets/config/config.prod.json': { body: named } }));
    expect(await recognise(cloud.address, options)).toMatchObject({
      kind: 'library',
      address: 'https://library.example',
    });
  });

  it('the list of shpc', async () => {
    const server = await serve(site({ '/x/library.json': { body: { 'quay.io/a/b': {} } } }));
    const address = `http://${server.address}/x/library.json`;
    expect(await recognise(address, options)).toMatchObject({ kind: 'shpc', address });
  });

  it('an S3-compatible server, with or without its bucket', async () => {
    const list = '<?xml version="1.0"?><ListBucketResult xmlns="x"><Name>images</Name></ListBucketResult>';
    const denied = '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>';
    const server = await serve(
      site({
        '/': { status: 403, body: denied, headers: { server: 'MinIO', 'x-amz-request-id': '1' } },
        '/images/site/': { body: list, headers: { 'x-amz-bucket-region': 'eu-north-1' } },
      }),
    );
    expect(await recognise(`http://${server.address}/`, options)).toMatchObject({ kind: 's3', s3: null });
    expect(await recognise(`http://${server.address}/images/site/`, options)).toMatchObject({
      kind: 's3',
      address: `http://${server.address}`,
      s3: { bucket: 'images', prefix: 'site/', style: 'path', region: 'eu-north-1' },
    });
  });

  it('a web directory, open or closed, whose password does not stay in the address', async () => {
    const server = await serve(
      site({
        '/files/': { body: '<html>', headers: { 'content-type': 'text/html' } },
        '/closed/': { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
      }),
    );
    const found = await recognise(`http://me:secret@${server.address}/files/`, options);
    expect(found).toMatchObject({ kind: 'web', address: `http://${server.address}/files/` });
    expect(server.seen.every(({ headers }) => headers.authorization === undefined)).toBe(true);
    expect((await recognise(`http://${server.address}/closed/`, options)).kind).toBe('web');
  });

  it('a web server that answers everything alike is no registry', async () => {
    const server = await serve((_request, response) =>
      answer(response, 200, Buffer.from('<html>'), { 'content-type': 'text/html' }),
    );
    expect((await recognise(server.address, options)).kind).toBe('web');
  });

  it('fails where nothing answers, or nothing that makes sense', async () => {
    const odd = await serve((_request, response) => answer(response, 200, Buffer.from('hello')));
    expect((await failureOf(recognise(odd.address, options))).code).toBe('registry.protocol');
    await odd.dispose();
    expect((await failureOf(recognise(odd.address, options))).code).toBe('registry.connectionRefused');
    const silent = await serve(() => undefined);
    const timeouts = { answerMs: 100 };
    expect((await failureOf(recognise(silent.address, { ...options, timeouts }))).code).toBe(
      'registry.timeout',
    );
  });

  it('does not read 10 MB, nor follow redirects to places of this machine for ever', async () => {
    const large = await serve((_request, response) =>
      answer(response, 200, Buffer.alloc(10 * 1024 * 1024, ' ')),
    );
    expect((await failureOf(recognise(large.address, options))).code).toBe('registry.protocol');
    const loop = await serve((request, response) =>
      answer(response, 302, {}, { location: `${request.url}x` }),
    );
    expect((await failureOf(recognise(loop.address, options))).code).toBe('registry.protocol');
  });
});
