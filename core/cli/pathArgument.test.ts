import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { pathFromArgument, pathThere, pullTarget } from './pathArgument.ts';

const folder = mkdtempSync(join(tmpdir(), 'mysingularity-cli-'));
mkdirSync(join(folder, 'images'));
afterAll(() => rmSync(folder, { recursive: true }));

test('paths become absolute; what cannot be shown is escaped', () => {
  expect(pathFromArgument('a/../b.sif', '/work')).toBe('/work/b.sif');
  expect(pathFromArgument('/x y', '/work')).toBe('/x y');
  expect(pathFromArgument('a\nb\\', '/work')).toBe('/work/a\\x0ab\\\\');
  expect(pathFromArgument('-x.sif', '/work')).toBe('/work/-x.sif');
});

test('a path on another host is whole, or from the home folder there', () => {
  expect(pathThere('big:/data/../a.sif', '/home/me', 'big:')).toBe('/a.sif');
  expect(pathThere('big:a.sif', '/home/me', 'big:')).toBe('/home/me/a.sif');
  expect(pathThere('big:~/a.sif', '/home/me', 'big:')).toBe('/home/me/a.sif');
  expect(pathThere('big:~', '/home/me', 'big:')).toBe('/home/me');
  expect(pathThere('~x/a', '/home/me')).toBe('/home/me/~x/a');
});

test('a pull goes to a file, into an existing folder, or where the settings say', () => {
  expect(pullTarget(undefined, folder)).toEqual({ folder: null, fileName: null });
  expect(pullTarget('new.sif', folder)).toEqual({ folder, fileName: 'new.sif' });
  expect(pullTarget('images', folder)).toEqual({ folder: `${folder}/images`, fileName: null });
  expect(pullTarget(join(folder, 'images'), '/')).toEqual({ folder: `${folder}/images`, fileName: null });
  expect(pullTarget('later/', folder)).toEqual({ folder: `${folder}/later`, fileName: null });
  expect(pullTarget('.', folder)).toEqual({ folder, fileName: null });
});
