import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf } from './digest.ts';
import { failureOf } from './testing/failure.ts';
import { answer } from './testing/scriptedServer.ts';
import { refusal } from './testing/uploadServer.ts';
import { blobOf, bytes, cutOnce, digest, methods, uploadsOfEachTest } from './testing/uploads.ts';

const uploads = uploadsOfEachTest();
const { push, start } = uploads;

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
    const [record = ''] = await readdir(uploads.records);
    expect((await stat(join(uploads.records, record))).mode & 0o777).toBe(0o600);
    expect((await stat(uploads.records)).mode & 0o777).toBe(0o700);
    expect(await readFile(join(uploads.records, record), 'utf8')).not.toContain('secret');
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
