import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from './digest.ts';
import type { LoopbackMirror } from './loopbackMirror.ts';
import { mirrorRegistriesConf } from './registriesConf.ts';
import type { ResolvedImage } from './resolvedImage.ts';
import { startLoopbackMirror } from './startLoopbackMirror.ts';
import { makeImage, referenceAt } from './testing/imageFixture.ts';

const image = makeImage([3_000_000]);
const [layer] = image.layers;
let folder: string;
let mirror: LoopbackMirror;
let base: string;

beforeEach(async () => {
  if (layer === undefined) throw new TypeError('no layer');
  folder = await mkdtemp(join(tmpdir(), 'mirror-'));
  const path = join(folder, 'layer');
  await writeFile(path, layer.bytes);
  const resolved: ResolvedImage = {
    kind: 'image',
    digest: digestOf(image.index),
    index: {
      digest: digestOf(image.index),
      mediaType: 'application/vnd.oci.image.index.v1+json',
      bytes: image.index,
    },
    manifest: {
      digest: digestOf(image.manifest),
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      bytes: image.manifest,
    },
    config: {
      digest: digestOf(image.config),
      sizeBytes: image.config.byteLength,
      mediaType: 'application/vnd.oci.image.config.v1+json',
      bytes: image.config,
    },
    layers: [layer.descriptor],
    architecture: 'amd64',
  };
  const reference = referenceAt('registry.example.org:7777');
  mirror = await startLoopbackMirror({ reference, resolved, blobPath: () => path });
  const location = /location = "(127[^"]+)"/.exec(mirror.registriesConf)?.[1] ?? '';
  const [address = '', secret = ''] = location.split('/');
  expect(secret).toMatch(/^[0-9a-f]{32}$/);
  base = `http://${address}/v2/${secret}/demo/x`;
});
afterEach(async () => {
  await mirror.dispose();
  await rm(folder, { recursive: true });
});

describe('the loopback mirror', () => {
  it('serves index, manifest, configuration and layer, with what a client checks', async () => {
    const wanted: readonly (readonly [string, Uint8Array, string])[] = [
      ['manifests/v1', image.index, 'application/vnd.oci.image.index.v1+json'],
      [`manifests/${digestOf(image.index)}`, image.index, 'application/vnd.oci.image.index.v1+json'],
      [`manifests/${digestOf(image.manifest)}`, image.manifest, 'application/vnd.oci.image.manifest.v1+json'],
      [`blobs/${digestOf(image.config)}`, image.config, 'application/octet-stream'],
      [`blobs/${layer?.descriptor.digest}`, layer?.bytes ?? randomBytes(1), 'application/octet-stream'],
    ];
    for (const [path, bytes, type] of wanted) {
      for (const method of ['HEAD', 'GET']) {
        const response = await fetch(`${base}/${path}`, { method });
        expect(response.status).toBe(200);
        expect(response.headers.get('content-type')).toBe(type);
        expect(response.headers.get('content-length')).toBe(`${bytes.byteLength}`);
        expect(response.headers.get('docker-content-digest')).toBe(digestOf(bytes));
        const body = Buffer.from(await response.arrayBuffer());
        expect(body.equals(method === 'HEAD' ? Buffer.alloc(0) : bytes)).toBe(true);
      }
    }
  });

  it('serves nothing else, to nobody without its secret path, and changes nothing', async () => {
    const { origin } = new URL(base);
    expect((await fetch(`${origin}/v2/`)).status).toBe(200);
    const digest = layer?.descriptor.digest;
    const refused = [
      `${base}/manifests/v2`,
      `${base}/blobs/sha256:${'0'.repeat(64)}`,
      `${base}/tags/list`,
      `${origin}/v2/demo/x/blobs/${digest}`,
      `${origin}/v2/${'0'.repeat(32)}/demo/x/manifests/v1`,
      `${base.replace('/demo/x', '/demo/y')}/manifests/v1`,
      `${origin}/`,
    ];
    for (const url of refused) expect((await fetch(url)).status).toBe(404);
    expect((await fetch(`${base}/manifests/v1`, { method: 'PUT', body: 'x' })).status).toBe(405);
    expect((await fetch(`${base}/blobs/${digest}`, { method: 'DELETE' })).status).toBe(405);
  });

  it('is the proxy that lets nothing out', async () => {
    const proxy = new URL(mirror.environment['HTTPS_PROXY'] ?? '');
    const said = await new Promise<string>((resolve) => {
      const socket = connect(Number(proxy.port), proxy.hostname, () => {
        socket.write('CONNECT registry.example.org:443 HTTP/1.1\r\nHost: registry.example.org:443\r\n\r\n');
      });
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      socket.on('close', () => resolve(text));
    });
    expect(said).not.toMatch(/^HTTP\/1\.1 2/);
  });

  it('is gone when disposed, and may be disposed twice', async () => {
    await mirror.dispose();
    await mirror.dispose();
    await expect(fetch(`${base}/manifests/v1`)).rejects.toThrow();
  });
});

describe('mirrorRegistriesConf', () => {
  it('names Docker Hub by both its names', () => {
    const text = mirrorRegistriesConf('index.docker.io', '127.0.0.1:1/s');
    expect(text.match(/^location = .*$/gm)).toEqual([
      'location = "docker.io"',
      'location = "127.0.0.1:1/s"',
      'location = "index.docker.io"',
      'location = "127.0.0.1:1/s"',
    ]);
  });
});
