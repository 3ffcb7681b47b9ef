import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { parseImageReference, type ShubReference } from '#core/contract/imageReference.ts';
import { createShubAdapter } from './adapters/shub.ts';
import { digestOf } from './digest.ts';
import { openShubSif } from './shubSource.ts';
import { allOf, documented, meansFor, startDocumentedService } from './testing/documentedService.ts';
import { failureOf } from './testing/failure.ts';
import { answerRange, type ScriptedServer } from './testing/scriptedServer.ts';

const signal = new AbortController().signal;
const bytes = randomBytes(50_000);
const path = '/api/container/vsoch/hello-world:latest';
let server: ScriptedServer;

afterEach(async () => {
  await server.dispose();
});

/** Shapes from documentation, not run against the live archive. */
async function hub(image: (address: string) => string, more: object = {}): Promise<void> {
  server = await startDocumentedService({
    '/v2/': {},
    [path]: (_request, response) =>
      response.end(
        JSON.stringify({
          ...documented('shub-documented/container.json', { ADDRESS: image(server.address) }),
          ...more,
        }),
      ),
    '/storage/x.sif': (request, response) => answerRange(request, response, bytes, { etag: '"one"' }),
  });
}

function reference(): ShubReference {
  const parsed = parseImageReference(`shub://${server.address}/vsoch/hello-world`);
  if (!parsed.ok || parsed.reference.kind !== 'shub') throw new TypeError('not a reference');
  return parsed.reference;
}

const pull = () =>
  openShubSif(reference(), { architecture: 'amd64', isHttpAllowed: false, credentials: null, signal });

describe('an image of Singularity Hub', () => {
  it('is fetched from where its manifest says, from any offset', async () => {
    await hub((address) => `http://${address}/storage/x.sif?signature=secret`);
    const source = await pull();
    expect(source).toMatchObject({ digest: null, sizeBytes: null });
    expect(source.identity).toContain('vsoch/hello-world:latest 3bac21df');
    expect(source.identity).not.toContain('secret');
    const opened = await source.open(20_000, signal, '"one"');
    const chunks: Uint8Array[] = [];
    for await (const chunk of opened.chunks) chunks.push(chunk);
    expect(opened).toMatchObject({ offset: 20_000, totalBytes: bytes.byteLength, validator: '"one"' });
    expect(Buffer.concat(chunks)).toEqual(bytes.subarray(20_000));
  });

  it('is verified where the server names a SHA-256, and needs no commit', async () => {
    await hub((address) => `http://${address}/storage/x.sif`, {
      version: digestOf(bytes).replace(':', '.'),
      commit: null,
    });
    expect((await pull()).digest).toBe(digestOf(bytes));
  });

  it.each([
    ['file:///etc/passwd'],
    ['http://169.254.169.254/latest/meta-data'],
    ['http://elsewhere.invalid/x.sif'],
    ['not an address'],
  ])('is not fetched from %s', async (image) => {
    await hub(() => image);
    const report = await failureOf(pull());
    expect(report.code).toBe('registry.protocol');
    expect(String(report.data['reason'])).toContain('address of the file refused');
  });

  it('is not found where the archive has none', async () => {
    server = await startDocumentedService({ '/v2/': {} });
    expect(await failureOf(pull())).toMatchObject({
      code: 'registry.notFound',
      data: { repository: 'vsoch/hello-world', reference: 'latest' },
    });
  });
});

describe('browsing Singularity Hub', () => {
  const request = { repository: 'vsoch/hello-world', tag: null, digest: null, architecture: 'amd64' };
  const adapter = () => createShubAdapter(meansFor({ kind: 'shub', address: server.address }));

  it('shows an image by its whole name', async () => {
    await hub((address) => `http://${address}/storage/x.sif`);
    const facts = await adapter().show(request, signal);
    expect(facts).toMatchObject({
      reference: `shub://${server.address}/vsoch/hello-world:latest`,
      holds: 'sif',
      digest: null,
    });
    expect(facts.note).toContain('e279432e6d3962777bb7b5e8d54f30f4347d867e');
  });

  it('says that it lists nothing', async () => {
    await hub(() => '');
    const list = (term: string) => allOf(adapter().repositories({ term, path: null }, signal));
    expect((await failureOf(list(''))).code).toBe('registry.cannotList');
    expect((await failureOf(list('x'))).code).toBe('registry.cannotSearch');
    expect((await failureOf(allOf(adapter().tags('a/b', signal)))).code).toBe('registry.cannotList');
  });

  it('refuses names that are none', async () => {
    await hub(() => '');
    const shown = adapter().show({ ...request, repository: '../../admin' }, signal);
    expect((await failureOf(shown)).code).toBe('registry.badReference');
  });
});
