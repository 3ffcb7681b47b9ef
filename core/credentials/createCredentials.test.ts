import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { hostIdSchema, localHostId } from '#core/contract/ids.ts';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import { localFiles } from '#core/hosts/localFiles.ts';
import type { RegistryCredentials } from '#core/registry/registrySettings.ts';
import { createCredentials } from './createCredentials.ts';
import type { RunHelper } from './credentialHelper.ts';
import { type Keychain, unavailableKeychain } from './keychain.ts';

const { signal } = new AbortController();
const registry = 'r.org:5000';
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'credentials-'));
});
afterEach(async () => {
  await rm(home, { recursive: true });
});

async function put(name: string, content: unknown): Promise<string> {
  const path = join(home, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}
const inline = (userName: string, key = registry) => ({
  auths: { [key]: { auth: Buffer.from(`${userName}:pw`).toString('base64') } },
});

/** A keychain in memory, as an adapter of a desktop would be. */
function keychainInMemory(): Keychain {
  const items = new Map<string, RegistryCredentials>();
  return {
    kind: 'memory',
    isAvailable: () => Promise.resolve({ isAvailable: true, text: 'in memory' }),
    get: (name) => Promise.resolve(items.get(name) ?? null),
    set: (name, credentials) => Promise.resolve(void items.set(name, credentials)),
    remove: (name) => Promise.resolve(void items.delete(name)),
  };
}

interface Given {
  readonly environment?: Readonly<Record<string, string>>;
  readonly keychain?: Keychain;
  readonly runHelper?: RunHelper;
}

function open({ environment = {}, keychain = unavailableKeychain('none here'), runHelper }: Given = {}) {
  let time = 1000;
  return createCredentials({
    environment: { HOME: home, PATH: '/usr/bin:/bin', ...environment },
    stateFolder: join(home, 'state'),
    keychain,
    now: () => time++,
    ...(runHelper === undefined ? {} : { runHelper }),
    runtimeOf: (id) =>
      Promise.resolve(
        id === localHostId
          ? { product: 'apptainer', version: '1.4.5' }
          : { product: 'singularity-ce', version: '4.3.2' },
      ),
    hostOf: (id) =>
      id === 'far'
        ? Promise.resolve({
            label: 'Far',
            homeFolder: hostPathFromText(join(home, 'far')),
            files: localFiles,
          })
        : Promise.reject(workbenchError('host.notConnected', { host: id })),
  });
}
const userOf = async (credentials = open()) => (await credentials.find(registry, signal))?.userName ?? null;

describe('where credentials come from', () => {
  it('is nowhere at first', async () => {
    expect(await userOf()).toBeNull();
    expect(await open().access(registry, localHostId, signal)).toEqual({
      registry,
      source: { type: 'none' },
      userName: null,
      lastSuccess: null,
      lastRefusal: null,
      rate: null,
      runtime:
        'Apptainer 1.4.5 on this machine would not sign in: there is neither ~/.apptainer/docker-config.json nor ~/.docker/config.json.',
      problems: [],
      keychain: { isAvailable: false, text: 'none here' },
    });
  });

  it('is the session, the keychain, the runtime’s file, Docker’s: in this order', async () => {
    const credentials = open({ keychain: keychainInMemory() });
    const sourceOf = async () => (await credentials.access(registry, localHostId, signal)).source;
    const dockerFile = await put('.docker/config.json', inline('docker'));
    expect(await userOf(credentials)).toBe('docker');
    expect(await sourceOf()).toEqual({ type: 'file', path: dockerFile, how: 'inline', helper: null });
    await put('.singularity/docker-config.json', inline('singularity'));
    expect(await userOf(credentials)).toBe('singularity');
    await put('.apptainer/docker-config.json', inline('apptainer'));
    expect(await userOf(credentials)).toBe('apptainer');
    await credentials.keep(registry, { userName: 'kept', password: 'x' }, 'keychain');
    expect([await userOf(credentials), await sourceOf()]).toEqual(['kept', { type: 'keychain' }]);
    await credentials.keep(registry, { userName: 'now', password: 'x' }, 'session');
    expect([await userOf(credentials), await sourceOf()]).toEqual(['now', { type: 'session' }]);
    await credentials.forget(`https://${registry}/v2/`);
    expect(await userOf(credentials)).toBe('apptainer');
  });

  it('is where DOCKER_CONFIG and APPTAINER_CONFIGDIR lead', async () => {
    await put('.docker/config.json', inline('home'));
    await put('d/config.json', inline('moved'));
    expect(await userOf(open({ environment: { DOCKER_CONFIG: join(home, 'd') } }))).toBe('moved');
    await put('a/config.json', inline('quirk'));
    const moved = open({ environment: { APPTAINER_CONFIGDIR: join(home, 'a') } });
    expect(await userOf(moved)).toBe('quirk');
    await put('a/docker-config.json', inline('own'));
    expect(await userOf(moved)).toBe('own');
  });

  it('is Docker’s file for us where the runtime would not look into it any more, which is said', async () => {
    await put('.docker/config.json', inline('docker'));
    await put('.apptainer/docker-config.json', {});
    const access = await open().access(registry, localHostId, signal);
    expect(access.userName).toBe('docker');
    expect(access.runtime).toBe(
      'Apptainer 1.4.5 on this machine would not sign in: ~/.apptainer/docker-config.json exists and has no entry for this registry, so ~/.docker/config.json is ignored.',
    );
  });

  it('never changes a file', async () => {
    const paths = [
      await put('.docker/config.json', `  ${JSON.stringify(inline('docker'))}\n`),
      await put('.apptainer/docker-config.json', '{"auths": '),
    ];
    const factsOf = async (path: string) => {
      const { mtimeMs, ctimeMs, ino, mode } = await stat(path);
      return { mtimeMs, ctimeMs, ino, mode, bytes: await readFile(path, 'utf8') };
    };
    const before = await Promise.all(paths.map(factsOf));
    const credentials = open({ keychain: keychainInMemory() });
    await credentials.find(registry, signal);
    await credentials.access(registry, localHostId, signal);
    await credentials.keep(registry, { userName: 'a', password: 'b' }, 'keychain');
    await credentials.keep(registry, { userName: 'a', password: 'b' }, 'session');
    await credentials.forget(registry);
    await credentials.flush();
    expect(await Promise.all(paths.map(factsOf))).toEqual(before);
  });

  it('is told when a file is broken, and the next one counts', async () => {
    await put('.apptainer/docker-config.json', '{"auths":{"r.org:5000":{"auth":"c2VjcmV0');
    await put('.docker/config.json', inline('docker'));
    const access = await open().access(registry, localHostId, signal);
    expect(access).toMatchObject({
      userName: 'docker',
      problems: ['~/.apptainer/docker-config.json is not valid JSON.'],
      runtime: expect.stringContaining('would refuse docker://'),
    });
    expect(JSON.stringify(access)).not.toContain('c2VjcmV0');
  });

  it('is told when a file may not be read', async ({ skip }) => {
    if (process.getuid?.() === 0) skip('root may read every file');
    const path = await put('.docker/config.json', inline('docker'));
    await chmod(path, 0o000);
    const { problems } = await open().access(registry, localHostId, signal);
    expect(problems).toEqual(['~/.docker/config.json may not be read.']);
  });

  it('does not stop at a folder or a pipe in the place of a file', async () => {
    await mkdir(join(home, '.docker/config.json'), { recursive: true });
    const { problems } = await open().access(registry, localHostId, signal);
    expect(problems).toEqual(['~/.docker/config.json is not a file.']);
  });
});

describe('helpers', () => {
  const answering =
    (answers: Partial<Record<'get' | 'list', string>>, seen: string[] = []): RunHelper =>
    ({ program, verb, stdin }) => {
      seen.push(`${program} ${verb} ${stdin}`);
      const stdout = answers[verb];
      return Promise.resolve(
        stdout === undefined ? { exitStatus: 1, stdout: 'no' } : { exitStatus: 0, stdout },
      );
    };
  const secret = JSON.stringify({ ServerURL: registry, Username: 'ada', Secret: 'topsecret' });

  it('are asked for a secret only when a registry asks for one', async () => {
    await put('.docker/config.json', { credHelpers: { [registry]: 'x' } });
    const seen: string[] = [];
    const credentials = open({ runHelper: answering({ get: secret, list: `{"${registry}":"ada"}` }, seen) });
    const demand = credentials.onDemand(registry);
    expect(seen).toEqual([]);
    const access = await credentials.access(registry, localHostId, signal);
    expect(access).toMatchObject({ source: { how: 'helper', helper: 'x' }, userName: 'ada' });
    expect(seen).toEqual(['docker-credential-x list ']);
    expect(await demand.get(signal)).toEqual({ userName: 'ada', password: 'topsecret' });
    expect(seen.at(-1)).toBe(`docker-credential-x get ${registry}`);
  });

  it('that fail are named with the file; a file after it may still have something', async () => {
    const path = await put('.apptainer/docker-config.json', { credsStore: 'gone' });
    const thrown: unknown = await open()
      .find(registry, signal)
      .catch((reason: unknown) => reason);
    expect(thrown).toBeInstanceOf(WorkbenchError);
    expect((thrown as WorkbenchError).report).toMatchObject({
      code: 'registry.credentialHelper',
      data: { registry, helper: 'gone', path, reason: 'docker-credential-gone is not on the PATH.' },
      action: { kind: 'signIn', registry },
    });
    expect((await open().access(registry, localHostId, signal)).problems).toEqual([
      '~/.apptainer/docker-config.json names a helper: docker-credential-gone is not on the PATH.',
    ]);
    await put('.docker/config.json', inline('docker'));
    expect(await userOf()).toBe('docker');
  });

  it('of all registries are not taken for a way in where they list no such name', async () => {
    await put('.docker/config.json', { credsStore: 'x' });
    const credentials = open({ runHelper: answering({ list: '{"https://other.org":"bob"}' }) });
    expect((await credentials.access(registry, localHostId, signal)).source).toEqual({ type: 'none' });
  });
});

describe('a helper that lists nobody', () => {
  it('is known by what it gave', async () => {
    await put('.docker/config.json', { credsStore: 'x', credHelpers: { 'own.org': 'y' } });
    const runHelper: RunHelper = ({ verb, stdin }) =>
      Promise.resolve(
        verb === 'get' && stdin === registry
          ? {
              exitStatus: 0,
              stdout: JSON.stringify({ ServerURL: stdin, Username: 'ada', Secret: 'topsecret' }),
            }
          : { exitStatus: 1, stdout: 'credentials not found in native keychain' },
      );
    const credentials = open({ runHelper });
    const accessTo = (name: string) => credentials.access(name, localHostId, signal);
    expect((await accessTo(registry)).source).toEqual({ type: 'none' });
    expect(await userOf(credentials)).toBe('ada');
    expect(await accessTo(registry)).toMatchObject({ source: { helper: 'x' }, userName: 'ada' });
    expect(await accessTo('own.org')).toMatchObject({ source: { helper: 'y' }, userName: null });
  });
});

describe('what is remembered', () => {
  it('is the last success and refusal, and the rate', async () => {
    const credentials = open();
    const demand = credentials.onDemand(registry);
    demand.onOutcome('refused');
    demand.onOutcome('accepted');
    const rate = { limit: 100, remaining: 99, windowSeconds: 21_600, measuredAt: 1 };
    credentials.noteRate(registry, rate);
    const expected = { lastRefusal: 1000, lastSuccess: 1001, rate };
    expect(await credentials.access(registry, localHostId, signal)).toMatchObject(expected);
    await credentials.flush();
    expect(await open().access(registry, localHostId, signal)).toMatchObject(expected);
  });

  it('has no secret in it', async () => {
    const credentials = open();
    await credentials.keep(registry, { userName: 'ada', password: 'topsecret' }, 'session');
    await credentials.flush();
    const text = await readFile(join(home, 'state', 'registries.json'), 'utf8');
    expect(text).toContain(registry);
    expect(text).not.toMatch(/topsecret|ada/);
  });

  it('cannot be a secret where there is no keychain', async () => {
    const kept = open().keep(registry, { userName: 'ada', password: 'x' }, 'keychain');
    await expect(kept).rejects.toMatchObject({
      report: { code: 'registry.keychain', data: { reason: 'none here' } },
    });
  });
});

describe('another host', () => {
  it('is looked at for its runtime, with its own files', async () => {
    await put('.docker/config.json', inline('local'));
    await put('far/.singularity/docker-config.json', inline('alice'));
    const access = await open().access(registry, hostIdSchema.parse('far'), signal);
    expect(access).toMatchObject({
      userName: 'local',
      runtime: 'SingularityCE 4.3.2 on Far would sign in as alice from ~/.singularity/docker-config.json.',
    });
  });

  it('that is not connected takes nothing else away', async () => {
    await put('.docker/config.json', inline('local'));
    const access = await open().access(registry, hostIdSchema.parse('gone'), signal);
    expect(access).toMatchObject({ userName: 'local', runtime: expect.stringContaining('not known') });
  });
});
