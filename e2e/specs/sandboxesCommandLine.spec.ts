import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { Sandbox, SandboxDifference } from '#core/contract/sandboxes.ts';
import type { Person } from '../fixtures/person.ts';
import { runProgram } from '../fixtures/programs.ts';
import { test } from '../fixtures/test.ts';
import { testbed } from '../testbed/testbed.ts';

const bed = testbed();
test.use({ needs: ['user', 'apptainer', 'registry', 'tiny', 'subuid'] });

/** `mysingularity sandbox …`, which has to end with the given status. */
async function sandbox(
  person: Person,
  words: readonly string[],
  status = 0,
  input?: string,
): Promise<string> {
  const said = await person.workbench(['sandbox', ...words], input === undefined ? {} : { input });
  expect(said.status, said.stderr).toBe(status);
  return said.stdout;
}

async function asked<Answer>(person: Person, words: readonly string[], status = 0): Promise<Answer> {
  const said = await sandbox(person, [...words, '--json'], status);
  return JSON.parse(said.trim().split('\n').at(-1) ?? '') as Answer;
}

test('makes, changes, compares, puts back, freezes and deletes a sandbox', async ({ person }) => {
  test.setTimeout(120_000);
  const path = join(person.home, 'tool');
  const reference = `docker://${bed.registry}/${bed.tiny.repository}:v1`;
  expect(await sandbox(person, ['create', reference, 'tool'])).toBe(`${path}\n`);
  const made = await asked<Sandbox>(person, ['show', 'tool']);
  expect(made.base).toEqual({
    kind: 'registry',
    from: reference,
    digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
  });
  expect(await sandbox(person, ['list'])).toContain(path);
  expect(await sandbox(person, ['diff', 'tool'])).toContain('0 added, 0 changed, 0 removed');

  const typed = 'mkdir /own\necho kept > /own/file\nchown -R 5:5 /own\nchmod 700 /own\nexit\n';
  await sandbox(person, ['shell', 'tool', '--writable', '--root'], 0, typed);
  const found = await asked<SandboxDifference>(person, ['diff', 'tool'], 1);
  expect(found.files.map(({ path: file, what }) => [file, what])).toContainEqual(['/own/file', 'added']);
  expect(await asked<Sandbox>(person, ['show', 'tool', '--measure'])).toMatchObject({
    hasForeignOwners: true,
  });

  await sandbox(person, ['snapshot', 'tool', '--note', 'with own']);
  const [snapshot] = (await asked<Sandbox>(person, ['show', 'tool'])).snapshots;
  await sandbox(person, ['shell', 'tool', '--writable', '--root'], 0, 'rm -rf /own\nexit\n');
  expect(await sandbox(person, ['diff', 'tool'])).toContain('0 added');
  await sandbox(person, ['restore', 'tool', snapshot?.id ?? '']);
  expect(await sandbox(person, ['diff', 'tool'], 1)).toContain('+ /own/file (5 B)');

  await sandbox(person, ['freeze', 'tool', 'tool.sif']);
  const inside = await runProgram(
    'apptainer',
    ['exec', '--fakeroot', join(person.home, 'tool.sif'), 'cat', '/own/file'],
    { environment: person.environment, folder: person.home },
  );
  expect(inside).toMatchObject({ status: 0, stdout: 'kept\n' });
  await sandbox(person, ['freeze', 'tool', 'tool.sif'], 7);

  const draft = await sandbox(person, ['draft', 'tool']);
  expect(draft).toContain('Bootstrap: docker');
  await writeFile(join(person.home, 'again.def'), draft);
  expect(await sandbox(person, ['create', 'again.def', 'again'])).toBe(`${join(person.home, 'again')}\n`);

  for (const name of ['tool', 'again']) await sandbox(person, ['delete', name]);
  const left = (await readdir(person.home)).filter((name) => !name.startsWith('.')).sort();
  expect(left).toEqual(['again.def', 'tool.sif']);
  expect(await sandbox(person, ['list'])).toBe('');
  await sandbox(person, ['show', 'tool'], 3);
  expect(await readFile(join(person.home, 'again.def'), 'utf8')).toBe(draft);
});
