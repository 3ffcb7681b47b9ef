import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { utimesSync } from 'node:fs';
import {
  appendFile,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseImageReference, type RegistryReference } from '#core/contract/imageReference.ts';
import { deleteManifest, planDelete } from '#core/registry/changeTags.ts';
import { createRegistryClient } from '#core/registry/createRegistryClient.ts';
import { downloadToFile } from '#core/registry/download.ts';
import { RegistryRequests } from '#core/registry/registryRequests.ts';
import type { RegistryCredentials } from '#core/registry/registrySettings.ts';
import { failureOf } from '#core/registry/testing/failure.ts';
import { startUploadServer } from '#core/registry/testing/uploadServer.ts';
import { testbed } from '#e2e/testbed/testbed.ts';
import { type CuttingProxy, startCuttingProxy } from './cuttingProxy.fixture.ts';
import { createPublishingFixture, type PublishingFixture, publishInput } from './publishing.fixture.ts';

const run = promisify(execFile);
const bed = testbed();
const { signal } = new AbortController();
const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
let repository: string;
let fixture: PublishingFixture;
/** A real SIF with 30 MB behind it that nothing can compress. */
let sif: string;
const pushed: {
  readonly registry: string;
  readonly repository: string;
  readonly credentials: RegistryCredentials | null;
}[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'publishing-'));
  repository = `publishing-${randomBytes(5).toString('hex')}/sif`;
  sif = join(folder, 'my image.sif');
  await copyFile(bed.tiny.sif, sif);
  await appendFile(sif, randomBytes(30_000_000));
  fixture = createPublishingFixture(join(folder, 'state'));
  pushed.push({ registry: bed.registry, repository, credentials: null });
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});
afterAll(async () => {
  for (const place of pushed) await removeAll(place);
});

function requestsTo(registry: string, credentials: RegistryCredentials | null = null): RegistryRequests {
  return new RegistryRequests({ registry, isHttpAllowed: false, credentials });
}

/** What a test pushed; a repository that it did not use is not there. */
async function removeAll(place: (typeof pushed)[number]): Promise<void> {
  const requests = requestsTo(place.registry, place.credentials);
  const answer = await requests.send(`${place.repository}/tags/list`, {
    method: 'GET',
    repository: place.repository,
    what: 'tags',
    headers: {},
    scope: `repository:${place.repository}:pull`,
    expected: [200, 404],
    signal,
  });
  const { tags = [] } = JSON.parse(Buffer.from(await answer.readAll(100_000)).toString()) as {
    tags?: string[] | null;
  };
  for (const tag of tags ?? []) {
    const named = { repository: place.repository, tagOrDigest: tag, signal };
    const plan = await planDelete(requests, named).catch(() => null); // gone with another tag
    if (plan !== null) await deleteManifest(requests, { ...named, digest: plan.digest });
  }
}

const referenceOf = (tag = 'v1', registry = bed.registry) => `oras://${registry}/${repository}:${tag}`;
const sha256 = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
const apptainer = (...words: readonly string[]) =>
  run('apptainer', words, { env: { ...process.env, APPTAINER_CACHEDIR: join(folder, 'cache') } });

async function manifestOf(tag: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`http://${bed.registry}/v2/${repository}/manifests/${tag}`, {
    headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
  });
  return { status: answer.status, ...(await answer.json()) };
}

describe('a push', () => {
  it('is what `apptainer pull` gets, byte for byte', async () => {
    const phases = new Set<string>();
    const work = fixture.start(publishInput(sif, referenceOf()), {
      onProgress: ({ phase }) => phases.add(phase ?? ''),
    });
    const { digest, sizeBytes, facts } = await work.ended;
    await apptainer('pull', join(folder, 'back.sif'), referenceOf());
    expect(await sha256(join(folder, 'back.sif'))).toBe(await sha256(sif));
    expect([...phases]).toEqual(['verify', 'send', 'finish']);
    expect(facts).toMatchObject({ bytesSent: (sizeBytes ?? 0) + 2, bytesReused: 0, isMounted: false });
    expect(digest).toMatch(/^sha256:/);
    expect(work.log[0]).toBe(`apptainer push '${sif}' ${referenceOf()}`);
  });

  it('has the manifest that the real runtime writes, and says what the image says of itself', async () => {
    await apptainer('push', sif, referenceOf('theirs'));
    const theirs = await manifestOf('theirs');
    const annotations = { 'org.opencontainers.image.licenses': 'MIT', 'com.example.note': 'été' };
    await fixture.start(publishInput(sif, referenceOf('ours'), { annotations })).ended;
    const { annotations: said, ...ours } = await manifestOf('ours');
    expect(ours).toEqual(theirs);
    expect(said).toMatchObject({
      ...annotations,
      'org.opencontainers.image.created': expect.stringMatching(/^\d{4}-/),
    });
  });

  it('is read by our own client, as what the runtime pushed is', async () => {
    await fixture.start(publishInput(sif, referenceOf('ours'))).ended;
    await apptainer('push', sif, referenceOf('theirs'));
    for (const tag of ['ours', 'theirs']) {
      const parsed = parseImageReference(referenceOf(tag));
      if (!parsed.ok) throw new TypeError(tag);
      const client = createRegistryClient({
        registry: bed.registry,
        isHttpAllowed: false,
        credentials: null,
      });
      const { kind, layers } = await client.resolve(parsed.reference as RegistryReference, 'amd64', signal);
      const [layer] = layers;
      if (layer === undefined) throw new TypeError('no layer');
      const { digest } = await downloadToFile({
        open: (offset, stop) => client.openBlob(repository, layer, { offset, signal: stop }),
        partPath: join(folder, tag),
        expected: layer,
        signal,
      });
      expect([kind, digest]).toEqual(['sif', `sha256:${await sha256(sif)}`]);
    }
  });

  it('sends nothing that is there, and takes from another repository what that has', async () => {
    await fixture.start(publishInput(sif, referenceOf('v1'))).ended;
    const known = { sha256: await sha256(sif), reference: null };
    const knowing = createPublishingFixture(join(folder, 'state'), { knownFile: async () => known });
    const again = await knowing.start(publishInput(sif, referenceOf('v2'))).ended;
    expect(again.facts).toMatchObject({ bytesSent: 0, isMounted: false, bytesReused: again.sizeBytes });
    repository = `${repository}-other`;
    pushed.push({ registry: bed.registry, repository, credentials: null });
    const lent = await knowing.start(publishInput(sif, referenceOf('v1'))).ended;
    expect(lent.facts).toMatchObject({ isMounted: true, bytesSent: 2 });
    await apptainer('pull', join(folder, 'back.sif'), referenceOf('v1'));
    expect(await sha256(join(folder, 'back.sif'))).toBe(known.sha256);
    const origin = { ...known, reference: referenceOf('v1') };
    repository = `${repository}-third`;
    pushed.push({ registry: bed.registry, repository, credentials: null });
    const fresh = createPublishingFixture(join(folder, 'fresh'), { knownFile: async () => origin });
    expect((await fresh.start(publishInput(sif, referenceOf('v1'))).ended).facts).toMatchObject({
      isMounted: true,
    });
  });

  it('of a file that is elsewhere goes through this machine, in the pieces that the host gives', async () => {
    const { host } = fixture;
    const elsewhere = createPublishingFixture(join(folder, 'state'), {
      openHost: async () => ({ ...host, kind: 'ssh', label: 'cluster' }),
    });
    const { means } = await elsewhere.publishing.plan(publishInput(sif, referenceOf()), signal);
    expect(means).toContain('from cluster through this machine');
    await elsewhere.start(publishInput(sif, referenceOf())).ended;
    await apptainer('pull', join(folder, 'back.sif'), referenceOf());
    expect(await sha256(join(folder, 'back.sif'))).toBe(await sha256(sif));
  });

  it('signs in with a password, and says when it is wrong', async () => {
    const { address, userName, password } = bed.authRegistry;
    const credentials = { userName, password };
    pushed.push({ registry: address, repository, credentials });
    const input = publishInput(sif, referenceOf('v1', address), { credentials });
    await fixture.start(input).ended;
    expect(JSON.stringify(fixture.publishing.definition.storedInput(input))).not.toContain(password);
    const authFile = join(folder, 'auth.json');
    const auth = Buffer.from(`${userName}:${password}`).toString('base64');
    await writeFile(authFile, JSON.stringify({ auths: { [address]: { auth } } }));
    await apptainer('pull', '--authfile', authFile, join(folder, 'back.sif'), referenceOf('v1', address));
    expect(await sha256(join(folder, 'back.sif'))).toBe(await sha256(sif));
    const wrong = { ...input, credentials: { userName, password: 'no' }, overwrite: true };
    expect(await failureOf(fixture.start(wrong).ended)).toMatchObject({ code: 'registry.unauthorized' });
    expect(await failureOf(fixture.start({ ...input, credentials: null }).ended)).toMatchObject({
      code: 'registry.unauthorized',
      data: { hasCredentials: false },
    });
  });

  it('signs in at a token server; who may only read is refused', async () => {
    const { address, userName, password, reader } = bed.tokenRegistry;
    const credentials = { userName, password };
    pushed.push({ registry: address, repository, credentials });
    const input = publishInput(sif, referenceOf('v1', address), { credentials });
    expect((await fixture.start(input).ended).digest).toMatch(/^sha256:/);
    // Another tag: all blobs are there, and where the tag is, too, nothing has to be written.
    const other = publishInput(sif, referenceOf('v2', address), { credentials: reader });
    const failure = await failureOf(fixture.start(other).ended);
    expect(['registry.unauthorized', 'registry.uploadRefused']).toContain(failure.code);
    expect(JSON.stringify(failure)).not.toContain(reader.password);
  });

  it('is refused by a cache that is only read, in its own words', async () => {
    const input = publishInput(sif, referenceOf('v1', bed.proxyRegistry));
    expect(await failureOf(fixture.start(input).ended)).toMatchObject({ code: 'registry.uploadRefused' });
  });
});

describe('a tag that is taken', () => {
  it('is refused, in the plan and in the work, and replaced when asked for', async () => {
    const first = await fixture.start(publishInput(sif, referenceOf())).ended;
    const other = join(folder, 'other.sif');
    await copyFile(bed.tiny.sif, other);
    const plan = await fixture.publishing.plan(publishInput(other, referenceOf()), signal);
    expect(plan).toMatchObject({ exists: { digest: first.digest, isSame: null }, reference: referenceOf() });
    expect(await failureOf(fixture.start(publishInput(other, referenceOf())).ended)).toMatchObject({
      code: 'registry.tagTaken',
      data: { reference: referenceOf(), digest: first.digest },
    });
    const second = await fixture.start(publishInput(other, referenceOf(), { overwrite: true })).ended;
    expect(second.digest).not.toBe(first.digest);
    expect((await fixture.publishing.plan(publishInput(other, referenceOf()), signal)).exists?.digest).toBe(
      second.digest,
    );
  });

  it('by the same file is no trouble', async () => {
    await apptainer('push', sif, referenceOf());
    const known = { sha256: await sha256(sif), reference: null };
    const knowing = createPublishingFixture(join(folder, 'state'), { knownFile: async () => known });
    expect((await knowing.publishing.plan(publishInput(sif, referenceOf()), signal)).exists?.isSame).toBe(
      true,
    );
    const { facts, digest } = await fixture.start(publishInput(sif, referenceOf())).ended;
    expect(facts).toMatchObject({ bytesSent: 0 });
    expect(digest).toBe(
      (await fixture.publishing.plan(publishInput(sif, referenceOf()), signal)).exists?.digest,
    );
  });
});

describe('an upload that breaks', () => {
  let proxy: CuttingProxy;
  afterEach(() => proxy.close());

  it('begins anew at the real registry, which throws away what came, and succeeds', async () => {
    proxy = await startCuttingProxy(bed.registry);
    proxy.cutAfter(10_000_000);
    const work = fixture.start(publishInput(sif, referenceOf('v1', proxy.address)));
    await work.ended;
    expect(work.log).toContain('The upload broke, and the registry kept nothing of it.');
    await apptainer('pull', join(folder, 'back.sif'), referenceOf());
    expect(await sha256(join(folder, 'back.sif'))).toBe(await sha256(sif));
  });

  it('goes on at a registry that keeps it, as the specification says', async () => {
    const server = await startUploadServer();
    proxy = await startCuttingProxy(server.address);
    proxy.cutAfter(10_000_000);
    const { facts, sizeBytes } = await fixture.start(publishInput(sif, referenceOf('v1', proxy.address)))
      .ended;
    expect(proxy.methods.filter((method) => method === 'PATCH')).toHaveLength(2);
    expect(Number(facts['bytesSent'])).toBeLessThan((sizeBytes ?? 0) * 1.5);
    expect(server.blobs.has(`sha256:${await sha256(sif)}`)).toBe(true);
    await server.dispose();
  });

  it('is gone on with after a cancel, which leaves the tag as it was', async () => {
    proxy = await startCuttingProxy(bed.registry);
    const before = await fixture.start(publishInput(bed.tiny.sif, referenceOf())).ended;
    const input = publishInput(sif, referenceOf('v1', proxy.address), { overwrite: true });
    const cancel = new AbortController();
    const cancelled = fixture.start(input, {
      signal: cancel.signal,
      onProgress: ({ bytes }) => (bytes?.done ?? 0) > 5_000_000 && cancel.abort(new Error('cancelled')),
    });
    await expect(cancelled.ended).rejects.toThrow('cancelled');
    expect((await fixture.publishing.plan(publishInput(sif, referenceOf()), signal)).exists?.digest).toBe(
      before.digest,
    );
    const again = fixture.start(input);
    const { facts } = await again.ended;
    expect(Number(facts['bytesReused'])).toBeGreaterThan(5_000_000);
    expect(again.log.join('\n')).toMatch(/bytes of an earlier try; going on from there/);
    await apptainer('pull', join(folder, 'back.sif'), referenceOf());
    expect(await sha256(join(folder, 'back.sif'))).toBe(await sha256(sif));
  });

  describe('by the end of its process', () => {
    let program: string;
    beforeAll(async () => {
      const bundle = await mkdtemp(join(tmpdir(), 'pusher-'));
      await symlink(join(root, 'node_modules'), join(bundle, 'node_modules'));
      await build({
        configFile: false,
        root,
        logLevel: 'error',
        ssr: { noExternal: true, external: ['node-pty', 'bufferutil', 'utf-8-validate'] },
        build: {
          ssr: true,
          outDir: bundle,
          emptyOutDir: false,
          target: 'node20',
          minify: false,
          copyPublicDir: false,
          rollupOptions: {
            input: { pusher: fileURLToPath(new URL('./pusher.fixture.ts', import.meta.url)) },
            output: { format: 'es', entryFileNames: '[name].mjs' },
          },
        },
      });
      program = join(bundle, 'pusher.mjs');
    });
    afterAll(async () => {
      await rm(join(program, '..'), { recursive: true });
    });

    /** Ends a pushing process when 10 MB have passed. */
    async function killInTheMiddle(reference: string): Promise<void> {
      const child = spawn(process.execPath, [program, join(folder, 'state'), sif, reference], {
        stdio: 'ignore',
      });
      const ended = new Promise((resolve) => child.on('close', resolve));
      proxy.holdAfter(10_000_000, () => child.kill('SIGKILL'));
      expect(await ended).toBeNull();
    }

    it('is gone on with by the next one', async () => {
      const server = await startUploadServer();
      proxy = await startCuttingProxy(server.address);
      const reference = referenceOf('v1', proxy.address);
      await killInTheMiddle(reference);
      expect(server.manifests.size).toBe(0);
      const work = fixture.start(publishInput(sif, reference));
      const { facts } = await work.ended;
      expect(Number(facts['bytesReused'])).toBeGreaterThan(5_000_000);
      expect(work.log.join('\n')).toMatch(/going on from there/);
      expect(server.blobs.has(`sha256:${await sha256(sif)}`)).toBe(true);
      await server.dispose();
    });

    it('begins anew at the real registry', async () => {
      proxy = await startCuttingProxy(bed.registry);
      await killInTheMiddle(referenceOf('v1', proxy.address));
      expect((await manifestOf('v1'))['status']).toBe(404);
      const work = fixture.start(publishInput(sif, referenceOf('v1', proxy.address)));
      await work.ended;
      expect(work.log).toContain('The registry has kept nothing of an earlier try.');
      await apptainer('pull', join(folder, 'back.sif'), referenceOf());
      expect(await sha256(join(folder, 'back.sif'))).toBe(await sha256(sif));
      expect(await readdir(join(folder, 'state/publishing/uploads'))).toEqual([]);
    });
  });
});

describe('what cannot be pushed', () => {
  it('is named before anything is sent', async () => {
    const text = join(folder, 'text.sif');
    await writeFile(text, 'no image');
    const fails = (path: string, reference = referenceOf()) =>
      failureOf(fixture.start(publishInput(path, reference)).ended);
    expect(await fails(text)).toMatchObject({ code: 'image.notAnImage' });
    expect(await fails(join(folder, 'none.sif'))).toMatchObject({ code: 'image.missing' });
    const empty = join(folder, 'empty.sif');
    await writeFile(empty, '');
    expect((await fails(empty)).code).toMatch(/^image\./);
    await mkdir(join(folder, 'sandbox'));
    expect(await fails(join(folder, 'sandbox'))).toMatchObject({ code: 'image.notAnImage' });
  });

  it('is a file that changes meanwhile: the tag stays free', async () => {
    const work = fixture.start(publishInput(sif, referenceOf()), {
      onProgress: ({ phase }) => phase === 'finish' && utimesSync(sif, 1, 1),
    });
    expect(await failureOf(work.ended)).toMatchObject({ code: 'image.busy' });
    expect((await manifestOf('v1'))['status']).toBe(404);
  });
});
