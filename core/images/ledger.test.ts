import { mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { taskIdSchema } from '#core/contract/ids.ts';
import { localFiles } from '#core/hosts/localFiles.ts';
import { createLedger, type Ledger } from './ledger.ts';

let folder: string;
let problems: string[];
let ledger: Ledger;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-test-'));
  problems = [];
  ledger = createLedger({
    files: localFiles,
    folder: hostPathFromText(join(folder, 'made')),
    onProblem: (text) => problems.push(text),
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pathOf = (name: string) => hostPathFromText(join(folder, name));

async function record(name: string, key: string | null): Promise<void> {
  writeFileSync(join(folder, name), `${name} ${key}`);
  const facts = await localFiles.stat(pathOf(name));
  if (facts === null) throw new Error('just written');
  await ledger.record({
    target: pathOf(name),
    sizeBytes: facts.sizeBytes,
    modifiedAt: facts.modifiedAt,
    inode: facts.inode,
    sha256: 'a'.repeat(64),
    key,
    manifestDigest: null,
    compression: 'gzip-6',
    architecture: 'amd64',
    reference: 'docker://alpine:3.20',
    taskId: taskIdSchema.parse('task-0001'),
  });
}

async function find(name: string) {
  const facts = await localFiles.stat(pathOf(name));
  return facts === null ? null : await ledger.find(pathOf(name), facts);
}

it('knows a file again until it changes', async () => {
  await record('a.sif', 'k');
  expect((await find('a.sif'))?.reference).toBe('docker://alpine:3.20');
  writeFileSync(join(folder, 'a.sif'), 'something else');
  expect(await find('a.sif')).toBeNull();
});

it('keeps one entry a target, and finds those that were made of the same', async () => {
  await record('a.sif', 'k');
  await record('b.sif', 'k');
  await record('a.sif', 'other');
  expect((await ledger.findByKey('k')).map(({ target }) => target)).toEqual([pathOf('b.sif')]);
  expect((await ledger.findByKey('other')).map(({ target }) => target)).toEqual([pathOf('a.sif')]);
  expect(readdirSync(join(folder, 'made'))).toHaveLength(2);
  const { sha256 = '' } = (await find('b.sif')) ?? {};
  expect((await ledger.findByDigest(sha256)).map(({ target }) => target).sort()).toEqual(
    [pathOf('a.sif'), pathOf('b.sif')].sort(),
  );
  expect(await ledger.findByDigest('0'.repeat(64))).toEqual([]);
});

it('follows a renamed file and forgets a removed one', async () => {
  await record('a.sif', 'k');
  renameSync(join(folder, 'a.sif'), join(folder, 'b.sif'));
  const facts = await localFiles.stat(pathOf('b.sif'));
  if (facts === null) throw new Error('just renamed');
  await ledger.move(pathOf('a.sif'), pathOf('b.sif'), facts);
  expect((await find('b.sif'))?.target).toBe(pathOf('b.sif'));
  await ledger.forget(pathOf('b.sif'));
  expect(await find('b.sif')).toBeNull();
  expect(readdirSync(join(folder, 'made'))).toEqual([]);
});

it('ignores entries that are spoilt, forged or of another file, and says so', async () => {
  await record('a.sif', 'k');
  const [name = ''] = readdirSync(join(folder, 'made'));
  const file = join(folder, 'made', name);
  const prefix = name.split('-')[0] ?? '';
  writeFileSync(join(folder, 'made', `${prefix}-${'0'.repeat(32)}.json`), '{"version":1,');
  writeFileSync(
    join(folder, 'made', `${prefix}-${'1'.repeat(32)}.json`),
    '{"version":1,"target":"/etc/passwd"}',
  );
  writeFileSync(
    join(folder, 'made', `${prefix}-${'2'.repeat(32)}.json`),
    await localFiles.read(hostPathFromText(file), 0, 9999),
  );
  expect((await ledger.findByKey('k')).map(({ target }) => target)).toEqual([pathOf('a.sif')]);
  expect(problems).toHaveLength(3);
  expect(problems.join('\n')).toMatch(/not JSON[\s\S]*another file|another file[\s\S]*not JSON/);
});

it('answers for a ledger that does not exist yet, and keeps its files private', async () => {
  expect(await ledger.findByKey('k')).toEqual([]);
  await record('a.sif', null);
  expect(statSync(join(folder, 'made')).mode & 0o777).toBe(0o700);
});
