import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { findBrowser, hasDisplay, openBrowserWindow } from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'mysingularity-browser-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder of programs that write down their arguments. */
function programs(name: string, ...files: string[]): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const file of files) {
    writeFileSync(join(path, file), '#!/bin/sh\nprintf "%s\\n" "$@" > "$0.arguments"\n', { mode: 0o755 });
  }
  return path;
}

test('chooses by preference, whatever the order of folders', () => {
  const first = programs('first', 'brave-browser', 'google-chrome');
  const second = programs('second', 'chromium');
  expect(findBrowser({ PATH: `${first}${delimiter}${second}` })).toBe(join(second, 'chromium'));
  expect(findBrowser({ PATH: first })).toBe(join(first, 'google-chrome'));
});

test('passes over what is not executable, and finds nothing in an empty path', () => {
  const path = programs('third', 'chromium', 'microsoft-edge');
  chmodSync(join(path, 'chromium'), 0o644);
  expect(findBrowser({ PATH: path })).toBe(join(path, 'microsoft-edge'));
  expect(findBrowser({ PATH: '' })).toBeNull();
  expect(findBrowser({})).toBeNull();
});

test('a window needs a display on Linux only', () => {
  expect(hasDisplay('linux', {})).toBe(false);
  expect(hasDisplay('linux', { DISPLAY: '' })).toBe(false);
  expect(hasDisplay('linux', { DISPLAY: ':0' })).toBe(true);
  expect(hasDisplay('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true);
  expect(hasDisplay('darwin', {})).toBe(true);
});

test.each([true, false])('the launch token is not among the arguments (root: %s)', async (isRoot) => {
  const path = programs(`open-${isRoot}`, 'chromium');
  const cache = join(folder, `cache-${isRoot}`);
  const browser = join(path, 'chromium');
  const url = 'http://127.0.0.1:4000/#launch=very-secret';
  const window = await openBrowserWindow({ browser, url, environment: { XDG_CACHE_HOME: cache }, isRoot });
  await new Promise((resolve) => window.process.once('exit', resolve));
  const given = readFileSync(`${browser}.arguments`, 'utf8').trimEnd().split('\n');
  expect(given.join()).not.toContain('very-secret');
  expect(given.includes('--no-sandbox')).toBe(isRoot);
  const page = fileURLToPath(given.find((word) => word.startsWith('--app='))?.slice('--app='.length) ?? '');
  expect(readFileSync(page, 'utf8')).toContain(url);
  expect(statSync(page).mode & 0o777).toBe(0o600);
  const profile = given.find((word) => word.startsWith('--user-data-dir='))?.split('=')[1] ?? '';
  expect(statSync(profile).mode & 0o777).toBe(0o700);
  await window.cleanUp();
  expect(readdirSync(join(cache, 'mysingularity'))).toEqual([]);
});
