import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'compiled-'));
  writeFileSync(
    join(folder, 'entry.cjs'),
    "const { answer } = require('./part.cjs');\nconst { sep } = require('node:path');\nexports.tell = () => [answer(), sep];\n",
  );
  writeFileSync(join(folder, 'part.cjs'), 'exports.answer = () => 42;\n\nexports.fail = () => null.x;\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs lines in a node of their own, which has `load` and the rest, and `file(name)`; gives what they print. */
function run(lines: string): string {
  const module = JSON.stringify(join(import.meta.dirname, 'compiledCode.mjs'));
  const program = `import { compile, keepCompiled, load } from ${module};
    const file = (name) => ${JSON.stringify(folder)} + '/' + name;
    ${lines}`;
  const ended = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect(ended.stderr).toBe(''); // no version of node complains of what it does not know
  return ended.stdout;
}

const tell = "console.log(JSON.stringify(load(file('entry.cjs')).tell()));";
const isTaken = "console.log(compile(file('part.cjs')).cachedDataRejected);";

test('a module is loaded with what it requires, and with what was kept of both', () => {
  expect(run(tell)).toBe('[42,"/"]\n');
  run(`${tell} keepCompiled();`);
  expect(readdirSync(folder).sort()).toEqual([
    'entry.cjs',
    'entry.cjs.compiled',
    'part.cjs',
    'part.cjs.compiled',
  ]);
  expect(run(tell)).toBe('[42,"/"]\n');
  expect(run(isTaken)).toBe('false\n');
});

test('what V8 cannot use is left aside', () => {
  run(`${tell} keepCompiled();`);
  const kept = join(folder, 'part.cjs.compiled');
  truncateSync(kept, readFileSync(kept).length - 8);
  expect(run(isTaken)).toBe('true\n');
  expect(run(tell)).toBe('[42,"/"]\n');
});

test('what was not there is loaded when it is, as after the first build', () => {
  const late = "try { load(file('late.cjs')); } catch (error) { console.log(error.code); }";
  const build = "(await import('node:fs')).writeFileSync(file('late.cjs'), 'exports.is = 1;');";
  expect(run(`${late} ${build} console.log(load(file('late.cjs')).is);`)).toBe('ENOENT\n1\n');
});

test('an error names the line of the file', () => {
  const where = "try { load(file('part.cjs')).fail(); } catch (error) { console.log(error.stack); }";
  expect(run(where)).toContain('part.cjs:3:');
});
