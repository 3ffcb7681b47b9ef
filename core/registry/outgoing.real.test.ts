import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { createOutgoingFetch } from './outgoing.ts';

const running: Server[] = [];
afterEach(() => {
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
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
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

const request = { headers: {}, signal: AbortSignal.timeout(20_000) };

describe('a request to the outside', () => {
  it('goes through the proxy of the environment, and to this machine directly', async () => {
    const origin = createServer((_, response) => response.end('direct'));
    const originPort = await listen(origin);
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (incoming, socket) => {
      asked.push(incoming.url ?? '');
      const onward = connect(originPort, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
    });
    const fetchOutside = createOutgoingFetch({ HTTP_PROXY: `http://127.0.0.1:${await listen(proxy)}` });
    expect((await fetchOutside(new URL('http://registry.invalid/v2/'), request)).status).toBe(200);
    expect(asked).toEqual(['registry.invalid:80']);
    expect((await fetchOutside(new URL(`http://127.0.0.1:${originPort}/`), request)).status).toBe(200);
    expect(asked).toHaveLength(1);
  });

  it('trusts a certificate that the administrator added, and no other', async () => {
    const { key, cert, path } = await certificate();
    const port = await listen(createSecureServer({ key, cert }, (_, response) => response.end('safe')));
    const url = new URL(`https://localhost:${port}/`);
    expect((await createOutgoingFetch({ NODE_EXTRA_CA_CERTS: path })(url, request)).status).toBe(200);
    await expect(createOutgoingFetch({})(url, request)).rejects.toMatchObject({
      cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    });
  });
});
