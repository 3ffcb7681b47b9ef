import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type LibraryReference, parseImageReference } from '#core/contract/imageReference.ts';
import { createLibraryAdapter } from './adapters/library.ts';
import { digestOf } from './digest.ts';
import { downloadToFile } from './download.ts';
import { type LibrarySifOptions, openLibrarySif } from './librarySource.ts';
import {
  allOf,
  documented,
  meansFor,
  type Route,
  startDocumentedService,
} from './testing/documentedService.ts';
import { failureOf } from './testing/failure.ts';
import { answer, answerRange, type ScriptedServer, startScriptedServer } from './testing/scriptedServer.ts';

const servers: ScriptedServer[] = [];
const signal = new AbortController().signal;
const bytes = randomBytes(100_000);
const digest = digestOf(bytes);
const token = { userName: '', password: 'library-token' };
const imagePath = '/v1/images/library/default/alpine:latest';
const filePath = `/v1/imagefile/library/default/alpine:${digest.replace(':', '.')}`;

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.dispose()));
});

function imageAnswer(): object {
  return documented('library-documented/image.json', {
    [`sha256.${'a'.repeat(64)}`]: digest.replace(':', '.'),
    '"size": 3100000': `"size": ${bytes.byteLength}`,
  });
}

/** Shapes from documentation, not run against a live library. */
async function library(routes: Readonly<Record<string, Route>> = {}): Promise<ScriptedServer> {
  const server = await startDocumentedService({
    '/version': 'library-documented/version.json',
    '/v1/containers/library/default/alpine': 'library-documented/container.json',
    '/v1/search': 'library-documented/search.json',
    [`${imagePath}?arch=amd64`]: imageAnswer(),
    [filePath]: (request, response) => answerRange(request, response, bytes),
    ...routes,
  });
  servers.push(server);
  return server;
}

function reference(text: string): LibraryReference {
  const parsed = parseImageReference(`library://${text}`);
  if (!parsed.ok || parsed.reference.kind !== 'library') throw new TypeError(text);
  return parsed.reference;
}

async function pull(text: string, options: Partial<LibrarySifOptions> = {}) {
  return await openLibrarySif(reference(text), {
    architecture: 'amd64',
    isHttpAllowed: false,
    credentials: null,
    signal,
    ...options,
  });
}

async function saved(
  open: Parameters<typeof downloadToFile>[0]['open'],
  expected: { digest: string | null },
) {
  const folder = await mkdtemp(join(tmpdir(), 'library-'));
  try {
    const partPath = join(folder, 'x.part');
    await downloadToFile({ open, partPath, expected: { ...expected, sizeBytes: null }, signal });
    return await readFile(partPath);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('a SIF of a library', () => {
  it('is known by its hash and size before it is fetched', async () => {
    const server = await library();
    const source = await pull(`${server.address}/library/default/alpine:latest`);
    expect(source).toMatchObject({ digest, sizeBytes: bytes.byteLength, identity: digest });
    expect(await saved(source.open, { digest })).toEqual(bytes);
  });

  it('is fetched by its hash, from any offset', async () => {
    const server = await library();
    const { open } = await pull(`${server.address}/library/default/alpine`);
    const opened = await open(60_000, signal, null);
    const chunks: Uint8Array[] = [];
    for await (const chunk of opened.chunks) chunks.push(chunk);
    expect(opened).toMatchObject({ offset: 60_000, totalBytes: bytes.byteLength });
    expect(Buffer.concat(chunks)).toEqual(bytes.subarray(60_000));
    expect(server.seen.at(-1)?.path).toBe(`${filePath}?arch=amd64`);
  });

  it('comes from the storage that the library names, which sees no token', async () => {
    const storage = await startScriptedServer((request, response) => answerRange(request, response, bytes));
    servers.push(storage);
    const server = await library({
      [imagePath]: (request, response) =>
        request.headers.authorization === 'Bearer library-token'
          ? answer(response, 200, imageAnswer())
          : answer(response, 401, {}),
      [`${imagePath}?arch=amd64`]: (request, response) =>
        request.headers.authorization === 'Bearer library-token'
          ? answer(response, 200, imageAnswer())
          : answer(response, 401, {}),
      [filePath]: (_request, response) =>
        answer(response, 303, {}, { location: `http://${storage.address}/bucket/x?signature=s` }),
    });
    const { open } = await pull(`${server.address}/library/default/alpine`, { credentials: token });
    const opened = await open(50_000, signal, null);
    for await (const chunk of opened.chunks) expect(chunk.byteLength).toBeGreaterThan(0);
    expect(opened.offset).toBe(50_000);
    expect(storage.seen[0]?.headers.range).toBe('bytes=50000-');
    expect(JSON.stringify(storage.seen)).not.toContain('library-token');
    expect(server.seen.some(({ headers }) => headers.authorization === 'Bearer library-token')).toBe(true);
  });

  it('is fetched from the start where the storage knows no ranges', async () => {
    const server = await library({ [filePath]: (_request, response) => answer(response, 200, bytes) });
    const { open } = await pull(`${server.address}/library/default/alpine`);
    const opened = await open(50_000, signal, null);
    for await (const chunk of opened.chunks) expect(chunk.byteLength).toBeGreaterThan(0);
    expect(opened.offset).toBe(0);
  });

  it('is refused when its bytes are not those of its hash', async () => {
    const server = await library({
      [filePath]: (_request, response) => answer(response, 200, randomBytes(100_000)),
    });
    const { open } = await pull(`${server.address}/library/default/alpine`);
    expect((await failureOf(saved(open, { digest }))).code).toBe('registry.digestMismatch');
  });

  it('comes from the library that a front end names', async () => {
    const server = await library();
    const front = await startDocumentedService({
      '/version': Buffer.from('<html>a page for everything</html>'),
      '/assets/config/config.prod.json': documented('library-documented/config.prod.json', {
        LIBRARY: `http://${server.address}/`,
      }),
    });
    servers.push(front);
    const onNotice = vi.fn();
    const source = await pull(`${front.address}/library/default/alpine`, { credentials: token, onNotice });
    expect(source.digest).toBe(digest);
    expect(onNotice).toHaveBeenCalledWith(`${front.address} names ${server.address} as its library.`);
    expect(JSON.stringify(server.seen)).not.toContain('library-token');
  });

  it('is not looked for where a front end names an address that may not be asked', async () => {
    const front = await startDocumentedService({
      '/assets/config/config.prod.json': documented('library-documented/config.prod.json', {
        LIBRARY: 'http://169.254.169.254/',
      }),
    });
    servers.push(front);
    const report = await failureOf(pull(`${front.address}/library/default/alpine`));
    expect(report).toMatchObject({ code: 'registry.notFound', data: { registry: front.address } });
  });

  it('needs a library: there is none by default', async () => {
    const report = await failureOf(pull('alpine'));
    expect(report).toMatchObject({ code: 'registry.noLibrary', data: { reference: 'library://alpine' } });
  });

  it('is looked for in the default library where there is one', async () => {
    const server = await library();
    expect(await pull('alpine', { defaultHost: `http://${server.address}` })).toMatchObject({ digest });
  });

  it('says for which architectures a tag exists', async () => {
    const server = await library();
    const pulled = pull(`${server.address}/library/default/alpine`, { architecture: 's390x' });
    expect(await failureOf(pulled)).toMatchObject({
      code: 'image.nothingForArchitecture',
      data: { available: 'amd64, arm64', architecture: 's390x' },
    });
  });

  it('is not taken for another architecture from a library that knows none', async () => {
    const server = await library({ [imagePath]: imageAnswer() });
    const pulled = pull(`${server.address}/library/default/alpine`, { architecture: 'arm64' });
    expect((await failureOf(pulled)).code).toBe('image.nothingForArchitecture');
  });

  it('says that a library is not there for us', async () => {
    const server = await library({
      [`${imagePath}?arch=amd64`]: (_request, response) => answer(response, 403, {}),
    });
    const pulled = pull(`${server.address}/library/default/alpine`);
    expect((await failureOf(pulled)).code).toBe('registry.forbidden');
  });
});

describe('browsing a library', () => {
  const adapterAt = (server: ScriptedServer) =>
    createLibraryAdapter(meansFor({ kind: 'library', address: `http://${server.address}` }));

  it('searches for three characters or more', async () => {
    const adapter = adapterAt(await library());
    expect(await allOf(adapter.repositories({ term: 'alp', path: null }, signal))).toMatchObject([
      { name: 'library/default/alpine', stars: 4, pulls: 120, description: 'A small Linux' },
    ]);
    const short = allOf(adapter.repositories({ term: 'al', path: null }, signal));
    expect((await failureOf(short)).code).toBe('registry.cannotSearch');
    const none = allOf(adapter.repositories({ term: '', path: null }, signal));
    expect((await failureOf(none)).code).toBe('registry.cannotList');
  });

  it('tells for which architectures a tag exists, and its facts when asked', async () => {
    const adapter = adapterAt(await library());
    const tags = await allOf(adapter.tags('library/default/alpine', signal));
    expect(tags).toMatchObject([
      { name: 'latest', architectures: ['amd64', 'arm64'], sizeBytes: null },
      { name: '3.20', architectures: ['amd64'] },
    ]);
    expect(await adapter.tagFacts('library/default/alpine', ['latest', '3.20'], signal)).toMatchObject([
      { name: 'latest', digest, sizeBytes: bytes.byteLength },
      { name: '3.20', digest: null, architectures: ['amd64'] },
    ]);
  });

  it('shows size, hash and signatures of an image', async () => {
    const server = await library();
    const request = {
      repository: 'library/default/alpine',
      tag: 'latest',
      digest: null,
      architecture: 'amd64',
    };
    const facts = await adapterAt(server).show(request, signal);
    expect(facts).toMatchObject({
      reference: `library://${server.address}/library/default/alpine:latest`,
      byDigest: `library://${server.address}/library/default/alpine:${digest.replace(':', '.')}`,
      holds: 'sif',
      digest,
      manifest: { sizeBytes: bytes.byteLength, createdAt: Date.UTC(2026, 0, 2, 3, 4, 5) },
      note: 'The tag also exists for arm64.',
    });
    expect(facts.manifest?.annotations).toContainEqual({
      name: 'fingerprint',
      value: '12045C8C0B1004D058DE4BEDA20C27EE7FF7BA84',
    });
    expect(facts.referrersNote).toContain('signed by 12045C8C');
  });

  it('shows for which other architectures there is one', async () => {
    const request = {
      repository: 'library/default/alpine',
      tag: 'latest',
      digest: null,
      architecture: 's390x',
    };
    expect(await adapterAt(await library()).show(request, signal)).toMatchObject({
      manifest: null,
      note: 'The tag also exists for amd64, arm64.',
    });
  });

  it('leaves out containers and tags whose names cannot stand in a reference', async () => {
    const hostile = { name: '../x', entityName: 'a', collectionName: 'b' };
    const tags = { name: 'c', archTags: { amd64: { 'a b': '1', ok: '2' }, 'x\n': { bad: '1' } } };
    const adapter = adapterAt(
      await library({
        '/v1/search': { data: { container: [hostile, null, { entityName: 7 }] } },
        '/v1/containers/a/b/c': { data: tags },
      }),
    );
    expect(await allOf(adapter.repositories({ term: 'any', path: null }, signal))).toEqual([]);
    const found = await allOf(adapter.tags('a/b/c', signal));
    expect(found.map(({ name }) => name)).toEqual(['ok']);
    expect((await failureOf(allOf(adapter.tags('../../x', signal)))).code).toBe('registry.badReference');
  });
});
