import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportOf } from '#core/errors/workbenchError.ts';
import { findingWarnings } from './archiveFindings.ts';
import { scanArchive } from './scanArchive.ts';
import {
  archiveAt,
  asPath,
  type MadeMember,
  rawHeader,
  rootMembers,
  tarEnd,
  tarOf,
  withoutPrograms,
} from './tar.fixture.ts';
import { foldsCase, unpackTree } from './unpackTree.ts';
import { looksLikeTar, wrapperOf } from './wrapper.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'archives-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
/** Scans the bytes, and unpacks them too: both must say the same. Answers with the report of the failure. */
async function failureOf(bytes: Uint8Array, wrapper: 'gzip' | null = null) {
  const { path, archive } = place(bytes, wrapper);
  const scanned = await scanArchive(archive, withoutPrograms).catch(reportOf);
  const unpacked = await unpackTree(archive, { ...withoutPrograms, folder: asPath(path) }).catch(reportOf);
  expect('code' in scanned && scanned).toEqual('code' in unpacked && unpacked);
  return 'code' in scanned ? scanned : null;
}

function place(bytes: Uint8Array, wrapper: 'gzip' | null = null) {
  count += 1;
  const path = join(folder, `tree-${count}`);
  mkdirSync(path, { mode: 0o700 });
  return { path, archive: archiveAt(join(folder, `${count}.tar`), bytes, wrapper) };
}

async function unpacked(members: readonly MadeMember[]) {
  const { path, archive } = place(await tarOf(members));
  const findings = await unpackTree(archive, { ...withoutPrograms, folder: asPath(path) });
  return { path, findings };
}

describe('the kind of an archive', () => {
  it('is told by its members, not by its name', async () => {
    const manifest = JSON.stringify([{ Config: 'a.json', RepoTags: ['x:1', 'x:2'], Layers: ['a.tar'] }]);
    const docker = await tarOf([{ name: 'manifest.json', text: manifest }]);
    expect(await scanArchive(place(docker).archive, withoutPrograms)).toMatchObject({
      kind: 'docker-archive',
      images: [{ name: 'x:1', names: ['x:1', 'x:2'], index: 0 }],
      isDotted: false,
    });
    const digest = `sha256:${'0'.repeat(64)}`;
    const index = JSON.stringify({
      schemaVersion: 2,
      manifests: [
        { digest, size: 1, annotations: { 'org.opencontainers.image.ref.name': 'v1' } },
        { digest, size: 1, platform: { os: 'unknown', architecture: 'unknown' } },
      ],
    });
    const oci = await tarOf([
      { name: './oci-layout', text: '{"imageLayoutVersion":"1.0.0"}' },
      { name: './index.json', text: index },
    ]);
    expect(await scanArchive(place(gzipSync(oci), 'gzip').archive, withoutPrograms)).toMatchObject({
      kind: 'oci-archive',
      images: [{ name: 'v1', names: ['v1', digest], index: 0 }],
      isDotted: true,
    });
    const system = await tarOf(rootMembers);
    expect(await scanArchive(place(system).archive, withoutPrograms)).toMatchObject({
      kind: 'tarball',
      root: null,
    });
    const nested = await tarOf(rootMembers.map((member) => ({ ...member, name: `rootfs/${member.name}` })));
    expect(await scanArchive(place(nested).archive, withoutPrograms)).toMatchObject({
      kind: 'tarball',
      root: 'rootfs',
    });
  });

  it('is none for other archives', async () => {
    const other = await tarOf([{ name: 'paper.tex', text: 'x' }]);
    const failure = await scanArchive(place(other).archive, withoutPrograms).catch(reportOf);
    expect(failure).toMatchObject({
      code: 'image.archiveHasNone',
      data: { reason: 'It is an archive of paper.tex' },
    });
  });

  it('is none for what is compressed and no archive', async () => {
    for (const bytes of ['x'.repeat(5000), 'short'])
      expect(
        await scanArchive(place(gzipSync(bytes), 'gzip').archive, withoutPrograms).catch(reportOf),
      ).toMatchObject({ code: bytes === 'short' ? 'image.archiveDamaged' : 'image.archiveHasNone' });
  });

  it('is told of the first bytes', async () => {
    const tar = await tarOf(rootMembers);
    expect(looksLikeTar(tar)).toBe(true);
    expect(looksLikeTar(Buffer.alloc(512))).toBe(false);
    expect(wrapperOf(gzipSync(tar))).toBe('gzip');
    for (const program of ['xz', 'bzip2', 'zstd'] as const)
      expect(wrapperOf(execFileSync(program, ['-c'], { input: tar }))).toBe(program);
    expect(wrapperOf(tar)).toBe(null);
  });
});

describe('an archive that reaches outside', () => {
  const hostile: Readonly<Record<string, readonly MadeMember[]>> = {
    'by an absolute path': [{ name: '/etc/passwd' }],
    'by ..': [{ name: 'bin/../../evil' }],
    'by a link': [{ name: 'out', type: 'symlink', linkname: '../../etc' }],
    'by a link that climbs through another': [
      { name: 'a/here', type: 'symlink', linkname: '..' },
      { name: 'a/out', type: 'symlink', linkname: 'here/../etc' },
    ],
    'by a hard link': [{ name: 'shadow', type: 'link', linkname: '/etc/shadow' }],
    'by a hard link with ..': [{ name: 'shadow', type: 'link', linkname: '../etc/shadow' }],
    'by writing through a link': [
      { name: 'tmp', type: 'symlink', linkname: '/tmp' },
      { name: 'tmp/evil', text: 'x' },
    ],
    'by a folder through a link': [
      { name: 'tmp', type: 'symlink', linkname: '/tmp' },
      { name: 'tmp/evil/', type: 'directory' },
    ],
    'by a hard link through a link': [
      { name: 'host', type: 'symlink', linkname: '/' },
      { name: 'shadow', type: 'link', linkname: 'host/etc/shadow' },
    ],
    'by a long name of pax': [{ name: 'x', pax: { path: `${'../'.repeat(60)}evil` } }],
    'by a NUL of pax': [{ name: 'x', pax: { path: 'a\0b' } }],
    'by a path without end': [{ name: 'x', pax: { path: 'a/'.repeat(3000) } }],
    'by links in a circle': [
      { name: 'a', type: 'symlink', linkname: 'b' },
      { name: 'b', type: 'symlink', linkname: 'a' },
      { name: 'a/x' },
    ],
  };
  for (const [how, members] of Object.entries(hostile))
    it(`is refused ${how}`, async () => {
      const failure = await failureOf(await tarOf([...rootMembers, ...members]));
      expect(failure?.code).toBe('image.archiveHostile');
    });
});

describe('a bomb', () => {
  const zeros = { ...withoutPrograms, bomb: { bytes: 1e6, ratio: 200 } };

  it('is refused before it fills the disk', async () => {
    const tar = await tarOf([...rootMembers, { name: 'etc/zeros', text: '\0'.repeat(8_000_000) }]);
    const { path, archive } = place(gzipSync(tar, { level: 9 }), 'gzip');
    const failure = await scanArchive(archive, zeros).catch(reportOf);
    expect(failure).toMatchObject({ code: 'image.archiveHostile' });
    await expect(unpackTree(archive, { ...zeros, folder: asPath(path) })).rejects.toMatchObject({
      report: { code: 'image.archiveHostile' },
    });
    expect((await scanArchive(archive, withoutPrograms)).findings.contentBytes).toBe(8_000_000);
  });
});

describe('a damaged archive', () => {
  it('is refused where its end is missing', async () => {
    const whole = await tarOf([...rootMembers, { name: 'etc/data', text: 'x'.repeat(100_000) }]);
    for (const length of [700, 1536, 50_000, 101_888])
      expect((await failureOf(whole.subarray(0, length)))?.code).toBe('image.archiveDamaged');
    const packed = gzipSync(whole);
    expect((await failureOf(packed.subarray(0, packed.length - 20), 'gzip'))?.code).toBe(
      'image.archiveDamaged',
    );
  });

  it('is refused where it is corrupt', async () => {
    const broken = Buffer.from(await tarOf([...rootMembers, { name: 'etc/a' }]));
    broken.write('????', 512 + 20);
    expect((await failureOf(broken))?.code).toBe('image.archiveDamaged');
    const packed = gzipSync(broken);
    packed.fill(0x55, 40, 60);
    expect((await failureOf(packed, 'gzip'))?.code).toBe('image.archiveDamaged');
    const toMissing = await tarOf([...rootMembers, { name: 'x', type: 'link', linkname: 'etc/none' }]);
    expect((await failureOf(toMissing))?.code).toBe('image.archiveDamaged');
    const fileAndFolder = await tarOf([...rootMembers, { name: 'etc/a' }, { name: 'etc/a/b' }]);
    expect((await failureOf(fileAndFolder))?.code).toBe('image.archiveDamaged');
    const hugeHeader = Buffer.concat([rawHeader('././@LongLink', 5 * 1024 * 1024, 'L'), tarEnd]);
    expect((await failureOf(hugeHeader))?.code).toBe('image.archiveDamaged');
  });
});

describe('a tree', () => {
  it('is unpacked as tar does it', async () => {
    const members: readonly MadeMember[] = [
      ...rootMembers,
      { name: 'bin/tool', mode: 0o755, text: '#!/bin/sh\n' },
      { name: 'bin/same', type: 'link', linkname: 'bin/tool' },
      { name: 'lib', type: 'symlink', linkname: 'usr/lib' },
      { name: 'lib/deep/a.so', text: 'a', mode: 0o600 },
      { name: 'etc/absolute', type: 'symlink', linkname: '/bin/tool' },
      { name: 'etc/large', text: 'x'.repeat(600_000) },
      { name: 'etc/empty' },
    ];
    const { path, findings } = await unpacked(members);
    expect(readFileSync(join(path, 'bin/same'), 'utf8')).toBe('#!/bin/sh\n');
    expect(statSync(join(path, 'bin/same')).ino).toBe(statSync(join(path, 'bin/tool')).ino);
    expect(statSync(join(path, 'bin/tool')).mode & 0o7777).toBe(0o755);
    expect(statSync(join(path, 'bin/tool')).mtimeMs).toBe(1_700_000_000_000);
    expect(statSync(join(path, 'bin')).mtimeMs).toBe(1_700_000_000_000);
    expect(readlinkSync(join(path, 'etc/absolute'))).toBe('/bin/tool');
    expect(readFileSync(join(path, 'usr/lib/deep/a.so'), 'utf8')).toBe('a');
    expect(statSync(join(path, 'etc/large')).size).toBe(600_000);
    expect(findings).toMatchObject({ files: 4, folders: 2, contentBytes: 600_011 });
    expect(findingWarnings(findings, { foldsCase: true })).toEqual([]);
  });

  it('loses what an ordinary user cannot have, and says so', async () => {
    const { path, findings } = await unpacked([
      ...rootMembers,
      { name: 'dev/null', type: 'character-device' },
      { name: 'run/pipe', type: 'fifo' },
      { name: 'bin/su', mode: 0o4755, text: 'x' },
      { name: 'etc/shadow', mode: 0o040, text: 'x', pax: { 'SCHILY.xattr.security.capability': 'x' } },
      { name: 'etc/twice', text: 'first' },
      { name: 'etc/twice', text: 'second' },
      { name: 'etc/.wh.gone' },
      { name: 'etc/Name' },
      { name: 'etc/name' },
      { name: 'etc/bell\u0007' },
    ]);
    expect(readdirSync(path).sort()).toEqual(['bin', 'etc']);
    expect(lstatSync(join(path, 'bin/su')).mode & 0o7777).toBe(0o755);
    expect(lstatSync(join(path, 'etc/shadow')).mode & 0o777).toBe(0o440);
    expect(readFileSync(join(path, 'etc/twice'), 'utf8')).toBe('second');
    const warnings = findingWarnings(findings, { foldsCase: await foldsCase(asPath(folder)) });
    expect(warnings).toEqual([
      '1 device node is left out.',
      '1 named pipe is left out.',
      '1 file loses its setuid or setgid bit.',
      '1 file loses its extended attributes.',
      '1 name is there twice: the later one counts.',
      '1 whiteout is left out: this is a layer, not a whole system.',
      '1 name is not text or holds control characters.',
    ]);
    expect(findingWarnings(findings, { foldsCase: true }).at(-1)).toContain('etc/Name and etc/name');
  });

  it('keeps names that are no text', async () => {
    const { path, archive } = place(Buffer.concat([rawHeader('etc/caf\xe9'), rawHeader('bin/x'), tarEnd]));
    await unpackTree(archive, { ...withoutPrograms, folder: asPath(path) });
    const [name] = readdirSync(join(path, 'etc'), { encoding: 'buffer' });
    expect(name?.toString('latin1')).toBe('caf\xe9');
  });

  it('is never unpacked over what is there', async () => {
    const { path, archive } = place(await tarOf([...rootMembers, { name: 'etc/x', text: 'new' }]));
    mkdirSync(join(path, 'etc'));
    await expect(unpackTree(archive, { ...withoutPrograms, folder: asPath(path) })).rejects.toMatchObject({
      code: 'EEXIST',
    });
  });
});
