import { describe, expect, it } from 'vitest';
import { failureOf } from './testing/failure.ts';
import { answer, startScriptedServer } from './testing/scriptedServer.ts';
import { refusal, startUploadServer } from './testing/uploadServer.ts';
import { cutOnce, digest, repository, uploadsOfEachTest } from './testing/uploads.ts';

const uploads = uploadsOfEachTest();
const { push, start } = uploads;

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
    uploads.own(elsewhere);
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
    uploads.own(elsewhere);
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
