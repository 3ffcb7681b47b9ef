import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { localHostId } from '#core/contract/ids.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { type CommandLineFixture, openCommandLine } from './commandLine.fixture.ts';
import { exitStatus } from './exitStatus.ts';

const reason = whyMissing('tiny');
let line: CommandLineFixture;

beforeAll(async () => {
  line = await openCommandLine();
});
afterAll(() => line.dispose());
beforeEach((context) => {
  if (reason !== null) context.skip(reason);
});

it('packs, adopts and embeds workspaces', async () => {
  const from = join(line.home, 'from');
  mkdirSync(join(from, 'bin'), { recursive: true });
  writeFileSync(join(from, 'bin/greet'), '#!/bin/sh\necho hello from $HOME\n');
  chmodSync(join(from, 'bin/greet'), 0o755);
  writeFileSync(join(from, '.netrc'), 'machine a login b password c\n');
  writeFileSync(join(from, '.npmrc'), '//a/:_authToken=c\n');
  const { sif } = testbed().tiny;
  for (const copy of ['made.sif', 'copy.sif'])
    expect(await line.run('pull', sif, copy), line.said.stderr).toBe(exitStatus.done);
  expect(
    await line.run('workspace', 'create', 'tools', '--from', from, '--image', join(line.home, 'made.sif')),
    line.said.stderr,
  ).toBe(exitStatus.done);
  await findsItsImage();

  expect(await line.run('workspace', 'pack', 'tools', 'out.sif', '--dry-run'), line.said.stderr).toBe(0);
  expect(line.said.stdout).toContain('Left out  .netrc');
  expect(line.said.stdout).toContain(`mksquashfs ${line.home}/data/mysingularity/workspaces/tools/home`);
  expect(readdirSync(line.home)).not.toContain('out.sif');

  expect(
    await line.run('workspace', 'pack', 'tools', 'out.sif', '--include', './.netrc'),
    line.said.stderr,
  ).toBe(0);
  expect(line.said.stdout).toBe(`${line.home}/out.sif\n`);
  expect(line.said.stderr).toContain('1 left out');
  // What is told of it names no folder of this host.
  const head = readFileSync(join(line.home, 'out.sif')).subarray(0, 65_536).toString('latin1');
  expect(head).toContain('made.sif');
  expect(head).not.toContain(line.home);
  expect(await line.run('workspace', 'pack', 'tools', 'out.sif')).toBe(exitStatus.exists);
  expect(line.said.stderr).toContain('already exists');

  expect(await line.run('workspace', 'adopt', 'out.sif', '--name', 'plain'), line.said.stderr).toBe(0);
  expect(line.said.stderr).toContain('Reading becomes faster by: mysingularity workspace unpack plain');
  const plain = `${line.home}/data/mysingularity/workspaces/plain`;
  expect(readdirSync(plain)).toContain('packed.sif');
  expect(await line.run('workspace', 'unpack', 'plain'), line.said.stderr).toBe(0);
  expect(line.said.stdout).toBe(`${plain}/lower\n`);
  expect(readdirSync(plain)).not.toContain('packed.sif');
  expect(await line.run('workspace', 'show', 'plain'), line.said.stderr).toBe(0);
  expect(line.said.stdout).toMatch(/^Over: +plain files, unpacked from sha256:/m);
  const ofPlain = ['exec', '--workspace', 'plain', testbed().tiny.sif, 'sh', '-c', 'bin/greet'];
  expect(await line.run(...ofPlain), line.said.stderr).toBe(0);
  expect(await line.run('workspace', 'unpack', 'tools')).not.toBe(0);
  expect(line.said.stderr).toContain('no packed file of its own');

  expect(await line.run('workspace', 'adopt', 'out.sif', '--name', 'tools')).toBe(exitStatus.exists);
  expect(line.said.stderr).toContain('There is a workspace tools already');
  for (const [form, sentence] of [
    ['--over', 'ready at once'],
    ['--unpacked', 'as you chose'],
  ] as const) {
    const name = `own${form}`;
    expect(
      await line.run('workspace', 'adopt', 'out.sif', '--name', name, form, '--dry-run'),
      line.said.stderr,
    ).toBe(0);
    expect(line.said.stdout).toContain(sentence);
    expect(await line.run('workspace', 'adopt', 'out.sif', '--name', name, form), line.said.stderr).toBe(0);
    expect(line.said.stdout).toBe(`${line.home}/data/mysingularity/workspaces/${name}\n`);
    const inside = ['exec', '--workspace', name, testbed().tiny.sif, 'sh', '-c'];
    expect(
      await line.run(...inside, 'test -e ~/.netrc && ! test -e ~/.npmrc && echo x >>~/bin/greet'),
      line.said.stderr,
    ).toBe(0);
  }

  expect(await line.run('workspace', 'embed', 'tools', sif, 'shown.sif'), line.said.stderr).toBe(0);
  const [, byHand = ''] = /without a workbench: (.*)\n/.exec(line.said.stderr) ?? [];
  const script = byHand.replace(
    /apptainer run (.*)/,
    'apptainer exec $1 sh -c "touch ~/mine && ~/bin/greet"',
  );
  const own = mkdtempSync(join(tmpdir(), 'cli-own-'));
  expect(execFileSync('/bin/sh', ['-ec', script], { cwd: own, encoding: 'utf8' })).toContain(
    'hello from /home/mysingularity\n',
  );
  rmSync(own, { recursive: true });
  expect(
    await line.run(
      'exec',
      'shown.sif',
      'sh',
      '-c',
      '[ "$HOME" = /home/mysingularity ] && ~/bin/greet && ! touch ~/x',
    ),
    line.said.stderr,
  ).toBe(0);
  expect(await line.run('workspace', 'adopt', 'shown.sif', '--name', 'mine'), line.said.stderr).toBe(0);
  expect(
    await line.run('exec', '--workspace', 'mine', sif, 'sh', '-c', '~/bin/greet && touch ~/x'),
    line.said.stderr,
  ).toBe(0);
  expect(await line.run('workspace', 'embed', 'tools', 'shown.sif', 'twice.sif')).toBe(exitStatus.usage);
  expect(line.said.stderr).toContain('a workspace embedded already');
  expect(readdirSync(line.home).sort()).toEqual([
    'config',
    'data',
    'from',
    'made.sif',
    'out.sif',
    'shown.sif',
    'state',
  ]);
}, 60_000);

it('unpacks what was left packed as soon as a window opens, and not what is kept packed', async () => {
  const namesOf = (name: string) => readdirSync(`${line.home}/data/mysingularity/workspaces/${name}`);
  expect(namesOf('mine')).toContain('packed.sif');
  line.core.expectWindow();
  await vi.waitFor(() => expect(namesOf('mine')).not.toContain('packed.sif'), { timeout: 30_000 });
  expect(namesOf('mine')).toContain('lower');
  expect(namesOf('own--over')).toContain('packed.sif');
  expect(await line.run('exec', '--workspace', 'mine', testbed().tiny.sif, 'sh', '-c', 'ls ~/x')).toBe(0);
}, 60_000);

/** The image of `tools` is where it was, or where else it is known to be; something else in its place is not taken for it. */
async function findsItsImage(): Promise<void> {
  const { workspaces } = line.core.client();
  const [workspace] = (await workspaces.list({ hostId: localHostId })).workspaces;
  if (workspace === undefined) throw new Error('no workspace');
  const found = async () => (await workspaces.findImage({ hostId: localHostId, id: workspace.id })).path;
  const [made, copy] = [join(line.home, 'made.sif'), join(line.home, 'copy.sif')];
  expect(workspace.image?.place?.path).toBe(made);
  expect(await found()).toBe(made);
  renameSync(made, join(line.home, 'kept'));
  expect(await found()).toBe(copy);
  writeFileSync(made, 'another');
  expect(await found()).toBe(copy);
  rmSync(copy);
  expect(await found()).toBeNull();
  renameSync(join(line.home, 'kept'), made);
  expect(await found()).toBe(made);
}
