import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { rawHeader } from '#core/archives/tar.fixture.ts';

const pieceBytes = 64 * 1024 * 1024;

/** A layer as a registry has it, and the digest of what it unpacks to. */
export interface MadeLayer {
  readonly layer: Buffer;
  readonly diffId: string;
}

/** A registry with one image, `demo/layer:v1`, of one layer. */
export interface LayerRegistry {
  /** `docker://127.0.0.1:port/demo/layer:v1`. */
  readonly reference: string;
  close(): Promise<void>;
}

export async function startLayerRegistry({ layer, diffId }: MadeLayer): Promise<LayerRegistry> {
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: [diffId] },
    }),
  );
  const oci = 'application/vnd.oci.image';
  const described = (mediaType: string, bytes: Buffer) => ({
    mediaType,
    digest: digestOf(bytes),
    size: bytes.length,
  });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: `${oci}.manifest.v1+json`,
      config: described(`${oci}.config.v1+json`, config),
      layers: [described(`${oci}.layer.v1.tar+gzip`, layer)],
    }),
  );
  const blobs = new Map([layer, config, manifest].map((bytes) => [digestOf(bytes), bytes]));
  const server = createServer((request, response) => {
    const name = (request.url ?? '').split('/').at(-1) ?? '';
    const found = request.url?.endsWith('/manifests/v1') === true ? manifest : blobs.get(name);
    if (request.url !== '/v2/' && found === undefined) {
      response.writeHead(404).end();
      return;
    }
    const type = found === manifest ? `${oci}.manifest.v1+json` : 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-length': found?.length ?? 0 });
    response.end(request.method === 'HEAD' ? undefined : found);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    reference: `docker://127.0.0.1:${port}/demo/layer:v1`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A tar as a layer. */
export function layerOf(tar: Buffer): MadeLayer {
  return { layer: gzipSync(tar), diffId: digestOf(tar) };
}

/**
 * A few megabytes that unpack to gigabytes of zeros. gzip may have several members in a row (RFC 1952, 2.2): one piece
 * of zeros is compressed once.
 */
export function bombLayer(zeroBytes: number): MadeLayer {
  const pieces = Math.ceil(zeroBytes / pieceBytes);
  const zeros = Buffer.alloc(pieceBytes);
  const start = Buffer.concat([
    rawHeader('bin/', 0, '5'),
    rawHeader('etc/', 0, '5'),
    rawHeader('zeros', pieces * pieceBytes),
  ]);
  const end = Buffer.alloc(1024);
  const compressed = gzipSync(zeros);
  const layer = Buffer.concat([
    gzipSync(start),
    ...Array.from({ length: pieces }, () => compressed),
    gzipSync(end),
  ]);
  // Not that of the zeros, which would take seconds to find out: nobody gets to their end, where it is looked at.
  return { layer, diffId: digestOf(layer) };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
