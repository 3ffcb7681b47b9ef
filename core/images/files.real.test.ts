import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HostPath, hostPathSchema } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import { imageDetailSchema } from '#core/contract/images.ts';
import { defaultActionOptions } from '#core/contract/runtime.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { testbed } from '#e2e/testbed/testbed.ts';
import { createImagesFixture, type ImagesFixture, pathOf } from './images.fixture.ts';

const bed = testbed();
let fixture: ImagesFixture;
beforeEach(() => {
  fixture = createImagesFixture();
  mkdirSync(fixture.library);
  copyFileSync(bed.tiny.sif, inLibrary('tiny.sif'));
});
afterEach(() => {
  execFileSync('chmod', ['-R', 'u+rwx', fixture.folder]);
  fixture.dispose();
});

const inLibrary = (name: string) => join(fixture.library, name);
const image = (name: string) => pathOf(fixture.library, name);
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'succeeded',
    (thrown: unknown) => (thrown instanceof WorkbenchError ? thrown.report.code : String(thrown)),
  );
const sandbox = (name: string) =>
  execFileSync('apptainer', ['build', '--sandbox', inLibrary(name), bed.tiny.sif], { stdio: 'ignore' });

describe('the details of', () => {
  it('a SIF', async () => {
    const detail = imageDetailSchema.parse(await fixture.images.detail(image('tiny.sif')));
    expect(detail).toMatchObject({ taskId: null, digest: null, fitsHost: { fits: true }, note: null });
    expect(detail.definition).toMatch(/bootstrap/i);
    expect(detail.labels.length).toBeGreaterThan(0);
    expect(detail.objects.length).toBeGreaterThan(2);
    expect(detail.squashfs?.compression).toBe('gzip');
    expect(fixture.commands).toEqual([]);
  });

  it('a sandbox, without following links out of it', async () => {
    sandbox('box');
    writeFileSync(join(fixture.folder, 'secret'), 'outside');
    execFileSync('rm', ['-f', inLibrary('box/.singularity.d/runscript')]);
    symlinkSync(join(fixture.folder, 'secret'), inLibrary('box/.singularity.d/runscript'));
    const file = await fixture.images.detail(image('tiny.sif'));
    const detail = imageDetailSchema.parse(await fixture.images.detail(image('box')));
    expect(detail.image).toMatchObject({ format: 'sandbox', architecture: 'amd64' });
    expect(detail.runscript).toBeNull();
    expect(detail.help?.trimEnd()).toBe(file.help?.trimEnd());
    expect(detail.environment.map(({ file: name }) => name)).toContain(
      '/.singularity.d/env/90-environment.sh',
    );
    expect(detail.apps.map(({ name }) => name)).toEqual(file.apps.map(({ name }) => name));
  });

  it('what is cut, nothing, or no image', async () => {
    copyFileSync(bed.tiny.sif, inLibrary('cut.sif'));
    truncateSync(inLibrary('cut.sif'), 200_000);
    const detail = await fixture.images.detail(image('cut.sif'));
    expect(detail.image.format).toBe('damaged');
    expect(detail.fitsHost.fits).toBe(false);
    expect(await codeOf(fixture.images.detail(image('none.sif')))).toBe('image.missing');
    writeFileSync(inLibrary('notes.txt'), 'x'.repeat(9000));
    expect(await codeOf(fixture.images.detail(image('notes.txt')))).toBe('image.notAnImage');
  });
});

describe('renaming', () => {
  it('keeps the bytes and never replaces anything', async () => {
    copyFileSync(bed.tiny.sif, inLibrary('other.sif'));
    const rename = (name: string) => fixture.images.rename(image('tiny.sif'), hostPathSchema.parse(name));
    expect(await codeOf(rename('other.sif'))).toBe('image.targetExists');
    expect(await codeOf(rename('sub/other.sif'))).toBe('input.invalid');
    expect(await codeOf(rename('..'))).toBe('input.invalid');
    const renamed = await rename(`-n 'new'\\x0a\\xff.sif`);
    expect((await fixture.images.detail(renamed)).image.format).toBe('sif');
    expect(await codeOf(rename('again.sif'))).toBe('image.missing');
  });
});

describe('removing', () => {
  const removed: string[] = [];
  const remove = (paths: readonly HostPath[]) =>
    fixture.images.remove(paths, async (path) => {
      removed.push(path);
      rmSync(path, { recursive: true });
    });

  it('takes files, and lets sandboxes be taken', async () => {
    sandbox('box');
    const done = await remove([image('tiny.sif'), image('box')]);
    expect(done.removed).toBe(2);
    expect(done.freedBytes).toBeGreaterThan(1_000_000);
    expect(readdirSync(fixture.library)).toEqual([]);
    expect(removed).toEqual([inLibrary('box')]);
  });

  it('refuses what is no image, before anything is gone', async () => {
    mkdirSync(inLibrary('folder'));
    expect(await codeOf(remove([image('tiny.sif'), image('folder')]))).toBe('image.notAnImage');
    expect(await codeOf(remove([image('tiny.sif'), image('none')]))).toBe('image.missing');
    expect(existsSync(inLibrary('tiny.sif'))).toBe(true);
  });
});

describe('an action', () => {
  const input = () => ({
    hostId: localHostId,
    path: image('tiny.sif'),
    verb: 'exec' as const,
    options: defaultActionOptions,
    args: ['echo', 'a  b', '$HOME'],
    workspace: null,
  });

  it('runs as its preview says', async () => {
    const preview = await fixture.images.previewAction(input());
    expect(preview.command).toMatch(/apptainer exec .*tiny\.sif echo 'a {2}b' '\$HOME'$/);
    expect(preview.enters.length).toBeGreaterThan(3);
    const outcome = await fixture.host.run(await fixture.images.resolveAction(input(), null));
    expect(outcome.stdout).toBe('a  b $HOME\n');
  });

  it('fails on an image that is not there', async () => {
    const gone = { ...input(), path: image('gone.sif') };
    expect(await codeOf(fixture.images.resolveAction(gone, null))).toBe('image.missing');
    expect(await codeOf(fixture.images.previewAction(gone))).toBe('image.missing');
  });
});
