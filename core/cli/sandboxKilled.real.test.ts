import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { bundleCommandLine } from '#core/images/commandLine.fixture.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';

const bed = testbed();
const folder = mkdtempSync(join(tmpdir(), 'cli-sandbox-killed-'));
const home = join(folder, 'home');
const reference = `docker://${bed.registry}/demo/tiny:v1`;
let program: string;

beforeAll(async () => {
  mkdirSync(home);
  program = await bundleCommandLine(join(folder, 'program'));
});
afterAll(() => {
  execFileSync('unshare', ['--map-root-user', '--map-auto', 'rm', '-rf', folder]);
});
beforeEach((context) => {
  const reason = whyMissing('apptainer', 'registry', 'user', 'subuid');
  if (reason !== null) context.skip(reason);
});

/** `mysingularity sandbox …` in `home`; killed with SIGKILL when it first says `phase`, where one is given. */
async function sandbox(words: readonly string[], phase: string | null = null): Promise<number | null> {
  const child = spawn(process.execPath, [program, 'sandbox', ...words, '--json'], {
    cwd: home,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: home, USER: process.env['USER'], TMPDIR: home },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (phase !== null && said.includes(`"phase":"${phase}"`)) child.kill('SIGKILL');
    });
  const [status] = (await once(child, 'exit')) as [number | null];
  await vi.waitFor(() => expect(workers()).toEqual([]), { timeout: 20_000, interval: 50 });
  return status;
}

const workers = () =>
  execFileSync('ps', ['-eo', 'pid,stat,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(home) && !/^\s*\d+ Z/.test(line));
const leftovers = () => readdirSync(home).filter((name) => name.startsWith('.mysingularity'));

describe('a workbench that is killed with SIGKILL', () => {
  it('while it makes a sandbox leaves a whole one or none', async () => {
    expect(await sandbox(['create', reference, 'made'], 'finish')).toBeNull();
    if (existsSync(join(home, 'made')))
      execFileSync('apptainer', ['exec', join(home, 'made'), 'true'], { stdio: 'pipe' });
    expect(await sandbox(['create', reference, 'next'])).toBe(0);
    expect(leftovers()).toEqual([]);
  });

  it('while it freezes one leaves the sandbox, and a whole image or none', async () => {
    expect(await sandbox(['freeze', 'next', 'frozen.sif'], 'convert')).toBeNull();
    if (existsSync(join(home, 'frozen.sif')))
      execFileSync('apptainer', ['exec', join(home, 'frozen.sif'), 'true'], { stdio: 'pipe' });
    execFileSync('apptainer', ['exec', join(home, 'next'), 'true'], { stdio: 'pipe' });
    expect(await sandbox(['freeze', 'next', 'again.sif'])).toBe(0);
    expect(leftovers()).toEqual([]);
    expect(readdirSync(home).filter((name) => /part/.test(name))).toEqual([]);
  });
});
