import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import { type Image, type ImageEvent, imageSchema } from '#core/contract/images.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { createImageLibrary, type ImageLibrary } from './library.ts';
import { smallSif } from './sif.fixture.ts';

const host = createLocalHost({
  environment: {},
  observer: { started: () => ({ ended: () => undefined }) },
});
const sif = smallSif('Bootstrap: docker\nFrom: alpine:3.20\n');

let folder: string;
let closing: AbortController;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'library-test-'));
  closing = new AbortController();
});
afterEach(() => {
  closing.abort();
  rmSync(folder, { recursive: true, force: true });
});

const put = (name: string, bytes: Uint8Array | string = sif) => writeFileSync(join(folder, name), bytes);
const pathOf = (name: string) => hostPathFromText(join(folder, name));

/** A page's view of the library: rows by what the events say. */
class Viewer {
  readonly rows = new Map<HostPath, Image>();
  readonly types: ImageEvent['type'][] = [];
  ready: Extract<ImageEvent, { type: 'ready' }> | null = null;
  largestBatch = 0;
  readonly ended: Promise<void>;
  #changed: (() => void)[] = [];

  constructor(library: ImageLibrary, signal = closing.signal) {
    this.ended = this.#follow(library, signal);
  }

  async #follow(library: ImageLibrary, signal: AbortSignal): Promise<void> {
    for await (const event of library.watch(signal)) {
      this.types.push(event.type);
      if (event.type === 'reset') this.rows.clear();
      if (event.type === 'upsert') {
        for (const image of event.images) this.rows.set(image.path, image);
        this.largestBatch = Math.max(this.largestBatch, event.images.length);
      }
      if (event.type === 'remove') for (const path of event.paths) this.rows.delete(path);
      if (event.type === 'ready') this.ready = event;
      for (const wake of this.#changed.splice(0)) wake();
    }
  }

  /** Resolves when the view is as wanted; the test's own time limit ends a vain wait. */
  async until(isTrue: (viewer: Viewer) => boolean): Promise<this> {
    while (!isTrue(this)) await new Promise<void>((resolve) => this.#changed.push(resolve));
    return this;
  }

  names(): string[] {
    return [...this.rows.values()].map((image) => image.path.slice(folder.length + 1)).sort();
  }
}

const open = (folders: readonly HostPath[] = [hostPathFromText(folder)]) =>
  createImageLibrary({ host, folders });
const isReady = (viewer: Viewer) => viewer.ready !== null;

it('follows the folders without a watcher while it is kept read', async () => {
  put('first.sif');
  const library = createImageLibrary({ host, folders: [hostPathFromText(folder)] });
  const kept = new AbortController();
  library.keepRead(kept.signal);
  const before = new AbortController();
  const first = new Viewer(library, before.signal);
  await first.until(() => first.ready !== null);
  before.abort();
  await first.ended;
  put('second.sif');
  const second = new Viewer(library);
  await second.until(() => second.rows.size === 2);
  kept.abort();
  put('third.sif');
  await second.until(() => second.rows.size === 3);
});

it('tells the same of images whose host is far away, where each byte travels', async () => {
  put('plain.sif');
  put('other name.img');
  put('page.sif', '<!doctype html><title>Sign in</title>');
  put('empty.sif', '');
  put('short.sif', sif.subarray(0, 100));
  put('cut.sif', sif.subarray(0, 5000));
  put('no extension');
  const rowsOf = async (kind: 'local' | 'ssh') => {
    const viewer = new Viewer(
      createImageLibrary({ host: { ...host, kind }, folders: [hostPathFromText(folder)] }),
    );
    await viewer.until(isReady);
    return [...viewer.rows.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  };
  const near = await rowsOf('local');
  expect(near.length).toBeGreaterThan(4);
  expect(await rowsOf('ssh')).toEqual(near);
});

it('lists what is an image by content or by name, and nothing else', async () => {
  put('alpine.sif');
  put('no extension');
  put('page.sif', '<!doctype html><title>Sign in</title>');
  put('notes.txt', 'x'.repeat(10_000));
  put('.hidden.sif');
  put('half.sif.part');
  put('cut.img');
  truncateSync(join(folder, 'cut.img'), 34_000);
  mkdirSync(join(folder, 'box/.singularity.d'), { recursive: true });
  put('box/inside.sif');
  mkdirSync(join(folder, 'sub/deeper'), { recursive: true });
  put('sub/deeper/arm.sif', smallSif('Bootstrap: scratch\n', 'arm64'));
  const viewer = await new Viewer(open()).until(isReady);
  expect(viewer.names()).toEqual([
    'alpine.sif',
    'box',
    'cut.img',
    'no extension',
    'page.sif',
    'sub/deeper/arm.sif',
  ]);
  for (const image of viewer.rows.values()) expect(imageSchema.safeParse(image).success).toBe(true);
  expect(viewer.rows.get(pathOf('alpine.sif'))).toMatchObject({
    format: 'sif',
    architecture: 'amd64',
    source: 'docker://alpine:3.20',
    sizeBytes: sif.length,
    createdAt: 1_700_000_000_000,
  });
  expect(viewer.rows.get(pathOf('box'))?.format).toBe('sandbox');
  expect(viewer.rows.get(pathOf('cut.img'))).toMatchObject({ format: 'damaged' });
  expect(viewer.rows.get(pathOf('page.sif'))?.problem).toMatch(/web page/);
  expect(viewer.rows.get(pathOf('sub/deeper/arm.sif'))?.architecture).toBe('arm64');
  expect(viewer.types[0]).toBe('reset');
  expect(viewer.types.at(-1)).toBe('ready');
});

it('shows changes by themselves: added, changed, renamed, removed', async () => {
  put('a.sif');
  const viewer = await new Viewer(open()).until(isReady);
  put('b.sif');
  await viewer.until(({ rows }) => rows.has(pathOf('b.sif')));
  put('a.sif', smallSif('Bootstrap: docker\nFrom: debian:12\n'));
  await viewer.until(({ rows }) => rows.get(pathOf('a.sif'))?.source === 'docker://debian:12');
  renameSync(join(folder, 'b.sif'), join(folder, 'c.sif'));
  await viewer.until(({ rows }) => rows.has(pathOf('c.sif')) && !rows.has(pathOf('b.sif')));
  rmSync(join(folder, 'a.sif'));
  await viewer.until(({ rows }) => rows.size === 1);
  expect(viewer.names()).toEqual(['c.sif']);
});

it('follows folders that come, move and go, and sandboxes that become', async () => {
  const viewer = await new Viewer(open()).until(isReady);
  mkdirSync(join(folder, 'new'));
  put('new/a.sif');
  await viewer.until(({ rows }) => rows.has(pathOf('new/a.sif')));
  renameSync(join(folder, 'new'), join(folder, 'moved'));
  await viewer.until(({ rows }) => rows.has(pathOf('moved/a.sif')) && !rows.has(pathOf('new/a.sif')));
  put('moved/later.sif');
  await viewer.until(({ rows }) => rows.has(pathOf('moved/later.sif')));
  rmSync(join(folder, 'moved'), { recursive: true });
  await viewer.until(({ rows }) => rows.size === 0);
  mkdirSync(join(folder, 'box/rootfs'), { recursive: true });
  put('box/x.sif');
  await viewer.until(({ rows }) => rows.has(pathOf('box/x.sif')));
  mkdirSync(join(folder, 'box/.singularity.d'));
  await viewer.until(({ rows }) => rows.size === 1 && rows.get(pathOf('box'))?.format === 'sandbox');
});

it('waits for a folder that is not there yet', async () => {
  const later = join(folder, 'not/yet');
  const viewer = await new Viewer(open([hostPathFromText(later)])).until(isReady);
  expect(viewer.ready?.folders[0]?.problem).toMatch(/does not exist/);
  mkdirSync(later, { recursive: true });
  writeFileSync(join(later, 'a.sif'), sif);
  await viewer.until(({ rows, ready }) => rows.size === 1 && ready?.folders[0]?.problem === null);
  rmSync(join(folder, 'not'), { recursive: true });
  await viewer.until(({ rows, ready }) => rows.size === 0 && ready?.folders[0]?.problem !== null);
});

it('changes its folders, and keeps one that was chosen inside another', async () => {
  mkdirSync(join(folder, 'one/inner'), { recursive: true });
  mkdirSync(join(folder, 'two'));
  put('one/a.sif');
  put('one/inner/b.sif');
  put('two/c.sif');
  const library = open([pathOf('one'), pathOf('one/inner')]);
  const viewer = await new Viewer(library).until(isReady);
  expect(viewer.names()).toEqual(['one/a.sif', 'one/inner/b.sif']);
  library.setFolders([pathOf('one/inner'), pathOf('two')]);
  await viewer.until(({ rows }) => rows.has(pathOf('two/c.sif')) && !rows.has(pathOf('one/a.sif')));
  expect(viewer.names()).toEqual(['one/inner/b.sif', 'two/c.sif']);
  put('one/inner/d.sif');
  await viewer.until(({ rows }) => rows.has(pathOf('one/inner/d.sif')));
});

it('does not run in a circle of links', async () => {
  mkdirSync(join(folder, 'a'));
  put('a/x.sif');
  symlinkSync('..', join(folder, 'a/up'));
  symlinkSync('circle', join(folder, 'circle'));
  symlinkSync('a/x.sif', join(folder, 'link.sif'));
  symlinkSync('nowhere', join(folder, 'dangling.sif'));
  const viewer = await new Viewer(open()).until(isReady);
  expect(viewer.names()).toEqual(['a/x.sif', 'link.sif']);
});

it('takes names of any bytes', async () => {
  const names = [
    Buffer.from(`two words "quoted" 'single'.sif`),
    Buffer.from('line\nbreak.sif'),
    Buffer.from('-n.sif'),
    Buffer.from([0xff, 0xfe, 0x2e, 0x73, 0x69, 0x66]),
  ];
  for (const name of names) writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), name]), sif);
  const viewer = await new Viewer(open()).until(isReady);
  expect(viewer.names().sort()).toEqual(
    ['-n.sif', 'line\\x0abreak.sif', `two words "quoted" 'single'.sif`, '\\xff\\xfe.sif'].sort(),
  );
  expect([...viewer.rows.values()].every((image) => image.format === 'sif')).toBe(true);
});

it.skipIf(process.getuid?.() === 0)('says which folder is closed, and reads it when it opens', async () => {
  mkdirSync(join(folder, 'closed'));
  put('closed/a.sif');
  chmodSync(join(folder, 'closed'), 0);
  const viewer = await new Viewer(open([pathOf('closed')])).until(isReady);
  expect(viewer.ready?.folders[0]?.problem).toMatch(/permission/i);
  chmodSync(join(folder, 'closed'), 0o755);
  await viewer.until(({ rows }) => rows.size === 1);
});

it('shares one scan among watchers, and begins anew after the last one left', async () => {
  put('a.sif');
  const library = open();
  const leaving = new AbortController();
  const [first, second] = [new Viewer(library, leaving.signal), new Viewer(library, leaving.signal)];
  await first.until(isReady);
  await second.until(isReady);
  expect([first.names(), second.names()]).toEqual([['a.sif'], ['a.sif']]);
  leaving.abort();
  await Promise.all([first.ended, second.ended]);
  put('b.sif');
  rmSync(join(folder, 'a.sif'));
  const third = await new Viewer(library).until(isReady);
  expect(third.names()).toEqual(['b.sif']);
});

it('refreshes on demand', async () => {
  const library = open();
  const viewer = await new Viewer(library).until(isReady);
  put('a.sif');
  await library.refresh();
  await viewer.until(({ rows }) => rows.size === 1);
});

it('hands out large libraries in batches', async () => {
  put('first.sif', 'not an image');
  for (let index = 1; index < 2500; index += 1)
    linkSync(join(folder, 'first.sif'), join(folder, `other ${index}.sif`));
  const viewer = await new Viewer(open()).until(isReady);
  expect(viewer.rows.size).toBe(2500);
  expect(viewer.largestBatch).toBeLessThanOrEqual(2000);
});
