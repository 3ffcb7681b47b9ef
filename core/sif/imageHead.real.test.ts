import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testbed } from '#e2e/testbed/testbed.ts';
import type { Chunk } from './bytes.ts';
import { describeImage, missingRanges, summariseImage } from './imageDescription.ts';
import { detailHeadBytes, listingRanges, parseImageHead } from './imageHead.ts';

/** The reader against images made by the real runtime, and against what the runtime itself says of them. */

let folder = '';
const at = (name: string) => join(folder, name);

function apptainer(args: readonly string[], environment: Record<string, string> = {}): string {
  return execFileSync('apptainer', args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      APPTAINER_CONFIGDIR: at('config'),
      APPTAINER_CACHEDIR: at('cache'),
      ...environment,
    },
  });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sif-reader-'));
  copyFileSync(testbed().tiny.sif, at('plain.sif'));
  for (const name of ['signed', 'overlay', 'added', 'deleted', 'cut'])
    copyFileSync(at('plain.sif'), at(`${name}.sif`));
  makeSigned();
  makeBuilt();
  apptainer(['overlay', 'create', '--size', '64', 'overlay.sif']);
  addObjects();
  apptainer(['sif', 'add', '--datatype', '7', 'deleted.sif', 'small.json']);
  apptainer(['sif', 'del', '1', 'deleted.sif']);
  truncateSync(at('cut.sif'), statSync(at('plain.sif')).size - 5000);
  apptainer(['sif', 'new', 'empty.sif']);
});

function makeSigned(): void {
  const identity = ['--name', 'Test', '--email', 'test@example.org', '--comment', 'none', '--password', ''];
  apptainer(['key', 'newpair', ...identity, '--bit-length', '2048', '--push=false']);
  apptainer(['sign', 'signed.sif']);
}

function makeBuilt(): void {
  const { rootfs, ociLayout } = testbed().tiny;
  writeFileSync(
    at('apps.def'),
    `Bootstrap: localimage\nFrom: ${rootfs} # a comment\n%appinstall foo\n  true\n%apphelp foo\n  Help of foo\n%apprun foo\n  echo foo\n%labels\n  Motto "été"\n`,
  );
  apptainer(['build', 'apps.sif', 'apps.def']);
  apptainer(['build', 'oci.sif', `oci:${ociLayout}`]);
  apptainer(['build', '--mksquashfs-args', '-comp zstd -Xcompression-level 3', 'zstd.sif', rootfs]);
  apptainer(['build', '--encrypt', 'encrypted.sif', rootfs], { APPTAINER_ENCRYPTION_PASSPHRASE: 'secret' });
  execFileSync('openssl', ['genrsa', '-traditional', '-out', at('key.pem'), '2048'], { stdio: 'ignore' });
  execFileSync('openssl', ['rsa', '-in', at('key.pem'), '-RSAPublicKey_out', '-out', at('public.pem')], {
    stdio: 'ignore',
  });
  apptainer(['build', '--pem-path', 'public.pem', 'pem.sif', rootfs]);
  // The runtime takes no section above 64 KiB: two of 50 kB push the metadata out of the first read.
  const long = '  # A long text for everybody.\n'.repeat(1600);
  const longText = `Bootstrap: localimage\nFrom: ${rootfs}\n%help\n${long}\n%environment\n${long}`;
  writeFileSync(at('long.def'), longText);
  apptainer(['build', 'long.sif', 'long.def']);
}

function addObjects(): void {
  writeFileSync(at('small.json'), '{}');
  const add = (...options: string[]) => apptainer(['sif', 'add', ...options, 'added.sif', 'small.json']);
  for (const plain of ['2', '3', '6', '7', '10', '11']) add('--datatype', plain);
  for (const format of ['cyclonedx-json', 'spdx-tag-value', 'syft-json'])
    add('--datatype', '9', '--sbomformat', format);
  const entity = '433FE984155206BD962725E20E8713472A879943';
  for (const hash of ['2', '5'])
    add('--datatype', '5', '--signentity', entity, '--signhash', hash, '--groupid', '1', '--link', '1');
  add('--datatype', '4', '--partfs', '3', '--parttype', '3', '--partarch', '4', '--groupid', '2');
  add('--datatype', '4', '--partfs', '4', '--parttype', '1', '--partarch', '11', '--groupid', '2');
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function readRange(name: string, offset: number, length: number): Chunk {
  const file = openSync(at(name), 'r');
  const bytes = new Uint8Array(length);
  const count = readSync(file, bytes, 0, length, offset);
  return { offset, bytes: bytes.subarray(0, count) };
}

/** Reads as a host would: the beginning, then what is still missing. */
function inspectFile(name: string, need: 'row' | 'detail') {
  const begin = need === 'row' ? listingRanges : [{ offset: 0, length: detailHeadBytes }];
  const chunks = begin.map(({ offset, length }) => readRange(name, offset, length));
  const head = parseImageHead(chunks[0]?.bytes ?? new Uint8Array(), statSync(at(name)).size);
  let steps = 1;
  for (
    let missing = missingRanges(head, chunks, need);
    missing.length > 0;
    missing = missingRanges(head, chunks, need)
  ) {
    chunks.push(...missing.map(({ offset, length }) => readRange(name, offset, length)));
    steps += 1;
  }
  return {
    head,
    steps,
    summary: summariseImage(head, chunks),
    detail: describeImage(head, chunks),
  };
}

const all = [
  'plain',
  'signed',
  'overlay',
  'added',
  'deleted',
  'cut',
  'empty',
  'apps',
  'oci',
  'zstd',
  'encrypted',
  'pem',
  'long',
];

describe('the objects of a SIF', () => {
  it.each(all)('are those of `sif list`: %s', (name) => {
    const rows = apptainer(['sif', 'list', `${name}.sif`])
      .split('\n')
      .slice(3)
      .filter((line) => line !== '');
    const listed = rows.map((row) => row.split('|').map((cell) => cell.trim().replace(/ +/g, ' ')));
    const { detail } = inspectFile(`${name}.sif`, 'detail');
    const ours = detail?.objects.map((one) => [
      `${one.id}`,
      one.group === null ? 'NONE' : `${one.group}`,
      one.link ?? 'NONE',
      `${one.offset}-${one.offset + one.sizeBytes}`,
      one.type,
    ]);
    expect(ours).toEqual(listed);
  });

  it.each(all)('come with the header of `sif header`: %s', (name) => {
    const lines = apptainer(['sif', 'header', `${name}.sif`]);
    const field = (label: string) => new RegExp(`^${label}:\\s*(.*)$`, 'm').exec(lines)?.[1];
    const { head, detail, summary } = inspectFile(`${name}.sif`, 'detail');
    if (head.kind !== 'sif') throw new Error(`${name} was read as ${head.kind}`);
    expect(detail?.uuid).toBe(field('ID'));
    expect(summary?.architecture).toBe(field('Primary Architecture') ?? null);
    expect(summary?.createdAt).toBe(
      Date.parse((field('Created At') ?? '').replace(' +0000 UTC', 'Z').replace(' ', 'T')),
    );
    expect(head.header.descriptorsTotal).toBe(Number(field('Descriptors Total')));
    expect(head.header.dataOffset).toBe(Number(field('Data Offset')));
  });
});

describe('the metadata of a SIF', () => {
  it.each(['plain', 'signed', 'apps', 'oci', 'zstd', 'encrypted', 'pem', 'long', 'cut'])(
    'is that of `inspect --all`: %s',
    (name) => {
      const { attributes } = JSON.parse(apptainer(['inspect', '--json', '--all', `${name}.sif`])).data;
      const { detail } = inspectFile(`${name}.sif`, 'detail');
      expect(Object.fromEntries(detail?.labels.map((one) => [one.name, one.value]) ?? [])).toEqual(
        attributes.labels,
      );
      expect(Object.fromEntries(detail?.environment.map((one) => [one.file, one.text]) ?? [])).toEqual(
        attributes.environment ?? {},
      );
      expect(detail?.runscript).toBe(attributes.runscript ?? null);
      expect(detail?.startscript).toBe(attributes.startscript ?? null);
      expect(detail?.test).toBe(attributes.test ?? null);
      expect(detail?.help).toBe(attributes.helpfile ?? null);
      expect(detail?.definition?.trim()).toBe(attributes.deffile.trim());
      expect(detail?.apps.map((one) => one.name)).toEqual(Object.keys(attributes.apps ?? {}));
      expect(detail?.madeBy).toMatch(/^apptainer \d/);
    },
  );

  it('has the apps with their help and runscript', () => {
    expect(inspectFile('apps.sif', 'detail').detail?.apps).toEqual([
      { name: 'foo', help: '  Help of foo', runscript: '#!/bin/sh\n\n  echo foo' },
    ]);
  });

  it('of the file system is that of unsquashfs', () => {
    for (const [name, compression] of [
      ['plain', 'gzip'],
      ['zstd', 'zstd'],
    ] as const) {
      const { detail, head } = inspectFile(`${name}.sif`, 'detail');
      const start =
        head.kind === 'sif' ? head.descriptors.find((one) => one.partition !== null)?.offset : undefined;
      const said = execFileSync('unsquashfs', ['-s', '-o', `${start ?? 0}`, at(`${name}.sif`)], {
        encoding: 'utf8',
      });
      expect(detail?.squashfs?.compression).toBe(compression);
      expect(detail?.squashfs?.usedBytes).toBe(Number(/Filesystem size (\d+) bytes/.exec(said)?.[1]));
      expect(detail?.squashfs?.inodes).toBe(Number(/Number of inodes (\d+)/.exec(said)?.[1]));
      expect(detail?.squashfs?.blockSizeBytes).toBe(Number(/Block size (\d+)/.exec(said)?.[1]));
    }
  });
});

describe('a row of the list', () => {
  it.each(all)('needs one read: %s', (name) => {
    expect(inspectFile(`${name}.sif`, 'row').steps).toBeLessThanOrEqual(name === 'long' ? 2 : 1);
  });

  it('knows what is signed, encrypted, cut, and where it came from', () => {
    const row = (name: string) => inspectFile(`${name}.sif`, 'row').summary;
    expect(row('signed')).toMatchObject({ format: 'sif', isSigned: true, isEncrypted: false, problem: null });
    expect(row('encrypted')).toMatchObject({ isSigned: false, isEncrypted: true });
    expect(row('pem')).toMatchObject({ isEncrypted: true });
    expect(row('apps')?.source).toBe(testbed().tiny.rootfs);
    expect(row('oci')?.source).toBe(`oci:${testbed().tiny.ociLayout}`);
    expect(row('cut')).toMatchObject({
      format: 'damaged',
      problem: expect.stringMatching(/^Incomplete: 1\.1 MB of 1\.1 MB/),
    });
  });

  it('tells a bare squashfs, a script and a key file apart', () => {
    execFileSync('mksquashfs', [testbed().tiny.rootfs, at('bare.sqfs'), '-quiet', '-no-progress'], {
      stdio: 'ignore',
    });
    expect(inspectFile('bare.sqfs', 'row').summary).toMatchObject({ format: 'squashfs' });
    expect(inspectFile('key.pem', 'row').summary).toBeNull();
    expect(inspectFile('apps.def', 'row').head).toMatchObject({
      reason: expect.stringContaining('definition file'),
    });
    expect(readFileSync(at('bare.sqfs')).length).toBeGreaterThan(0);
  });
});
