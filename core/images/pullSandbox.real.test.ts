import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { testbed } from '#e2e/testbed/testbed.ts';
import { createImagesFixture, type ImagesFixture, pathOf, pullInput } from './images.fixture.ts';

const bed = testbed();
let fixture: ImagesFixture;
beforeEach(() => {
  fixture = createImagesFixture();
});
afterEach(() => {
  execFileSync('chmod', ['-R', 'u+rwx', fixture.folder]);
  fixture.dispose();
});

const inLibrary = (name: string) => join(fixture.library, name);
const tiny = `docker://${bed.registry}/demo/tiny:v1`;
const run = (name: string, ...words: string[]) =>
  execFileSync('apptainer', ['exec', inLibrary(name), ...words], { encoding: 'utf8' });
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'succeeded',
    (thrown: unknown) => (thrown instanceof WorkbenchError ? thrown.report.code : String(thrown)),
  );

describe('a pull to a sandbox', () => {
  it('is unpacked straight from the layers, and runs', async () => {
    const { ended } = fixture.start('image.pull', pullInput(tiny, { form: 'sandbox' }));
    const result = await ended;
    expect(result.path).toBe(pathOf(fixture.library, 'tiny_v1'));
    expect(result.facts).toMatchObject({ form: 'sandbox', bytesReused: 0 });
    expect(run('tiny_v1', 'echo', 'inside')).toBe('inside\n');
    expect(readdirSync(fixture.library)).toEqual(['tiny_v1']);
    const builds = fixture.commands.filter(({ args }) => args.includes('build'));
    expect(builds).toHaveLength(1);
    expect(builds[0]?.args).toContain('--sandbox');
    const detail = await fixture.images.detail(pathOf(fixture.library, 'tiny_v1'));
    expect(detail.image).toMatchObject({ format: 'sandbox', architecture: 'amd64' });
  });

  it('uses the layers that a pull to a SIF has fetched', async () => {
    await fixture.start('image.pull', pullInput(tiny)).ended;
    const { facts } = await fixture.start('image.pull', pullInput(tiny, { form: 'sandbox' })).ended;
    expect(facts).toMatchObject({ bytesDownloaded: 0 });
  });

  it('of an image that is a SIF in its registry leaves no SIF', async () => {
    const reference = `oras://${bed.registry}/demo/sif:v1`;
    await fixture.start('image.pull', pullInput(reference, { form: 'sandbox' })).ended;
    expect(run('sif_v1', 'echo', 'inside')).toBe('inside\n');
    expect(readdirSync(fixture.library)).toEqual(['sif_v1']);
  });

  it('of a web address does the same', async () => {
    const reference = `http://${bed.web.address}/tiny.sif`;
    const folder = join(bed.web.folder, `sandbox-${process.pid}`);
    mkdirSync(folder);
    try {
      execFileSync('cp', [bed.tiny.sif, join(folder, 'tiny.sif')]);
      const address = reference.replace('/tiny.sif', `/sandbox-${process.pid}/tiny.sif`);
      await fixture.start('image.pull', pullInput(address, { form: 'sandbox' })).ended;
      expect(run('tiny', 'echo', 'inside')).toBe('inside\n');
    } finally {
      execFileSync('rm', ['-r', folder]);
    }
  });

  it('never replaces what is there, even when it may overwrite', async () => {
    mkdirSync(inLibrary('tiny_v1'), { recursive: true });
    writeFileSync(join(inLibrary('tiny_v1'), 'mine'), 'work of a week');
    const { ended } = fixture.start('image.pull', pullInput(tiny, { form: 'sandbox', overwrite: true }));
    expect(await codeOf(ended)).toBe('image.targetExists');
    expect(readdirSync(inLibrary('tiny_v1'))).toEqual(['mine']);
  });

  it('leaves nothing when it is cancelled', async () => {
    const stop = new AbortController();
    const { ended } = fixture.start('image.pull', pullInput(tiny, { form: 'sandbox' }), {
      signal: stop.signal,
      onProgress: ({ phase }) => {
        if (phase === 'unpack') stop.abort(new Error('cancelled'));
      },
    });
    await expect(ended).rejects.toThrow('cancelled');
    expect(existsSync(fixture.library) ? readdirSync(fixture.library) : []).toEqual([]);
  });
});
