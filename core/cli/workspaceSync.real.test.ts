import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { type CommandLineFixture, openCommandLine } from './commandLine.fixture.ts';
import { exitStatus } from './exitStatus.ts';

const reason = whyMissing('ssh', 'tiny', 'apptainer');
let line: CommandLineFixture;
let far: string;

const ssh = (command: string) =>
  execFileSync('ssh', ['-q', '-F', testbed().ssh.config, 'cluster-bob', command], { encoding: 'utf8' });

beforeAll(async () => {
  if (reason !== null) return;
  line = await openCommandLine({
    environment: (home) => ({
      XDG_RUNTIME_DIR: join(home, 'run'),
      MYSINGULARITY_SSH_CONFIG: testbed().ssh.config,
    }),
  });
  mkdirSync(join(line.home, 'run'), { mode: 0o700 });
  far = ssh('mktemp -d').trim();
});
afterAll(async () => {
  await line?.dispose();
  if (far !== undefined) ssh(`rm -rf ${far}`);
});

it.skipIf(reason !== null)(
  'syncs, shows conflicts, and does what --keep says',
  { timeout: 60_000 },
  async () => {
    expect(await line.run('workspace', 'create', 'one')).toBe(exitStatus.done);
    const here = join(line.said.stdout.trim(), 'home');
    expect(await line.run('workspace', 'create', 'two', '--host', 'cluster-bob', '--parent', far)).toBe(
      exitStatus.done,
    );
    const there = `${line.said.stdout.trim()}/home`;
    writeFileSync(join(here, 'a'), 'first\n');
    ssh(`echo b >${there}/b`);
    expect(await line.run('workspace', 'sync', 'one', 'cluster-bob')).toBe(exitStatus.notFound);
    expect(await line.run('workspace', 'sync', 'one', 'cluster-bob:two', '--dry-run')).toBe(exitStatus.done);
    expect(line.said.stdout).toMatch(/to the other +new .* a\n/);
    expect(line.said.stdout).toMatch(/to here +new .* b\n/);
    expect(line.said.stderr).toContain('first sync');
    expect(await line.run('workspace', 'sync', 'one', 'cluster-bob:two')).toBe(exitStatus.done);
    expect(line.said.stderr).toContain('1 to the other, 1 to here');
    expect(ssh(`cat ${there}/a`)).toBe('first\n');
    writeFileSync(join(here, '.netrc'), 'machine x\n', { mode: 0o600 });
    expect(await line.run('workspace', 'sync', 'one', 'cluster-bob:two', '--dry-run')).toBe(exitStatus.done);
    expect(line.said.stdout).toContain('Left out  .netrc');
    expect(await line.run('workspace', 'sync', 'one', 'cluster-bob:two')).toBe(exitStatus.done);
    expect(line.said.stderr).toContain('1 with secrets left out');
    expect(ssh(`ls -A ${there}`)).not.toContain('.netrc');
    const including = ['workspace', 'sync', 'one', 'cluster-bob:two', '--include', './.netrc'];
    expect(await line.run(...including)).toBe(exitStatus.done);
    expect(ssh(`cat ${there}/.netrc`)).toBe('machine x\n');
    writeFileSync(join(here, 'a'), 'here\n');
    ssh(`echo there >${there}/a`);
    expect(await line.run('workspace', 'sync', 'one', 'cluster-bob:two')).toBe(exitStatus.failed);
    expect(line.said.stderr).toContain('workspace.conflict');
    expect(await line.run('workspace', 'sync', 'one', 'cluster-bob:two', '--keep', 'elsewhere')).toBe(
      exitStatus.usage,
    );
    expect(await line.run('workspace', 'sync', 'one', 'cluster-bob:two', '--keep', 'there', './a')).toBe(
      exitStatus.done,
    );
    expect(readFileSync(join(here, 'a'), 'utf8')).toBe('there\n');
    const cut = join(here, '../sync/.syncing-other.one');
    mkdirSync(join(cut, 'old'), { recursive: true });
    writeFileSync(join(cut, 'old/taken'), 'back\n');
    const monthAgo = Date.now() / 1000 - 30 * 86_400;
    utimesSync(cut, monthAgo, monthAgo);
    // As soon as a window opens, what no command had to do with is put right.
    line.core.expectWindow();
    await vi.waitFor(() => expect(existsSync(cut)).toBe(false), { timeout: 20_000 });
    expect(readFileSync(join(here, 'taken'), 'utf8')).toBe('back\n');
    expect(await line.run('workspace', 'show', 'one')).toBe(exitStatus.done);
    expect(line.said.stdout).toContain('synced');
  },
);

it.skipIf(reason !== null)('says what a recipe does and why', async () => {
  await line.run('workspace', 'create', 'recipe');
  writeFileSync(join(line.home, 'Miniforge.sh'), 'exit 3\n');
  const words = ['workspace', 'setup', 'recipe', 'conda', '--image', testbed().tiny.sif];
  expect(await line.run(...words)).toBe(exitStatus.usage);
  expect(await line.run(...words, '--from', 'Miniforge.sh', '--dry-run')).toBe(exitStatus.done);
  expect(line.said.stdout).toContain('nothing has to be relocated');
  expect(line.said.stderr).toContain('-b -p');
  // The status of what ran in the container.
  expect(await line.run(...words, '--from', 'Miniforge.sh')).toBe(3);
  expect(await line.run('workspace', 'setup', 'recipe', 'r', '--image', testbed().tiny.sif)).toBe(1);
});
