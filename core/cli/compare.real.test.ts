import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { type CommandLineFixture, openCommandLine } from './commandLine.fixture.ts';

const reason = whyMissing('tiny');
let line: CommandLineFixture;

beforeAll(async () => {
  line = await openCommandLine();
  const { home } = line;
  if (reason !== null) return;
  copyFileSync(testbed().tiny.sif, join(home, 'one.sif'));
  copyFileSync(testbed().tiny.sif, join(home, 'two.sif'));
  const cut = readFileSync(testbed().tiny.sif).subarray(0, 200_000);
  writeFileSync(join(home, 'cut.sif'), cut);
  mkdirSync(join(home, 'tree/.singularity.d'), { recursive: true });
  mkdirSync(join(home, 'tree/opt/conda/conda-meta'), { recursive: true });
  writeFileSync(join(home, 'tree/opt/conda/conda-meta/numpy-2.1.0-py312_0.json'), '{}');
});
afterAll(() => line.dispose());
beforeEach((context) => {
  if (reason !== null) context.skip(reason);
});

const compare = (...words: readonly string[]) => line.run('compare', ...words);

describe('mysingularity compare', () => {
  it('ends with 0 where nothing differs', async () => {
    expect(await compare('one.sif', './two.sif'), line.said.stderr).toBe(0);
    expect(line.said.stdout).toContain('Nothing that was compared differs.');
  });

  it('ends with 1 where something differs, and says what', async () => {
    expect(await compare('one.sif', 'tree')).toBe(1);
    expect(line.said.stdout).toContain('+ conda numpy 2.1.0 py312_0\n');
    expect(await compare('one.sif', 'tree', '--packages')).toBe(1);
    expect(line.said.stdout).toBe('+ conda numpy 2.1.0 py312_0\n');
    expect(await compare('one.sif', 'tree', '--files', '--json')).toBe(1);
    const found: unknown = JSON.parse(line.said.stdout.trim().split('\n').at(-1) ?? '');
    expect(found).toMatchObject({ isEqual: false, totals: { added: 3 } });
    expect(found).not.toHaveProperty('packages');
  });

  it('ends with 2 or more, never 1, where it could not be told', async () => {
    expect(await compare('one.sif', 'cut.sif')).toBe(2);
    expect(line.said.stderr).toContain('image.truncated');
    expect(await compare('one.sif', 'no-such.sif')).toBe(3);
    expect(await compare('one.sif')).toBe(2);
  });

  it('says in its help what its exit status means', async () => {
    expect(await compare('--help')).toBe(0);
    expect(line.said.stdout).toContain('1 something differs');
  });
});
