import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { LoopbackMirror, LoopbackMirrorOptions } from './loopbackMirror.ts';
import { mirrorEnvironment, mirrorRegistriesConf } from './registriesConf.ts';

type Content =
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  | { readonly type: 'file'; readonly path: string };
interface Served {
  readonly digest: string;
  readonly mediaType: string;
  readonly content: Content;
}

/**
 * Serves a resolved image, read-only, on 127.0.0.1 under a secret path (OCI distribution spec, the pull half), until
 * disposed. It knows this one image and answers 404 to everything else.
 */
export async function startLoopbackMirror(options: LoopbackMirrorOptions): Promise<LoopbackMirror> {
  const secret = randomBytes(16).toString('hex');
  const server = createServer((request, response) => {
    serve(request, response, { ...options, secret }).catch(() => {
      response.destroy(); // the runtime sees a broken transfer, and says so
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not a TCP server');
  const { port } = address;
  return {
    registriesConf: mirrorRegistriesConf(options.reference.registry, `127.0.0.1:${port}/${secret}`),
    environment: mirrorEnvironment(port),
    dispose: () => close(server),
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  mirror: LoopbackMirrorOptions & { readonly secret: string },
): Promise<void> {
  const method = request.method ?? '';
  if (method !== 'GET' && method !== 'HEAD') return refuse(response, 405, 'UNSUPPORTED');
  const path = request.url ?? '';
  response.setHeader('docker-distribution-api-version', 'registry/2.0');
  if (path === '/v2/') return sendBytes(response, 'application/json', Buffer.from('{}'));
  const prefix = `/v2/${mirror.secret}/${mirror.reference.repository}/`;
  const served = path.startsWith(prefix) ? find(path.slice(prefix.length), mirror) : null;
  if (served === null) return refuse(response, 404, 'NAME_UNKNOWN');
  response.setHeader('docker-content-digest', served.digest);
  // Node leaves the body of an answer to HEAD out by itself.
  if (served.content.type === 'bytes') return sendBytes(response, served.mediaType, served.content.bytes);
  const { size } = await stat(served.content.path);
  response.writeHead(200, { 'content-type': served.mediaType, 'content-length': size });
  if (method === 'HEAD') response.end();
  else await pipeline(createReadStream(served.content.path, { highWaterMark: 1024 * 1024 }), response);
}

function find(rest: string, { reference, resolved, blobPath }: LoopbackMirrorOptions): Served | null {
  const [kind, name = ''] = rest.split('/');
  if (kind === 'manifests') {
    const named = resolved.index ?? resolved.manifest;
    const isNamed = name === reference.tag || name === reference.digest || name === named.digest;
    const found = isNamed ? named : name === resolved.manifest.digest ? resolved.manifest : null;
    if (found === null) return null;
    const { digest, mediaType, bytes } = found;
    return { digest, mediaType, content: { type: 'bytes', bytes } };
  }
  if (kind !== 'blobs') return null;
  const blob = { digest: name, mediaType: 'application/octet-stream' };
  if (name === resolved.config.digest && resolved.config.bytes !== null)
    return { ...blob, content: { type: 'bytes', bytes: resolved.config.bytes } };
  const path = resolved.layers.some(({ digest }) => digest === name) ? blobPath(name) : null;
  return path === null ? null : { ...blob, content: { type: 'file', path } };
}

function sendBytes(response: ServerResponse, mediaType: string, bytes: Uint8Array): void {
  response.writeHead(200, { 'content-type': mediaType, 'content-length': bytes.byteLength });
  response.end(bytes);
}

function refuse(response: ServerResponse, status: number, code: string): void {
  const body = Buffer.from(JSON.stringify({ errors: [{ code, message: 'not in this mirror' }] }));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.byteLength });
  response.end(body);
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
