import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostPathSchema } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { testbed } from '#e2e/testbed/testbed.ts';
import { createImagesFixture, type ImagesFixture, pathOf, pullInput } from './images.fixture.ts';

const bed = testbed();
const tiny = `docker://${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}`;
const oras = `oras://${bed.registry}/${bed.tiny.orasRepository}:${bed.tiny.tag}`;

let fixture: ImagesFixture;
beforeEach(() => {
  fixture = createImagesFixture();
});
afterEach(() => fixture.dispose());

/** Names in the image folder, hidden ones too. */
const namesInLibrary = () => readdirSync(fixture.library).sort();
const isSameFile = (one: string, other: string) => readFileSync(one).equals(readFileSync(other));
/** Private folders that conversions left. */
const leftFolders = () => readdirSync(fixture.temporary).filter((name) => name.startsWith('.mysingularity'));
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'succeeded',
    (thrown: unknown) => (thrown instanceof WorkbenchError ? thrown.report.code : String(thrown)),
  );

describe('docker://', () => {
  it('makes a SIF that records the reference with its digest', async () => {
    const { ended, progress } = fixture.start('image.pull', pullInput(tiny));
    const result = await ended;
    expect(namesInLibrary()).toEqual(['tiny_v1.sif']);
    expect(leftFolders()).toEqual([]);
    const detail = await fixture.images.detail(pathOf(fixture.library, 'tiny_v1.sif'));
    expect(detail.image.source).toMatch(/^docker:\/\/127\.0\.0\.1:\d+\/demo\/tiny:v1@sha256:[0-9a-f]{64}$/);
    expect(detail.digest).toBe(result.digest);
    expect(detail.fitsHost.fits).toBe(true);
    expect(result.facts).toMatchObject({ converted: true, bytesReused: 0 });
    expect(statSync(join(fixture.library, 'tiny_v1.sif')).mode & 0o777).toBe(0o777 & ~process.umask());
    const phases = progress.map(({ phase }) => phase);
    expect([...new Set(phases)]).toEqual(['resolve', 'download', 'convert', 'verify', 'finish']);
    expect(progress.findLast(({ phase }) => phase === 'download')?.parts).toHaveLength(2);
  });

  it('says how far a real image is, fetches only what is new of its next tag, and nothing of a known one', async () => {
    const pull = (tag: string, fileName: string) =>
      fixture.start(
        'image.pull',
        pullInput(`docker://${bed.registry}/${bed.realistic.repository}:${tag}`, {
          fileName: hostPathSchema.parse(fileName),
          compression: 'zstd-3',
        }),
      );
    const [firstTag, secondTag] = bed.realistic.tags;
    const one = pull(firstTag, 'one.sif');
    expect((await one.ended).facts['bytesDownloaded']).toBe(bed.realistic.compressedBytes);
    const fractions = one.progress.flatMap(({ fraction }) =>
      typeof fraction === 'number' ? [fraction] : [],
    );
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    const converting = one.progress.filter(
      ({ phase, fraction }) => phase === 'convert' && typeof fraction === 'number',
    );
    expect(converting.length).toBeGreaterThan(2);
    const detail = await fixture.images.detail(pathOf(fixture.library, 'one.sif'));
    expect(detail.squashfs?.compression).toBe('zstd');
    const two = await pull(secondTag, 'two.sif').ended;
    expect(two.facts['bytesReused']).toBeGreaterThan(0);
    expect(two.facts['bytesDownloaded']).toBeLessThan(bed.realistic.compressedBytes / 2);
    const copy = await pull(firstTag, 'copy.sif').ended;
    expect(copy.facts).toMatchObject({
      bytesDownloaded: 0,
      converted: false,
      sharedWith: join(fixture.library, 'one.sif'),
    });
    expect(isSameFile(join(fixture.library, 'copy.sif'), join(fixture.library, 'one.sif'))).toBe(true);
  });

  it('does not reuse a file that was changed since', async () => {
    await fixture.start('image.pull', pullInput(tiny)).ended;
    const made = join(fixture.library, 'tiny_v1.sif');
    const { atime, mtime } = statSync(made);
    const bytes = readFileSync(made);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 0xff;
    writeFileSync(made, bytes);
    utimesSync(made, atime, mtime);
    const again = await fixture.start(
      'image.pull',
      pullInput(tiny, { fileName: hostPathSchema.parse('b.sif') }),
    ).ended;
    expect(again.facts['converted']).toBe(true);
  });

  it('takes hostile file names', async () => {
    const names = [`two words's "x".sif`, '-rf', '.hidden.sif', 'line\\x0abreak.sif', '\\xff\\xfe.sif'];
    for (const name of names) {
      const result = await fixture.start(
        'image.pull',
        pullInput(tiny, { fileName: hostPathSchema.parse(name) }),
      ).ended;
      expect((await fixture.images.detail(hostPathSchema.parse(result.path))).image.format).toBe('sif');
    }
    expect(namesInLibrary()).toHaveLength(names.length);
  });

  it('makes an image in a folder whose name is not text', async () => {
    const folder = hostPathSchema.parse(`${fixture.folder}/\\xff folder`);
    const result = await fixture.start('image.pull', pullInput(tiny, { folder })).ended;
    expect(result.facts['converted']).toBe(true);
    expect((await fixture.images.detail(hostPathSchema.parse(result.path))).image.format).toBe('sif');
  });

  it('fails before any work on what can be known before', async () => {
    mkdirSync(fixture.library);
    writeFileSync(join(fixture.library, 'tiny_v1.sif'), 'mine');
    expect(await codeOf(fixture.start('image.pull', pullInput(tiny)).ended)).toBe('image.targetExists');
    expect(readFileSync(join(fixture.library, 'tiny_v1.sif'), 'utf8')).toBe('mine');
    const closed = join(fixture.folder, 'closed');
    mkdirSync(closed, { mode: 0o500 });
    const into = pullInput(tiny, { folder: pathOf(closed) });
    expect(await codeOf(fixture.start('image.pull', into).ended)).toBe('host.permissionDenied');
    chmodSync(closed, 0o700);
    const foreign = pullInput(tiny, { architecture: 'arm64', fileName: hostPathSchema.parse('arm.sif') });
    expect(await codeOf(fixture.start('image.pull', foreign).ended)).toBe('image.nothingForArchitecture');
    expect(
      await codeOf(fixture.start('image.pull', pullInput(`docker://${bed.registry}/no/such:1`)).ended),
    ).toBe('registry.notFound');
    expect(await codeOf(fixture.images.planPull(pullInput('docker://UPPER')))).toBe('registry.badReference');
    expect(await codeOf(fixture.images.planPull(pullInput('ipfs://a/b')))).toBe('registry.unsupportedScheme');
    const sneaky = pullInput(tiny, { fileName: hostPathSchema.parse('../x.sif') });
    expect(await codeOf(fixture.images.planPull(sneaky))).toBe('input.invalid');
    expect(fixture.commands).toEqual([]);
    expect(namesInLibrary()).toEqual(['tiny_v1.sif']);
  });

  it('replaces an existing file only when asked, and only at the end', async () => {
    mkdirSync(fixture.library);
    writeFileSync(join(fixture.library, 'tiny_v1.sif'), 'mine');
    await fixture.start('image.pull', pullInput(tiny, { overwrite: true })).ended;
    expect(namesInLibrary()).toEqual(['tiny_v1.sif']);
    expect((await fixture.images.detail(pathOf(fixture.library, 'tiny_v1.sif'))).image.format).toBe('sif');
  });

  it('loses nothing when somebody else makes the target meanwhile', async () => {
    const target = join(fixture.library, 'tiny_v1.sif');
    const work = fixture.start('image.pull', pullInput(tiny), {
      onProgress: ({ phase }) => {
        if (phase === 'verify') writeFileSync(target, 'theirs');
      },
    });
    expect(await codeOf(work.ended)).toBe('image.targetExists');
    expect(readFileSync(target, 'utf8')).toBe('theirs');
    expect(namesInLibrary()).toEqual(['tiny_v1.sif']);
    expect(leftFolders()).toEqual([]);
  });

  it('signs in with what was given, and shows and stores it nowhere', async () => {
    const reference = `docker://${bed.authRegistry.address}/${bed.tiny.repository}:${bed.tiny.tag}`;
    expect(await codeOf(fixture.start('image.pull', pullInput(reference)).ended)).toBe(
      'registry.unauthorized',
    );
    const { userName, password } = bed.authRegistry;
    const work = fixture.start('image.pull', pullInput(reference, { credentials: { userName, password } }));
    await work.ended;
    const definition = fixture.images.taskDefinitions.find(({ kind }) => kind === 'image.pull');
    const stored = definition?.storedInput(pullInput(reference, { credentials: { userName, password } }));
    const everything = JSON.stringify([work.log, work.progress, fixture.commands, stored]);
    expect(everything).not.toContain(password);
    const written = readdirSync(join(fixture.folder, 'state'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
    expect(written.join()).not.toContain(password);
  });
});

describe('a SIF as it is', () => {
  it('comes from a registry bit by bit, under either scheme, and is copied the second time', async () => {
    const first = await fixture.start('image.pull', pullInput(oras)).ended;
    expect(first.digest).toMatch(/^sha256:/);
    expect(isSameFile(join(fixture.library, 'sif_v1.sif'), bed.tiny.sif)).toBe(true);
    const again = pullInput(oras.replace('oras:', 'docker:'), { fileName: hostPathSchema.parse('b.sif') });
    expect((await fixture.start('image.pull', again).ended).facts).toMatchObject({ bytesDownloaded: 0 });
    expect(namesInLibrary()).toEqual(['b.sif', 'sif_v1.sif']);
    expect(await codeOf(fixture.start('image.pull', pullInput(tiny.replace('docker:', 'oras:'))).ended)).toBe(
      'registry.notASif',
    );
  });

  it('comes from a web server', async () => {
    const name = `${process.pid}.sif`;
    writeFileSync(join(bed.web.folder, name), readFileSync(bed.tiny.sif));
    const result = await fixture.start('image.pull', pullInput(`http://${bed.web.address}/${name}`)).ended;
    expect(isSameFile(join(fixture.library, name), bed.tiny.sif)).toBe(true);
    expect(statSync(join(fixture.library, name)).mode & 0o777).toBe(0o777 & ~process.umask());
    expect((await fixture.images.detail(pathOf(fixture.library, name))).digest).toBe(result.digest);
    writeFileSync(join(bed.web.folder, 'page.sif'), '<!doctype html>Please sign in'.padEnd(100));
    const page = fixture.start('image.pull', pullInput(`http://${bed.web.address}/page.sif`));
    expect(await codeOf(page.ended)).toBe('registry.notASif');
    writeFileSync(join(bed.web.folder, 'cut.sif'), readFileSync(bed.tiny.sif).subarray(0, 500_000));
    const cut = fixture.start('image.pull', pullInput(`http://${bed.web.address}/cut.sif`));
    expect(await codeOf(cut.ended)).toBe('image.truncated');
    expect(namesInLibrary()).toEqual([name]);
  });

  it('keeps a password in a web address out of everything shown', async () => {
    const server = createServer((request, response) => {
      const isKnown =
        request.headers.authorization === `Basic ${Buffer.from('me:s3cret!').toString('base64')}`;
      if (isKnown) response.end(readFileSync(bed.tiny.sif));
      else response.writeHead(401).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : 0;
      const input = pullInput(`http://me:s3cret%21@127.0.0.1:${port}/a.sif`);
      const work = fixture.start('image.pull', input);
      await work.ended;
      const definition = fixture.images.taskDefinitions.find(({ kind }) => kind === 'image.pull');
      const shown = JSON.stringify([definition?.describe(input), definition?.storedInput(input), work.log]);
      expect(shown).not.toMatch(/s3cret/);
      expect(shown).toContain(`http://127.0.0.1:${port}/a.sif`);
    } finally {
      server.close();
    }
  });

  it('is added from a folder of this machine, whole or not at all', async () => {
    const source = join(fixture.folder, 'my image.sif');
    writeFileSync(source, readFileSync(bed.tiny.sif));
    const input = { hostId: localHostId, path: pathOf(source), folder: null, overwrite: false };
    await fixture.start('image.add', input).ended;
    expect(isSameFile(join(fixture.library, 'my image.sif'), bed.tiny.sif)).toBe(true);
    expect(await codeOf(fixture.start('image.add', input).ended)).toBe('image.targetExists');
    writeFileSync(join(fixture.folder, 'text.sif'), 'hello');
    const text = { ...input, path: pathOf(fixture.folder, 'text.sif') };
    expect(await codeOf(fixture.start('image.add', text).ended)).toBe('image.notAnImage');
    const gone = { ...input, path: pathOf(fixture.folder, 'gone.sif') };
    expect(await codeOf(fixture.start('image.add', gone).ended)).toBe('image.missing');
    await fixture.start('image.pull', pullInput(source, { fileName: hostPathSchema.parse('p.sif') })).ended;
    expect(namesInLibrary()).toEqual(['my image.sif', 'p.sif']);
  });
});
