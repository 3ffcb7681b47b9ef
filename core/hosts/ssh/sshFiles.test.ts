import { spawnSync } from 'node:child_process';
import {
  chmodSync,
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
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type HostPath, hostPathFromBytes, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import type { Host } from '../host.ts';
import { localFiles } from '../localFiles.ts';
import { openSshHost } from './createSshHost.ts';
import { connectHere, type Here } from './here.fixture.ts';

const observer = { started: () => ({ ended: () => undefined }) };
const allBytes = Uint8Array.from({ length: 255 }, (_, index) => index + 1).filter((byte) => byte !== 0x2f);
const hostileNames: readonly HostPath[] = [
  hostPathFromBytes(allBytes),
  hostPathFromBytes(Uint8Array.of(0xff, 0xfe)),
  ...[
    '-rf',
    '--',
    "it's",
    '"',
    '$(id)',
    '`id`',
    'a\nb',
    '\n',
    ' ',
    'a\\',
    '*',
    '~',
    '%s',
    'é',
    '漢字',
    '#',
    '!x',
    '.x',
    'x\n\n',
  ].map(hostPathFromText),
];
const kinds = [
  { name: 'dash and GNU', loginShell: '/bin/bash', sh: '/bin/dash', isBusybox: false },
  { name: 'bash and GNU', loginShell: '/bin/bash', sh: '/bin/bash', isBusybox: false },
  { name: 'busybox alone', loginShell: '/bin/busybox sh', sh: '/bin/busybox sh', isBusybox: true },
];

async function codeOf(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return thrown instanceof WorkbenchError ? thrown.report.code : String(thrown);
}

/** Made once: that takes longer than to list it. */
const crowd = Array.from({ length: 10_000 }, (_, index) => `entry ${index}`);
let crowded = '';
beforeAll(() => {
  crowded = mkdtempSync(join(tmpdir(), 'crowded-'));
  spawnSync('xargs', ['-d', '\\n', 'touch', '--'], { cwd: crowded, input: crowd.join('\n') });
}, 60_000);
afterAll(() => rmSync(crowded, { recursive: true, force: true }), 60_000);

describe.each(kinds)('files with $name', (means) => {
  let here: Here;
  let host: Host;
  let folder: string;
  let at: HostPath;
  const inside = (name: string | HostPath) => joinPath(at, hostPathFromText(name));

  beforeAll(async () => {
    here = connectHere(means);
    host = await openSshHost({
      id: here.hostId,
      label: 'here',
      connection: here,
      observer,
      initLines: () => '',
    });
  });
  afterAll(() => here.dispose());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'remote-'));
    at = hostPathFromText(folder);
  });
  afterEach(() => {
    spawnSync('chmod', ['-R', 'u+rwX', folder]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('handles every name: write, list, stat, read, rename, remove', async () => {
    for (const name of hostileNames) await host.files.write(joinPath(at, name), `of ${name}`);
    const listed = await host.files.list(at);
    expect(listed.map((entry) => entry.name).sort()).toEqual([...hostileNames].sort());
    for (const name of hostileNames) {
      const path = joinPath(at, name);
      expect(Buffer.from(await host.files.read(path, 3, 1000)).toString()).toBe(name);
      expect(await host.files.stat(path)).toMatchObject({ kind: 'file', mode: 0o644 });
      expect(await host.files.realPath(path)).toBe(path);
    }
    const many = await host.files.readMany(
      hostileNames.map((name) => ({ path: joinPath(at, name), offset: 3, length: 1000 })),
    );
    expect(many.map((piece) => piece && Buffer.from(piece).toString())).toEqual(hostileNames);
    const [first, second] = hostileNames;
    if (first === undefined || second === undefined) throw new Error('two names are needed');
    await host.files.remove(joinPath(at, second));
    await host.files.rename(joinPath(at, first), joinPath(at, second), { overwrite: false });
    for (const name of hostileNames.slice(1)) await host.files.remove(joinPath(at, name));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('tells the same facts as the local host', async () => {
    writeFileSync(join(folder, 'file'), 'x'.repeat(1234));
    mkdirSync(join(folder, 'folder'));
    symlinkSync('file', join(folder, 'link'));
    symlinkSync('gone', join(folder, 'dangling'));
    symlinkSync('.', join(folder, 'self'));
    symlinkSync('loop', join(folder, 'loop'));
    spawnSync('/usr/bin/mkfifo', [join(folder, 'pipe')]);
    const sorted = (entries: Awaited<ReturnType<typeof localFiles.list>>) =>
      [...entries]
        .map(({ name, facts }) => ({ name, ...facts, modifiedAt: Math.floor(facts.modifiedAt / 1000) }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(sorted(await host.files.list(at))).toEqual(sorted(await localFiles.list(at)));
    const stat = await host.files.stat(inside('link'));
    const listed = (await host.files.list(at)).find(({ name }) => name === 'link');
    expect(stat).toEqual(listed?.facts);
    expect(await host.files.stat(inside('dangling'))).toBeNull();
    if (!means.isBusybox)
      expect(Math.abs((stat?.modifiedAt ?? 0) - statSync(join(folder, 'file')).mtimeMs)).toBeLessThan(0.01);
  });

  it('lists 10,000 entries', async () => {
    const listed = await host.files.list(hostPathFromText(crowded));
    expect(listed.map((entry) => entry.name).sort()).toEqual([...crowd].sort());
  });

  it('reads any bytes, from anywhere, and stops at the end', async () => {
    const bytes = Buffer.from(Array.from({ length: 700_000 }, (_, index) => (index * 7919) % 251));
    writeFileSync(join(folder, 'data'), bytes);
    for (const [offset, length] of [
      [0, 10],
      [699_990, 100],
      [12_345, 70_001],
      [0, 700_000],
      [700_000, 5],
      [65_536, 300_000],
      [5, 0],
    ] as const) {
      const read = await host.files.read(inside('data'), offset, length);
      expect(Buffer.from(read).equals(bytes.subarray(offset, offset + length))).toBe(true);
    }
  });

  it('reads many pieces in order, and says which are not there', async () => {
    const requests = Array.from({ length: 120 }, (_, index) => {
      if (index % 7 !== 0) writeFileSync(join(folder, `f${index}`), Buffer.alloc(5000, index));
      return { path: inside(`f${index}`), offset: index, length: 10_000 - index * 50 };
    });
    mkdirSync(join(folder, 'f0'));
    const pieces = await host.files.readMany(requests);
    expect(pieces.map((piece) => piece && [piece.length, piece[0], piece.at(-1)])).toEqual(
      requests.map(({ offset, length }, index) =>
        index % 7 === 0 ? null : [Math.min(length, 5000 - offset), index, index],
      ),
    );
    expect(await host.files.readMany([])).toEqual([]);
  });

  it('writes whole files or nothing, with the mode', async () => {
    for (const size of [0, 1, 8192, 8193, 1_000_000]) {
      const bytes = Buffer.from(Array.from({ length: size }, (_, index) => (index * 31) % 256));
      await host.files.write(inside('data'), bytes, 0o600);
      expect(readFileSync(join(folder, 'data')).equals(bytes)).toBe(true);
      expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o600);
    }
    await host.files.write(inside('program'), 'x', 0o755);
    expect(statSync(join(folder, 'program')).mode & 0o777).toBe(0o755);
    mkdirSync(join(folder, 'folder'));
    expect(await codeOf(host.files.write(inside('folder'), 'x'))).not.toBe('null');
    expect(readdirSync(join(folder, 'folder'))).toEqual([]);
    expect(await codeOf(host.files.write(joinPath(at, 'missing/x' as HostPath), 'x'))).toBe(
      'host.pathMissing',
    );
    expect(await codeOf(host.files.write(joinPath(at, 'data/x' as HostPath), 'x'))).toBe(
      'host.notADirectory',
    );
    expect(readdirSync(folder).sort()).toEqual(['data', 'folder', 'program']);
  });

  it('makes folders', async () => {
    const deep = joinPath(at, hostPathFromText('a/b c/d'));
    await host.files.makeFolder(deep, 0o700);
    await host.files.makeFolder(deep);
    expect(statSync(join(folder, 'a/b c/d')).mode & 0o777).toBe(0o700);
    const temporary = await host.files.makeTemporaryFolder(at, 'work-');
    expect(temporary.startsWith(`${at}/work-`)).toBe(true);
    expect(statSync(temporary).mode & 0o777).toBe(0o700);
    writeFileSync(join(folder, 'file'), '');
    expect(await codeOf(host.files.makeFolder(inside('file')))).toBe('image.targetExists');
  });

  it('never overwrites unless asked: of ten writers at once one wins', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        writeFileSync(join(folder, `mine${index}`), `${index}`);
        return await codeOf(
          host.files.rename(inside(`mine${index}`), inside('target'), { overwrite: false }),
        );
      }),
    );
    expect(outcomes.filter((outcome) => outcome === 'null')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'image.targetExists')).toHaveLength(9);
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe(String(outcomes.indexOf('null')));
    writeFileSync(join(folder, 'next'), 'next');
    await host.files.rename(inside('next'), inside('target'), { overwrite: true });
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('next');
    expect(await codeOf(host.files.rename(inside('none'), inside('other'), { overwrite: true }))).toBe(
      'host.pathMissing',
    );
    expect(await codeOf(host.files.rename(inside('none'), inside('other'), { overwrite: false }))).toBe(
      'host.pathMissing',
    );
    mkdirSync(join(folder, 'folder'));
    await host.files.rename(inside('folder'), inside('moved'), { overwrite: false });
    mkdirSync(join(folder, 'again'));
    expect(await codeOf(host.files.rename(inside('again'), inside('moved'), { overwrite: false }))).toBe(
      'image.targetExists',
    );
    expect(readdirSync(join(folder, 'moved'))).toEqual([]);
  });

  it('removes read-only trees, and not what links lead to', async () => {
    writeFileSync(join(folder, 'outside'), 'kept');
    mkdirSync(join(folder, 'tree/a/b'), { recursive: true });
    writeFileSync(join(folder, 'tree/a/b/c'), '');
    symlinkSync('../outside', join(folder, 'tree/link'));
    symlinkSync('tree', join(folder, 'linked'));
    for (const name of ['tree/a/b', 'tree/a', 'tree']) chmodSync(join(folder, name), 0o500);
    await host.files.remove(inside('linked'));
    await host.files.remove(inside('tree'));
    await host.files.remove(inside('never there'));
    expect(readdirSync(folder)).toEqual(['outside']);
  });

  it('copies with the same digest, refuses an existing target, and leaves nothing when it cannot', async () => {
    writeFileSync(join(folder, 'from'), Buffer.alloc(3_000_000, 7));
    const seen: number[] = [];
    await host.files.copy(inside('from'), inside('to'), { onBytes: (done) => seen.push(done) });
    expect(seen.at(-1)).toBe(3_000_000);
    expect(await host.files.sha256(inside('to'))).toBe(await localFiles.sha256(inside('from')));
    expect(await codeOf(host.files.copy(inside('from'), inside('to'), {}))).toBe('image.targetExists');
    expect(await codeOf(host.files.copy(inside('none'), inside('other'), {}))).toBe('host.pathMissing');
    expect(readdirSync(folder).sort()).toEqual(['from', 'to']);
  });

  it('names what went wrong', async () => {
    writeFileSync(join(folder, 'file'), 'x');
    expect(await codeOf(host.files.read(inside('none'), 0, 1))).toBe('host.pathMissing');
    expect(await codeOf(host.files.list(inside('file')))).toBe('host.notADirectory');
    expect(await codeOf(host.files.list(inside('none')))).toBe('host.pathMissing');
    expect(await codeOf(host.files.realPath(inside('none')))).toBe('host.pathMissing');
    expect(await codeOf(host.files.sha256(inside('none')))).toBe('host.pathMissing');
    expect(await codeOf(host.files.stat(joinPath(at, 'file/x' as HostPath)))).toBe('host.notADirectory');
    if (existsSync('/dev/full') && !means.isBusybox)
      expect(await host.files.freeBytes(joinPath(at, 'not/yet' as HostPath))).toBeGreaterThan(0);
  });

  it('runs quiet commands with their input, exit status and environment', async () => {
    const spec = commandSpec('sh', ['-c', 'cat; echo "$A" >&2; exit 9'], {
      purpose: 'test',
      environment: { A: "it's" },
    });
    for (const isQuiet of [true, false]) {
      const outcome = await host.run(spec, { stdin: 'a\nb', isQuiet });
      expect(outcome).toMatchObject({ exitStatus: 9, stdout: 'a\nb', stderr: "it's\n" });
    }
  });
});
