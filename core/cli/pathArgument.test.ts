import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { pathFromArgument, pullTarget } from './pathArgument.ts';

const folder = mkdtempSync(join(tmpdir(), 'mysingularity-cli-'));
mkdirSync(join(folder, 'images'));
afterAll(() => rmSync(folder, { recursive: true }));

test('paths become absolute; what cannot be shown is escaped', () => {
  expect(pathFromArgument('a/../b.sif', '/work')).toBe('/work/b.sif');
  expect(pathFromArgument('/x y', '/work')).toBe('/x y');
  expect(pathFromArgument('a\nb\\', '/work')).toBe('/work/a\\x0ab\\\\');
  expect(pathFromArgument('-x.sif', '/work')).toBe('/work/-x.sif');
});

test('a pull goes to a file, into an existing folder, or where the settings say', () => {
  expect(pullTarget(undefined, folder)).toEqual({ folder: null, fileName: null });
  expect(pullTarget('new.sif', folder)).toEqual({ folder, fileName: 'new.sif' });
  expect(pullTarget('images', folder)).toEqual({ folder: `${folder}/images`, fileName: null });
  expect(pullTarget(join(folder, 'images'), '/')).toEqual({ folder: `${folder}/images`, fileName: null });
  expect(pullTarget('later/', folder)).toEqual({ folder: `${folder}/later`, fileName: null });
  expect(pullTarget('.', folder)).toEqual({ folder, fileName: null });
});
