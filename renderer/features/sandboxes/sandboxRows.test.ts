import { expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { sampleDifference, sampleSandbox, strangeSandbox } from './sampleSandboxes.ts';
import { changeRows, packageChange, packageRows, sandboxRows, shortBase } from './sandboxRows.ts';

const small = sampleSandbox({
  path: hostPathFromText('/images/tool-10'),
  name: hostPathFromText('tool-10'),
  base: { kind: 'image', from: '/images/base.sif', digest: null },
  size: { bytes: 5, files: 1, measuredAt: 0 },
  lastUsedAt: null,
  createdAt: 5,
});
const large = sampleSandbox({
  path: hostPathFromText('/images/tool-9'),
  name: hostPathFromText('tool-9'),
});
const all = [small, strangeSandbox, large];
const names = (rows: ReturnType<typeof sandboxRows>) => rows.map(({ name }) => name);

it('filters sandboxes by path and base, and sorts names as people do', () => {
  expect(names(sandboxRows(all, '', { column: 'name', isDescending: false }))).toEqual([
    strangeSandbox.name,
    'tool-9',
    'tool-10',
  ]);
  expect(names(sandboxRows(all, ' BASE.sif', { column: 'name', isDescending: false }))).toEqual(['tool-10']);
});

it('puts what is not known last, whichever way it is sorted', () => {
  for (const column of ['size', 'base', 'used'] as const)
    for (const isDescending of [true, false])
      expect(sandboxRows(all, '', { column, isDescending }).at(-1)).toBe(strangeSandbox);
  expect(names(sandboxRows(all, '', { column: 'size', isDescending: true }))[0]).toBe('tool-9');
  expect(names(sandboxRows(all, '', { column: 'used', isDescending: false }))[0]).toBe('tool-10');
});

it('sorts changes by size, kind and path, and filters paths', () => {
  const { files } = sampleDifference();
  const paths = (rows: ReturnType<typeof changeRows>) => rows.map(({ path }) => path);
  expect(paths(changeRows(files, '', { column: 'size', isDescending: true }))).toEqual([
    '/opt/large.bin',
    '/usr/bin/old',
    '/etc/tool.conf',
  ]);
  expect(paths(changeRows(files, '', { column: 'what', isDescending: false }))).toEqual([
    '/opt/large.bin',
    '/etc/tool.conf',
    '/usr/bin/old',
  ]);
  expect(paths(changeRows(files, 'BIN', { column: 'path', isDescending: true }))).toEqual([
    '/usr/bin/old',
    '/opt/large.bin',
  ]);
});

it('says what became of a package', () => {
  const rows = packageRows(sampleDifference().packages, '');
  expect(rows.map((row) => [row.name, packageChange(row)])).toEqual([
    ['hello', 'added'],
    ['nano', 'removed'],
    ['zlib1g', 'changed'],
  ]);
});

it('shortens a base for a row', () => {
  expect(shortBase(large)).toBe('registry.example.org/lab/tool:1');
  expect(shortBase(small)).toBe('base.sif');
  expect(shortBase(strangeSandbox)).toBeNull();
});
