import { mkdir, mkdtemp, readdir, readlink, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { foldersOf } from '#core/settings/folders.ts';

/** A profile folder for the browser's window. */
export interface WindowProfile {
  readonly folder: string;
  /** Removes the folder where it serves this start only. */
  cleanUp(): Promise<void>;
}

/** A host that listens, and the profile that goes with its port. */
export interface ProfiledHost<Host> {
  readonly host: Host;
  readonly profile: WindowProfile;
}

/** More windows at once than this get profiles that go with them. */
const keptProfiles = 4;

/**
 * Listens on the port of an earlier start when that is free, and gives the window the profile of then. The browser so
 * finds its compiled code and the page its layout again: both belong to an address, the port included. Each profile
 * is named by its port, and whoever listens on the port has the profile: no two starts can hold one at a time.
 *
 * @param environment says where our cache folder is.
 * @param listen opens the host on a port of 127.0.0.1; 0 lets the system choose.
 */
export async function listenWithProfile<Host extends { readonly port: number | null }>(
  environment: Readonly<Record<string, string | undefined>>,
  listen: (port: number) => Promise<Host>,
): Promise<ProfiledHost<Host>> {
  const cacheFolder = foldersOf(environment).cache;
  await mkdir(cacheFolder, { recursive: true, mode: 0o700 });
  const ports = await portsUsedBefore(cacheFolder);
  for (const port of ports) {
    const folder = profileOf(cacheFolder, port);
    if (!(await isFree(folder))) continue;
    const host = await listenIfFree(listen, port);
    if (host === null) continue;
    const now = new Date();
    await utimes(folder, now, now);
    return { host, profile: { folder, cleanUp: async () => undefined } };
  }
  const host = await listen(0);
  if (host.port === null || ports.length >= keptProfiles) {
    const folder = await mkdtemp(join(cacheFolder, 'window-for-once-'));
    // Helpers of the browser may still write while they end.
    return {
      host,
      profile: { folder, cleanUp: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) },
    };
  }
  const folder = profileOf(cacheFolder, host.port);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return { host, profile: { folder, cleanUp: async () => undefined } };
}

const profileOf = (cacheFolder: string, port: number) => join(cacheFolder, `window-${port}`);

/** The last used one first. */
async function portsUsedBefore(cacheFolder: string): Promise<number[]> {
  const found: { port: number; usedAt: number }[] = [];
  for (const name of await readdir(cacheFolder)) {
    const port = Number(/^window-(\d{4,5})$/.exec(name)?.[1]);
    if (!Number.isInteger(port) || port > 65_535) continue;
    found.push({ port, usedAt: (await stat(join(cacheFolder, name))).mtimeMs });
  }
  return found.sort((a, b) => b.usedAt - a.usedAt).map(({ port }) => port);
}

/**
 * Whether no browser holds the profile: Chromium marks one in use by a link to `HOST-PID`. A browser can outlive the
 * host that started it, and a home can be shared by machines; it would take the address over, or refuse to start.
 */
async function isFree(folder: string): Promise<boolean> {
  let holder: string;
  try {
    holder = await readlink(join(folder, 'SingletonLock'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return true;
    throw error;
  }
  const [, host, pid] = /^(.*)-(\d+)$/.exec(holder) ?? [];
  return host === hostname() && !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function listenIfFree<Host>(
  listen: (port: number) => Promise<Host>,
  port: number,
): Promise<Host | null> {
  try {
    return await listen(port);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EADDRINUSE' || code === 'EACCES') return null; // somebody else's now
    throw error;
  }
}
