import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { registryIdSchema } from '#core/contract/ids.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import type { AdapterMeans, RegistryAdapter } from '../adapter.ts';
import { recognise } from '../recognise.ts';
import { drain } from '../testing/drain.ts';
import { failureOf } from '../testing/failure.ts';
import { createOciAdapter } from './oci.ts';

const run = promisify(execFile);
const bed = testbed();
const { signal } = new AbortController();
const everything = { term: '', path: null };

function adapterOf(address: string, credentials: AdapterMeans['credentials'] = null): RegistryAdapter {
  const registry = {
    id: registryIdSchema.parse('r'),
    label: address,
    kind: 'oci' as const,
    address,
    allowHttp: false,
    mirrors: [],
    apiUrl: null,
    s3: null,
  };
  return createOciAdapter({ registry, credentials });
}

async function skopeo(reference: string) {
  const { stdout } = await run('skopeo', ['inspect', '--tls-verify=false', `docker://${reference}`]);
  return JSON.parse(stdout);
}

describe('the real registry', () => {
  const adapter = adapterOf(bed.registry);

  it('lists its repositories, and what matches a term', async () => {
    const names = (await drain(adapter.repositories(everything, signal))).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['demo/python', 'demo/sif', 'demo/tiny']));
    const found = await drain(adapter.repositories({ term: 'TINY', path: null }, signal));
    expect(found.map(({ name }) => name)).toContain('demo/tiny');
    expect(found.map(({ name }) => name)).not.toContain('demo/python');
  });

  it('lists tags and their facts as skopeo knows them', async () => {
    const { repository, tags, compressedBytes } = bed.realistic;
    expect((await drain(adapter.tags(repository, signal))).map(({ name }) => name).sort()).toEqual([...tags]);
    const [first] = await adapter.tagFacts(repository, [tags[0]], signal);
    const known = await skopeo(`${bed.registry}/${repository}:${tags[0]}`);
    expect(first).toMatchObject({
      digest: known.Digest,
      sizeBytes: compressedBytes,
      architectures: [known.Architecture],
    });
  });

  it('shows an image as skopeo knows it', async () => {
    const { repository, tag } = bed.tiny;
    const known = await skopeo(`${bed.registry}/${repository}:${tag}`);
    const facts = await adapter.show({ repository, tag, digest: null, architecture: 'amd64' }, signal);
    expect(facts).toMatchObject({ holds: 'container', digest: known.Digest, note: null });
    expect(facts.manifest?.layers.map(({ digest }) => digest)).toEqual(known.Layers);
    expect(facts.manifest?.environment).toEqual(known.Env);
    expect(Object.fromEntries(facts.manifest?.labels.map(({ name, value }) => [name, value]) ?? [])).toEqual(
      known.Labels,
    );
    expect(facts.manifest).toMatchObject({ entrypoint: ['/opt/app/bin/hello'], command: ['world'] });
    expect(facts.manifest?.history.map(({ layer }) => layer)).toEqual([0, 1]);
    expect(facts.referrersNote).toContain('no list of referrers');
    const pinned = { repository, tag: null, digest: facts.digest, architecture: 'amd64' };
    expect((await adapter.show(pinned, signal)).manifest).toEqual(facts.manifest);
  });

  it.skipIf(whyMissing('tiny') !== null)('shows both platforms of an index', async () => {
    const request = { repository: 'demo/multi', tag: '1', digest: null, architecture: 'arm64' };
    const facts = await adapter.show(request, signal);
    expect(facts.platforms.map(({ architecture }) => architecture)).toEqual(['amd64', 'arm64']);
    expect(facts.manifest?.architecture).toBe('arm64');
    expect(facts.digest).not.toBe(facts.manifest?.digest);
  });

  it.skipIf(whyMissing('apptainer', 'tiny') !== null)('knows a SIF that the runtime pushed', async () => {
    const { orasRepository: repository, tag } = bed.tiny;
    const facts = await adapter.show({ repository, tag, digest: null, architecture: 'amd64' }, signal);
    expect(facts.holds).toBe('sif');
    expect(facts.reference).toBe(`oras://${bed.registry}/${repository}:${tag}`);
    expect(facts.manifest?.layers).toHaveLength(1);
  });

  it('names what is not there', async () => {
    const gone = adapter.show(
      { repository: 'demo/no', tag: 'x', digest: null, architecture: 'amd64' },
      signal,
    );
    expect((await failureOf(gone)).code).toBe('registry.notFound');
    expect((await failureOf(drain(adapter.tags('demo/no', signal)))).code).toBe('registry.notFound');
  });

  it.skipIf(whyMissing('authRegistry') !== null)('wants a password, and lists with it', async () => {
    const { address, userName, password } = bed.authRegistry;
    const failure = await failureOf(drain(adapterOf(address).repositories(everything, signal)));
    expect(failure).toMatchObject({ code: 'registry.unauthorized', action: { kind: 'signIn' } });
    const closed = adapterOf(address, { userName, password });
    expect((await drain(closed.repositories(everything, signal))).map(({ name }) => name)).toContain(
      'demo/tiny',
    );
    const shown = await closed.show(
      { repository: 'demo/tiny', tag: 'v1', digest: null, architecture: 'amd64' },
      signal,
    );
    expect(shown.holds).toBe('container');
  });
});

describe.skipIf(whyMissing('specRegistry') !== null)('the registry that follows the specification', () => {
  const adapter = adapterOf(bed.specRegistry);

  it('gives 5,000 tags in five pages', async () => {
    const sizes: number[] = [];
    for await (const batch of adapter.tags('many/tags', signal)) sizes.push(batch.length);
    expect(sizes).toEqual([1000, 1000, 1000, 1000, 1000]);
    const [fact] = await adapter.tagFacts('many/tags', ['0.7.0'], signal);
    expect(fact?.updatedAt).toBe(Date.UTC(2024, 0, 8));
  });

  it('gives its catalog in pages, and finds one of 2,500 in them', async () => {
    expect(await drain(adapter.repositories(everything, signal))).toHaveLength(2504);
    const found = await drain(adapter.repositories({ term: 'team-24/tool-099', path: null }, signal));
    expect(found).toHaveLength(1);
  });

  it('tells platforms, history and attestation of an index', async () => {
    const request = { repository: 'demo/multi', tag: '1', digest: null, architecture: 'arm/v7' };
    const facts = await adapter.show(request, signal);
    expect(facts.platforms.map(({ architecture }) => architecture)).toEqual(['amd64', 'arm64/v8', 'arm/v7']);
    expect(facts.manifest).toMatchObject({
      architecture: 'arm/v7',
      user: '1000:1000',
      workingFolder: '/data',
    });
    expect(facts.manifest?.history.map(({ layer }) => layer)).toEqual([0, null, 1]);
    expect(facts.referrers.map(({ kind }) => kind)).toEqual(['attestation']);
  });

  it('finds signatures, SBOMs and statements by the list, page by page', async () => {
    const request = { repository: 'demo/signed', tag: '1', digest: null, architecture: 'amd64' };
    const { referrers, referrersNote } = await adapter.show(request, signal);
    expect(referrers.map(({ kind }) => kind).sort()).toEqual([
      ...['attestation', 'attestation', 'other', 'sbom', 'sbom', 'signature', 'signature'],
    ]);
    expect(referrersNote).toContain('list of referrers');
  });

  it('finds them by tags where there is no list', async () => {
    const request = { repository: 'demo/old', tag: '1', digest: null, architecture: 'amd64' };
    const { referrers } = await adapter.show(request, signal);
    expect(referrers.map(({ kind }) => kind).sort()).toEqual(['sbom', 'sbom', 'signature']);
  });
});

describe('recognise', () => {
  it('tells the test bed’s parts apart', async () => {
    const page = await mkdtemp(join(bed.web.folder, 'page-'));
    await chmod(page, 0o755);
    await writeFile(join(page, 'index.html'), '<html><a href="x.sif">x.sif</a></html>');
    await copyFile(bed.tiny.sif, join(page, 'x.sif'));
    const files = `http://${bed.web.address}/${basename(page)}/`;
    const kinds = new Map([
      [bed.registry, 'oci'],
      [bed.authRegistry.address, 'oci'],
      [bed.tokenRegistry.address, 'oci'],
      [bed.proxyRegistry, 'oci'],
      [bed.specRegistry, 'oci'],
      [files, 'web'],
      [`${files}x.sif`, 'web'],
      [`http://${bed.s3.address}/public`, 's3'],
    ]);
    try {
      for (const [text, kind] of kinds) {
        const found = await recognise(text, { allowHttp: false, signal });
        expect([text, found.kind]).toEqual([text, kind]);
      }
    } finally {
      await rm(page, { recursive: true });
    }
  });
});
