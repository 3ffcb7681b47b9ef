import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseImageReference, type RegistryReference } from '#core/contract/imageReference.ts';
import { testbed } from '#e2e/testbed/testbed.ts';
import { createRegistryClient } from './createRegistryClient.ts';
import { downloadToFile } from './download.ts';
import { createHttpSource } from './httpSource.ts';
import type { RegistryCredentials } from './registrySettings.ts';
import { failureOf } from './testing/failure.ts';

const run = promisify(execFile);
const bed = testbed();
const { signal } = new AbortController();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

function referenceOf(text: string): RegistryReference {
  const parsed = parseImageReference(text);
  if (!parsed.ok || !('registry' in parsed.reference)) throw new TypeError(text);
  return parsed.reference;
}

function resolve(text: string, credentials: RegistryCredentials | null = null, architecture = 'amd64') {
  const reference = referenceOf(text);
  const client = createRegistryClient({ registry: reference.registry, isHttpAllowed: false, credentials });
  return client.resolve(reference, architecture, signal);
}

describe('the registry client with the real registry', () => {
  const tiny = `${bed.tiny.repository}:${bed.tiny.tag}`;

  it('agrees with skopeo about digests and the architecture', async () => {
    const resolved = await resolve(`docker://${bed.registry}/${tiny}`);
    const { stdout } = await run('skopeo', [
      'inspect',
      '--tls-verify=false',
      `docker://${bed.registry}/${tiny}`,
    ]);
    const known = JSON.parse(stdout);
    expect(resolved.digest).toBe(known.Digest);
    expect(resolved.layers.map(({ digest }) => digest)).toEqual(known.Layers);
    expect(resolved.architecture).toBe(known.Architecture);
    const pinned = await resolve(`docker://${bed.registry}/${tiny}@${resolved.digest}`);
    expect(pinned.manifest.digest).toBe(resolved.manifest.digest);
  });

  it('fetches every layer of an image, verified', async () => {
    const text = `docker://${bed.registry}/${bed.realistic.repository}:${bed.realistic.tags[0]}`;
    const { repository, registry } = referenceOf(text);
    const client = createRegistryClient({ registry, isHttpAllowed: false, credentials: null });
    const { layers } = await resolve(text);
    for (const [number, blob] of layers.entries()) {
      const { digest, sizeBytes } = await downloadToFile({
        open: (offset, stop) => client.openBlob(repository, blob, { offset, signal: stop }),
        partPath: join(folder, `${number}.part`),
        expected: blob,
        signal,
      });
      expect([digest, sizeBytes]).toEqual([blob.digest, blob.sizeBytes]);
    }
    expect(layers).toHaveLength(bed.realistic.layers);
  });

  it('signs in where a password is wanted', async () => {
    const { address, userName, password } = bed.authRegistry;
    const text = `docker://${address}/${tiny}`;
    expect((await resolve(text, { userName, password })).kind).toBe('image');
    expect(await failureOf(resolve(text))).toMatchObject({
      code: 'registry.unauthorized',
      data: { hasCredentials: false, registry: address },
    });
    const failure = await failureOf(resolve(text, { userName, password: `${password}!` }));
    expect(failure).toMatchObject({ code: 'registry.unauthorized', data: { hasCredentials: true } });
    expect(JSON.stringify(failure)).not.toContain(password);
  });

  it('knows a SIF that the real runtime pushed, whichever scheme is used', async () => {
    const sha256 = createHash('sha256')
      .update(await readFile(bed.tiny.sif))
      .digest('hex');
    for (const scheme of ['oras', 'docker']) {
      const resolved = await resolve(
        `${scheme}://${bed.registry}/${bed.tiny.orasRepository}:${bed.tiny.tag}`,
      );
      expect(resolved).toMatchObject({ kind: 'sif', layers: [{ digest: `sha256:${sha256}` }] });
    }
    expect((await resolve(`oras://${bed.registry}/${tiny}`)).kind).toBe('image');
  });

  it('names what is not there, and what is for another architecture', async () => {
    expect(await failureOf(resolve(`docker://${bed.registry}/${bed.tiny.repository}:nosuch`))).toMatchObject({
      code: 'registry.notFound',
      data: { reason: expect.stringContaining('MANIFEST_UNKNOWN') },
    });
    expect((await failureOf(resolve(`docker://${bed.registry}/no/such`))).code).toBe('registry.notFound');
    expect(await failureOf(resolve(`docker://${bed.registry}/${tiny}`, null, 'arm64'))).toMatchObject({
      code: 'image.nothingForArchitecture',
      data: { architecture: 'arm64', available: 'amd64' },
    });
  });

  it('refuses a certificate that nobody vouches for', async () => {
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    await run('openssl', [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '1',
      ],
      ...[
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=DNS:localhost',
        '-keyout',
        key,
        '-out',
        certificate,
      ],
    ]);
    const server = createServer(
      { key: await readFile(key), cert: await readFile(certificate) },
      (_request, response) => response.end(),
    );
    await new Promise<void>((listening) => server.listen(0, 'localhost', listening));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : '';
    try {
      expect(await failureOf(resolve(`docker://localhost:${port}/x`))).toMatchObject({
        code: 'registry.certificate',
        data: { reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('a download from the real web server', () => {
  it('goes on where a cancelled one stopped, and brings the same bytes', async () => {
    const name = `download-${process.pid}.sif`;
    const published = join(bed.web.folder, name);
    await copyFile(bed.tiny.sif, published);
    try {
      const open = createHttpSource(`http://${bed.web.address}/${name}`, {
        isHttpAllowed: false,
        credentials: null,
      });
      const partPath = join(folder, 'x.part');
      const expected = { digest: null, sizeBytes: null };
      const stop = new AbortController();
      const onProgress = () => stop.abort(new Error('stop'));
      const first = downloadToFile({ open, partPath, expected, signal: stop.signal, onProgress });
      await expect(first).rejects.toThrow('stop');
      const done = await downloadToFile({ open, partPath, expected, signal });
      expect(done.fetchedBytes).toBeLessThan(done.sizeBytes);
      expect((await readFile(partPath)).equals(await readFile(bed.tiny.sif))).toBe(true);
    } finally {
      await rm(published);
    }
  });
});
