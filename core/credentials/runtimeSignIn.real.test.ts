import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localHostId } from '#core/contract/ids.ts';
import { parseVersion } from '#core/runtime/dialect.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { type AuthfileEntry, authfileText } from './authfile.ts';
import { createCredentials } from './createCredentials.ts';
import { unavailableKeychain } from './keychain.ts';

const run = promisify(execFile);
const missing = whyMissing('apptainer', 'authRegistry', 'tokenRegistry', 'tiny');
const { authRegistry, tokenRegistry } = testbed();
const { address, userName, password } = authRegistry;
const auth = Buffer.from(`${userName}:${password}`).toString('base64');
const { signal } = new AbortController();
let home: string;

beforeEach(async ({ skip }) => {
  if (missing !== null) skip(missing);
  home = await mkdtemp(join(tmpdir(), 'sign-in-'));
});
afterEach(async () => {
  if (missing === null) await rm(home, { recursive: true });
});

async function put(name: string, content: unknown): Promise<void> {
  const path = join(home, name);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
}

/** `docker-credential-fake`: gives the right password, and notes each question. */
async function putHelper(): Promise<void> {
  await put(
    'bin/docker-credential-fake',
    `#!/bin/sh\ncat >>${home}/asked; echo >>${home}/asked
printf '{"ServerURL":"x","Username":"%s","Secret":"%s"}' '${userName}' '${password}'\n`,
  );
  await chmod(join(home, 'bin/docker-credential-fake'), 0o755);
}

const environmentWith = (change: Readonly<Record<string, string>>) => ({
  HOME: home,
  PATH: `${join(home, 'bin')}:${process.env['PATH'] ?? ''}`,
  ...change,
});

/** Whether the real runtime signs in: a tag that does not exist is told only to those who did. */
async function signsIn(
  scheme: 'docker' | 'oras',
  change: Readonly<Record<string, string>>,
  { flags = [], registry = address }: { readonly flags?: readonly string[]; readonly registry?: string } = {},
): Promise<boolean> {
  const args = ['pull', '--disable-cache', '--no-https', ...flags, join(home, 'x.sif')];
  const failed: unknown = await run('apptainer', [...args, `${scheme}://${registry}/demo/tiny:nosuch`], {
    env: environmentWith(change),
    cwd: home,
  }).catch((thrown: unknown) => thrown);
  const text = failed instanceof Error && 'stderr' in failed ? String(failed.stderr) : '';
  if (/manifest unknown/i.test(text)) return true;
  expect(text).toMatch(/authentication required|getting username and password|getting credentials/);
  return false;
}

/** Flags that name an authfile of ours. */
async function authfile(entry: AuthfileEntry): Promise<readonly string[]> {
  const path = join(home, 'auth.json');
  await writeFile(path, authfileText(entry), { mode: 0o600 });
  return ['--authfile', path];
}

async function sentence(change: Readonly<Record<string, string>>): Promise<string> {
  const { stdout } = await run('apptainer', ['--version']);
  const credentials = createCredentials({
    environment: environmentWith(change),
    stateFolder: join(home, 'state'),
    keychain: unavailableKeychain('none'),
    now: Date.now,
    runtimeOf: () => Promise.resolve(parseVersion(stdout)),
    hostOf: () => Promise.reject(new Error('not asked for')),
  });
  return (await credentials.access(address, localHostId, signal)).runtime;
}

interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, unknown>>;
  readonly change?: (home: string) => Readonly<Record<string, string>>;
  readonly docker: boolean;
  readonly oras: boolean;
  readonly words: string;
}

const inline = { auths: { [address]: { auth } } };
const cases: readonly Case[] = [
  {
    name: 'no file',
    files: {},
    docker: false,
    oras: false,
    words: 'would not sign in: there is neither ~/.apptainer/docker-config.json nor ~/.docker/config.json.',
  },
  {
    name: 'Docker’s file',
    files: { '.docker/config.json': inline },
    docker: true,
    oras: true,
    words: `would sign in as ${userName} from ~/.docker/config.json.`,
  },
  {
    name: 'another spelling of the registry',
    files: { '.docker/config.json': { auths: { [`https://${address}/v1/`]: { auth } } } },
    docker: true,
    oras: true,
    words: `would sign in as ${userName} from ~/.docker/config.json.`,
  },
  {
    name: 'its own file without an entry',
    files: { '.docker/config.json': inline, '.apptainer/docker-config.json': {} },
    docker: false,
    oras: false,
    words: 'so ~/.docker/config.json is ignored.',
  },
  {
    name: 'a helper for the registry',
    files: { '.docker/config.json': { credHelpers: { [address]: 'fake' } } },
    docker: true,
    oras: true,
    words: 'would ask docker-credential-fake, which ~/.docker/config.json names for this registry.',
  },
  {
    name: 'a helper for all registries',
    files: { '.docker/config.json': { credsStore: 'fake' } },
    docker: false,
    oras: true,
    words: 'would not sign in to docker://; for oras:// alone it would ask docker-credential-fake',
  },
  {
    name: 'a helper for all registries beside an entry',
    files: { '.docker/config.json': { ...inline, credsStore: 'fake' } },
    docker: true,
    oras: true,
    words: `would sign in to docker:// as ${userName} from ~/.docker/config.json; for oras:// alone it would ask`,
  },
  {
    name: 'a helper that is not there',
    files: { '.docker/config.json': { credHelpers: { [address]: 'missing' } } },
    docker: false,
    oras: false,
    words: 'would ask docker-credential-missing',
  },
  {
    name: 'a password as plain members',
    files: { '.docker/config.json': { auths: { [address]: { username: userName, password } } } },
    docker: false,
    oras: true,
    words: `would sign in as ${userName} from ~/.docker/config.json to oras:// alone`,
  },
  {
    name: 'a broken file',
    files: { '.docker/config.json': '{"auths": ' },
    docker: false,
    oras: false,
    words:
      'would refuse docker:// and would not sign in to oras://: ~/.docker/config.json is not valid JSON.',
  },
  {
    name: 'DOCKER_CONFIG',
    files: { 'elsewhere/config.json': inline },
    change: (folder) => ({ DOCKER_CONFIG: join(folder, 'elsewhere') }),
    docker: false,
    oras: false,
    words: 'would not sign in: there is neither',
  },
  {
    name: 'APPTAINER_CONFIGDIR with config.json',
    files: { 'elsewhere/config.json': inline },
    change: (folder) => ({ APPTAINER_CONFIGDIR: join(folder, 'elsewhere') }),
    docker: true,
    oras: true,
    words: `would sign in as ${userName} from ~/elsewhere/config.json.`,
  },
];

describe('the real Apptainer does what is said of it', () => {
  it.each(cases)('with $name', async ({ files, change = () => ({}), docker, oras, words }) => {
    await putHelper();
    for (const [name, content] of Object.entries(files)) await put(name, content);
    const environment = change(home);
    expect(await sentence(environment)).toContain(words);
    expect([await signsIn('docker', environment), await signsIn('oras', environment)]).toEqual([
      docker,
      oras,
    ]);
  });

  it('and takes an authfile of ours before all files', async () => {
    await put('.apptainer/docker-config.json', {});
    const flags = await authfile({ registry: address, credentials: { userName, password } });
    expect([await signsIn('docker', {}, { flags }), await signsIn('oras', {}, { flags })]).toEqual([
      true,
      true,
    ]);
  });

  it('and takes an identity token from one', async () => {
    const answer = await fetch(`http://${tokenRegistry.server}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...{ grant_type: 'password', username: userName, password, access_type: 'offline' },
        ...{ service: 'mysingularity-testbed', client_id: 'test' },
      }),
    });
    const { refresh_token: identity } = (await answer.json()) as { refresh_token: string };
    const registry = tokenRegistry.address;
    const credentials = { userName: '<token>', password: identity, isIdentityToken: true };
    const flags = await authfile({ registry, credentials });
    expect([
      await signsIn('docker', {}, { registry, flags }),
      await signsIn('oras', {}, { registry, flags }),
    ]).toEqual([true, true]);
  });

  it('and asks a helper for the registry by its name', async () => {
    await putHelper();
    await put('.docker/config.json', { credHelpers: { [address]: 'fake' } });
    await signsIn('docker', {});
    const asked = (await readFile(join(home, 'asked'), 'utf8')).trim().split('\n');
    expect(new Set(asked)).toEqual(new Set([address]));
  });
});
