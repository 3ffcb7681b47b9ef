import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

const pieceBytes = 64 * 1024 * 1024;

/** A registry with one image, `demo/bomb:v1`, whose one layer is a few megabytes that unpack to gigabytes of zeros. */
export interface BombRegistry {
  /** `docker://127.0.0.1:port/demo/bomb:v1`. */
  readonly reference: string;
  readonly layerBytes: number;
  close(): Promise<void>;
}

export async function startBombRegistry(zeroBytes: number): Promise<BombRegistry> {
  const { layer, diffId } = makeLayer(Math.ceil(zeroBytes / pieceBytes));
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
    reference: `docker://127.0.0.1:${port}/demo/bomb:v1`,
    layerBytes: layer.length,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** gzip may have several members in a row (RFC 1952, 2.2): one piece of zeros is compressed once. */
function makeLayer(pieces: number): { readonly layer: Buffer; readonly diffId: string } {
  const zeros = Buffer.alloc(pieceBytes);
  const start = Buffer.concat([
    header('bin/', 0, '5'),
    header('etc/', 0, '5'),
    header('zeros', pieces * pieceBytes, '0'),
  ]);
  const end = Buffer.alloc(1024);
  const compressed = gzipSync(zeros);
  const tar = createHash('sha256').update(start);
  for (let count = 0; count < pieces; count += 1) tar.update(zeros);
  return {
    layer: Buffer.concat([
      gzipSync(start),
      ...Array.from({ length: pieces }, () => compressed),
      gzipSync(end),
    ]),
    diffId: `sha256:${tar.update(end).digest('hex')}`,
  };
}

/** A header of POSIX.1-1988 tar (ustar). */
function header(name: string, sizeBytes: number, type: '0' | '5'): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  block.write(name, 0);
  block.write(octal(type === '5' ? 0o755 : 0o644, 7), 100);
  block.write(octal(0, 7) + octal(0, 7) + octal(sizeBytes, 11) + octal(0, 11), 108);
  block.write(' '.repeat(8), 148);
  block.write(type, 156);
  block.write('ustar\x0000', 257);
  block.write(
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return block;
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
