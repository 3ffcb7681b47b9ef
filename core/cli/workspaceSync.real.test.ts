import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Core, createCore } from '#core/createCore.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { exitStatus } from './exitStatus.ts';
import { runCommandLine } from './runCommandLine.ts';

const reason = whyMissing('ssh', 'tiny', 'apptainer');
const home = mkdtempSync(join(tmpdir(), 'cli-sync-'));
const kept = { ...process.env };
let core: Core;
let far: string;
let said = { stdout: '', stderr: '' };

const ssh = (command: string) =>
  execFileSync('ssh', ['-q', '-F', testbed().ssh.config, 'cluster-bob', command], { encoding: 'utf8' });

beforeAll(async () => {
  if (reason !== null) return;
  for (const name of ['CONFIG', 'DATA', 'STATE', 'CACHE'])
    process.env[`XDG_${name}_HOME`] = join(home, name.toLowerCase());
  mkdirSync(join(home, 'run'), { mode: 0o700 });
  process.env['XDG_RUNTIME_DIR'] = join(home, 'run');
  process.env['MYSINGULARITY_SSH_CONFIG'] = testbed().ssh.config;
  core = await createCore({ door: 'loopback', capabilities: [] });
  far = ssh('mktemp -d').trim();
});
afterAll(async () => {
  await core?.dispose();
  if (far !== undefined) ssh(`rm -rf ${far}`);
  process.env = kept;
  rmSync(home, { recursive: true, force: true });
});

async function run(...words: readonly string[]): Promise<number> {
  said = { stdout: '', stderr: '' };
  return await runCommandLine(words, {
    stdin: Readable.from([]),
    stdout: { write: (text) => (said.stdout += text) },
    stderr: { write: (text) => (said.stderr += text) },
    workingFolder: home,
    openCore: async () => core,
    onInterrupt: () => () => undefined,
    holdInterrupts: () => () => undefined,
    askSecret: async () => null,
  });
}

it.skipIf(reason !== null)(
  'syncs, shows conflicts, and does what --keep says',
  { timeout: 60_000 },
  async () => {
    expect(await run('workspace', 'create', 'one')).toBe(exitStatus.done);
    const here = join(said.stdout.trim(), 'home');
    expect(await run('workspace', 'create', 'two', '--host', 'cluster-bob', '--parent', far)).toBe(
      exitStatus.done,
    );
    const there = `${said.stdout.trim()}/home`;
    writeFileSync(join(here, 'a'), 'first\n');
    ssh(`echo b >${there}/b`);
    expect(await run('workspace', 'sync', 'one', 'cluster-bob')).toBe(exitStatus.notFound);
    expect(await run('workspace', 'sync', 'one', 'cluster-bob:two', '--dry-run')).toBe(exitStatus.done);
    expect(said.stdout).toMatch(/to the other +new .* a\n/);
    expect(said.stdout).toMatch(/to here +new .* b\n/);
    expect(said.stderr).toContain('first sync');
    expect(await run('workspace', 'sync', 'one', 'cluster-bob:two')).toBe(exitStatus.done);
    expect(said.stderr).toContain('1 to the other, 1 to here');
    expect(ssh(`cat ${there}/a`)).toBe('first\n');
    writeFileSync(join(here, '.netrc'), 'machine x\n', { mode: 0o600 });
    expect(await run('workspace', 'sync', 'one', 'cluster-bob:two', '--dry-run')).toBe(exitStatus.done);
    expect(said.stdout).toContain('Left out  .netrc');
    expect(await run('workspace', 'sync', 'one', 'cluster-bob:two')).toBe(exitStatus.done);
    expect(said.stderr).toContain('1 with secrets left out');
    expect(ssh(`ls -A ${there}`)).not.toContain('.netrc');
    const including = ['workspace', 'sync', 'one', 'cluster-bob:two', '--include', './.netrc'];
    expect(await run(...including)).toBe(exitStatus.done);
    expect(ssh(`cat ${there}/.netrc`)).toBe('machine x\n');
    writeFileSync(join(here, 'a'), 'here\n');
    ssh(`echo there >${there}/a`);
    expect(await run('workspace', 'sync', 'one', 'cluster-bob:two')).toBe(exitStatus.failed);
    expect(said.stderr).toContain('workspace.conflict');
    expect(await run('workspace', 'sync', 'one', 'cluster-bob:two', '--keep', 'elsewhere')).toBe(
      exitStatus.usage,
    );
    expect(await run('workspace', 'sync', 'one', 'cluster-bob:two', '--keep', 'there', './a')).toBe(
      exitStatus.done,
    );
    expect(readFileSync(join(here, 'a'), 'utf8')).toBe('there\n');
    const cut = join(here, '../sync/.syncing-other.one');
    mkdirSync(join(cut, 'old'), { recursive: true });
    writeFileSync(join(cut, 'old/taken'), 'back\n');
    const monthAgo = Date.now() / 1000 - 30 * 86_400;
    utimesSync(cut, monthAgo, monthAgo);
    // As soon as a window opens, what no command had to do with is put right.
    core.expectWindow();
    await vi.waitFor(() => expect(existsSync(cut)).toBe(false), { timeout: 20_000 });
    expect(readFileSync(join(here, 'taken'), 'utf8')).toBe('back\n');
    expect(await run('workspace', 'show', 'one')).toBe(exitStatus.done);
    expect(said.stdout).toContain('synced');
  },
);

it.skipIf(reason !== null)('says what a recipe does and why', async () => {
  await run('workspace', 'create', 'recipe');
  writeFileSync(join(home, 'Miniforge.sh'), 'exit 3\n');
  const words = ['workspace', 'setup', 'recipe', 'conda', '--image', testbed().tiny.sif];
  expect(await run(...words)).toBe(exitStatus.usage);
  expect(await run(...words, '--from', 'Miniforge.sh', '--dry-run')).toBe(exitStatus.done);
  expect(said.stdout).toContain('nothing has to be relocated');
  expect(said.stderr).toContain('-b -p');
  // The status of what ran in the container.
  expect(await run(...words, '--from', 'Miniforge.sh')).toBe(3);
  expect(await run('workspace', 'setup', 'recipe', 'r', '--image', testbed().tiny.sif)).toBe(1);
});
