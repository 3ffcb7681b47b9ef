import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { hostIdSchema, localHostId } from '#core/contract/ids.ts';
import type { RememberedRun } from '#core/contract/images.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { createRunBook } from './runBook.ts';

const folder = mkdtempSync(join(tmpdir(), 'run-book-'));
afterAll(() => rmSync(folder, { recursive: true }));
const { files } = createLocalHost({
  environment: {},
  observer: { started: () => ({ ended: () => undefined }) },
});
const open = () => createRunBook(files, hostPathFromText(folder));
const run = (isolation: RememberedRun['isolation']): RememberedRun => ({
  binds: [],
  gpu: 'none',
  isWritableTmpfs: false,
  isolation,
  workspace: null,
});
const image = hostPathFromText('/i/a.sif');
const file = join(folder, 'images/runs.json');

it('remembers how each image of each host was started last', async () => {
  const book = open();
  expect(await book.recall(localHostId, image)).toBeNull();
  const other = hostIdSchema.parse('cluster');
  await Promise.all([
    book.remember(localHostId, image, run('clean')),
    book.remember(other, image, run('sealed')),
    book.remember(localHostId, hostPathFromText('/i/b.sif'), run('host')),
  ]);
  await book.remember(localHostId, image, run('host'));
  expect(await open().recall(localHostId, image)).toEqual(run('host'));
  expect(await open().recall(other, image)).toEqual(run('sealed'));
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('keeps the last 500, and starts anew where its file is broken', async () => {
  const runs = Array.from({ length: 500 }, (_, index) => ({
    hostId: 'local',
    path: `/old/${index}.sif`,
    run: run('host'),
  }));
  writeFileSync(file, JSON.stringify({ version: 1, runs }));
  await open().remember(localHostId, image, run('clean'));
  expect(JSON.parse(readFileSync(file, 'utf8')).runs).toHaveLength(500);
  expect(await open().recall(localHostId, hostPathFromText('/old/0.sif'))).toBeNull();
  const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
  writeFileSync(file, '{');
  expect(await open().recall(localHostId, image)).toBeNull();
  expect(warned).toHaveBeenCalledOnce();
});
