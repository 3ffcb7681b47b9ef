import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { answer, type ScriptedServer, startScriptedServer } from './scriptedServer.ts';

export interface UploadServer extends ScriptedServer {
  readonly blobs: ReadonlyMap<string, Uint8Array>;
  /** Manifests by `repository:tag` and `repository@digest`. */
  readonly manifests: Map<string, { readonly bytes: Uint8Array; readonly mediaType: string }>;
  /** Repositories that have a blob. */
  readonly holders: ReadonlyMap<string, ReadonlySet<string>>;
  addBlob(repository: string, bytes: Uint8Array): string;
}

/** True when the request was answered. */
export type Interference = (request: IncomingMessage, response: ServerResponse) => boolean;

interface Session {
  readonly pieces: Buffer[];
  length: number;
}

/**
 * A registry in memory that follows the OCI distribution specification, "Pushing blobs" and "Pushing manifests": an
 * upload whose connection breaks keeps what had come, and tells it by `Range`. (Distribution, which Debian packages as
 * docker-registry, throws such uploads away.) `interfere` comes first: faults that no well-behaved server shows.
 */
export async function startUploadServer(interfere: Interference = () => false): Promise<UploadServer> {
  const blobs = new Map<string, Uint8Array>();
  const holders = new Map<string, Set<string>>();
  const manifests = new Map<string, { readonly bytes: Uint8Array; readonly mediaType: string }>();
  const sessions = new Map<string, Session>();

  function hold(repository: string, bytes: Uint8Array): string {
    const digest = digestText(bytes);
    blobs.set(digest, bytes);
    holders.set(digest, (holders.get(digest) ?? new Set()).add(repository));
    return digest;
  }

  function begin(repository: string, url: URL, response: ServerResponse): void {
    const mount = url.searchParams.get('mount');
    const from = url.searchParams.get('from');
    if (mount !== null && from !== null && holders.get(mount)?.has(from) === true) {
      holders.get(mount)?.add(repository);
      answer(response, 201, {}, { 'docker-content-digest': mount });
      return;
    }
    const id = randomUUID();
    sessions.set(id, { pieces: [], length: 0 });
    answer(response, 202, {}, { location: `/v2/${repository}/blobs/uploads/${id}?state=a%3D` });
  }

  async function goOn(request: IncomingMessage, response: ServerResponse, id: string): Promise<void> {
    const session = sessions.get(id);
    if (session === undefined) return answer(response, 404, refusal('BLOB_UPLOAD_UNKNOWN'));
    const url = new URL(request.url ?? '', 'http://server');
    if (request.method === 'GET') return answer(response, 204, {}, rangeOf(session, url));
    if (request.method === 'DELETE') {
      sessions.delete(id);
      return answer(response, 204);
    }
    const start = Number(/^(\d+)-/.exec(request.headers['content-range'] ?? '')?.[1] ?? session.length);
    if (start !== session.length) return answer(response, 416, refusal('RANGE_INVALID'));
    try {
      for await (const piece of request) {
        session.pieces.push(piece);
        session.length += piece.length;
      }
    } catch {
      return; // the connection broke: what had come is kept
    }
    if (request.method === 'PATCH') return answer(response, 202, {}, rangeOf(session, url));
    const digest = url.searchParams.get('digest') ?? '';
    const bytes = Buffer.concat(session.pieces);
    if (digestText(bytes) !== digest) return answer(response, 400, refusal('DIGEST_INVALID'));
    sessions.delete(id);
    hold(/^\/v2\/(.+)\/blobs\//.exec(url.pathname)?.[1] ?? '', bytes);
    answer(response, 201, {}, { 'docker-content-digest': digest });
  }

  async function takeManifest(request: IncomingMessage, response: ServerResponse, name: string) {
    const parts: Buffer[] = [];
    for await (const piece of request) parts.push(piece);
    const bytes = Buffer.concat(parts);
    const manifest = { bytes, mediaType: request.headers['content-type'] ?? '' };
    const [repository = ''] = name.split(':');
    manifests.set(name, manifest);
    manifests.set(`${repository}@${digestText(bytes)}`, manifest);
    answer(response, 201, {}, { 'docker-content-digest': digestText(bytes) });
  }

  const server = await startScriptedServer((request, response) => {
    if (interfere(request, response)) return;
    const url = new URL(request.url ?? '', 'http://server');
    const upload = /^\/v2\/(.+)\/blobs\/uploads\/([0-9a-f-]*)$/.exec(url.pathname);
    const [, blobRepository = '', digest = ''] = /^\/v2\/(.+)\/blobs\/(sha256:.+)$/.exec(url.pathname) ?? [];
    const [, repository = '', tag = ''] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(url.pathname) ?? [];
    if (upload !== null && upload[2] === '') begin(upload[1] ?? '', url, response);
    else if (upload !== null) void goOn(request, response, upload[2] ?? '');
    else if (digest !== '') {
      const bytes = holders.get(digest)?.has(blobRepository) === true ? blobs.get(digest) : undefined;
      if (bytes === undefined) answer(response, 404, refusal('BLOB_UNKNOWN'));
      else answer(response, 200, request.method === 'HEAD' ? new Uint8Array(0) : bytes);
    } else if (tag !== '' && request.method === 'PUT')
      void takeManifest(request, response, `${repository}:${tag}`);
    else if (tag !== '') {
      const found = manifests.get(`${repository}${tag.includes(':') ? '@' : ':'}${tag}`);
      if (found === undefined) return answer(response, 404, refusal('MANIFEST_UNKNOWN'));
      if (request.method === 'DELETE') return answer(response, 202);
      answer(response, 200, request.method === 'HEAD' ? new Uint8Array(0) : found.bytes, {
        'content-type': found.mediaType,
        'docker-content-digest': digestText(found.bytes),
      });
    } else answer(response, url.pathname === '/v2/' ? 200 : 404);
  });
  return { ...server, blobs, holders, manifests, addBlob: hold };
}

export function refusal(code: string, message = code.toLowerCase()): object {
  return { errors: [{ code, message }] };
}

function rangeOf(session: Session, url: URL): Record<string, string> {
  return { range: `0-${Math.max(0, session.length - 1)}`, location: url.pathname + url.search };
}

function digestText(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
