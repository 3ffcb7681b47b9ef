import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeychain } from './createKeychain.ts';

const run = promisify(execFile);
const needed = ['dbus-run-session', 'gnome-keyring-daemon', 'secret-tool'];
const missing = needed.filter((program) => !isOnPath(program));
const noKeychain = missing.length === 0 ? null : `not installed: ${missing.join(', ')}`;
const credentials = { userName: 'ada', password: 'päss:"word"\nwith a line' };

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false; // not in this folder
    }
  });
}

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'keychain-'));
  await mkdir(join(home, 'run'), { mode: 0o700 });
});
afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});
const bare = () => ({
  HOME: home,
  XDG_RUNTIME_DIR: join(home, 'run'),
  PATH: process.env['PATH'],
  LANG: 'C.UTF-8',
});

interface Session {
  readonly environment: Readonly<Record<string, string | undefined>>;
  end(): Promise<void>;
}

/** A bus and a keyring of their own; both end with this shell, which waits for the end of its input. */
async function startSession(keyring: string): Promise<Session> {
  const script = `${keyring} >&2; echo "$DBUS_SESSION_BUS_ADDRESS"; exec cat >/dev/null`;
  const session = spawn('dbus-run-session', ['--', 'sh', '-c', script], { env: bare(), stdio: 'pipe' });
  session.stderr.resume();
  const [line] = (await once(session.stdout, 'data')) as [Buffer];
  return {
    environment: { ...bare(), DBUS_SESSION_BUS_ADDRESS: line.toString().trim() },
    end: async () => {
      session.stdin.end();
      if (session.exitCode === null) await once(session, 'exit');
    },
  };
}

describe('the keychain of a desktop', () => {
  let session: Session;
  let environment: Session['environment'];

  beforeAll(async () => {
    if (noKeychain !== null) return;
    session = await startSession('printf keyring | gnome-keyring-daemon --unlock --components=secrets');
    ({ environment } = session);
  });
  afterAll(async () => {
    if (noKeychain === null) await session.end();
  });

  it('keeps, gives back, replaces and forgets a password', async ({ skip }) => {
    if (noKeychain !== null) skip(noKeychain);
    const keychain = createKeychain(environment, 'linux');
    expect(await keychain.isAvailable()).toMatchObject({ isAvailable: true });
    expect(await keychain.get('r.org:5000')).toBeNull();
    await keychain.set('r.org:5000', credentials);
    expect(await keychain.get('r.org:5000')).toEqual(credentials);
    expect(await keychain.get('r.org')).toBeNull();
    const token = { userName: '<token>', password: 'refresh', isIdentityToken: true };
    await keychain.set('r.org:5000', token);
    expect(await createKeychain(environment, 'linux').get('r.org:5000')).toEqual(token);
    await keychain.remove('r.org:5000');
    expect(await keychain.get('r.org:5000')).toBeNull();
    await keychain.remove('r.org:5000');
  });

  it('takes nothing for ours that somebody else put there', async ({ skip }) => {
    if (noKeychain !== null) skip(noKeychain);
    const put = run(
      'secret-tool',
      ['store', '--label=x', 'service', 'mysingularity', 'registry', 'odd.org'],
      {
        env: environment,
      },
    );
    put.child.stdin?.end('just text');
    await put;
    expect(await createKeychain(environment, 'linux').get('odd.org')).toBeNull();
  });

  it('says that the tool is missing', async ({ skip }) => {
    if (noKeychain !== null) skip(noKeychain);
    const keychain = createKeychain({ ...environment, PATH: join(home, 'run') }, 'linux');
    expect(await keychain.isAvailable()).toEqual({
      isAvailable: false,
      text: expect.stringContaining('secret-tool is not installed'),
    });
    expect(await keychain.get('r.org')).toBeNull();
    await expect(keychain.set('r.org', credentials)).rejects.toMatchObject({
      report: { code: 'registry.keychain' },
    });
  });
});

describe('a keychain that is locked, with nobody to unlock it', () => {
  it('gives nothing, and says why it keeps nothing', async ({ skip }) => {
    if (noKeychain !== null) skip(noKeychain);
    // Made by the session before; this one does not know its password, and has no screen to ask for it.
    const session = await startSession('gnome-keyring-daemon --start --components=secrets');
    try {
      const keychain = createKeychain(session.environment, 'linux');
      expect((await keychain.isAvailable()).isAvailable).toBe(true);
      expect(await keychain.get('odd.org')).toBeNull();
      await expect(keychain.set('r.org', credentials)).rejects.toMatchObject({
        report: { code: 'registry.keychain', data: { reason: expect.stringContaining('locked') } },
      });
    } finally {
      await session.end();
    }
  });
});

describe('without a Secret Service', () => {
  it('says that there is no bus', async () => {
    expect(await createKeychain(bare(), 'linux').isAvailable()).toEqual({
      isAvailable: false,
      text: expect.stringContaining('no message bus'),
    });
  });

  it('says that nobody answers on the bus', async ({ skip }) => {
    if (noKeychain !== null) skip(noKeychain);
    const environment = { ...bare(), DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(home, 'nobody')}` };
    const keychain = createKeychain(environment, 'linux');
    expect(await keychain.isAvailable()).toEqual({
      isAvailable: false,
      text: expect.stringContaining('no Secret Service answers'),
    });
    expect(await keychain.get('r.org')).toBeNull();
  });

  it('says that a service does not answer', async ({ skip }) => {
    if (noKeychain !== null) skip(noKeychain);
    const folder = join(home, 'hanging');
    await mkdir(folder);
    // A tool that never ends, in the place of the real one, which waits for a service that is locked up.
    await symlink('/usr/bin/yes', join(folder, 'secret-tool'));
    const environment = { ...bare(), PATH: folder, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nobody' };
    expect(await createKeychain(environment, 'linux').isAvailable()).toEqual({
      isAvailable: false,
      text: 'No keychain: the Secret Service does not answer.',
    });
  });

  it.each(['darwin', 'win32', 'freebsd'] as const)('does not promise anything on %s', async (platform) => {
    const keychain = createKeychain(bare(), platform);
    expect((await keychain.isAvailable()).isAvailable).toBe(false);
    await expect(keychain.set('r.org', credentials)).rejects.toMatchObject({
      report: { code: 'registry.keychain' },
    });
  });
});
