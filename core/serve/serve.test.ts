import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
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
const newSession = () => randomBytes(32).toString('base64url');

/** Opens a socket as a page does, with these subprotocols. */
function open(
  path: string,
  tokens: readonly string[] = [],
  headers: Record<string, string> = { Origin: ownOrigin() },
): WebSocket {
  const protocols = ['mysingularity', ...tokens];
  return new WebSocket(`ws://127.0.0.1:${host.port}${path}`, protocols, { headers });
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

/** `admitted` when what a page sends is read, or the code with which its socket is closed. */
function verdict(socket: WebSocket): Promise<'admitted' | number> {
  return new Promise((resolve) => {
    socket.on('error', () => undefined); // close follows
    // Answered by whoever reads the socket.
    socket.once('open', () => socket.ping());
    socket.once('pong', () => resolve('admitted'));
    socket.once('close', (code) => resolve(code));
  });
}

async function signIn(): Promise<{ socket: WebSocket; session: string }> {
  const session = newSession();
  const socket = open('/rpc', [`session.${session}`, `launch.${launchToken()}`]);
  expect(await verdict(socket)).toBe('admitted');
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
    expect(await refusal(open('/rpc', [], { Host: name, Origin: `http://${name}` }))).toBe(421);
  }
});

test('takes any loopback name and port, because a tunnel changes them', async () => {
  await start();
  for (const name of ['localhost:1', '127.0.0.1:65535', '[::1]:80']) {
    expect((await get('/', { Host: name })).status).toBe(200);
  }
  const tokens = [`session.${newSession()}`, `launch.${launchToken()}`];
  const socket = open('/rpc', tokens, { Host: 'localhost:9999', Origin: 'http://localhost:9999' });
  expect(await verdict(socket)).toBe('admitted');
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
    expect(await refusal(open('/rpc', [], headers))).toBe(403);
    expect(await refusal(open('/terminal/abcdefgh', [], headers))).toBe(403);
  }
});

test('answers 404 to a socket on any other path', async () => {
  await start();
  for (const path of ['/', '/rpc/', '/rpc?x', '/terminal/', '/terminal/..%2frpc', '/terminal/A']) {
    expect(await refusal(open(path))).toBe(404);
  }
});

test('a launch token makes one session good, a second use is refused', async () => {
  await start();
  const launch = `launch.${launchToken()}`;
  expect(await verdict(open('/rpc', [`session.${newSession()}`, launch]))).toBe('admitted');
  expect(await verdict(open('/rpc', [`session.${newSession()}`, launch]))).toBe(4401);
});

test('a session works again after a reload, and for terminals', async () => {
  await start();
  const { session } = await signIn();
  expect(await verdict(open('/rpc', [`session.${session}`]))).toBe('admitted');
  const terminal = open('/terminal/abcd-1234', [`session.${session}`]);
  expect(await verdict(terminal)).toBe('admitted');
  const echoed = new Promise((resolve) => terminal.once('message', (data) => resolve(data)));
  terminal.send(Buffer.from([0, 255, 10]));
  expect(await echoed).toEqual(Buffer.from([0, 255, 10]));
  expect(attached.at(-1)?.id).toBe('abcd-1234');
});

test('a good session stays good beside a used launch token', async () => {
  await start();
  const { session } = await signIn();
  expect(await verdict(open('/rpc', [`session.${session}`, `launch.${newSession()}`]))).toBe('admitted');
});

test('tells a terminal that its page is gone', async () => {
  await start();
  const { session } = await signIn();
  const terminal = open('/terminal/abcd-1234', [`session.${session}`]);
  await verdict(terminal);
  const gone = new Promise<void>((resolve) => attached.at(-1)?.channel.onClose(resolve));
  terminal.close();
  await gone;
});

const strange = newSession();
test.each([
  ['an unknown session', [`session.${strange}`]],
  ['an unknown launch token', [`session.${strange}`, `launch.${newSession()}`]],
  ['no token', []],
  ['a launch token alone', [`launch.${newSession()}`]],
  ['two sessions', [`session.${strange}`, `session.${newSession()}`]],
  ['a token that is too short', ['session.short']],
  ['a token that is too long', [`session.${strange}a`]],
])('refuses a socket with %s', async (_name, tokens) => {
  await start();
  for (const path of ['/rpc', '/terminal/abcdefgh']) {
    expect(await verdict(open(path, tokens))).toBe(4401);
  }
});

test('refuses a second session beside a good one, and a weak one beside a launch token', async () => {
  await start();
  const { session } = await signIn();
  expect(await verdict(open('/rpc', [`session.${session}`, `session.${strange}`]))).toBe(4401);
  expect(await verdict(open('/rpc', ['session.weak', `launch.${launchToken()}`]))).toBe(4401);
});

test('a terminal never opens by a launch token', async () => {
  await start();
  const tokens = [`session.${newSession()}`, `launch.${launchToken()}`];
  expect(await verdict(open('/terminal/abcdefgh', tokens))).toBe(4401);
  expect(await verdict(open('/terminal/abcdefgh', [`session.${launchToken()}`]))).toBe(4401);
});

test('takes what a page sends at once', async () => {
  await start();
  const { session } = await signIn();
  const terminal = open('/terminal/abcd-1234', [`session.${session}`]);
  const echoed = new Promise((resolve) => terminal.once('message', (data) => resolve(data)));
  terminal.once('open', () => terminal.send(Buffer.from([7])));
  expect(await echoed).toEqual(Buffer.from([7]));
});

test('keeps nothing of a refused page that goes on sending', async () => {
  await start();
  const before = attached.length;
  const socket = open('/terminal/abcdefgh');
  socket.on('error', () => undefined); // close follows
  socket.once('open', () => socket.send(Buffer.alloc(16 * 1024 * 1024)));
  const code = await new Promise((resolve) => socket.once('close', resolve));
  expect([4401, 1006]).toContain(code);
  expect(attached.length).toBe(before);
});

test('carries calls', async () => {
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
  const answer = verdict(open('/rpc', [`session.${newSession()}`, `launch.${launchToken()}`]));
  arrive();
  expect(await answer).toBe('admitted');
});

test('tells a page that core could not start', async () => {
  await start({ core: Promise.reject(new Error('no core')) });
  const tokens = [`session.${newSession()}`, `launch.${launchToken()}`];
  const closed = new Promise((resolve) => open('/rpc', tokens).once('close', resolve));
  expect(await closed).toBe(1011);
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
  const protocols = ['mysingularity', `session.${newSession()}`, `launch.${launchToken()}`];
  const socket = new WebSocket(`ws+unix://${socketPath}:/rpc`, protocols, {
    headers: { Host: 'localhost:4000', Origin: 'http://localhost:4000' },
  });
  expect(await verdict(socket)).toBe('admitted');
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
