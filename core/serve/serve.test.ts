import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { os } from '@orpc/server';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { TerminalId } from '#core/contract/ids.ts';
import type { TerminalChannel } from '#core/terminals/terminalChannel.ts';
import { type LoopbackHost, type ServeOptions, serve } from './serve.ts';

const folder = mkdtempSync(join(tmpdir(), 'mysingularity-serve-'));
const page = join(folder, 'page');
const attached: { id: TerminalId; channel: TerminalChannel }[] = [];
const core = Promise.resolve({
  router: { double: os.input(z.number()).handler(({ input }) => input * 2) },
  terminals: {
    attach: (id: TerminalId, channel: TerminalChannel) => {
      attached.push({ id, channel });
      channel.onBytes((bytes) => channel.send(bytes));
    },
  },
});
let host: LoopbackHost;

beforeAll(() => {
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), '<title>page</title>');
  writeFileSync(join(page, 'assets', 'app-1234.js'), 'export {};');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  symlinkSync(join(folder, 'secret.txt'), join(page, 'link.txt'));
});
afterEach(async () => {
  await host.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function start(rest: Partial<ServeOptions> = {}): Promise<void> {
  host = await serve({ core, rendererFolder: page, listen: { port: 0 }, ...rest });
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port: host.port, path, headers, method }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body }));
    });
    outgoing.on('error', reject).end();
  });
}

const ownOrigin = () => `http://127.0.0.1:${host.port}`;
const launchToken = () => new URL(host.newLaunchUrl()).hash.slice('#launch='.length);

function open(path: string, headers: Record<string, string> = { Origin: ownOrigin() }): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${host.port}${path}`, { headers });
}

/** HTTP status of a refused upgrade. */
function refusal(socket: WebSocket): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    socket.on('unexpected-response', (outgoing, answer) => {
      outgoing.destroy();
      resolve(answer.statusCode);
    });
    socket.on('error', () => undefined); // follows the refusal
    socket.on('open', () => reject(new Error('the socket opened')));
  });
}

/** Opens, says hello, and gives the answer or the close code. */
function greet(socket: WebSocket, hello: string | Buffer): Promise<string | number> {
  return new Promise((resolve) => {
    socket.on('open', () => socket.send(hello));
    socket.on('error', () => undefined); // close follows
    socket.once('message', (data) => resolve(String(data)));
    socket.once('close', (code) => resolve(code));
  });
}

async function signIn(): Promise<{ socket: WebSocket; session: string }> {
  const socket = open('/rpc');
  const answer = await greet(socket, JSON.stringify({ launch: launchToken() }));
  const { session } = z.object({ session: z.string() }).parse(JSON.parse(String(answer)));
  return { socket, session };
}

test('serves the page with its type and its security headers', async () => {
  await start();
  const index = await get('/');
  expect(index.status).toBe(200);
  expect(index.body).toBe('<title>page</title>');
  expect(index.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(index.headers['content-security-policy']).toContain("default-src 'self'");
  expect(index.headers['content-security-policy']).not.toContain('unsafe-eval');
  expect(index.headers['x-content-type-options']).toBe('nosniff');
  expect(index.headers['cache-control']).toBe('no-cache');
  const script = await get('/assets/app-1234.js');
  expect(script.headers['cache-control']).toContain('immutable');
  expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
});

test.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/..%5csecret.txt',
  '//etc/passwd',
  '/link.txt',
  '/%00.html',
  '/%zz.html',
  '/assets',
  '/too-long',
])('answers 404 to %s', async (name) => {
  await start();
  const path = name === '/too-long' ? `/${'x'.repeat(5000)}.html` : name;
  const answer = await get(path);
  expect(answer.status).toBe(404);
  expect(answer.body).toBe('');
});

test('answers 421 to a host name that is not loopback, on http and on sockets', async () => {
  await start();
  for (const name of [
    'workbench.example',
    `localhost.example:${host.port}`,
    '127.0.0.1.example',
    '10.0.0.1',
  ]) {
    expect((await get('/', { Host: name })).status).toBe(421);
    expect(await refusal(open('/rpc', { Host: name, Origin: `http://${name}` }))).toBe(421);
  }
});

test('takes any loopback name and port, because a tunnel changes them', async () => {
  await start();
  for (const name of ['localhost:1', '127.0.0.1:65535', '[::1]:80']) {
    expect((await get('/', { Host: name })).status).toBe(200);
  }
  const socket = open('/rpc', { Host: 'localhost:9999', Origin: 'http://localhost:9999' });
  expect(await greet(socket, JSON.stringify({ launch: launchToken() }))).toContain('session');
});

test('refuses methods that change something', async () => {
  await start();
  expect((await get('/', {}, 'POST')).status).toBe(405);
});

test('refuses a socket whose Origin is missing or another', async () => {
  await start();
  const own = ownOrigin();
  const others = [{}, { Origin: 'null' }, { Origin: 'http://localhost:1' }, { Origin: `${own}.example` }];
  for (const headers of [...others, { Origin: own.replace('http', 'https') }]) {
    expect(await refusal(open('/rpc', headers))).toBe(403);
    expect(await refusal(open('/terminal/abcdefgh', headers))).toBe(403);
  }
});

test('answers 404 to a socket on any other path', async () => {
  await start();
  for (const path of ['/', '/rpc/', '/rpc?x', '/terminal/', '/terminal/..%2frpc', '/terminal/A']) {
    expect(await refusal(open(path))).toBe(404);
  }
});

test('a launch token opens one session, a second use is refused', async () => {
  await start();
  const launch = launchToken();
  expect(await greet(open('/rpc'), JSON.stringify({ launch }))).toContain('session');
  expect(await greet(open('/rpc'), JSON.stringify({ launch }))).toBe(4401);
});

test('a session token works again after a reload, and for terminals', async () => {
  await start();
  const { session } = await signIn();
  expect(await greet(open('/rpc'), JSON.stringify({ session }))).toBe(JSON.stringify({ session }));
  const terminal = open('/terminal/abcd-1234');
  expect(await greet(terminal, JSON.stringify({ session }))).toBe('{"session":"ok"}');
  const echoed = new Promise((resolve) => terminal.once('message', (data) => resolve(data)));
  terminal.send(Buffer.from([0, 255, 10]));
  expect(await echoed).toEqual(Buffer.from([0, 255, 10]));
  expect(attached.at(-1)?.id).toBe('abcd-1234');
});

test('tells a terminal that its page is gone', async () => {
  await start();
  const { session } = await signIn();
  const terminal = open('/terminal/abcd-1234');
  await greet(terminal, JSON.stringify({ session }));
  const gone = new Promise<void>((resolve) => attached.at(-1)?.channel.onClose(resolve));
  terminal.close();
  await gone;
});

test.each([
  ['a wrong session', '{"session":"x"}'],
  ['a wrong launch', '{"launch":"x"}'],
  ['no JSON', 'hello'],
  ['no text', Buffer.from('{"session":"x"}')],
  ['an empty object', '{}'],
  ['something besides', '{"launch":"x","more":1}'],
])('closes a socket that begins with %s', async (_name, hello) => {
  await start();
  expect(await greet(open('/rpc'), hello)).toBe(4401);
  expect(await greet(open('/terminal/abcdefgh'), hello)).toBe(4401);
});

test('a session never opens by a launch token on a terminal', async () => {
  await start();
  expect(await greet(open('/terminal/abcdefgh'), JSON.stringify({ session: launchToken() }))).toBe(4401);
});

test('cuts off a first message that is too long, before it is whole', async () => {
  await start();
  const { session } = await signIn();
  const long = JSON.stringify({ session, more: 'x'.repeat(5000) });
  expect(await greet(open('/rpc'), long)).toBe(1006);
});

test('closes a socket that says nothing', async () => {
  await start({ helloTimeoutMs: 20 });
  const socket = open('/rpc');
  expect(await new Promise((resolve) => socket.once('close', resolve))).toBe(4401);
});

test('carries calls after the hello', async () => {
  await start();
  const { socket } = await signIn();
  // ws has the events and methods of a browser's WebSocket that the link uses
  const websocket = socket as unknown as globalThis.WebSocket;
  const client: { double: (input: number) => Promise<number> } = createORPCClient(new RPCLink({ websocket }));
  expect(await client.double(21)).toBe(42);
});

test('waits for a core that is still on its way', async () => {
  let arrive: () => void = () => undefined;
  const later = new Promise<Awaited<typeof core>>((resolve) => {
    arrive = () => resolve(core);
  });
  await start({ core: later });
  expect((await get('/')).status).toBe(200);
  const answer = greet(open('/rpc'), JSON.stringify({ launch: launchToken() }));
  arrive();
  expect(await answer).toContain('session');
});

test('closing ends every page', async () => {
  await start();
  const { socket } = await signIn();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await host.close();
  expect(await closed).toBe(1001);
  await start();
});

test('a unix socket is for its owner alone, and a dead one is replaced', async () => {
  const socketPath = join(folder, 'host.sock');
  await start({ listen: { socketPath } });
  expect(statSync(socketPath).mode & 0o777).toBe(0o600);
  expect(new URL(host.newLaunchUrl(4000)).port).toBe('4000');
  await expect(serve({ core, rendererFolder: page, listen: { socketPath } })).rejects.toThrow('EADDRINUSE');
  const socket = new WebSocket(`ws+unix://${socketPath}:/rpc`, {
    headers: { Host: 'localhost:4000', Origin: 'http://localhost:4000' },
  });
  expect(await greet(socket, JSON.stringify({ launch: launchToken() }))).toContain('session');
  await host.close();
  leaveDeadSocket(socketPath);
  expect(statSync(socketPath).isSocket()).toBe(true);
  await start({ listen: { socketPath } });
});

test('leaves alone what is not a socket', async () => {
  const socketPath = join(folder, 'file.sock');
  writeFileSync(socketPath, 'mine');
  await expect(serve({ core, rendererFolder: page, listen: { socketPath } })).rejects.toThrow('EADDRINUSE');
  await start();
});

/** What a host that was killed leaves. */
function leaveDeadSocket(path: string): void {
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  expect(spawnSync(process.execPath, ['-e', script]).signal).toBe('SIGKILL');
}
