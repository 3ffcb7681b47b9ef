import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { type Lie, startLyingRegistry } from '../fixtures/lyingRegistry.ts';
import type { Person } from '../fixtures/person.ts';
import type { Ended } from '../fixtures/programs.ts';
import { startRegistryProxy } from '../fixtures/registryProxy.ts';
import { test } from '../fixtures/test.ts';
import { setTokenLife, testbed } from '../testbed/testbed.ts';

const bed = testbed();
test.use({
  needs: ['user', 'apptainer', 'registry', 'authRegistry', 'tokenRegistry', 'tiny'],
});

// One of them waits for a helper most of its time.
test.describe.configure({ mode: 'parallel' });

const userName = 'ada';
const password = 'pass-word-of-ada';

/** A list of registries in which is nobody else: no one outside is asked. */
function listed(...registries: readonly Partial<RegistrySettings>[]) {
  return {
    registries: registries.map((registry, index) => ({
      id: `r${index}`,
      label: `r${index}`,
      kind: 'oci',
      allowHttp: false,
      mirrors: [],
      apiUrl: null,
      s3: null,
      ...registry,
    })),
  } as Parameters<Person['hasSettings']>[0];
}

/** A pull into a folder of its own; a failed one has told title, cause and next step, and left nothing there. */
async function expectNothingOf(person: Person, ended: Ended, words: RegExp, status = 5): Promise<void> {
  expect(ended, ended.stderr).toMatchObject({ status, stdout: '' });
  expect(ended.stderr).toMatch(words);
  const sentences = ended.stderr.split('\n').filter((line) => line.trim() !== '');
  expect(sentences.length, ended.stderr).toBeGreaterThanOrEqual(3);
  expect(ended.stderr).not.toContain(password);
  expect(await readdir(join(person.home, 'target'))).toEqual([]);
  const work = join(person.home, '.local/state/mysingularity/images/work');
  expect(await readdir(work).catch(() => [])).toEqual([]);
  expect(await privateFolders(person)).toEqual([]);
}

/** What conversions left in the places where they unpack; their names tell nobody, so the files in them are asked. */
async function privateFolders(person: Person): Promise<string[]> {
  const found: string[] = [];
  for (const folder of [person.home, join(person.home, 'target')])
    found.push(...(await readdir(folder)).filter((name) => name.startsWith('.mysingularity-')));
  return found;
}

const targetOf = async (person: Person, name = 'x') => {
  await mkdir(join(person.home, 'target'), { recursive: true });
  return join(person.home, 'target', name);
};

/** What the person's tasks have written into their logs. */
async function taskLogs(person: Person): Promise<string> {
  const folder = join(person.home, '.local/state/mysingularity');
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('log.jsonl'));
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
}

const tiny = `${bed.tiny.repository}:${bed.tiny.tag}`;
const signIn = ['--user', userName, '--password-stdin'];
const input = `${password}\n`;

const lies: readonly (readonly [Lie, string, RegExp])[] = [
  ['otherBytes', 'pull', /What arrived is not what was announced/],
  ['shortBytes', 'pull --sandbox', /announced sha256:\S+ and sent \d+ bytes/],
  ['endlessBytes', 'pull --sandbox', /announced sha256:\S+ and sent more than \d+ bytes/],
  ['otherManifest', 'show', /What arrived is not what was announced/],
  ['otherManifest', 'pull', /What arrived is not what was announced/],
  ['hugeJson', 'show', /answer that makes no sense\n +Answer too large/],
  ['redirectLoop', 'pull', /answer that makes no sense\n +Too many redirects/],
  ['realmInside', 'pull', /answer that makes no sense\n +Token server refused/],
  ['comeBackLate', 'pull', /asks to wait\n.*in 1 h/],
];

test('takes nothing from a registry that lies, whatever it is asked for', async ({ person }) => {
  const digest = /sha256:[0-9a-f]{64}/.exec(await readFile(join(bed.tiny.ociLayout, 'index.json'), 'utf8'));
  for (const [lie, verb, words] of lies)
    await test.step(`${verb}: ${lie}`, async () => {
      const liar = await startLyingRegistry(bed.registry, lie);
      try {
        await person.hasSettings(listed({ address: liar.address }));
        const target = await targetOf(person);
        // A tag can name anything: only a digest can be lied about.
        const name = lie === 'otherManifest' ? `${bed.tiny.repository}@${digest?.[0]}` : tiny;
        const reference = `docker://${liar.address}/${name}`;
        const asked =
          verb === 'show' ? ['show', reference] : [...verb.split(' '), ...signIn, reference, target];
        await expectNothingOf(person, await person.workbench(asked, { input }), words);
        expect([...liar.authorizations]).toEqual([]);
      } finally {
        await liar.close();
      }
    });
});

test('gives its password to the registry alone, not to where that leads it', async ({ person }) => {
  const liar = await startLyingRegistry(bed.registry, 'signInAndTrap');
  const open = await startLyingRegistry(bed.registry, 'redirectToTrap');
  try {
    await person.hasSettings(listed({ address: liar.address }, { address: open.address }));
    const target = await targetOf(person);
    for (const { address } of [liar, open]) {
      const reference = `docker://${address}/${tiny}`;
      const ended = await person.workbench(['pull', ...signIn, reference, target], { input });
      await expectNothingOf(person, ended, /may not read|wants you to sign in|was not found/, 4);
    }
    const basic = `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`;
    expect([...liar.authorizations]).toEqual([basic]);
    for (const { trapped } of [liar, open])
      expect(trapped).toEqual([{ path: '/storage', authorization: null }]);
  } finally {
    await liar.close();
    await open.close();
  }
});

test('comes to the end of a list without an end, and waits where that is asked for', async ({ person }) => {
  const looping = await startLyingRegistry(bed.registry, 'catalogLoop');
  const busy = await startLyingRegistry(bed.registry, 'comeBackSoon');
  try {
    await person.hasSettings(listed({ address: looping.address }));
    const found = await person.workbench(['search', '--registry', 'r0', 'loop']);
    expect(found, found.stderr).toMatchObject({ status: 0, stdout: expect.stringMatching(/demo\/loop/) });
    expect(looping.asked.get('GET /v2/_catalog')).toBeLessThan(5);
    const shown = await person.workbench(['show', `docker://${busy.address}/${tiny}`]);
    expect(shown, shown.stderr).toMatchObject({ status: 0 });
    expect(busy.asked.get(`GET /v2/${bed.tiny.repository}/manifests/${bed.tiny.tag}`)).toBe(2);
  } finally {
    await looping.close();
    await busy.close();
  }
});

test('says that a password is wrong before anything is sent', async ({ person }) => {
  await person.hasSettings(listed({ address: bed.authRegistry.address }));
  const image = await person.hasImage(bed.tiny.sif, 'tiny.sif');
  await targetOf(person);
  const reference = `oras://${bed.authRegistry.address}/publish/never:v1`;
  const pushed = await person.workbench(['push', ...signIn, image, reference], { input });
  await expectNothingOf(person, pushed, /wants you to sign in/, 4);
  expect(await taskLogs(person)).not.toContain(password);
  expect(
    await readdir(join(person.home, '.local/state/mysingularity/publishing/uploads')).catch(() => []),
  ).toEqual([]);
});

test('does not wait for ever for a helper that hangs, and names one that is missing', async ({ person }) => {
  const { address } = bed.authRegistry;
  await person.hasSettings(listed({ address }));
  const programs = join(person.home, 'bin');
  await mkdir(programs);
  await mkdir(join(person.home, '.docker'));
  const helper = join(programs, 'docker-credential-hangs');
  await writeFile(helper, `#!/bin/sh\necho $$ >"${person.home}/helper.pid"\nsleep 600\n`);
  await chmod(helper, 0o755);
  const asks = (name: string) =>
    writeFile(join(person.home, '.docker/config.json'), JSON.stringify({ credHelpers: { [address]: name } }));
  const pull = ['pull', `docker://${address}/${tiny}`, await targetOf(person)];
  const PATH = `${programs}:${person.environment['PATH']}`;

  await asks('hangs');
  const hanging = await person.startWorkbench(pull, { PATH }).ended;
  await expectNothingOf(
    person,
    hanging,
    /No password came from a helper[\s\S]*no answer within 10 seconds/,
    4,
  );
  const id = (await readFile(join(person.home, 'helper.pid'), 'utf8')).trim();
  expect(await readdir(`/proc/${id}`).catch(() => 'gone')).toBe('gone');

  await asks('missing');
  const missing = await person.startWorkbench(pull, { PATH }).ended;
  await expectNothingOf(person, missing, /No password came from a helper[\s\S]*is not on the PATH/, 4);
});

test('leaves a mirror that is down or lies for the registry itself, and tells it in the log', async ({
  person,
}) => {
  const liar = await startLyingRegistry(bed.registry, 'otherBytes');
  try {
    const mirrors = ['127.0.0.1:1', liar.address];
    await person.hasSettings(listed({ address: bed.registry, mirrors }));
    const target = await targetOf(person);
    const pulled = await person.workbench(['pull', `docker://${bed.registry}/${tiny}`, target]);
    expect(pulled, pulled.stderr).toMatchObject({ status: 0, stdout: `${target}\n` });
    const log = await taskLogs(person);
    expect(log).toMatch(/Mirror 127\.0\.0\.1:1 did not answer: .* refuses connections; asking Mirror/);
    expect(log).toContain(`Mirror ${liar.address} gave`);
    expect(log).toMatch(new RegExp(`Mirror ${liar.address} .*asking ${bed.registry}`));
  } finally {
    await liar.close();
  }
});

test('goes on with a new token when one has ended in the middle of a layer', async ({ person }) => {
  const { address, userName: name, password: secret } = bed.tokenRegistry;
  const proxy = await startRegistryProxy(address);
  try {
    await person.hasSettings(listed({ address: proxy.address }));
    const target = await targetOf(person);
    const reference = `docker://${proxy.address}/${tiny}`;
    await setTokenLife(2);
    proxy.holdAfter(300_000);
    const pull = person.startWorkbench(
      ['pull', '--user', name, '--password-stdin', reference, target],
      {},
      {
        input: `${secret}\n`,
      },
    );
    await expect.poll(() => proxy.blobBytes()).toBeGreaterThanOrEqual(300_000);
    const before = proxy.authorization();
    await expect.poll(() => statusWith(before), { timeout: 15_000 }).toBe(401);
    proxy.release();
    proxy.cut();
    const ended = await pull.ended;
    expect(ended, ended.stderr).toMatchObject({ status: 0, stdout: `${target}\n` });
    expect(await setTokenLife(60)).toBeGreaterThanOrEqual(2);
    expect(proxy.requests().some((request) => / bytes=[1-9]\d*-/.test(request))).toBe(true);
    expect(await taskLogs(person)).not.toContain(secret);
  } finally {
    await setTokenLife(60);
    await proxy.close();
  }

  /** What the registry says to a request of the same person with that authorization. */
  async function statusWith(authorization: string | null): Promise<number> {
    const url = `http://${address}/v2/${bed.tiny.repository}/manifests/${bed.tiny.tag}`;
    return (await fetch(url, { headers: { authorization: authorization ?? '' } })).status;
  }
});
