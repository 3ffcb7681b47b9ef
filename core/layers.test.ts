import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const run = promisify(execFile);

/** Lays files out in a folder with our rules, and gives the names of the rules that they break. */
async function brokenRules(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'layers-'));
  await Promise.all(
    ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'].map((name) =>
      copyFile(join(root, name), join(folder, name)),
    ),
  );
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const tool = join(root, 'node_modules', '.bin', 'depcruise');
  const args = [
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
    ...new Set(Object.keys(files).map((name) => name.split('/')[0] ?? '')),
  ];
  const { stdout } = await run(tool, args, { cwd: folder, maxBuffer: 32_000_000 }).catch(
    (failed: { stdout: string }) => failed,
  );
  const report: { summary: { violations: { rule: { name: string } }[]; totalCruised: number } } =
    JSON.parse(stdout);
  expect(report.summary.totalCruised).toBeGreaterThan(1); // a tool that reads nothing is green, too
  return [...new Set(report.summary.violations.map((violation) => violation.rule.name))].sort();
}

const value = 'export const value = 1;\n';

describe('the layer rules find a planted violation', () => {
  it.each([
    ['contract-is-alone', 'core/contract/a.ts', '../hosts/b.ts', 'core/hosts/b.ts'],
    ['pure-core', 'core/runtime/a.ts', '../hosts/b.ts', 'core/hosts/b.ts'],
    ['hosts-below', 'core/hosts/a.ts', '../tasks/b.ts', 'core/tasks/b.ts'],
    ['archives-below', 'core/archives/a.ts', '../hosts/b.ts', 'core/hosts/b.ts'],
    ['capabilities-below-api', 'core/images/a.ts', '../api/b.ts', 'core/api/b.ts'],
    ['renderer-through-contract', 'renderer/state/a.ts', '../../core/hosts/b.ts', 'core/hosts/b.ts'],
    ['features-apart', 'renderer/features/images/a.ts', '../shells/b.ts', 'renderer/features/shells/b.ts'],
    ['ui-is-below', 'renderer/ui/a.ts', '../features/shells/b.ts', 'renderer/features/shells/b.ts'],
  ])('%s', async (rule, from, specifier, to) => {
    const broken = await brokenRules({ [from]: `export { value } from '${specifier}';\n`, [to]: value });
    expect(broken).toContain(rule);
  });

  it('pure-core, by a module of node', async () => {
    const text = "import { readFile } from 'node:fs/promises';\nexport { readFile };\n";
    expect(await brokenRules({ 'core/sif/a.ts': text, 'core/sif/b.ts': value })).toContain('pure-core');
  });

  it('a cycle, through the short names too', async () => {
    const files = {
      'core/tasks/a.ts': "import { b } from '#core/tasks/b.ts';\nexport const a = () => b;\n",
      'core/tasks/b.ts': "import { a } from './a.ts';\nexport const b = () => a;\n",
    };
    expect(await brokenRules(files)).toContain('no-cycles');
  });

  it('and nothing where nothing is wrong', async () => {
    const files = {
      'core/hosts/a.ts': "export { value } from '../contract/b.ts';\n",
      'core/contract/b.ts': value,
    };
    expect(await brokenRules(files)).toEqual([]);
  });
}, 60_000);
