import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { ImageFacts, Tag } from '#core/contract/registries.ts';
import type { Person } from '../fixtures/person.ts';
import { runProgram } from '../fixtures/programs.ts';
import { test } from '../fixtures/test.ts';
import { testbed } from '../testbed/testbed.ts';

const bed = testbed();
test.use({ needs: ['user', 'apptainer', 'registry', 'authRegistry', 'tiny'] });

const apptainer = (person: Person, ...args: readonly string[]) =>
  runProgram('apptainer', args, { environment: person.environment, folder: person.home });
const newName = () => `publish/${randomBytes(6).toString('hex')}`;

/** A person whose list has the test bed's registries alone: nobody else is asked. */
async function hasRegistries(person: Person): Promise<void> {
  const registry = (label: string, address: string) => ({ id: label, label, kind: 'oci', address });
  const folder = join(person.environment['XDG_CONFIG_HOME'] ?? '', 'mysingularity');
  await mkdir(folder, { recursive: true });
  const registries = [registry('open', bed.registry), registry('locked', bed.authRegistry.address)];
  await writeFile(join(folder, 'settings.json'), JSON.stringify({ registries }));
}

/** What `docker login` would have written. */
async function isSignedInWithDocker(person: Person): Promise<string> {
  const { address, userName, password } = bed.authRegistry;
  const auth = Buffer.from(`${userName}:${password}`).toString('base64');
  const file = join(person.home, '.docker/config.json');
  await mkdir(join(person.home, '.docker'), { recursive: true });
  await writeFile(file, JSON.stringify({ auths: { [address]: { auth } } }), { mode: 0o600 });
  return file;
}

test('finds an image, looks at it, pulls it by digest to a SIF and to a sandbox', async ({ person }) => {
  await hasRegistries(person);
  const found = await person.workbench(['search', '--registry', 'open', 'tiny']);
  expect(found).toMatchObject({ status: 0, stdout: expect.stringMatching(/^open +demo\/tiny /m) });

  const listed = await person.workbench(['tags', '--json', '--details', `${bed.registry}/demo/python`]);
  const { tags } = JSON.parse(listed.stdout) as { tags: Tag[] };
  expect(tags.map(({ name }) => name)).toEqual(['2', '1']);
  expect(tags[0]).toMatchObject({ architectures: ['amd64'], digest: expect.stringMatching(/^sha256:/) });

  const shown = await person.workbench(['show', '--json', `docker://${bed.registry}/demo/tiny:v1`]);
  const facts = JSON.parse(shown.stdout) as ImageFacts;
  expect(facts).toMatchObject({ holds: 'container', tag: 'v1', manifest: { architecture: 'amd64' } });
  expect(facts.manifest?.layers.length).toBeGreaterThan(0);

  const byDigest = facts.byDigest ?? '';
  const sif = join(person.home, 'tiny.sif');
  const sandbox = join(person.home, 'tiny');
  expect(await person.workbench(['pull', byDigest, sif])).toMatchObject({ status: 0, stdout: `${sif}\n` });
  expect(await person.workbench(['pull', '--sandbox', byDigest, sandbox])).toMatchObject({
    status: 0,
    stdout: `${sandbox}\n`,
  });
  for (const image of [sif, sandbox])
    expect(await apptainer(person, 'exec', image, 'echo', 'inside')).toMatchObject({ stdout: 'inside\n' });
  // Nothing but the two, hidden or not.
  const names = (await readdir(person.home)).filter(
    (name) => !/^\.(cache|config|local|run|apptainer)$/.test(name),
  );
  expect(names.sort()).toEqual(['tiny', 'tiny.sif']);
});

test('uses what docker login wrote, and says so where it is missing', async ({ person }) => {
  await hasRegistries(person);
  const reference = `docker://${bed.authRegistry.address}/demo/tiny:v1`;
  const refused = await person.workbench(['show', reference]);
  expect(refused).toMatchObject({ status: 4, stderr: expect.stringContaining('wants you to sign in') });
  const file = await isSignedInWithDocker(person);
  const before = await readFile(file, 'utf8');
  expect(await person.workbench(['show', reference])).toMatchObject({ status: 0 });
  const target = join(person.home, 'locked.sif');
  expect(await person.workbench(['pull', reference, target])).toMatchObject({ status: 0 });
  expect(await readFile(file, 'utf8')).toBe(before);
});

test('publishes a SIF that apptainer pull gets, and pulls what apptainer push made', async ({ person }) => {
  await hasRegistries(person);
  const image = await person.hasImage(bed.tiny.sif, 'tiny.sif');
  const reference = `oras://${bed.registry}/${newName()}:v1`;
  const pushed = await person.workbench(['push', image, reference]);
  expect(pushed, pushed.stderr).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^oras:\/\/.*:v1@sha256:[0-9a-f]{64}\n$/),
  });
  const theirs = join(person.home, 'theirs.sif');
  expect(await apptainer(person, 'pull', theirs, reference)).toMatchObject({ status: 0 });
  expect((await readFile(theirs)).equals(await readFile(bed.tiny.sif))).toBe(true);

  const again = await person.workbench(['push', image, reference]);
  expect(again, again.stderr).toMatchObject({ status: 0 });

  const other = `oras://${bed.registry}/${newName()}:v2`;
  expect(await apptainer(person, 'push', image, other)).toMatchObject({ status: 0 });
  const ours = join(person.home, 'ours.sif');
  expect(await person.workbench(['pull', other, ours])).toMatchObject({ status: 0 });
  expect((await readFile(ours)).equals(await readFile(bed.tiny.sif))).toBe(true);
});

test('pushes with a password from standard input, and leaves a taken tag alone', async ({ person }) => {
  await hasRegistries(person);
  const image = await person.hasImage(bed.tiny.sif, 'tiny.sif');
  const { address, userName, password } = bed.authRegistry;
  const reference = `oras://${address}/${newName()}:v1`;
  const signIn = ['--user', userName, '--password-stdin'];
  expect(await person.workbench(['push', image, reference])).toMatchObject({ status: 4 });
  expect(
    await person.workbench(['push', ...signIn, image, reference], { input: `${password}\n` }),
  ).toMatchObject({
    status: 0,
  });
  const changed = join(person.home, 'changed.sif');
  const built = await apptainer(person, 'build', changed, bed.tiny.rootfs);
  expect(built, built.stderr).toMatchObject({ status: 0 });
  const taken = await person.workbench(['push', ...signIn, changed, reference], { input: password });
  expect(taken).toMatchObject({ status: 7, stderr: expect.stringContaining('is taken') });
  const replaced = await person.workbench(['push', '--overwrite', ...signIn, changed, reference], {
    input: password,
  });
  expect(replaced, replaced.stderr).toMatchObject({ status: 0 });
});

test('imports an archive, whatever its name, and refuses one that would write elsewhere', async ({
  person,
}) => {
  const archive = join(person.home, 'no-ending');
  const saved = await runProgram(
    'skopeo',
    [
      '--insecure-policy',
      'copy',
      '--src-tls-verify=false',
      `docker://${bed.registry}/demo/tiny:v1`,
      `docker-archive:${archive}:demo/tiny:v1`,
    ],
    { environment: person.environment },
  );
  expect(saved, saved.stderr).toMatchObject({ status: 0 });
  const target = join(person.home, 'imported.sif');
  const imported = await person.workbench(['import', archive, target]);
  expect(imported, imported.stderr).toMatchObject({ status: 0, stdout: `${target}\n` });
  expect(await apptainer(person, 'exec', target, 'echo', 'inside')).toMatchObject({ stdout: 'inside\n' });

  const hostile = join(person.home, 'hostile.tar');
  await runProgram(
    'sh',
    [
      '-c',
      'mkdir -p t/etc t/bin t/usr && echo x >t/etc/x && tar -C t -cf "$1" --transform "s,^./etc/x,../../x," ./bin ./usr ./etc',
      'sh',
      hostile,
    ],
    {
      environment: person.environment,
      folder: person.home,
    },
  );
  const refused = await person.workbench(['import', hostile, join(person.home, 'hostile.sif')]);
  expect(refused, refused.stderr).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('would write outside'),
  });
  expect(await readdir(person.home)).not.toContain('hostile.sif');
});
