import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { foldersOf } from '#core/settings/folders.ts';

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

/** A browser with one window of its own. */
export interface BrowserWindow {
  readonly process: ChildProcess;
  /** Removes what the browser kept. */
  cleanUp(): Promise<void>;
}

/**
 * Opens the address in a window without an address bar. The browser gets a profile of its own in our cache folder
 * (0700, this start only): with a shared one it would hand the address to a running browser and end. Everybody sees
 * the address with its launch token in `ps`. On Linux that helps nobody (peerUser.ts); elsewhere it goes through a
 * file in that folder, which takes the browser about 80 ms more.
 */
export async function openBrowserWindow(options: {
  readonly browser: string;
  readonly url: string;
  readonly environment: Environment;
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
}): Promise<BrowserWindow> {
  const cache = foldersOf(options.environment).cache;
  await mkdir(cache, { recursive: true, mode: 0o700 });
  const profile = await mkdtemp(join(cache, 'window-'));
  const address = options.platform === 'linux' ? options.url : await hiddenAddress(options.url, profile);
  const child = spawn(options.browser, browserArguments(address, profile, options.isRoot), {
    stdio: 'ignore',
  });
  return {
    process: child,
    // Helpers of the browser may still write while they end.
    cleanUp: () => rm(profile, { recursive: true, force: true, maxRetries: 5 }),
  };
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
    '--disable-sync',
    '--disable-extensions',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-background-timer-throttling',
    '--disable-backgrounding-occluded-windows',
    '--disable-renderer-backgrounding',
    '--window-size=1280,800',
    // The browser refuses its sandbox to root; --test-type hides the bar that warns of it.
    ...(isRoot ? ['--no-sandbox', '--test-type'] : []),
  ];
}
