import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { taskIdSchema } from '#core/contract/ids.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import type { WholeComparison } from './compareImages.ts';
import { type ComparisonStore, createComparisonStore } from './comparisonStore.ts';

const root = mkdtempSync(join(tmpdir(), 'comparisons-'));
const { files } = createLocalHost({
  environment: {},
  observer: { started: () => ({ ended: () => undefined }) },
});
const idOf = (number: number) => taskIdSchema.parse(`aaaaaaaa-${String(number).padStart(4, '0')}`);
let folder: string;
let store: ComparisonStore;

function whole(name: string): WholeComparison {
  const side = { path: hostPathFromText(`/images/${name}`), format: 'sif' as const, sizeBytes: 1 };
  const totals = {
    same: 1,
    added: 0,
    removed: 0,
    changed: 0,
    addedBytes: 0,
    removedBytes: 0,
    changedBytes: { left: 0, right: 0 },
    packages: 0,
  };
  return {
    comparison: {
      left: side,
      right: side,
      isEqual: true,
      filesNotCompared: null,
      labels: [],
      texts: [],
      totals,
      listedFiles: 0,
      notes: [],
    },
    files: [],
    packages: [],
  };
}

/** As if it had been kept so many seconds after 2001. */
function age(number: number): void {
  utimesSync(join(folder, `${idOf(number)}.json`), 1e9 + number, 1e9 + number);
}

async function keep(number: number): Promise<void> {
  await store.keep(idOf(number), whole(`${number}.sif`));
  age(number);
}

const listed = async () => (await store.list()).map(({ left }) => left.path);

beforeEach(() => {
  folder = mkdtempSync(join(root, 'of-'));
  store = createComparisonStore(files, hostPathFromText(folder));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('kept comparisons', () => {
  it('are listed newest first, and removed by choice', async () => {
    for (const number of [1, 2, 3]) await keep(number);
    expect(await listed()).toEqual(['/images/3.sif', '/images/2.sif', '/images/1.sif']);
    await store.remove([idOf(2), idOf(9)]);
    expect(await listed()).toEqual(['/images/3.sif', '/images/1.sif']);
    await expect(store.read(idOf(2))).rejects.toMatchObject({ report: { code: 'task.unknown' } });
    expect(readdirSync(join(folder, 'summaries'))).toHaveLength(2);
  });

  it('are 50 at most, the newest', async () => {
    for (let number = 1; number <= 52; number += 1) await keep(number);
    const paths = await listed();
    expect(paths).toHaveLength(50);
    expect([paths[0], paths.at(-1)]).toEqual(['/images/52.sif', '/images/3.sif']);
    expect(existsSync(join(folder, 'summaries', `${idOf(1)}.json`))).toBe(false);
  });

  it('of which one is damaged or has no summary are listed all the same', async () => {
    for (const number of [1, 2, 3]) await keep(number);
    writeFileSync(join(folder, 'summaries', `${idOf(3)}.json`), '{"taskId":');
    rmSync(join(folder, 'summaries', `${idOf(1)}.json`));
    writeFileSync(join(folder, 'notes.json'), 'not ours');
    expect(await listed()).toEqual(['/images/2.sif', '/images/1.sif']);
    expect(existsSync(join(folder, 'notes.json'))).toBe(true);
  });

  it('are none at first', async () => {
    expect(await createComparisonStore(files, hostPathFromText(join(folder, 'none'))).list()).toEqual([]);
  });
});
