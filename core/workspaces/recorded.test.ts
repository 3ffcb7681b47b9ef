import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { hostIdSchema, taskIdSchema } from '#core/contract/ids.ts';
import { vanishedEntries } from './copyTree.ts';
import { workspacesOf } from './createWorkspaceStore.ts';
import { parseListing } from './listing.ts';
import { parseMeasure } from './measureScript.ts';
import { isLeftover, ownerText } from './owner.ts';
import { findSoftware, softwareOf } from './software.ts';

const recorded = (name: string) =>
  readFileSync(new URL(`./__recorded__/findutils-4.9.0/${name}`, import.meta.url), 'latin1');
const marker = '0123456789abcdef01234567';
const host = { id: hostIdSchema.parse('local') };

it('reads a list with names of any bytes, and believes nothing in it', () => {
  const listing = parseListing(recorded('list.txt'), marker);
  expect(listing).toMatchObject({ node: 'vm', unreadable: [] });
  if (listing === null) return;
  const { workspaces, broken } = workspacesOf(listing, {
    host,
    readLease: ({ name, processStat }) => ({
      user: name,
      node: '',
      processId: 1,
      since: 0,
      what: processStat?.split(' ')[1] ?? '',
      isAlive: null,
    }),
  });
  expect(workspaces.map(({ name, snapshots, writers }) => [name, snapshots.length, writers.length])).toEqual([
    ['analysis', 1, 1],
    ['second', 0, 0],
  ]);
  expect(workspaces[0]).toMatchObject({
    description: 'RNA',
    modifiedAt: 1795206078765,
    snapshots: [{ id: '20261120-202118-5cfb', note: 'before the update' }],
    writers: [{ user: 'login1-7205-77.json', what: '(node)' }],
  });
  expect(broken.map(({ folder, reason }) => [folder.split('/').at(-1), reason])).toEqual([
    ['torn', 'Its manifest is no ordinary file'],
    [String.raw`x\xff\x0ay`, 'It has no manifest'],
  ]);
  expect(listing.folders.flatMap(({ restorings }) => restorings)).toEqual(['.restoring-later']);
});

it('does not take half an answer for a list or a measure', () => {
  expect(parseListing('', marker)).toBeNull();
  const bytes = Buffer.from(recorded('list.txt'), 'base64').subarray(40);
  expect(parseListing(bytes.toString('base64'), marker)).toBeNull();
  const lines = Buffer.from(recorded('measure.txt'), 'base64').toString('latin1').split('\n');
  expect(parseMeasure(Buffer.from(lines.slice(0, -2).join('\n')).toString('base64'))).toBeNull();
});

it('finds software by its traces, each piece once', () => {
  const measured = parseMeasure(recorded('measure.txt'));
  expect(measured).toMatchObject({ bytes: 196_608, files: 22 });
  const found = findSoftware(measured?.marks ?? []);
  const texts: Readonly<Record<string, string>> = {
    'spack/lib/spack/spack/__init__.py': '#: PEP440\n__version__ = "0.23.1"\nspack_version = __version__\n',
    '.venv/pyvenv.cfg': 'home = /usr/bin\nversion = 3.11.2\n',
    'R/4.3/rlang/DESCRIPTION': 'Package: rlang\nBuilt: R 4.3.1; x86_64-pc-linux-gnu; 2026-01-01; unix\n',
  };
  expect(found.map((each) => softwareOf(each, texts[each.versionFile ?? ''] ?? null))).toEqual([
    { kind: 'spack', path: './spack', count: 1, version: '0.23.1' },
    { kind: 'conda', path: './miniconda', count: 2, version: 'Python 3.12.3' },
    { kind: 'conda', path: './miniconda/envs/rna', count: 1, version: 'Python 3.10.14' },
    { kind: 'venv', path: './.venv', count: 1, version: 'Python 3.11.2' },
    { kind: 'r', path: './R/4.3', count: 2, version: 'R 4.3.1' },
    { kind: 'bin', path: './.local/bin', count: 1, version: null },
    { kind: 'bin', path: './bin', count: 2, version: null },
    { kind: 'bin', path: './tools/bin', count: 1, version: null },
  ]);
});

it('knows a store of Spack without its checkout, and a tree that is an environment itself', () => {
  const store = findSoftware([
    { kind: 'spackDatabase', path: 'sw/.spack-db/index.json' },
    { kind: 'spackPackage', path: 'sw/gcc/zlib/.spack/spec.json' },
  ]);
  expect(store).toMatchObject([{ kind: 'spack', root: 'sw', count: 1, versionFile: null }]);
  const itself = findSoftware([
    { kind: 'venv', path: 'pyvenv.cfg' },
    { kind: 'program', path: 'bin/python' },
  ]);
  expect(itself.map((each) => softwareOf(each, 'version_info = 3.12.0.final.0'))).toEqual([
    { kind: 'venv', path: '.', count: 0, version: 'Python 3.12.0.final.0' },
  ]);
});

it('takes for a leftover only what is of no use to anybody', () => {
  const taskId = taskIdSchema.parse('task-one-two');
  const owner = new TextEncoder().encode(ownerText(taskId));
  const nobody = () => false;
  const day = 86_400_000;
  // This process is alive, but its task is over.
  expect(isLeftover(owner, 0, nobody)).toBe(true);
  const other = ownerText(taskId).replace(/"startTicks":"\d+"/, '"startTicks":"1"');
  expect(isLeftover(new TextEncoder().encode(other), 30 * day, nobody, () => 'alive')).toBe(false);
  const theirs = new TextEncoder().encode(other);
  expect(isLeftover(theirs, 0, nobody, () => 'dead')).toBe(true);
  expect(
    isLeftover(
      owner,
      0,
      (id) => id === taskId,
      () => 'dead',
    ),
  ).toBe(false);
  expect(isLeftover(theirs, day, nobody, () => 'elsewhere')).toBe(false);
  expect(isLeftover(theirs, 15 * day, nobody, () => 'elsewhere')).toBe(true);
  expect(isLeftover(null, 1000, nobody)).toBe(false);
  expect(isLeftover(new TextEncoder().encode('{'), day, nobody)).toBe(true);
});

it('bears with files that go while a tree is copied, and with nothing else', () => {
  const gone = "cp: cannot stat '/t/a': No such file or directory\n";
  expect(vanishedEntries(gone + gone.replace('stat', 'open'))).toBe(2);
  expect(vanishedEntries(`${gone}cp: cannot open '/t/b' for reading: Permission denied\n`)).toBeNull();
  expect(vanishedEntries('')).toBeNull();
});
