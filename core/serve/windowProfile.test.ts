import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { createServer } from 'node:http';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { listenOnPort } from './listen.ts';
import { listenWithProfile } from './windowProfile.ts';

const folder = mkdtempSync(join(tmpdir(), 'mysingularity-profile-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function listen(port: number) {
  const server = createServer();
  const chosen = await listenOnPort(server, port);
  return { port: chosen, close: () => new Promise((resolve) => server.close(resolve)) };
}

function place(name: string) {
  const environment = { XDG_CACHE_HOME: join(folder, name) };
  return { environment, cache: join(environment.XDG_CACHE_HOME, 'mysingularity') };
}

test('a later start has the port and the profile of the earlier one', async () => {
  const { environment } = place('again');
  const first = await listenWithProfile(environment, listen);
  await first.host.close();
  await first.profile.cleanUp();
  const second = await listenWithProfile(environment, listen);
  await second.host.close();
  expect(second.host.port).toBe(first.host.port);
  expect(second.profile.folder).toBe(first.profile.folder);
  expect(statSync(first.profile.folder).mode & 0o777).toBe(0o700);
});

test('two at a time have two profiles, and the last used one comes first', async () => {
  const { environment } = place('two');
  const first = await listenWithProfile(environment, listen);
  const second = await listenWithProfile(environment, listen);
  expect(second.profile.folder).not.toBe(first.profile.folder);
  await Promise.all([first.host.close(), second.host.close()]);
  utimesSync(first.profile.folder, 1, 1);
  const third = await listenWithProfile(environment, listen);
  await third.host.close();
  expect(third.profile.folder).toBe(second.profile.folder);
});

test.each([
  ['a browser that still runs', `${hostname()}-${process.pid}`, false],
  ['a browser on another machine', 'elsewhere.example-1', false],
  ['a browser that is gone', `${hostname()}-4194305`, true],
])('a profile held by %s', async (name, holder, isTaken) => {
  const { environment } = place(name);
  const first = await listenWithProfile(environment, listen);
  await first.host.close();
  symlinkSync(holder, join(first.profile.folder, 'SingletonLock'));
  const second = await listenWithProfile(environment, listen);
  await second.host.close();
  expect(second.profile.folder === first.profile.folder).toBe(isTaken);
});

test('many windows leave no more than a few profiles behind', async () => {
  const { environment, cache } = place('many');
  const hosts = [];
  for (let index = 0; index < 6; index += 1) hosts.push(await listenWithProfile(environment, listen));
  expect(new Set(hosts.map(({ profile }) => profile.folder)).size).toBe(6);
  for (const { host, profile } of hosts) {
    await host.close();
    await profile.cleanUp();
  }
  expect(readdirSync(cache)).toHaveLength(4);
});

test('what is no profile of ours is left alone', async () => {
  const { environment, cache } = place('other');
  mkdirSync(join(cache, 'window-99999'), { recursive: true });
  mkdirSync(join(cache, 'layers'));
  const { host, profile } = await listenWithProfile(environment, listen);
  await host.close();
  expect(profile.folder).toBe(join(cache, `window-${host.port}`));
});
