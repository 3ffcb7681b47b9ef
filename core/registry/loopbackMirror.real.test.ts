import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLayerStore } from '#core/cache/createLayerStore.ts';
import { parseImageReference, type RegistryReference } from '#core/contract/imageReference.ts';
import { testbed } from '#e2e/testbed/testbed.ts';
import { createRegistryClient } from './createRegistryClient.ts';
import { digestOf } from './digest.ts';
import type { ResolvedImage } from './resolvedImage.ts';
import { startLoopbackMirror } from './startLoopbackMirror.ts';
import { encode } from './testing/imageFixture.ts';

const run = promisify(execFile);
const bed = testbed();
const { signal } = new AbortController();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mirror-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function referenceOf(text: string): RegistryReference {
  const parsed = parseImageReference(text);
  if (!parsed.ok || !('registry' in parsed.reference)) throw new TypeError(text);
  return parsed.reference;
}

/** The tiny image of the test bed, with its layers in a store. */
async function fetchTiny() {
  const source = referenceOf(`docker://${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}`);
  const client = createRegistryClient({ registry: bed.registry, isHttpAllowed: false, credentials: null });
  const resolved = await client.resolve(source, 'amd64', signal);
  const store = createLayerStore({ folder: join(folder, 'layers'), capBytes: () => 1e9 });
  const lease = await store.openLease();
  const layers = await lease.obtainAll(
    resolved.layers,
    (layer, offset, stop) => client.openBlob(source.repository, layer, { offset, signal: stop }),
    { signal },
  );
  return { resolved, blobPath: (digest: string) => layers.get(digest)?.path ?? null };
}

function withIndex(resolved: ResolvedImage): ResolvedImage {
  const { manifest } = resolved;
  const entry = { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.bytes.byteLength };
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const bytes = encode({
    schemaVersion: 2,
    mediaType,
    manifests: [
      { ...entry, digest: `sha256:${'0'.repeat(64)}`, platform: { architecture: 's390x', os: 'linux' } },
      { ...entry, platform: { architecture: 'amd64', os: 'linux' } },
    ],
  });
  const digest = digestOf(bytes);
  return { ...resolved, digest, index: { digest, mediaType, bytes } };
}

/** Builds with the real runtime, which believes that it asks the registry of `reference`; gives the recorded definition. */
async function convert(
  reference: RegistryReference,
  found: { readonly resolved: ResolvedImage; readonly blobPath: (digest: string) => string | null },
): Promise<string> {
  const mirror = await startLoopbackMirror({ reference, ...found });
  const home = join(folder, 'home');
  const configuration = join(home, '.config', 'containers');
  await mkdir(configuration, { recursive: true });
  await writeFile(join(configuration, 'registries.conf'), mirror.registriesConf);
  const environment = { PATH: process.env['PATH'] ?? '', HOME: home, ...mirror.environment };
  const image = join(folder, 'image.sif');
  try {
    await run('apptainer', ['build', '--force', '--disable-cache', image, `docker://${reference.typed}`], {
      env: { ...environment, APPTAINER_TMPDIR: folder },
    });
  } finally {
    await mirror.dispose();
  }
  const { stdout } = await run('apptainer', ['inspect', '--deffile', image], { env: environment });
  return stdout;
}

describe('the runtime converting from a loopback mirror', () => {
  it('records the reference of a registry that it could not have reached', async () => {
    const tiny = await fetchTiny();
    const plain = referenceOf('docker://registry.unreachable.invalid:7777/lab/tools/x:v1');
    expect(await convert(plain, tiny)).toContain('from: registry.unreachable.invalid:7777/lab/tools/x:v1\n');
    const pinned = referenceOf(`docker://registry.unreachable.invalid/x/y:v1@${tiny.resolved.digest}`);
    expect(await convert(pinned, tiny)).toContain(`from: ${pinned.typed}\n`);
  });

  it("serves Docker Hub's short names, and images with an index", async () => {
    const { resolved, blobPath } = await fetchTiny();
    const found = { resolved: withIndex(resolved), blobPath };
    expect(await convert(referenceOf('docker://tinything:v1'), found)).toContain('from: tinything:v1\n');
    const pinned = referenceOf(`docker://docker.io/library/tinything@${found.resolved.digest}`);
    expect(await convert(pinned, found)).toContain(`from: ${pinned.typed}\n`);
  });

  it('fails with the refusal of the mirror when that lacks a layer', async () => {
    const { resolved } = await fetchTiny();
    const reference = referenceOf(`docker://${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}`);
    await expect(convert(reference, { resolved, blobPath: () => null })).rejects.toThrow(/404|unknown/i);
  });
});
