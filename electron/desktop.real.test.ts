import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localHostId } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import { version } from '#core/version.ts';

/** The built main process and preload, executed with the stand-in in Electron's place (electron/standIn). */
const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'mysingularity-desktop-'));

/** What the stand-in tells of the world around the window. */
interface Told {
  readonly loaded?: string;
  readonly evaluated?: unknown;
  readonly left?: string;
  readonly wasPrevented?: boolean;
  readonly openExternal?: string;
  readonly messageBox?: { readonly message: string; readonly detail: string };
}

let desktop: ChildProcess;
const ended = new AbortController();

/** Sends to the stand-in, and waits for what it then tells of one kind. */
async function ask<Kind extends keyof Told>(message: object, kind: Kind): Promise<Told> {
  const answer = nextTold(kind);
  desktop.send(message);
  return answer;
}

async function nextTold(kind: keyof Told): Promise<Told> {
  for (;;) {
    const [told]: Told[] = await once(desktop, 'message', { signal: ended.signal });
    if (told !== undefined && kind in told) return told;
  }
}

async function evaluate(expression: string): Promise<unknown> {
  return (await ask({ evaluate: expression }, 'evaluated')).evaluated;
}

/** Asks the page's bridge for a port and leaves it as `name`, with what comes on it in `name.received`. */
function openPort(name: string, channel: unknown): Promise<unknown> {
  return evaluate(`new Promise((resolve) => {
    const channel = ${JSON.stringify(channel)};
    addEventListener('message', function receive(event) {
      if (event.data.type !== 'workbench.port' || JSON.stringify(event.data.channel) !== JSON.stringify(channel)) return;
      removeEventListener('message', receive);
      const port = event.ports[0];
      port.received = [];
      port.onmessage = ({ data }) => { port.received.push(data); port.onNew?.(); };
      window.${name} = port;
      resolve(event.origin === location.origin && event.source === window);
    });
    workbench.connect(channel);
  })`);
}

/** Until an expression over the port `name` is true. */
function waitFor(name: string, condition: string): Promise<unknown> {
  return evaluate(`new Promise((resolve) => {
    const check = () => { if (${condition}) resolve(true); };
    window.${name}.onNew = check;
    check();
  })`);
}

/** A client whose messages go through the page's port `name`, as the page's own would. */
function clientThrough(name: string): Client {
  const { port1, port2 } = new MessageChannel();
  port2.onmessage = async ({ data }: MessageEvent<unknown>) => {
    await evaluate(`window.${name}.received.length = 0, window.${name}.postMessage(${JSON.stringify(data)})`);
    await waitFor(name, `window.${name}.received.length > 0`);
    port2.postMessage(await evaluate(`window.${name}.received[0]`));
  };
  const link = new RPCLink({ port: port1 });
  port1.start();
  closers.push(() => port1.close());
  return createORPCClient<Client>(link);
}
const closers: (() => void)[] = [];

beforeAll(async () => {
  if (!existsSync(join(root, 'dist/electron/main.js'))) throw new Error('Build first: npm run build');
  desktop = spawn(join(root, 'electron/standIn/electron'), ['.'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: {
      ...process.env,
      STAND_IN_FOLDER: folder,
      XDG_CONFIG_HOME: join(folder, 'config'),
      XDG_DATA_HOME: join(folder, 'data'),
      XDG_STATE_HOME: join(folder, 'state'),
      XDG_CACHE_HOME: join(folder, 'cache'),
    },
  });
  desktop.once('exit', () => ended.abort(new Error('the desktop ended')));
  expect((await nextTold('loaded')).loaded).toBe('app://workbench/');
});

afterAll(async () => {
  for (const close of closers) close();
  if (desktop.exitCode === null && desktop.kill()) await once(desktop, 'exit');
  rmSync(folder, { recursive: true });
});

test('the page loads, and has the bridge and nothing of node', async () => {
  expect(await evaluate('document.title')).toBe('MySingularity Workbench');
  expect(await evaluate('Object.keys(workbench)')).toEqual(['connect', 'pathOf']);
  expect(await evaluate('[typeof require, typeof process, typeof ipcRenderer, typeof module]')).toEqual(
    Array(4).fill('undefined'),
  );
});

test('the page has the same policy as on the loopback host', async () => {
  expect(
    await evaluate(`new Promise((resolve) => {
      addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), { once: true });
      const script = document.createElement('script');
      script.textContent = '0';
      document.body.append(script);
    })`),
  ).toBe('script-src-elem');
});

test('calls go through a port', async () => {
  expect(await openPort('calls', 'rpc')).toBe(true);
  const about = await clientThrough('calls').system.about();
  expect(about).toMatchObject({
    version,
    door: 'electron',
    capabilities: ['nativeDialogs', 'nativeNotifications'],
  });
});

test('bytes of a terminal go through a port of their own', async () => {
  await openPort('opener', 'rpc');
  const terminal = await clientThrough('opener').terminals.open({
    subject: { kind: 'hostShell', hostId: localHostId, folder: null },
    size: { columns: 80, rows: 24 },
  });
  await openPort('shell', { terminal: terminal.id });
  const attach = JSON.stringify({ type: 'attach', size: { columns: 80, rows: 24 } });
  await evaluate(`window.shell.postMessage(${JSON.stringify(attach)})`);
  await waitFor(
    'shell',
    `window.shell.received.some((data) => typeof data === 'string' && JSON.parse(data).type === 'snapshot')`,
  );
  await evaluate(`window.shell.postMessage(new TextEncoder().encode('printf "<%s>" $((40 + 2))\\n'))`);
  const text = `window.shell.received.filter((data) => data instanceof Uint8Array).map((bytes) => new TextDecoder().decode(bytes)).join('')`;
  expect(await waitFor('shell', `${text}.includes('<42>')`)).toBe(true);
});

test('what a page may not ask for gets no port', async () => {
  await evaluate(`window.ports = 0, addEventListener('message', () => { window.ports += 1; })`);
  for (const channel of ['files', { terminal: '../x' }, { terminal: 'abcdefgh', more: 1 }, null]) {
    await evaluate(`workbench.connect(${JSON.stringify(channel)})`);
  }
  await openPort('last', 'rpc');
  expect(await evaluate('window.ports')).toBe(1);
});

test('navigation is denied, and a link opens outside', async () => {
  const left = nextTold('left');
  await evaluate(`void (location.href = 'http://127.0.0.1:9/elsewhere')`);
  expect(await left).toEqual({ left: 'http://127.0.0.1:9/elsewhere', wasPrevented: true });
  expect(await evaluate('document.title')).toBe('MySingularity Workbench');
  const opened = nextTold('openExternal');
  await evaluate(`void window.open('https://apptainer.org/docs')`);
  expect(await opened).toEqual({ openExternal: 'https://apptainer.org/docs' });
});

test('closing asks while a shell runs, and ends everything only when told to', async () => {
  const question = (await ask({ close: true }, 'messageBox')).messageBox;
  expect(question?.detail).toContain('1 terminal');
  desktop.send({ answer: 0 });
  expect(await evaluate('document.title')).toBe('MySingularity Workbench');
  await ask({ close: true }, 'messageBox');
  const exit = once(desktop, 'exit');
  desktop.send({ answer: 1 });
  expect(await exit).toEqual([0, null]);
});
