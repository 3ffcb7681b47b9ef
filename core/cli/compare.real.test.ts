import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Core, createCore } from '#core/createCore.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { runCommandLine } from './runCommandLine.ts';

const reason = whyMissing('tiny');
const home = mkdtempSync(join(tmpdir(), 'cli-compare-'));
const kept = { ...process.env };
let core: Core;

beforeAll(async () => {
  for (const name of ['CONFIG', 'DATA', 'STATE', 'CACHE'])
    process.env[`XDG_${name}_HOME`] = join(home, name.toLowerCase());
  core = await createCore({ door: 'loopback', capabilities: [] });
  if (reason !== null) return;
  copyFileSync(testbed().tiny.sif, join(home, 'one.sif'));
  copyFileSync(testbed().tiny.sif, join(home, 'two.sif'));
  const cut = readFileSync(testbed().tiny.sif).subarray(0, 200_000);
  writeFileSync(join(home, 'cut.sif'), cut);
  mkdirSync(join(home, 'tree/.singularity.d'), { recursive: true });
  mkdirSync(join(home, 'tree/opt/conda/conda-meta'), { recursive: true });
  writeFileSync(join(home, 'tree/opt/conda/conda-meta/numpy-2.1.0-py312_0.json'), '{}');
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
afterEach(() => {
  said = { stdout: '', stderr: '' };
});

async function compare(...words: readonly string[]): Promise<number> {
  return await runCommandLine(['compare', ...words], {
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

describe('mysingularity compare', () => {
  it('ends with 0 where nothing differs', async () => {
    expect(await compare('one.sif', './two.sif'), said.stderr).toBe(0);
    expect(said.stdout).toContain('Nothing that was compared differs.');
  });

  it('ends with 1 where something differs, and says what', async () => {
    expect(await compare('one.sif', 'tree')).toBe(1);
    expect(said.stdout).toContain('+ conda numpy 2.1.0 py312_0\n');
    said = { stdout: '', stderr: '' };
    expect(await compare('one.sif', 'tree', '--packages')).toBe(1);
    expect(said.stdout).toBe('+ conda numpy 2.1.0 py312_0\n');
    said = { stdout: '', stderr: '' };
    expect(await compare('one.sif', 'tree', '--files', '--json')).toBe(1);
    const found: unknown = JSON.parse(said.stdout.trim().split('\n').at(-1) ?? '');
    expect(found).toMatchObject({ isEqual: false, totals: { added: 3 } });
    expect(found).not.toHaveProperty('packages');
  });

  it('ends with 2 or more, never 1, where it could not be told', async () => {
    expect(await compare('one.sif', 'cut.sif')).toBe(2);
    expect(said.stderr).toContain('image.truncated');
    expect(await compare('one.sif', 'no-such.sif')).toBe(3);
    expect(await compare('one.sif')).toBe(2);
  });

  it('says in its help what its exit status means', async () => {
    expect(await compare('--help')).toBe(0);
    expect(said.stdout).toContain('1 something differs');
  });
});
