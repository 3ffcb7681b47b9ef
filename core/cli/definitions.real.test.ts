import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Core, createCore } from '#core/createCore.ts';
import { runCommandLine } from './runCommandLine.ts';

let folder = '';
let core: Core;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-definitions-'));
  process.env['HOME'] = folder;
  for (const name of ['CONFIG', 'DATA', 'STATE', 'CACHE'])
    process.env[`XDG_${name}_HOME`] = join(folder, name);
  core = await createCore({ door: 'loopback', capabilities: [] });
});
afterAll(async () => {
  await core.dispose();
  await rm(folder, { recursive: true, force: true });
});

async function workbench(...words: readonly string[]) {
  const said = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      said[name] += text;
    },
  });
  const status = await runCommandLine(words, {
    stdin: new PassThrough(),
    stdout: output('stdout'),
    stderr: output('stderr'),
    workingFolder: folder,
    openCore: async () => core,
    onInterrupt: () => () => undefined,
    askSecret: () => Promise.resolve(null),
    holdInterrupts: () => () => undefined,
  });
  return { status, ...said };
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
