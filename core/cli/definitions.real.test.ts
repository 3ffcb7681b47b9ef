import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CommandLineFixture, openCommandLine } from './commandLine.fixture.ts';

let folder = '';
let line: CommandLineFixture;
beforeAll(async () => {
  line = await openCommandLine({ environment: (home) => ({ HOME: home }) });
  folder = line.home;
});
afterAll(() => line.dispose());

async function workbench(...words: readonly string[]) {
  const status = await line.run(...words);
  return { status, ...line.said };
}

test('lint names file, line and column, and fails on errors alone', async () => {
  await writeFile(
    join(folder, 'bad.def'),
    'Bootstrap: docker\nFrom: debian\n%post\n  sudo make {{ A }}\n%pots\n',
  );
  expect(await workbench('lint', 'bad.def', '--build-arg', 'A=1')).toEqual({
    status: 1,
    stdout:
      'bad.def:4:3: warning: There is no need for sudo: %post runs as root already.\n' +
      'bad.def:5:1: error: There is no section “%pots”.\n',
    stderr: '',
  });
  await writeFile(join(folder, 'good.def'), 'Bootstrap: docker\nFrom: debian\n%post\n  sudo make {{ A }}\n');
  const json = await workbench('lint', 'good.def', '--json', '--build-arg', 'A=x=y');
  expect(json.status).toBe(0);
  expect(JSON.parse(json.stdout)).toMatchObject({
    path: join(folder, 'good.def'),
    findings: [{ code: 'post.sudo', range: { line: 4, column: 3 }, fix: { title: 'Remove “sudo”' } }],
    outline: { stages: [{ agent: 'docker', base: 'debian' }] },
  });
  expect((await workbench('lint', 'good.def')).stdout).toContain('good.def:4:13: error: ');
  expect(await workbench('lint', 'none.def')).toMatchObject({ status: 3, stdout: '' });
  expect(await workbench('lint', 'good.def', '--build-arg', 'A')).toMatchObject({ status: 2, stdout: '' });
});

test('convert makes a definition file, lists what it leaves out, and overwrites nothing', async () => {
  await writeFile(join(folder, 'Dockerfile'), 'FROM debian:12\nRUN make\nUSER me\n');
  const definition = 'Bootstrap: docker\nFrom: debian:12\n\n%post\n    make\n';
  const notes =
    'Dockerfile:3: not carried over: USER me\n' +
    '    The image runs as whoever starts it, and everything here is done as root.\n';
  expect(await workbench('convert', 'Dockerfile')).toEqual({ status: 0, stdout: definition, stderr: notes });
  expect(await workbench('convert', 'Dockerfile', 'new.def')).toEqual({
    status: 0,
    stdout: `${join(folder, 'new.def')}\n`,
    stderr: notes,
  });
  expect(await readFile(join(folder, 'new.def'), 'utf8')).toBe(definition);
  expect(await workbench('convert', 'Dockerfile', 'new.def')).toMatchObject({ status: 7, stdout: '' });
  expect((await workbench('lint', 'Dockerfile')).stdout).toBe(
    'Dockerfile:1:1: error: This is a Dockerfile, not a definition file.\n',
  );
});
