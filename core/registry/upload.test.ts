import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from './digest.ts';
import { RegistryRequests } from './registryRequests.ts';
import { failureOf } from './testing/failure.ts';
import { answer, type ScriptedServer, startScriptedServer } from './testing/scriptedServer.ts';
import { type Interference, refusal, startUploadServer, type UploadServer } from './testing/uploadServer.ts';
import { uploadBlob } from './upload.ts';
import type { BlobBytes, UploadOptions } from './uploadOptions.ts';
import { createUploadRecords } from './uploadRecords.ts';

const repository = 'demo/sif';
const bytes = randomBytes(3_000_000);
const digest = digestOf(bytes);
const servers: ScriptedServer[] = [];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'upload-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.dispose();
  await rm(folder, { recursive: true });
});

async function start(interfere?: Interference): Promise<UploadServer> {
  const server = await startUploadServer(interfere);
  servers.push(server);
  return server;
}

/** Pieces of 100 kB. */
function blobOf(content: Uint8Array): BlobBytes {
  return {
    sizeBytes: content.byteLength,
    async *read(offset) {
      for (let at = offset; at < content.byteLength; at += 100_000) yield content.subarray(at, at + 100_000);
    },
  };
}

interface Pushed {
  readonly notices: string[];
  readonly ended: ReturnType<typeof uploadBlob>;
}

function push(server: { readonly address: string }, more: Partial<UploadOptions> = {}): Pushed {
  const notices: string[] = [];
  const requests = new RegistryRequests({
    registry: server.address,
    isHttpAllowed: false,
    credentials: { userName: 'u', password: 'secret' },
  });
  const ended = uploadBlob({
    requests,
    repository,
    blob: blobOf(bytes),
    digest,
    mountFrom: [],
    record: { records: createUploadRecords(join(folder, 'uploads')), key: 'file' },
    signal: new AbortController().signal,
    onNotice: (text) => notices.push(text),
    ...more,
  });
  return { notices, ended };
}

/** Takes so many bytes of the first PATCH, and then breaks its connection; the server keeps what it got. */
function cutOnce(
  afterBytes: number,
  isWanted: (request: IncomingMessage) => boolean = () => true,
): Interference {
  let isCut = false;
  return (request) => {
    if (request.method !== 'PATCH' || isCut || !isWanted(request)) return false;
    isCut = true;
    let taken = 0;
    request.on('data', (piece: Buffer) => {
      taken += piece.length;
      if (taken >= afterBytes) request.socket.destroy();
    });
    return false;
  };
}

const methods = (server: ScriptedServer) =>
  server.seen.map(({ method }) => method).filter((method) => method !== 'HEAD');

describe('an upload', () => {
  it('goes in one stream, and is gone from the records', async () => {
    const server = await start();
    const done = await push(server).ended;
    expect(done).toEqual({ digest, sizeBytes: bytes.length, sentBytes: bytes.length, how: 'sent' });
    expect(server.blobs.has(digest)).toBe(true);
    expect(methods(server)).toEqual(['GET', 'POST', 'PATCH', 'PUT']);
    expect(await readdir(join(folder, 'uploads'))).toEqual([]);
  });

  it('needs no digest before the bytes are on their way', async () => {
    const server = await start();
    const done = await push(server, { digest: async () => digest }).ended;
    expect(done.how).toBe('sent');
    expect(server.blobs.has(digest)).toBe(true);
  });

  it('is spared when the registry has the blob', async () => {
    const server = await start();
    server.addBlob(repository, bytes);
    expect(await push(server).ended).toMatchObject({ how: 'present', sentBytes: 0 });
    expect(methods(server)).toEqual(['GET']);
  });

  it('is stopped when it turns out on the way that the registry has the blob', async () => {
    const server = await start();
    server.addBlob(repository, bytes);
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const endless: BlobBytes = {
      sizeBytes: bytes.length,
      async *read(_offset, signal) {
        yield bytes.subarray(0, 100_000);
        open();
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    };
    const late = async () => {
      await gate;
      return digest;
    };
    const done = await push(server, { digest: late, blob: endless }).ended;
    expect(done.how).toBe('present');
    expect(done.sentBytes).toBeLessThan(bytes.length);
    expect(await readdir(join(folder, 'uploads'))).toEqual([]);
  });

  it('is lent by another repository, and sent where that has it not', async () => {
    const server = await start();
    server.addBlob('other/place', bytes);
    const done = await push(server, { mountFrom: ['nobody/here', 'other/place'] }).ended;
    expect(done).toMatchObject({ how: 'mounted', sentBytes: 0 });
    expect(server.holders.get(digest)).toContain(repository);
    const small = randomBytes(1000);
    const sent = await push(server, {
      blob: blobOf(small),
      digest: digestOf(small),
      mountFrom: ['other/place'],
    }).ended;
    expect(sent.how).toBe('sent');
  });

  it('takes a blob that fits into one request whole', async () => {
    const server = await start();
    const small = Buffer.from('{}');
    await push(server, { blob: blobOf(small), digest: digestOf(small) }).ended;
    expect(methods(server)).toEqual(['GET', 'POST', 'PUT']);
    expect(server.blobs.has(digestOf(small))).toBe(true);
    const none = Buffer.alloc(0);
    await push(server, { blob: blobOf(none), digest: digestOf(none) }).ended;
    expect(server.blobs.has(digestOf(none))).toBe(true);
  });

  it('is sent whole to a registry without pieces', async () => {
    const server = await start((request, response) => {
      if (request.method !== 'PATCH') return false;
      answer(response, 405, refusal('UNSUPPORTED'));
      return true;
    });
    const { ended, notices } = push(server);
    expect((await ended).how).toBe('sent');
    expect(server.blobs.has(digest)).toBe(true);
    expect(notices).toEqual(['The registry takes blobs only whole.']);
    expect(server.seen.at(-1)?.headers['content-length']).toBe(String(bytes.length));
  });
});

describe('a limit of a proxy before the registry', () => {
  /** What nginx does with a body that is longer than `client_max_body_size`: the registry sees nothing of it. */
  async function limited(limitBytes: number): Promise<UploadServer> {
    const server = await start((request, response) => {
      if (request.method !== 'PATCH' || request.headers['x-passed'] !== undefined) return false;
      const parts: Buffer[] = [];
      let isRefused = false;
      request.on('data', (part: Buffer) => {
        parts.push(part);
        if (isRefused || Buffer.concat(parts).length <= limitBytes) return;
        isRefused = true;
        answer(response, 413, Buffer.from('<html>413 Request Entity Too Large</html>'));
      });
      request.on('end', () => {
        if (isRefused) return;
        const body = Buffer.concat(parts);
        const headers = { ...request.headers, 'x-passed': '1' };
        const passed = httpRequest(`http://${server.address}${request.url}`, { method: 'PATCH', headers });
        passed.on('response', (taken) => {
          response.writeHead(taken.statusCode ?? 502, taken.headers);
          taken.pipe(response);
        });
        passed.end(body);
      });
      return true;
    });
    return server;
  }

  it('is met with pieces that fit, one after the other', async () => {
    const server = await limited(1024 * 1024);
    const { ended, notices } = push(server);
    expect((await ended).how).toBe('sent');
    expect(server.blobs.has(digest)).toBe(true);
    expect(notices).toEqual([
      'A limit before the registry refuses so long a request; sending 1.0 MB at a time.',
    ]);
    const pieces = server.seen.filter(({ headers }) => headers['x-passed'] !== undefined);
    expect(pieces.map(({ headers }) => headers['content-range'])).toEqual([
      '0-999999',
      '1000000-1999999',
      '2000000-2999999',
    ]);
    expect(methods(server).at(-1)).toBe('PUT');
  });

  it('that no piece fits under is told in words', async () => {
    const server = await limited(1000);
    const { ended, notices } = push(server);
    expect(await failureOf(ended)).toMatchObject({
      code: 'registry.uploadRefused',
      data: { status: 413, isUpload: true },
    });
    expect(notices).toHaveLength(2);
  });
});

describe('a broken upload', () => {
  it('of a blob that goes whole begins anew', async () => {
    let isCut = false;
    const server = await start((request, response) => {
      if (request.method === 'PATCH') {
        answer(response, 405, refusal('UNSUPPORTED'));
        return true;
      }
      if (request.method !== 'PUT' || isCut) return false;
      isCut = true;
      request.once('data', () => request.socket.destroy());
      return false;
    });
    const { ended, notices } = push(server);
    expect((await ended).how).toBe('sent');
    expect(server.blobs.has(digest)).toBe(true);
    expect(notices).toContain('The upload broke; sending it again.');
    expect(methods(server).slice(-4)).toEqual(['POST', 'PUT', 'POST', 'PUT']);
  });

  it('goes on from where the registry says it stands', async () => {
    const server = await start(cutOnce(1_000_000));
    const { ended, notices } = push(server);
    expect((await ended).how).toBe('sent');
    expect(server.blobs.has(digest)).toBe(true);
    expect(methods(server)).toEqual(['GET', 'POST', 'PATCH', 'GET', 'PATCH', 'PUT']);
    expect(notices.join()).toMatch(/going on from byte [1-9]/);
    const [, resumed] = server.seen.filter(({ method }) => method === 'PATCH');
    expect(resumed?.headers['content-range']).toMatch(/^[1-9]\d+-2999999$/);
  });

  it('is gone on with by another process, which finds the record', async () => {
    let isDown = false;
    const cut = cutOnce(1_000_000, () => {
      isDown = true;
      return true;
    });
    const server = await start((request, response) => {
      if (!isDown) return cut(request, response);
      answer(response, 429);
      return true;
    });
    expect(await failureOf(push(server).ended)).toMatchObject({ code: 'registry.rateLimited' });
    isDown = false;
    const [record = ''] = await readdir(join(folder, 'uploads'));
    expect((await stat(join(folder, 'uploads', record))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'uploads'))).mode & 0o777).toBe(0o700);
    expect(await readFile(join(folder, 'uploads', record), 'utf8')).not.toContain('secret');
    const { ended, notices } = push(server);
    const done = await ended;
    expect(done.sentBytes).toBeLessThan(bytes.length);
    expect(server.blobs.has(digest)).toBe(true);
    expect(notices.join()).toMatch(/of an earlier try; going on/);
  });

  it('keeps, when it is cancelled, what the registry has got', async () => {
    const server = await start();
    const cancel = new AbortController();
    const first = push(server, {
      digest: (stop) => new Promise((_, reject) => stop.addEventListener('abort', () => reject(stop.reason))),
      signal: cancel.signal,
      onProgress: ({ doneBytes }) => doneBytes >= 1_000_000 && cancel.abort(new Error('cancelled')),
    });
    await expect(first.ended).rejects.toThrow('cancelled');
    expect(server.blobs.size).toBe(0);
    const done = await push(server).ended;
    expect(done.sentBytes).toBe(bytes.length - 1_000_000);
    expect(server.blobs.has(digest)).toBe(true);
  });

  it('begins anew where the registry has thrown it away, but not for ever', async () => {
    let cuts = 1;
    const server = await start((request, response) => {
      if (request.method === 'GET' && request.url?.includes('/uploads/')) {
        answer(response, 404, refusal('BLOB_UPLOAD_INVALID'));
        return true;
      }
      if (request.method !== 'PATCH' || cuts === 0) return false;
      cuts -= 1;
      request.once('data', () => request.socket.destroy());
      return false;
    });
    const { ended, notices } = push(server);
    await ended;
    expect(server.blobs.has(digest)).toBe(true);
    expect(notices).toContain('The upload broke, and the registry kept nothing of it.');
    server.addBlob('x', bytes);
    cuts = Number.POSITIVE_INFINITY;
    const other = randomBytes(1_000_000);
    expect(
      await failureOf(push(server, { blob: blobOf(other), digest: digestOf(other) }).ended),
    ).toMatchObject({
      code: 'registry.interrupted',
    });
    expect(methods(server).filter((method) => method === 'PATCH').length).toBeLessThan(10);
  });

  it('does not end when the answer to the last request is lost', async () => {
    let isLost = false;
    const server = await start((request, response) => {
      if (request.method !== 'PUT' || isLost) return false;
      isLost = true;
      response.writeHead = () => {
        request.socket.destroy();
        return response;
      };
      return false;
    });
    expect((await push(server).ended).how).toBe('sent');
    expect(server.blobs.has(digest)).toBe(true);
  });
});

describe('a hostile or odd registry', () => {
  it.each([
    ['more than was sent', '0-2999998'],
    ['more than there is', '0-99999999999'],
    ['nonsense', 'bytes 5'],
    ['another beginning', '7-100'],
  ])('that tells %s after a break gets all of it anew', async (_name, range) => {
    const cut = cutOnce(500_000);
    const server = await start((request, response) => {
      if (request.method === 'GET' && request.url?.includes('/uploads/')) {
        answer(response, 204, {}, { range });
        return true;
      }
      return cut(request, response);
    });
    expect((await push(server).ended).how).toBe('sent');
    expect(server.blobs.has(digest)).toBe(true);
  });

  it('is told about when what it joined is not the file, once', async () => {
    const cut = cutOnce(500_000);
    const server = await start((request, response) => {
      // Says less than it has, so that bytes come twice.
      if (request.method === 'GET' && request.url?.includes('/uploads/')) {
        answer(response, 204, {}, { range: '0-99999' });
        return true;
      }
      delete request.headers['content-range'];
      return cut(request, response);
    });
    const { ended, notices } = push(server);
    await ended;
    expect(server.blobs.has(digest)).toBe(true);
    expect(notices.join()).toContain('is not the file');
  });

  it('that sends to another host gives that no credentials', async () => {
    const elsewhere = await startUploadServer();
    servers.push(elsewhere);
    const session = await fetch(`http://${elsewhere.address}/v2/${repository}/blobs/uploads/`, {
      method: 'POST',
    });
    const location = new URL(session.headers.get('location') ?? '', `http://${elsewhere.address}`).href;
    const server = await start((request, response) => {
      if (request.headers.authorization === undefined) {
        answer(response, 401, {}, { 'www-authenticate': 'Basic realm="x"' });
        return true;
      }
      if (request.method !== 'POST') return false;
      answer(response, 202, {}, { location });
      return true;
    });
    await push(server).ended;
    expect(elsewhere.blobs.has(digest)).toBe(true);
    expect(elsewhere.seen.some(({ headers }) => 'authorization' in headers)).toBe(false);
  });

  it('that sends to another host that asks for credentials does not get them there', async () => {
    const elsewhere = await startScriptedServer((_request, response) =>
      answer(response, 401, {}, { 'www-authenticate': 'Basic realm="x"' }),
    );
    servers.push(elsewhere);
    const server = await start((request, response) => {
      if (request.method !== 'POST') return false;
      answer(response, 202, {}, { location: `http://${elsewhere.address}/take` });
      return true;
    });
    expect(await failureOf(push(server).ended)).toMatchObject({ code: 'registry.forbidden' });
    expect(elsewhere.seen.some(({ headers }) => 'authorization' in headers)).toBe(false);
  });

  it.each(['http://169.254.169.254/latest', 'ftp://127.0.0.1/x', 'http://user:word@127.0.0.1/x', '::'])(
    'that sends to %s is refused',
    async (location) => {
      const server = await start((request, response) => {
        if (request.method !== 'POST') return false;
        answer(response, 202, {}, { location: location === '::' ? 'http://:0:' : location });
        return true;
      });
      expect(await failureOf(push(server).ended)).toMatchObject({ code: 'registry.protocol' });
    },
  );

  it('that never has enough of credentials is given up', async () => {
    const server = await start((request, response) => {
      if (request.url === '/v2/') return false;
      answer(response, 401, {}, { 'www-authenticate': 'Basic realm="x"' });
      return true;
    });
    expect(await failureOf(push(server).ended)).toMatchObject({ code: 'registry.unauthorized' });
    expect(server.seen.length).toBeLessThan(5);
  });

  it('whose token ends in the middle gets a new one, and the stream from its beginning', async () => {
    let tokens = 0;
    let isEnded = false;
    const server = await start((request, response) => {
      if (request.url?.startsWith('/token') === true) {
        tokens += 1;
        answer(response, 200, { token: `token-${tokens}`, expires_in: 300 });
        return true;
      }
      if (request.url === '/v2/') return false;
      const wanted = isEnded ? 'Bearer token-2' : 'Bearer token-1';
      if (request.method === 'PATCH') isEnded = true;
      if (request.headers.authorization === wanted && (request.method !== 'PATCH' || tokens === 2))
        return false;
      const realm = `http://${request.headers.host}/token`;
      answer(response, 401, {}, { 'www-authenticate': `Bearer realm="${realm}",service="s"` });
      return true;
    });
    expect((await push(server).ended).how).toBe('sent');
    expect(server.blobs.has(digest)).toBe(true);
    expect(tokens).toBe(2);
  });

  it.each([
    [403, 'DENIED', 'you may not push here'],
    [405, 'UNSUPPORTED', 'The operation is unsupported.'],
    [413, 'SIZE_INVALID', 'too large'],
    [400, 'NAME_INVALID', 'bad name'],
  ])('that refuses with %d is quoted', async (status, code, message) => {
    const server = await start((request, response) => {
      if (request.method !== 'POST') return false;
      answer(response, status, refusal(code, message));
      return true;
    });
    expect(await failureOf(push(server).ended)).toMatchObject({
      code: 'registry.uploadRefused',
      data: { status, repository, reason: `${code} ${message}` },
    });
  });

  it('that says it has other bytes is not believed', async () => {
    const server = await start((request, response) => {
      if (request.method !== 'PUT') return false;
      answer(response, 201, {}, { 'docker-content-digest': `sha256:${'0'.repeat(64)}` });
      return true;
    });
    expect(await failureOf(push(server).ended)).toMatchObject({
      code: 'registry.digestMismatch',
      data: { expected: digest },
    });
  });
});
