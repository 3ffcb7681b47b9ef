import { afterEach, describe, expect, it } from 'vitest';
import { digestOf } from './digest.ts';
import { showImage } from './imageFacts.ts';
import { parseConfigFacts } from './imageFactsConfig.ts';
import { RegistryRequests } from './registryRequests.ts';
import { failureOf } from './testing/failure.ts';
import { encode, makeImage } from './testing/imageFixture.ts';
import { answer, type Handler, type ScriptedServer, startScriptedServer } from './testing/scriptedServer.ts';

const servers: ScriptedServer[] = [];
const { signal } = new AbortController();

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.dispose()));
});

async function serve(handle: Handler): Promise<ScriptedServer> {
  const server = await startScriptedServer(handle);
  servers.push(server);
  return server;
}

interface Wanted {
  readonly tag?: string | null;
  readonly digest?: string | null;
  readonly architecture?: string;
}

function show(
  { address }: ScriptedServer,
  { tag = 'v1', digest = null, architecture = 'amd64' }: Wanted = {},
) {
  const requests = new RegistryRequests({ registry: address, isHttpAllowed: false, credentials: null });
  return showImage(requests, { repository: 'demo/x', tag, digest, architecture }, { signal });
}

const oci = 'application/vnd.oci.image';
const blob = (mediaType: string, bytes: Uint8Array) => ({
  mediaType,
  digest: digestOf(bytes),
  size: bytes.byteLength,
});

/** Serves documents by tag or digest, and blobs. */
function documents(
  list: Readonly<Record<string, object>>,
  blobs: readonly Uint8Array[] = [],
  referrers: readonly object[] | null = null,
): Handler {
  const manifests = new Map<string, Uint8Array>();
  for (const [name, document] of Object.entries(list)) {
    const bytes = encode(document);
    manifests.set(name, bytes);
    manifests.set(digestOf(bytes), bytes);
  }
  return (request, response) => {
    const path = request.url ?? '';
    const name = path.slice(path.lastIndexOf('/') + 1);
    const found = path.includes('/manifests/')
      ? manifests.get(name)
      : blobs.find((one) => digestOf(one) === name);
    if (path === '/v2/') answer(response, 200);
    else if (path.includes('/referrers/') && referrers !== null)
      answer(response, 200, { schemaVersion: 2, manifests: referrers });
    else if (found === undefined) answer(response, 404, { errors: [{ code: 'MANIFEST_UNKNOWN' }] });
    else answer(response, 200, found, { 'docker-content-digest': digestOf(found) });
  };
}

const empty = Buffer.from('{}');
function artifact(artifactType: string | undefined, configType: string, layerType: string): object {
  return {
    schemaVersion: 2,
    mediaType: `${oci}.manifest.v1+json`,
    artifactType,
    config: blob(configType, empty),
    layers: [blob(layerType, empty)],
  };
}

describe('showImage', () => {
  it('tells an index, its platforms with their sizes, and the manifest for the architecture', async () => {
    const image = makeImage([300, 200]);
    const facts = await show(await serve(image.handle), { architecture: 'arm64' });
    expect(facts).toMatchObject({
      digest: digestOf(image.index),
      holds: 'container',
      platforms: [
        { architecture: 'amd64', os: 'linux', sizeBytes: 500 },
        { architecture: 'arm64/v8', os: 'linux', sizeBytes: 500 },
      ],
      manifest: { digest: digestOf(image.manifest), architecture: 'arm64/v8', sizeBytes: 500 },
      referrers: [{ kind: 'attestation', digest: digestOf(image.manifest) }],
      note: null,
    });
    expect(facts.byDigest).toMatch(new RegExp(`/demo/x@${digestOf(image.index)}$`));
  });

  it('shows another architecture, with a note, where the wanted one is missing', async () => {
    const server = await serve(makeImage([1]).handle);
    const facts = await show(server, { architecture: 'ppc64le' });
    expect(facts.manifest?.architecture).toBe('amd64');
    expect(facts.note).toBe('There is nothing for ppc64le here; what is shown is for amd64.');
  });

  it('shows what a digest names, without a tag', async () => {
    const image = makeImage([1]);
    const facts = await show(await serve(image.handle), { tag: null, digest: digestOf(image.manifest) });
    expect(facts).toMatchObject({ tag: null, digest: digestOf(image.manifest) });
    expect(facts.reference).toBe(facts.byDigest);
  });

  it('refuses a manifest or a configuration that is not what its digest says', async () => {
    const image = makeImage([1]);
    for (const spoilt of [digestOf(image.manifest), digestOf(image.config)]) {
      const server = await serve((request, response) =>
        request.url?.endsWith(spoilt) ? answer(response, 200, { a: 1 }) : image.handle(request, response),
      );
      expect((await failureOf(show(server))).code).toBe('registry.digestMismatch');
    }
  });

  it('does not go into an index inside an index', async () => {
    const image = makeImage([1]);
    const entry = {
      ...blob(`${oci}.index.v1+json`, image.index),
      platform: { architecture: 'amd64', os: 'linux' },
    };
    for (const mediaType of [`${oci}.index.v1+json`, `${oci}.manifest.v1+json`]) {
      const outer = { schemaVersion: 2, manifests: [{ ...entry, mediaType }] };
      const server = await serve((request, response) =>
        request.url?.endsWith('/outer') ? answer(response, 200, outer) : image.handle(request, response),
      );
      const facts = await show(server, { tag: 'outer' });
      expect(facts).toMatchObject({ manifest: null, holds: 'other' });
      expect(facts.note).toContain('no runtime pulls');
    }
  });

  it('takes an empty index, and one whose other platforms are not there', async () => {
    expect((await show(await serve(documents({ v1: { schemaVersion: 2, manifests: [] } })))).note).toContain(
      'empty',
    );
    const image = makeImage([7]);
    const entry = {
      ...blob(`${oci}.manifest.v1+json`, image.manifest),
      platform: { architecture: 'amd64', os: 'linux' },
    };
    const gone = {
      ...entry,
      digest: `sha256:${'1'.repeat(64)}`,
      platform: { architecture: 'arm64', os: 'linux' },
    };
    const server = await serve((request, response) =>
      request.url?.endsWith('/some')
        ? answer(response, 200, { schemaVersion: 2, manifests: [gone, entry] })
        : image.handle(request, response),
    );
    const { platforms } = await show(server, { tag: 'some' });
    expect(platforms.map(({ sizeBytes }) => sizeBytes)).toEqual([null, 7]);
  });

  it('reads the manifests of sixteen platforms at most', async () => {
    const image = makeImage([7]);
    const manifests = Array.from({ length: 200 }, (_, index) => ({
      ...blob(`${oci}.manifest.v1+json`, Buffer.from(`${index}`)),
      platform: { architecture: `a${index}`, os: 'linux' },
    }));
    const amd64 = {
      ...blob(`${oci}.manifest.v1+json`, image.manifest),
      platform: { architecture: 'amd64', os: 'linux' },
    };
    const server = await serve((request, response) =>
      request.url?.endsWith('/wide')
        ? answer(response, 200, { schemaVersion: 2, manifests: [...manifests, amd64] })
        : image.handle(request, response),
    );
    expect((await show(server, { tag: 'wide' })).platforms).toHaveLength(201);
    const read = server.seen.filter(
      ({ method, path }) => method === 'GET' && /manifests\/sha256:/.test(path),
    );
    expect(read).toHaveLength(17);
  });

  it('refuses 10 MB of manifest', async () => {
    const server = await serve((request, response) =>
      answer(
        response,
        200,
        request.url === '/v2/' ? {} : { schemaVersion: 2, x: 'x'.repeat(10 * 1024 * 1024) },
      ),
    );
    expect((await failureOf(show(server))).code).toBe('registry.protocol');
  });

  it.each([
    [
      'a Helm chart',
      undefined,
      'application/vnd.cncf.helm.config.v1+json',
      'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
    ],
    ['a WebAssembly module', undefined, 'application/vnd.wasm.config.v0+json', 'application/wasm'],
    [
      'a cosign signature',
      undefined,
      `${oci}.config.v1+json`,
      'application/vnd.dev.cosign.simplesigning.v1+json',
    ],
    ['an SBOM (SPDX)', 'application/spdx+json', 'application/vnd.oci.empty.v1+json', 'application/spdx+json'],
    ['an attestation (in-toto)', undefined, `${oci}.config.v1+json`, 'application/vnd.in-toto+json'],
    ['an OCI-SIF', undefined, `${oci}.config.v1+json`, 'application/vnd.sylabs.image.layer.v1.squashfs'],
    [
      'an artifact of the type application/x-own',
      'application/x-own',
      'application/vnd.oci.empty.v1+json',
      'text/plain',
    ],
    ['an artifact of the type text/plain', undefined, 'application/vnd.oci.empty.v1+json', 'text/plain'],
  ])('calls %s by its name', async (text, artifactType, configType, layerType) => {
    const facts = await show(
      await serve(documents({ v1: artifact(artifactType, configType, layerType) }, [empty])),
    );
    expect(facts.holds).toBe('other');
    expect(facts.holdsText).toContain(text);
  });

  it('knows a SIF, and what the library says of it', async () => {
    const config = encode({ architecture: 'arm64', os: 'linux' });
    const sif = {
      schemaVersion: 2,
      config: blob('application/vnd.sylabs.sif.config.v1+json', config),
      layers: [blob('application/vnd.sylabs.sif.layer.v1.sif', empty)],
      annotations: { 'org.opencontainers.image.created': '2024-05-01T00:00:00Z' },
    };
    const facts = await show(await serve(documents({ v1: sif }, [config])));
    expect(facts).toMatchObject({
      holds: 'sif',
      manifest: { architecture: 'arm64', createdAt: Date.UTC(2024, 4, 1) },
      note: 'This image is for arm64, not for amd64.',
    });
    expect(facts.reference).toMatch(/^oras:/);
  });

  it('tells the requests that are left', async () => {
    const image = makeImage([1]);
    const server = await serve((request, response) => {
      response.setHeader('ratelimit-limit', '100;w=21600');
      response.setHeader('ratelimit-remaining', '76;w=21600');
      image.handle(request, response);
    });
    expect((await show(server)).rate).toMatchObject({ limit: 100, remaining: 76, windowSeconds: 21_600 });
  });
});

describe('referrers', () => {
  const signature = (digest: string) => ({
    mediaType: `${oci}.manifest.v1+json`,
    digest,
    size: 10,
    artifactType: 'application/vnd.cncf.notary.signature',
    annotations: { by: 'somebody' },
  });

  it('are found by the list', async () => {
    const image = artifact(undefined, `${oci}.config.v1+json`, `${oci}.layer.v1.tar+gzip`);
    const server = await serve(documents({ v1: image }, [empty], [signature(`sha256:${'1'.repeat(64)}`)]));
    const facts = await show(server);
    expect(facts.referrers).toEqual([
      expect.objectContaining({ kind: 'signature', annotations: [{ name: 'by', value: 'somebody' }] }),
    ]);
    expect(facts.referrersNote).toContain('list of referrers');
  });

  it('are found by tags where there is no list, asked for by HEAD', async () => {
    const image = artifact(undefined, `${oci}.config.v1+json`, `${oci}.layer.v1.tar+gzip`);
    const tag = digestOf(encode(image)).replace(':', '-');
    const list = { schemaVersion: 2, manifests: [signature(`sha256:${'1'.repeat(64)}`)] };
    const server = await serve(
      documents({ v1: image, [tag]: list, [`${tag}.sbom`]: { schemaVersion: 2 } }, [empty]),
    );
    const facts = await show(server);
    expect(facts.referrers.map(({ kind }) => kind).sort()).toEqual(['sbom', 'signature']);
    expect(facts.referrersNote).toMatch(/no list of referrers.*cosign/);
    const heads = server.seen.filter(({ method }) => method === 'HEAD');
    expect(heads).toHaveLength(4);
  });

  it('do not hide the image when they are refused', async () => {
    const image = makeImage([1]);
    const server = await serve((request, response) =>
      request.url?.includes('/referrers/') ? answer(response, 403) : image.handle(request, response),
    );
    const facts = await show(server);
    expect(facts.manifest).not.toBeNull();
    expect(facts.referrersNote).toContain('not known');
  });

  it('that never end are cut', async () => {
    const image = artifact(undefined, `${oci}.config.v1+json`, `${oci}.layer.v1.tar+gzip`);
    const serveImage = documents({ v1: image }, [empty]);
    let count = 0;
    const server = await serve((request, response) => {
      if (request.url?.includes('/referrers/') !== true) return serveImage(request, response);
      const manifests = Array.from({ length: 100 }, () => signature(digestOf(Buffer.from(`${count++}`))));
      answer(response, 200, { schemaVersion: 2, manifests }, { link: `<?from=${count}>; rel="next"` });
    });
    expect((await show(server)).referrers).toHaveLength(500);
    expect(count).toBeLessThan(1000);
  });
});

describe('parseConfigFacts', () => {
  const facts = { registry: 'r', repository: 'x' };
  const parse = (config: object, layers: number) => parseConfigFacts(encode(config), layers, facts);
  const history = [
    { created: '2024-01-01T00:00:00Z', created_by: 'ADD root', comment: 'base' },
    { created: '0001-01-01T00:00:00Z', created_by: 'ENV A=1', empty_layer: true },
    { created_by: 'RUN make' },
  ];

  it('ties the lines of the history to their layers', () => {
    expect(parse({ history }, 2).history).toEqual([
      { layer: 0, createdAt: Date.UTC(2024, 0, 1), createdBy: 'ADD root', comment: 'base' },
      { layer: null, createdAt: null, createdBy: 'ENV A=1', comment: '' },
      { layer: 1, createdAt: null, createdBy: 'RUN make', comment: '' },
    ]);
    expect(parse({ history }, 5).history.map(({ layer }) => layer)).toEqual([null, null, null]);
  });

  it('takes what old and careless builders leave out', () => {
    expect(parse({ created: '1970-01-01T00:00:00Z', config: null, history: null }, 1)).toMatchObject({
      createdAt: null,
      labels: [],
      environment: [],
    });
    expect(parse({ config: { Entrypoint: '/bin/sh', Cmd: null, Labels: null } }, 0).entrypoint).toEqual([
      '/bin/sh',
    ]);
  });

  it('cuts what is too long, and refuses what is no configuration', () => {
    const long = { config: { Env: Array.from({ length: 5000 }, () => `A=${'x'.repeat(50_000 / 5)}`) } };
    expect(parse(long, 0).environment).toHaveLength(1000);
    const label = parse({ config: { Labels: { a: 'x'.repeat(100_000) } } }, 0).labels[0];
    expect(label?.value).toHaveLength(16_384);
    expect(() => parse({ history: 'none' }, 0)).toThrow();
  });
});
