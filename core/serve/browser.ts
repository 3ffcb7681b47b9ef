import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';

type Environment = Readonly<Record<string, string | undefined>>;

/** In the order of preference: the plain browser before those that bring an account or a wallet. */
const browserNames = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'microsoft-edge',
  'brave-browser',
];

/** The first installed browser that has windows without an address bar; null where there is none. */
export function findBrowser(environment: Environment): string | null {
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const files = browserNames.flatMap((name) => folders.map((folder) => join(folder, name)));
  return files.find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not for us: the next one is tried
  }
}

/** Whether a window can be shown at all. */
export function hasDisplay(platform: NodeJS.Platform, environment: Environment): boolean {
  if (platform !== 'linux') return true;
  return Boolean(environment['DISPLAY'] || environment['WAYLAND_DISPLAY']);
}

/**
 * Opens the address in a window without an address bar. The browser gets a profile of its own (windowProfile.ts):
 * with the person's it would hand the address to a running browser and end. Everybody sees the address with its
 * launch token in `ps`. On Linux that helps nobody (peerUser.ts); elsewhere it goes through a file in the profile,
 * which takes the browser about 80 ms more.
 */
export async function openBrowserWindow(options: {
  readonly browser: string;
  readonly url: string;
  readonly profile: string;
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
}): Promise<ChildProcess> {
  const { browser, url, profile, platform, isRoot } = options;
  const address = platform === 'linux' ? url : await hiddenAddress(url, profile);
  return spawn(browser, browserArguments(address, profile, isRoot), { stdio: 'ignore' });
}

/** Address of a private page that leads on to another one. */
async function hiddenAddress(url: string, folder: string): Promise<string> {
  const page = join(folder, 'launch.html');
  const text = `<!doctype html><meta charset="utf-8"><title>MySingularity Workbench</title><meta http-equiv="refresh" content="0;url=${url}">\n`;
  await writeFile(page, text, { mode: 0o600 });
  return pathToFileURL(page).href;
}

function browserArguments(url: string, profile: string, isRoot: boolean): string[] {
  return [
    `--app=${url}`,
    `--user-data-dir=${profile}`,
    '--no-first-run',
    '--no-default-browser-check',
    // An end by a signal is no crash worth a bubble: there are no tabs to restore.
    '--hide-crash-restore-bubble',
    // Our own page is all that it ever loads.
    `--disk-cache-size=${32 * 1024 * 1024}`,
    '--disable-sync',
    '--disable-extensions',
    '--disable-background-networking',
    '--disable-component-update',
    // With it Chromium reads our scripts anew at every start (seen with 156), although it has them compiled.
    '--disable-features=BackgroundResourceFetch',
    '--disable-background-timer-throttling',
    '--disable-backgrounding-occluded-windows',
    '--disable-renderer-backgrounding',
    '--window-size=1280,800',
    // The browser refuses its sandbox to root; --test-type hides the bar that warns of it.
    ...(isRoot ? ['--no-sandbox', '--test-type'] : []),
  ];
}
