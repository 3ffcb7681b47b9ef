import { request as httpRequest } from 'node:http';
import { expect } from '@playwright/test';
import { WebSocket } from 'ws';
import { openClient } from '../fixtures/client.ts';
import { type Host, startHost } from '../fixtures/host.ts';
import { test } from '../fixtures/test.ts';

test.describe('the loopback host', () => {
  test('answers only to loopback names, and only with its own files', async ({ person }) => {
    const host = await startHost(person);
    try {
      const headers = { host: new URL(host.origin).host };
      expect(await statusOf(host, '/', headers)).toBe(200);
      expect(await statusOf(host, '/', { host: 'evil.example' })).toBe(421);
      expect(await statusOf(host, '/../../../../etc/passwd', headers)).toBe(404);
      expect(await statusOf(host, '/%2e%2e/%2e%2e/package.json', headers)).toBe(404);
      expect(await statusOf(host, '/', headers, 'POST')).toBe(405);
    } finally {
      await host.stop();
    }
  });

  test('lets a page in with the right origin and token only', async ({ person }) => {
    const host = await startHost(person);
    try {
      expect(await refusalOf(host, { origin: 'http://evil.example' })).toBe('403');
      expect(await refusalOf(host, { origin: undefined })).toBe('403');
      const guessed = 'g'.repeat(43);
      expect(await closeCodeOf(host, [`session.${guessed}`, `launch.${guessed}`])).toBe(4401);
      expect(await closeCodeOf(host, [`session.${guessed}`])).toBe(4401);
      expect(await closeCodeOf(host, [])).toBe(4401);
    } finally {
      await host.stop();
    }
  });

  test('takes a launch token once', async ({ person }) => {
    const host = await startHost(person);
    try {
      const first = await openClient(host);
      expect((await first.client.system.about()).door).toBe('loopback');
      const launch = new URL(host.launchUrl).hash.replace('#launch=', '');
      expect(await closeCodeOf(host, [`session.${'s'.repeat(43)}`, `launch.${launch}`])).toBe(4401);
      // Whoever was let in stays in.
      expect((await first.client.system.about()).door).toBe('loopback');
      first.close();
    } finally {
      await host.stop();
    }
  });
});

/** Status of a request whose path is sent as it is written. */
function statusOf(
  host: Host,
  path: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(host.origin);
    httpRequest({ hostname, port, path, headers, method }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

/** HTTP status that refuses a WebSocket with this Origin. */
function refusalOf(host: Host, options: { readonly origin: string | undefined }): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = options.origin === undefined ? {} : { Origin: options.origin };
    const socket = new WebSocket(`${host.origin.replace('http', 'ws')}/rpc`, { headers });
    socket.on('open', () => reject(new Error('It was let in')));
    socket.on('error', ({ message }) => resolve(/\d{3}/.exec(message)?.[0] ?? message));
  });
}

/** Close code of a socket that shows these tokens. */
function closeCodeOf(host: Host, tokens: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const protocols = ['mysingularity', ...tokens];
    const socket = new WebSocket(`${host.origin.replace('http', 'ws')}/rpc`, protocols, {
      origin: host.origin,
    });
    socket.on('error', reject);
    socket.on('close', resolve);
  });
}
