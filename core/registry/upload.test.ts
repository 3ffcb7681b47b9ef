import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { describe, expect, it } from 'vitest';
import { digestOf } from './digest.ts';
import { failureOf } from './testing/failure.ts';
import { answer } from './testing/scriptedServer.ts';
import { refusal, type UploadServer } from './testing/uploadServer.ts';
import { blobOf, bytes, digest, methods, repository, uploadsOfEachTest } from './testing/uploads.ts';
import type { BlobBytes } from './uploadOptions.ts';

const uploads = uploadsOfEachTest();
const { push, start } = uploads;

describe('an upload', () => {
  it('goes in one stream, and is gone from the records', async () => {
    const server = await start();
    const done = await push(server).ended;
    expect(done).toEqual({ digest, sizeBytes: bytes.length, sentBytes: bytes.length, how: 'sent' });
    expect(server.blobs.has(digest)).toBe(true);
    expect(methods(server)).toEqual(['GET', 'POST', 'PATCH', 'PUT']);
    expect(await readdir(uploads.records)).toEqual([]);
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
    expect(await readdir(uploads.records)).toEqual([]);
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
