import { describe, expect, it } from 'vitest';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { parseManifest } from './manifest.ts';
import { choosePlatform, platformsOffered } from './platformChoice.ts';
import { encode, makeImage } from './testing/imageFixture.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const blob = { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', size: 1, digest };
const config = { mediaType: 'application/vnd.oci.image.config.v1+json', size: 1, digest };

function codeOf(value: unknown): string {
  const bytes = value instanceof Uint8Array ? value : Buffer.from(JSON.stringify(value));
  try {
    parseManifest(bytes, { registry: 'r' });
    return 'taken';
  } catch (thrown) {
    return thrown instanceof WorkbenchError ? thrown.report.code : 'other';
  }
}

describe('parseManifest', () => {
  it.each([
    ['not JSON', Buffer.from('<html>')],
    ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['a number', 1],
    ['null', null],
    ['schema 1', { schemaVersion: 1, fsLayers: [] }],
    ['both a manifest and an index', { schemaVersion: 2, config, layers: [blob], manifests: [blob] }],
    ['a negative size', { schemaVersion: 2, config, layers: [{ ...blob, size: -1 }] }],
    ['a huge size', { schemaVersion: 2, config, layers: [{ ...blob, size: 2 ** 60 }] }],
    [
      'a digest that is a path',
      { schemaVersion: 2, config, layers: [{ ...blob, digest: 'sha256:../../x' }] },
    ],
    [
      'a media type with a line end',
      { schemaVersion: 2, config, layers: [{ ...blob, mediaType: 'a\r\nb: c' }] },
    ],
    ['too many layers', { schemaVersion: 2, config, layers: Array.from({ length: 2001 }, () => blob) }],
    ['an index with a bad entry', { schemaVersion: 2, manifests: [{ ...blob, size: '1' }] }],
  ])('refuses %s', (_name, value) => {
    expect(codeOf(value)).toBe('registry.protocol');
  });

  it.each([
    ['image', config.mediaType, blob.mediaType],
    [
      'image',
      'application/vnd.docker.container.image.v1+json',
      'application/vnd.docker.image.rootfs.diff.tar.gzip',
    ],
    ['image', 'application/vnd.unknown', 'application/vnd.docker.image.rootfs.diff.tar.gzip'],
    ['sif', 'application/vnd.sylabs.sif.config.v1+json', 'application/vnd.sylabs.sif.layer.v1.sif'],
    ['sif', 'application/vnd.unknown.config.v1+json', 'appliciation/vnd.sylabs.sif.layer.tar'],
    [
      'other',
      'application/vnd.cncf.helm.config.v1+json',
      'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
    ],
  ])('sees %s in %s and %s', (holds, configType, layerType) => {
    const value = {
      schemaVersion: 2,
      config: { ...config, mediaType: configType },
      layers: [{ ...blob, mediaType: layerType }],
    };
    expect(parseManifest(encode(value), {})).toMatchObject({ type: 'manifest', holds });
  });
});

describe('choosePlatform', () => {
  const index = parseManifest(makeImage([1]).index, {});
  const entries = index.type === 'index' ? index.entries : [];

  it('takes the architecture, with the nearest variant, and never an attestation', () => {
    expect(choosePlatform(entries, 'amd64')?.platform?.architecture).toBe('amd64');
    expect(choosePlatform(entries, 'arm64')?.platform?.variant).toBe('v8');
    expect(choosePlatform(entries, 'riscv64')).toBeNull();
    expect(choosePlatform(entries, 'unknown')).toBeNull();
    expect(platformsOffered(entries)).toBe('amd64, arm64/v8');
  });

  it('goes down from a wanted variant, not up', () => {
    const arm = (variant: string) => ({
      digest,
      sizeBytes: 1,
      mediaType: blob.mediaType,
      platform: { architecture: 'arm', os: 'linux', variant },
    });
    expect(choosePlatform([arm('v5'), arm('v7')], 'arm/v6')?.platform?.variant).toBe('v5');
    expect(choosePlatform([arm('v5'), arm('v7')], 'arm')?.platform?.variant).toBe('v7');
    expect(choosePlatform([arm('v7')], 'arm/v6')).toBeNull();
  });
});
