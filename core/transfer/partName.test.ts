import { expect, test } from 'vitest';
import {
  baseName,
  folderName,
  type HostPath,
  hostPathFromText,
  hostPathSchema,
} from '#core/contract/hostPath.ts';
import type { FileFacts } from '#core/hosts/host.ts';
import { partNames } from './partName.ts';

const facts: FileFacts = { kind: 'file', sizeBytes: 10, modifiedAt: 1000, inode: '1:2', mode: 0o644 };
const source = '/home/me/a.sif' as HostPath;
const target = '/data/b.sif' as HostPath;

test('the same file to the same target has the same names, beside the target and hidden', () => {
  const { part, deltaFolder } = partNames(source, facts, target);
  expect(part).toMatch(/^\/data\/\.b\.sif\.[0-9a-f]{16}\.part$/);
  expect(deltaFolder).toMatch(/^\/data\/\.b\.sif\.[0-9a-f]{16}\.delta\.part$/);
  expect(partNames(source, { ...facts }, target).part).toBe(part);
});

test('another file, or the same after a change, has others', () => {
  const { part } = partNames(source, facts, target);
  for (const change of [{ sizeBytes: 11 }, { modifiedAt: 1001 }, { inode: '1:3' }])
    expect(partNames(source, { ...facts, ...change }, target).part).not.toBe(part);
  expect(partNames('/home/me/c.sif' as HostPath, facts, target).part).not.toBe(part);
});

test('a name that is long or no text is left out', () => {
  for (const name of [hostPathSchema.parse('\\xff.sif'), hostPathFromText('ä'.repeat(120))]) {
    const { part } = partNames(source, facts, `/data/${name}` as HostPath);
    expect(baseName(part)).toMatch(/^\.mysingularity\.[0-9a-f]{16}\.part$/);
    expect(folderName(part)).toBe('/data');
  }
});
