import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createOutgoingFetch } from './outgoing.ts';

const running: Server[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of running.splice(0)) server.close();
});

async function listen<Kind extends Server>(server: Kind): Promise<number> {
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function certificate(): Promise<{
  readonly path: string;
  readonly key: string;
  readonly cert: string;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'outgoing-'));
  const [key, path] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,DNS:registry.invalid'];
  const args = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '1',
    '-keyout',
    key,
    '-out',
    path,
    ...subject,
  ];
  await promisify(execFile)('openssl', args);
  return { path, key: await readFile(key, 'utf8'), cert: await readFile(path, 'utf8') };
}

const get = () => ({ headers: {}, signal: AbortSignal.timeout(20_000) });

describe('a request to the outside', () => {
  it('goes through the proxy of the environment, and to this machine directly', async () => {
    const { key, cert, path } = await certificate();
    const safe = await listen(createSecureServer({ key, cert }, (_, response) => response.end('safe')));
    const direct = await listen(createServer((_, response) => response.end('direct')));
    const asked: string[] = [];
    const proxy = createServer((incoming, response) => {
      asked.push(incoming.url ?? '');
      response.end('through the proxy');
    });
    proxy.on('connect', (incoming, socket) => {
      asked.push(incoming.url ?? '');
      const onward = connect(safe, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      socket.on('error', () => onward.destroy());
    });
    const proxyUrl = `http://127.0.0.1:${await listen(proxy)}`;
    vi.stubEnv('HTTP_PROXY', proxyUrl);
    vi.stubEnv('HTTPS_PROXY', proxyUrl);
    vi.stubEnv('NODE_EXTRA_CA_CERTS', path);
    const fetchOutside = createOutgoingFetch();
    expect((await fetchOutside(new URL('http://registry.invalid/v2/'), get())).status).toBe(200);
    expect((await fetchOutside(new URL('https://registry.invalid/v2/'), get())).status).toBe(200);
    expect(asked).toEqual(['http://registry.invalid/v2/', 'registry.invalid:443']);
    expect((await fetchOutside(new URL(`http://127.0.0.1:${direct}/`), get())).status).toBe(200);
    expect(asked).toHaveLength(2);
  });

  it('trusts a certificate that the administrator added, and no other', async () => {
    const { key, cert, path } = await certificate();
    const port = await listen(createSecureServer({ key, cert }, (_, response) => response.end('safe')));
    const url = new URL(`https://localhost:${port}/`);
    const stranger = createOutgoingFetch();
    await expect(stranger(url, get())).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    vi.stubEnv('NODE_EXTRA_CA_CERTS', path);
    expect((await createOutgoingFetch()(url, get())).status).toBe(200);
  });

  it('asks again over a new connection when the server has closed the kept one', async () => {
    const server = createServer((_, response) => response.end('ok'));
    server.keepAliveTimeout = 60_000;
    const url = new URL(`http://127.0.0.1:${await listen(server)}/`);
    const fetchOutside = createOutgoingFetch();
    for (let round = 0; round < 3; round += 1) {
      const answer = await fetchOutside(url, get());
      for (let part = await answer.body.next(); part.done !== true; part = await answer.body.next());
      expect(answer.status).toBe(200);
      server.closeAllConnections();
    }
  });

  it('outlives a server that closes the connection while the reader is slow', async () => {
    const size = 8_000_000;
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-length': size, connection: 'close' });
      response.end(Buffer.alloc(size, 7));
    });
    const answer = await createOutgoingFetch()(new URL(`http://127.0.0.1:${await listen(server)}/`), get());
    let done = 0;
    for (let part = await answer.body.next(); part.done !== true; part = await answer.body.next()) {
      done += part.value.byteLength;
      await setTimeout(1); // the server has long sent all of it, and gone
    }
    expect(done).toBe(size);
  });
});
