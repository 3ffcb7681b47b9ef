import { execFile, execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tarOf } from '#core/archives/tar.fixture.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { hostIdSchema } from '#core/contract/ids.ts';
import type { ImportKind } from '#core/contract/images.ts';
import { reportOf } from '#core/errors/workbenchError.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { createImportsFixture, type ImportsFixture, importInput } from './imports.fixture.ts';

const reason = whyMissing('apptainer', 'registry', 'tiny');
/** What each source is, and its path below the folder of sources. */
const sources: readonly (readonly [ImportKind, string])[] = [
  ['docker-archive', 'docker.tar'],
  ['docker-archive', 'docker.tar.gz'],
  ['docker-archive', 'docker.tar.zst'],
  ['docker-archive', 'dotted.tar'],
  ['docker-archive', 'with a : colon.tar'],
  ['oci-archive', 'oci.tar'],
  ['oci-archive', 'oci.tar.xz'],
  ['oci-layout', 'layout'],
  ['tarball', 'root.tar'],
  ['tarball', 'root.tar.gz'],
  ['tarball', 'root.tar.xz'],
  ['tarball', 'root.tar.zst'],
  ['tarball', 'root.tar.bz2'],
  ['tarball', 'nested.tar'],
  ['sandbox', 'tree'],
  ['sif', 'tiny.sif'],
  ['squashfs', 'tiny.sqsh'],
];

/** Each test has a workbench of its own, so that several may run at once. */
const test = it.extend<{ readonly fixture: ImportsFixture }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from it that nothing else is needed
  fixture: async ({}, use) => {
    const fixture = createImportsFixture();
    try {
      await use(fixture);
    } finally {
      fixture.dispose();
    }
  },
});
let made: string;
const at = (...names: string[]) => join(made, ...names);
const sh = (script: string) =>
  execFileSync('bash', ['-euo', 'pipefail', '-c', script], { cwd: made, stdio: ['ignore', 'pipe', 'pipe'] });

describe.skipIf(reason !== null)(`imports${reason === null ? '' : ` (${reason})`}`, () => {
  beforeAll(() => {
    made = mkdtempSync(join(tmpdir(), 'import-sources-'));
    const { registry, tiny } = testbed();
    const image = `docker://${registry}/${tiny.repository}:${tiny.tag}`;
    const copy = 'skopeo copy -q --src-tls-verify=false';
    sh(`${copy} ${image} docker-archive:docker.tar:demo/tiny:v1
        ${copy} ${image} oci-archive:oci.tar:v1
        ${copy} ${image} oci:layout:v1
        ${copy} ${image} oci:two:v1
        ${copy} ${image} oci:two:v2
        cp docker.tar 'with a : colon.tar'
        gzip -k docker.tar; zstd -q docker.tar; xz -k oci.tar
        mkdir dotted; tar -xf docker.tar -C dotted; chmod -R u+w dotted; tar -cf dotted.tar -C dotted .
        cp -a ${tiny.rootfs} tree; chmod -R u+rwX tree
        tar -cf root.tar -C tree .; gzip -k root.tar; xz -k root.tar; zstd -q root.tar; bzip2 -k root.tar
        tar -cf nested.tar tree
        mksquashfs tree tiny.sqsh -quiet -no-progress`);
    copyFileSync(tiny.sif, at('tiny.sif'));
    // docker save of two images has one list; skopeo writes one at a time.
    const [entry] = JSON.parse(sh('tar -xOf docker.tar manifest.json').toString()) as [
      { RepoTags: string[] },
    ];
    writeFileSync(
      at('dotted', 'manifest.json'),
      JSON.stringify([entry, { ...entry, RepoTags: ['demo/other:v2'] }]),
    );
    sh('tar -cf several.tar -C dotted $(ls dotted)');
  });
  afterAll(() => rmSync(made, { recursive: true, force: true }));

  /** Nothing of an import is left but what it made. */
  function expectNothingElse(workbench: ImportsFixture, ...names: string[]): void {
    expect(readdirSync(workbench.library).sort()).toEqual([...names].sort());
    expect(readdirSync(workbench.temporary)).toEqual([]);
    const records = join(workbench.folder, 'state', 'work');
    expect(existsSync(records) ? readdirSync(records) : []).toEqual([]);
  }

  async function greeting(image: string): Promise<string> {
    const words = ['exec', image, '/bin/sh', '-c', 'echo from the image'];
    return (await promisify(execFile)('apptainer', words)).stdout;
  }

  describe('of every kind', () => {
    /** One workbench for all of them: several at once, as a person may have them. */
    let shared: ImportsFixture;
    beforeAll(() => {
      shared = createImportsFixture();
    });
    afterAll(() => {
      try {
        expectNothingElse(shared, ...sources.flatMap((_, index) => [`${index}.sif`, `box${index}`]));
      } finally {
        shared.dispose();
      }
    });

    it.concurrent.each(sources.map(([kind, name], index) => ({ kind, name, index })))(
      'makes a SIF of a $kind: $name',
      async ({ kind, name, index }) => {
        const fileName = hostPathFromText(`${index}.sif`);
        const made = join(shared.library, fileName);
        const input = importInput(at(name), { fileName });
        const plan = await shared.imports.plan(input, new AbortController().signal);
        expect(plan).toMatchObject({ kind, exists: null, warnings: [] });
        const phases: string[] = [];
        const result = await shared.run(input, { onProgress: ({ phase }) => phases.push(phase) });
        expect(result).toMatchObject({ path: made, facts: { converted: kind !== 'sif' } });
        expect(phases[0]).toBe('verify');
        expect(readFileSync(made).subarray(32, 41).toString()).toBe('SIF_MAGIC');
        expect(await greeting(made)).toBe('from the image\n');
      },
    );

    it.concurrent.each(sources.map(([kind, name], index) => ({ kind, name, index })))(
      'makes a sandbox of a $kind: $name',
      async ({ name, index }) => {
        const fileName = hostPathFromText(`box${index}`);
        const box = join(shared.library, fileName);
        await shared.run(importInput(at(name), { form: 'sandbox', fileName }));
        expect(await greeting(box)).toBe('from the image\n');
        writeFileSync(join(box, 'etc', 'mine'), 'changed');
      },
    );
  });

  test.concurrent('keeps an old image as it is, under its own name', async ({ fixture }) => {
    await fixture.run(importInput(at('tiny.sqsh')));
    expectNothingElse(fixture, 'tiny.sqsh');
    expect(await greeting(join(fixture.library, 'tiny.sqsh'))).toBe('from the image\n');
  });

  test.concurrent('asks which image is meant, and takes the one that is', async ({ fixture }) => {
    for (const [name, members] of [
      ['two', ['v1', 'v2']],
      ['several.tar', ['docker.io/demo/tiny:v1', 'demo/other:v2']],
    ] as const) {
      const input = importInput(at(name));
      const plan = await fixture.imports.plan(input, new AbortController().signal);
      expect(plan).toMatchObject({ members, member: null });
      expect(await fixture.run(input).catch(reportOf)).toMatchObject({
        code: 'image.archiveHasSeveral',
        data: { count: 2, members: members.join(', ') },
      });
      const missing = fixture.run({ ...input, member: 'nobody' });
      expect(await missing.catch(reportOf)).toMatchObject({ code: 'input.invalid' });
      const fileName = hostPathFromText(`${name}-chosen.sif`);
      await fixture.run({ ...input, member: members[1], fileName });
      expect(await greeting(join(fixture.library, fileName))).toBe('from the image\n');
    }
    expectNothingElse(fixture, 'several.tar-chosen.sif', 'two-chosen.sif');
  });

  test.concurrent('names what is wrong, and leaves nothing', async ({ fixture }) => {
    writeFileSync(at('cut.tar.gz'), readFileSync(at('root.tar.gz')).subarray(0, 100_000));
    writeFileSync(at('cut-docker.tar'), readFileSync(at('docker.tar')).subarray(0, 1_000_000));
    writeFileSync(at('cut.tar.xz'), readFileSync(at('root.tar.xz')).subarray(0, 100_000));
    writeFileSync(at('cut.sif'), readFileSync(at('tiny.sif')).subarray(0, 500_000));
    writeFileSync(at('page.html'), '<!doctype html>');
    writeFileSync(at('closed.tar'), readFileSync(at('root.tar')), { mode: 0 });
    const system = [
      { name: 'bin/', type: 'directory' },
      { name: 'etc/', type: 'directory' },
    ] as const;
    writeFileSync(at('evil.tar'), await tarOf([...system, { name: '../evil', text: 'x' }]));
    const link = { name: 'tmp', type: 'symlink', linkname: made } as const;
    writeFileSync(at('through.tar'), await tarOf([...system, link, { name: 'tmp/evil', text: 'x' }]));
    sh('cp -a layout broken; chmod -R u+w broken; for f in broken/blobs/sha256/*; do echo x >> $f; done');
    for (const [name, code] of [
      ['cut.tar.gz', 'image.archiveDamaged'],
      ['cut.tar.xz', 'image.archiveDamaged'],
      ['cut-docker.tar', 'image.archiveDamaged'],
      ['cut.sif', 'image.truncated'],
      ['page.html', 'image.archiveHasNone'],
      ['closed.tar', 'host.permissionDenied'],
      ['evil.tar', 'image.archiveHostile'],
      ['through.tar', 'image.archiveHostile'],
      ['broken', 'image.archiveDamaged'],
      ['nowhere.tar', 'host.pathMissing'],
    ] as const) {
      const failure = await fixture.run(importInput(at(name))).catch(reportOf);
      expect([name, 'code' in failure && failure.code]).toEqual([name, code]);
    }
    expect(existsSync(at('evil'))).toBe(false);
    expectNothingElse(fixture);
  });

  test.concurrent('replaces a file only when told so, and a folder never', async ({ fixture }) => {
    const fileName = hostPathFromText('there');
    writeFileSync(join(fixture.library, 'there'), 'mine');
    const input = importInput(at('tiny.sif'), { fileName });
    expect(await fixture.run(input).catch(reportOf)).toMatchObject({ code: 'image.targetExists' });
    expect(readFileSync(join(fixture.library, 'there'), 'utf8')).toBe('mine');
    await fixture.run({ ...input, overwrite: true });
    expect(statSync(join(fixture.library, 'there')).size).toBe(statSync(at('tiny.sif')).size);
    const box = { ...input, form: 'sandbox', overwrite: true } as const;
    expect(await fixture.run(box).catch(reportOf)).toMatchObject({ code: 'image.targetExists' });
    expectNothingElse(fixture, 'there');
  });

  test.concurrent('lets one of two imports to one target win', async ({ fixture }) => {
    const input = importInput(at('root.tar'), { fileName: hostPathFromText('one.sif') });
    const ends = await Promise.allSettled([fixture.run(input), fixture.run(input)]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = ends.find((end) => end.status === 'rejected');
    expect(reportOf(lost?.reason).code).toBe('image.targetExists');
    expectNothingElse(fixture, 'one.sif');
  });

  test.concurrent('notices a source that changes meanwhile', async ({ fixture }) => {
    copyFileSync(at('root.tar'), at('moving.tar'));
    const run = fixture.run(importInput(at('moving.tar')), {
      onProgress: ({ phase }) => {
        if (phase === 'convert') appendFileSync(at('moving.tar'), 'more');
      },
    });
    expect(await run.catch(reportOf)).toMatchObject({ code: 'image.archiveDamaged' });
    expectNothingElse(fixture);
  });

  test.concurrent.for(['verify', 'unpack', 'convert'])(
    'leaves nothing when it is cancelled in phase %s',
    async (when, { fixture }) => {
      const cancelling = new AbortController();
      const run = fixture.run(importInput(at('root.tar.xz')), {
        signal: cancelling.signal,
        onProgress: ({ phase }) => {
          if (phase === when) cancelling.abort(new Error('cancelled'));
        },
      });
      await expect(run).rejects.toThrow('cancelled');
      expectNothingElse(fixture);
    },
  );

  test.concurrent('sends what it makes for another host, but no folder', async ({ fixture }) => {
    const hostId = hostIdSchema.parse('cluster');
    const input = importInput(at('docker.tar'), { hostId, fileName: hostPathFromText('there.sif') });
    await fixture.run(input);
    expect(fixture.sent).toMatchObject([{ hostId, folder: fixture.library, fileName: 'there.sif' }]);
    expect(await fixture.run({ ...input, form: 'sandbox' }).catch(reportOf)).toMatchObject({
      code: 'input.invalid',
    });
    expectNothingElse(fixture);
  });

  test.concurrent('follows a link to a file, and takes names that are no text', async ({ fixture }) => {
    symlinkSync(at('docker.tar'), at('link.tar'));
    const odd = Buffer.concat([Buffer.from(`${made}/caf`), Buffer.from([0xe9]), Buffer.from('.tar')]);
    writeFileSync(odd, readFileSync(at('docker.tar')));
    await fixture.run(importInput(at('link.tar')));
    await fixture.run({ ...importInput('x'), path: `${hostPathFromText(made)}/caf\\xe9.tar` as never });
    expectNothingElse(fixture, 'link.sif', 'caf\\xe9.sif'.replace('\\xe9', Buffer.from([0xe9]).toString()));
  });

  test.concurrent('fails clearly where there is no room', async ({ fixture }) => {
    mkdirSync(at('none'), { recursive: true });
    const { host } = fixture.means;
    const files = { ...host.files, freeBytes: () => Promise.resolve(1000) };
    Object.assign(fixture.means, { host: { ...host, files } });
    const failure = await fixture.run(importInput(at('root.tar'))).catch(reportOf);
    expect(failure).toMatchObject({ code: 'disk.full', data: { freeBytes: 1000 } });
    expectNothingElse(fixture);
  });
});
