import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../testing/failure.ts';
import { entriesOf, registryOf } from '../testing/treeRegistry.ts';
import { createFolderAdapter } from './folder.ts';

const { signal } = new AbortController();
const wanted = { tag: null, digest: null, architecture: 'amd64' };
let folder: string;
let top: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'folder-'));
  top = join(folder, 'unpacked');
  // As unpacked.cern.ch has it: names are links to trees that lie elsewhere in it.
  await mkdir(join(top, '.flat/ab/abcdef/.singularity.d'), { recursive: true });
  await writeFile(join(top, '.flat/ab/abcdef/.singularity.d/labels.json'), '{"version":"1.2","n":3}');
  await mkdir(join(top, 'hub/library'), { recursive: true });
  await symlink('../../.flat/ab/abcdef', join(top, 'hub/library/centos:7'));
  await mkdir(join(top, 'hub/library/plain/etc'), { recursive: true });
  await mkdir(join(top, 'hub/library/plain/usr'));
  await mkdir(join(top, 'hub/library/empty'));
  await writeFile(join(top, 'hub/library/tool.sif'), 'no SIF');
  await writeFile(join(top, 'hub/library/old.img'), 'x');
  await writeFile(join(top, 'hub/library/notes.txt'), 'x');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const open = (notices: string[] = []) =>
  createFolderAdapter({
    registry: registryOf('folder', `${top}/`),
    credentials: null,
    onNotice: (text) => notices.push(text),
  });

describe('a folder of unpacked images', () => {
  it('has folders, images that run in place, and image files', async () => {
    expect(await entriesOf(open())).toEqual([expect.objectContaining({ name: 'hub', kind: 'folder' })]);
    const found = await entriesOf(open(), { path: 'hub/library' });
    expect(found.map(({ name, kind, reference }) => [name, kind, reference])).toEqual([
      ['hub/library/centos:7', 'image', `${top}/hub/library/centos:7`],
      ['hub/library/empty', 'folder', null],
      ['hub/library/old.img', 'image', null],
      ['hub/library/plain', 'image', `${top}/hub/library/plain`],
      ['hub/library/tool.sif', 'image', `${top}/hub/library/tool.sif`],
    ]);
    const matching = await entriesOf(open(), { path: 'hub/library', term: 'CENT' });
    expect(matching.map(({ name }) => name)).toEqual(['hub/library/centos:7']);
  });

  it('tells what an entry is, by name or by whole path', async () => {
    for (const repository of ['hub/library/centos:7', `${top}/hub/library/centos:7`]) {
      await writeFile(join(top, '.flat/ab/abcdef/.singularity.d/labels.json'), '{"version":"1.2"}');
      expect(await open().show({ ...wanted, repository }, signal)).toMatchObject({
        holds: 'sandbox',
        reference: `${top}/hub/library/centos:7`,
        note: 'Runs in place: nothing to pull.',
        file: { labels: [{ name: 'version', value: '1.2' }] },
      });
    }
    const file = await open().show({ ...wanted, repository: 'hub/library/tool.sif' }, signal);
    expect(file).toMatchObject({ holds: 'other', file: { sizeBytes: 6 } });
    const empty = await failureOf(open().show({ ...wanted, repository: 'hub/library/empty' }, signal));
    expect(empty.code).toBe('image.notAnImage');
  });

  it('reads no labels that are not its own', async () => {
    const labels = join(top, '.flat/ab/abcdef/.singularity.d/labels.json');
    const show = async () =>
      (await open().show({ ...wanted, repository: 'hub/library/centos:7' }, signal)).file?.labels;
    expect(await show()).toEqual([]); // a number is no label
    await rm(labels);
    expect(await show()).toEqual([]);
    await writeFile(join(folder, 'secret.json'), '{"password":"x"}');
    await symlink(join(folder, 'secret.json'), labels);
    expect(await show()).toEqual([]);
    await rm(labels);
    await writeFile(labels, JSON.stringify({ big: 'x'.repeat(70_000) }));
    expect(await show()).toEqual([]);
  });

  it('is not left by links or paths', async () => {
    await mkdir(join(folder, 'outside/etc'), { recursive: true });
    await mkdir(join(folder, 'unpacked-too'), { recursive: true });
    await symlink(join(folder, 'outside'), join(top, 'away'));
    await symlink('../unpacked-too', join(top, 'beside'));
    await symlink('nowhere', join(top, 'dangling'));
    await symlink('loop', join(top, 'loop'));
    const notices: string[] = [];
    expect((await entriesOf(open(notices))).map(({ name }) => name)).toEqual(['hub']);
    expect(notices).toEqual([`2 links that lead out of ${top} were left out.`]);
    for (const path of ['..', 'hub/../..', 'away', 'beside', '/etc', `${top}/../outside`]) {
      const { code } = await failureOf(entriesOf(open(), { path }));
      expect(code, path).toBe('registry.badReference');
      const shown = await failureOf(open().show({ ...wanted, repository: path }, signal));
      expect(shown.code, path).toBe('registry.badReference');
    }
  });

  it('shows names that are not UTF-8, and opens them', async () => {
    const name = Buffer.concat([Buffer.from(`${top}/caf`), Buffer.from([0xe9])]);
    await mkdir(join(top, 'renamed/etc'), { recursive: true });
    await mkdir(join(top, 'renamed/bin'));
    await mkdir(join(top, 'renamed/inner.d'));
    await rename(join(top, 'renamed'), name);
    const found = (await entriesOf(open())).find(({ kind }) => kind === 'image');
    expect(found).toMatchObject({ name: 'caf\\xe9', reference: `${top}/caf\\xe9` });
    expect((await entriesOf(open(), { path: 'caf\\xe9' })).map((entry) => entry.name)).toContain(
      'caf\\xe9/inner.d',
    );
    expect((await open().show({ ...wanted, repository: 'caf\\xe9' }, signal)).holds).toBe('sandbox');
  });

  it('says what is missing, closed or no folder', async () => {
    const at = (path: string) => failureOf(entriesOf(open(), { path }));
    expect((await at('none')).code).toBe('host.pathMissing');
    expect((await at('hub/library/tool.sif')).code).toBe('host.notADirectory');
    if (process.getuid?.() === 0) return; // nothing is closed to root
    await chmod(join(top, 'hub'), 0o000);
    expect((await at('hub')).code).toBe('host.permissionDenied');
    await chmod(join(top, 'hub'), 0o755);
  });

  it('is read in batches', async () => {
    const many = join(top, 'many');
    await mkdir(many);
    await Promise.all(Array.from({ length: 700 }, (_, index) => writeFile(join(many, `${index}.sif`), '')));
    const batches: number[] = [];
    for await (const batch of open().repositories({ term: '', path: 'many' }, signal))
      batches.push(batch.length);
    expect(batches).toEqual([256, 256, 188]);
  });
});
