import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { listLeftoverParts, removeLeftoverPart } from './leftoverParts.ts';

const host = createLocalHost({
  environment: {},
  observer: { started: () => ({ ended: () => undefined }) },
});
const mark = '0123456789abcdef';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parts-'));
  writeFileSync(join(folder, 'tool.sif'), 'whole');
  writeFileSync(join(folder, `.tool.sif.${mark}.part`), 'half');
  mkdirSync(join(folder, `.new.sif.${mark}.delta.part`));
  writeFileSync(join(folder, '.mine.part'), 'somebody else’s');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('lists what begun sendings left, and nothing else', async () => {
  const parts = await listLeftoverParts(host, [hostPathFromText(folder), hostPathFromText('/nowhere')]);
  expect(parts.map(({ title }) => title).sort()).toEqual([
    'Begun sending of new.sif',
    'Begun sending of tool.sif, 4 B are there',
  ]);
});

test('removes only what it would list', async () => {
  const folders = [hostPathFromText(folder)];
  for (const { id } of await listLeftoverParts(host, folders))
    expect(await removeLeftoverPart(host, folders, id)).toBe(true);
  expect(await removeLeftoverPart(host, folders, `part:${join(folder, 'tool.sif')}`)).toBe(false);
  expect(await removeLeftoverPart(host, folders, 'part:/etc/passwd')).toBe(false);
  expect(readdirSync(folder).sort()).toEqual(['.mine.part', 'tool.sif']);
});
