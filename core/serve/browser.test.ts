import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

const url = 'http://127.0.0.1:4000/#launch=very-secret';

/** Opens a window with a program in the browser's place, and gives its arguments. */
async function argumentsOf(name: string, platform: NodeJS.Platform, isRoot: boolean) {
  const browser = join(programs(name, 'chromium'), 'chromium');
  const profile = join(folder, `${name}-profile`);
  mkdirSync(profile);
  const child = await openBrowserWindow({ browser, url, profile, platform, isRoot });
  await new Promise((resolve) => child.once('exit', resolve));
  const given = readFileSync(`${browser}.arguments`, 'utf8').trimEnd().split('\n');
  const optionOf = (option: string) =>
    given.find((word) => word.startsWith(`${option}=`))?.slice(option.length + 1) ?? '';
  return { given, optionOf, profile };
}

test('the window has the address and a profile of its own', async () => {
  const { given, optionOf, profile } = await argumentsOf('own', 'linux', false);
  expect(optionOf('--app')).toBe(url);
  expect(optionOf('--user-data-dir')).toBe(profile);
  expect(given).not.toContain('--no-sandbox');
});

test('root’s browser has no sandbox to offer', async () => {
  expect((await argumentsOf('root', 'linux', true)).given).toContain('--no-sandbox');
});

test('where the system does not say whose a connection is, the token is not among the arguments', async () => {
  const { given, optionOf } = await argumentsOf('hidden', 'darwin', false);
  expect(given.join()).not.toContain('very-secret');
  const page = fileURLToPath(optionOf('--app'));
  expect(readFileSync(page, 'utf8')).toContain(url);
  expect(statSync(page).mode & 0o777).toBe(0o600);
});
