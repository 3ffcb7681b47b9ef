import { afterEach, describe, expect, it } from 'vitest';
import { copyTag, deleteManifest, planDelete } from './changeTags.ts';
import { sifManifest } from './pushManifest.ts';
import { RegistryRequests } from './registryRequests.ts';
import { failureOf } from './testing/failure.ts';
import { answer } from './testing/scriptedServer.ts';
import { type Interference, refusal, startUploadServer, type UploadServer } from './testing/uploadServer.ts';

const { signal } = new AbortController();
const repository = 'demo/sif';
let server: UploadServer;
afterEach(() => server.dispose());

const one = sifManifest({ digest: `sha256:${'1'.repeat(64)}`, sizeBytes: 100, fileName: 'a.sif' }, {});
const two = sifManifest(
  { digest: `sha256:${'2'.repeat(64)}`, sizeBytes: 200, fileName: 'b.sif' },
  { a: 'b' },
);

async function start(tags: Readonly<Record<string, typeof one>>, interfere: Interference = () => false) {
  server = await startUploadServer((request, response) => {
    if (interfere(request, response)) return true;
    if (request.url?.startsWith(`/v2/${repository}/tags/list`) !== true) return false;
    answer(response, 200, { name: repository, tags: Object.keys(tags) });
    return true;
  });
  for (const [tag, manifest] of Object.entries(tags)) {
    server.manifests.set(`${repository}:${tag}`, manifest);
    server.manifests.set(`${repository}@${manifest.digest}`, manifest);
  }
  return new RegistryRequests({ registry: server.address, isHttpAllowed: false, credentials: null });
}

describe('a tag', () => {
  it('is copied byte for byte, under the same media type', async () => {
    const requests = await start({ v1: one });
    const named = { repository, tagOrDigest: 'v1', tag: 'v2', overwrite: false, signal };
    expect(await copyTag(requests, named)).toEqual({ digest: one.digest });
    expect(server.manifests.get(`${repository}:v2`)).toEqual({
      bytes: Buffer.from(one.bytes),
      mediaType: one.mediaType,
    });
  });

  it('that is taken stays as it is, unless it may be replaced', async () => {
    const requests = await start({ v1: one, v2: two });
    const named = { repository, tagOrDigest: one.digest, tag: 'v2', signal };
    expect(await failureOf(copyTag(requests, { ...named, overwrite: false }))).toMatchObject({
      code: 'registry.tagTaken',
      data: { digest: two.digest },
    });
    expect(server.seen.some(({ method }) => method === 'PUT')).toBe(false);
    await copyTag(requests, { ...named, overwrite: true });
    expect(server.manifests.get(`${repository}:v2`)?.bytes).toEqual(Buffer.from(one.bytes));
  });

  it('is not believed to be set by an answer alone', async () => {
    const requests = await start({ v1: one }, (request, response) => {
      if (request.method !== 'PUT') return false;
      answer(response, 201);
      return true;
    });
    const named = { repository, tagOrDigest: 'v1', tag: 'v2', overwrite: false, signal };
    expect(await failureOf(copyTag(requests, named))).toMatchObject({ code: 'registry.digestMismatch' });
  });

  it('with another form is refused before anything is asked', async () => {
    const requests = await start({ v1: one });
    const named = { repository, tagOrDigest: 'v1', tag: '../../x', overwrite: true, signal };
    expect(await failureOf(copyTag(requests, named))).toMatchObject({ code: 'registry.badReference' });
    expect(server.seen).toEqual([]);
  });
});

describe('a deletion', () => {
  it('tells all tags of the manifest', async () => {
    const requests = await start({ v1: one, b: two, latest: one });
    expect(await planDelete(requests, { repository, tagOrDigest: 'v1', signal })).toEqual({
      digest: one.digest,
      tags: ['latest', 'v1'],
      areAllTagsKnown: true,
      sizeBytes: 100 + 2 + one.bytes.byteLength,
    });
  });

  it('says that there may be more where there are too many tags, or a registry does not tell', async () => {
    const many = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`t${index}`, two]));
    const requests = await start({ ...many, v1: one });
    const plan = await planDelete(requests, { repository, tagOrDigest: 'v1', signal });
    expect(plan.areAllTagsKnown).toBe(false);
    expect(server.seen.filter(({ method }) => method === 'HEAD')).toHaveLength(1000);
  });

  it('asks for eight tags at once, and not for more', async () => {
    const waiting: (() => void)[] = [];
    let most = 0;
    const tags = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`t${index}`, two]));
    const requests = await start(tags, (request, response) => {
      if (request.method !== 'HEAD') return false;
      const digest = { 'docker-content-digest': two.digest };
      waiting.push(() => answer(response, 200, new Uint8Array(0), digest));
      most = Math.max(most, waiting.length);
      if (waiting.length >= 8) for (const goOn of waiting.splice(0)) goOn();
      return true;
    });
    expect((await planDelete(requests, { repository, tagOrDigest: 't0', signal })).tags).toHaveLength(40);
    expect(most).toBe(8);
  });

  it.each([
    [405, 'UNSUPPORTED'],
    [403, 'DENIED'],
  ])('that is refused with %d says why', async (status, code) => {
    const requests = await start({ v1: one }, (request, response) => {
      if (request.method !== 'DELETE') return false;
      answer(response, status, refusal(code, 'not here'));
      return true;
    });
    expect(
      await failureOf(deleteManifest(requests, { repository, digest: one.digest, signal })),
    ).toMatchObject({
      code: 'registry.notDeletable',
      data: { reason: `${code} not here` },
    });
  });
});
