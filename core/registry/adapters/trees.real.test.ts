import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { failureOf } from '../testing/failure.ts';
import { entriesOf, registryOf } from '../testing/treeRegistry.ts';
import { createFolderAdapter } from './folder.ts';
import { createWebAdapter } from './web.ts';

const run = promisify(execFile);
const bed = testbed();
const { signal } = new AbortController();
const wanted = { tag: null, digest: null, architecture: 'amd64' };
let folder: string;

describe('a folder of unpacked images with the real runtime', () => {
  const missing = whyMissing('apptainer', 'tiny');

  beforeEach(async ({ skip }) => {
    if (missing !== null) skip(missing);
    folder = await mkdtemp(join(tmpdir(), 'trees-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('names images that run in place', async () => {
    await mkdir(join(folder, 'hub/demo'), { recursive: true });
    await mkdir(join(folder, '.flat'));
    await run('apptainer', ['build', '--sandbox', join(folder, '.flat/tiny'), bed.tiny.sif]);
    await symlink('../../.flat/tiny', join(folder, 'hub/demo/tiny:v1'));
    const adapter = createFolderAdapter({ registry: registryOf('folder', folder), credentials: null });
    const [entry] = await entriesOf(adapter, { path: 'hub/demo' });
    expect(entry).toMatchObject({ name: 'hub/demo/tiny:v1', kind: 'image' });
    const facts = await adapter.show({ ...wanted, repository: entry?.name ?? '' }, signal);
    expect(facts.holds).toBe('sandbox');
    expect(facts.file?.labels.map(({ name }) => name)).toContain('org.label-schema.build-date');
    await run('apptainer', ['exec', facts.reference, 'true']);
  });

  it('tells a SIF by its first bytes', async () => {
    await cp(bed.tiny.sif, join(folder, 'tiny.sif'));
    const adapter = createFolderAdapter({ registry: registryOf('folder', folder), credentials: null });
    const facts = await adapter.show({ ...wanted, repository: 'tiny.sif' }, signal);
    expect(facts).toMatchObject({ holds: 'sif', note: 'For the architecture amd64.' });
  });

  it('says which folder is closed to this user', async () => {
    await mkdir(join(folder, 'closed'), { mode: 0o000 });
    const adapter = createFolderAdapter({ registry: registryOf('folder', folder), credentials: null });
    const report = await failureOf(entriesOf(adapter, { path: 'closed' }));
    await chmod(join(folder, 'closed'), 0o700);
    expect(report.code).toBe('host.permissionDenied');
    expect(report.data['path']).toBe(join(folder, 'closed'));
  });
});

describe('a directory of a real web server', () => {
  const missing = whyMissing('web', 'tiny');
  let name: string;

  beforeEach(async ({ skip }) => {
    if (missing !== null) skip(missing);
    folder = await mkdtemp(join(bed.web.folder, 'trees-'));
    await chmod(folder, 0o755);
    name = folder.slice(bed.web.folder.length + 1);
    await cp(bed.tiny.sif, join(folder, 'a b.sif'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('is read through its page, and an image told by its first bytes', async () => {
    // busybox lists nothing itself: the page is one that nginx would write.
    await writeFile(
      join(folder, 'index.html'),
      '<html><head><title>Index of /</title></head><body><pre><a href="../">../</a>\n' +
        '<a href="a%20b.sif">a b.sif</a>       02-Mar-2024 10:15       1085440\n</pre></body></html>',
    );
    const home = `http://${bed.web.address}/${name}/`;
    const adapter = createWebAdapter({ registry: registryOf('web', home), credentials: null });
    const [entry] = await entriesOf(adapter);
    expect(entry).toMatchObject({ name: 'a b.sif', reference: `${home}a%20b.sif`, sizeBytes: 1_085_440 });
    for (const repository of [entry?.name ?? '', entry?.reference ?? '']) {
      const facts = await adapter.show({ ...wanted, repository }, signal);
      expect(facts).toMatchObject({
        holds: 'sif',
        reference: `${home}a%20b.sif`,
        note: 'For the architecture amd64.',
      });
      expect(facts.file?.sizeBytes).toBeGreaterThan(1_000_000);
    }
  });

  it('may be one file', async () => {
    const address = `http://${bed.web.address}/${name}/a%20b.sif`;
    const adapter = createWebAdapter({ registry: registryOf('web', address), credentials: null });
    expect(await entriesOf(adapter)).toEqual([
      expect.objectContaining({ name: 'a b.sif', kind: 'image', reference: address }),
    ]);
    expect((await adapter.show({ ...wanted, repository: 'a b.sif' }, signal)).holds).toBe('sif');
  });

  it('says what is not there', async () => {
    const home = `http://${bed.web.address}/${name}/`;
    const adapter = createWebAdapter({ registry: registryOf('web', home), credentials: null });
    expect((await failureOf(entriesOf(adapter))).code).toBe('registry.notFound');
    const none = await failureOf(adapter.show({ ...wanted, repository: 'none.sif' }, signal));
    expect(none.code).toBe('registry.notFound');
  });
});
