import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Core, createCore } from '#core/createCore.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { exitStatus } from './exitStatus.ts';
import { runCommandLine } from './runCommandLine.ts';

const reason = whyMissing('tiny');
const home = mkdtempSync(join(tmpdir(), 'cli-handover-'));
const kept = { ...process.env };
let core: Core;

beforeAll(async () => {
  for (const name of ['CONFIG', 'DATA', 'STATE', 'CACHE'])
    process.env[`XDG_${name}_HOME`] = join(home, name.toLowerCase());
  core = await createCore({ door: 'loopback', capabilities: [] });
});
afterAll(async () => {
  await core.dispose();
  process.env = kept;
  rmSync(home, { recursive: true, force: true });
});
beforeEach((context) => {
  if (reason !== null) context.skip(reason);
});

let said = { stdout: '', stderr: '' };

async function run(...words: readonly string[]): Promise<number> {
  said = { stdout: '', stderr: '' };
  return await runCommandLine(words, {
    stdin: Readable.from([]),
    stdout: { write: (text) => (said.stdout += text) },
    stderr: { write: (text) => (said.stderr += text) },
    workingFolder: home,
    openCore: async () => core,
    onInterrupt: () => () => undefined,
    askSecret: () => Promise.resolve(null),
    holdInterrupts: () => () => undefined,
  });
}

it('packs, adopts and embeds workspaces', async () => {
  const from = join(home, 'from');
  mkdirSync(join(from, 'bin'), { recursive: true });
  writeFileSync(join(from, 'bin/greet'), '#!/bin/sh\necho hello from $HOME\n');
  chmodSync(join(from, 'bin/greet'), 0o755);
  writeFileSync(join(from, '.netrc'), 'machine a login b password c\n');
  writeFileSync(join(from, '.npmrc'), '//a/:_authToken=c\n');
  expect(await run('workspace', 'create', 'tools', '--from', from), said.stderr).toBe(exitStatus.done);

  expect(await run('workspace', 'pack', 'tools', 'out.sif', '--dry-run'), said.stderr).toBe(0);
  expect(said.stdout).toContain('Left out  .netrc');
  expect(said.stdout).toContain(`mksquashfs ${home}/data/mysingularity/workspaces/tools/home`);
  expect(readdirSync(home)).not.toContain('out.sif');

  expect(await run('workspace', 'pack', 'tools', 'out.sif', '--include', './.netrc'), said.stderr).toBe(0);
  expect(said.stdout).toBe(`${home}/out.sif\n`);
  expect(said.stderr).toContain('1 left out');
  expect(await run('workspace', 'pack', 'tools', 'out.sif')).toBe(exitStatus.exists);
  expect(said.stderr).toContain('already exists');

  expect(await run('workspace', 'adopt', 'out.sif', '--name', 'tools')).toBe(exitStatus.exists);
  expect(said.stderr).toContain('There is a workspace tools already');
  for (const [form, sentence] of [
    ['--over', 'ready at once'],
    ['--unpacked', 'as you chose'],
  ] as const) {
    const name = `own${form}`;
    expect(await run('workspace', 'adopt', 'out.sif', '--name', name, form, '--dry-run'), said.stderr).toBe(
      0,
    );
    expect(said.stdout).toContain(sentence);
    expect(await run('workspace', 'adopt', 'out.sif', '--name', name, form), said.stderr).toBe(0);
    expect(said.stdout).toBe(`${home}/data/mysingularity/workspaces/${name}\n`);
    const inside = ['exec', '--workspace', name, testbed().tiny.sif, 'sh', '-c'];
    expect(
      await run(...inside, 'test -e ~/.netrc && ! test -e ~/.npmrc && echo x >>~/bin/greet'),
      said.stderr,
    ).toBe(0);
  }

  const { sif } = testbed().tiny;
  expect(await run('workspace', 'embed', 'tools', sif, 'shown.sif'), said.stderr).toBe(0);
  const [, byHand = ''] = /without a workbench: (.*)\n/.exec(said.stderr) ?? [];
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
    await run(
      'exec',
      'shown.sif',
      'sh',
      '-c',
      '[ "$HOME" = /home/mysingularity ] && ~/bin/greet && ! touch ~/x',
    ),
    said.stderr,
  ).toBe(0);
  expect(await run('workspace', 'adopt', 'shown.sif', '--name', 'mine'), said.stderr).toBe(0);
  expect(
    await run('exec', '--workspace', 'mine', sif, 'sh', '-c', '~/bin/greet && touch ~/x'),
    said.stderr,
  ).toBe(0);
  expect(await run('workspace', 'embed', 'tools', 'shown.sif', 'twice.sif')).toBe(exitStatus.usage);
  expect(said.stderr).toContain('a workspace embedded already');
  expect(readdirSync(home).sort()).toEqual(['config', 'data', 'from', 'out.sif', 'shown.sif', 'state']);
}, 60_000);
