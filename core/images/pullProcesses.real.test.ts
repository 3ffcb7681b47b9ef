import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testbed } from '#e2e/testbed/testbed.ts';
import {
  bundleCommandLine,
  type PullLine,
  type PullProcess,
  startPullProcess,
} from './commandLine.fixture.ts';
import { type SlowServer, startSlowServer } from './slowServer.fixture.ts';

const bed = testbed();
const bundleFolder = mkdtempSync(join(tmpdir(), 'pull-bundle-'));
let program: string;
let home: string;
let library: string;
let slow: SlowServer;

beforeAll(async () => {
  program = await bundleCommandLine(join(bundleFolder, 'dist'));
});
afterAll(() => rmSync(bundleFolder, { recursive: true, force: true }));
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'pull-home-'));
  library = join(home, 'images');
  mkdirSync(library);
  slow = await startSlowServer(bed.registry, null);
});
afterEach(() => {
  slow.close();
  rmSync(home, { recursive: true, force: true });
});

const pull = (
  reference: string,
  name: string,
  onLine?: (line: PullLine, process: PullProcess['child']) => void,
  options: readonly string[] = [],
) =>
  startPullProcess(program, {
    home,
    words: [...options, reference, join(library, name)],
    ...(onLine === undefined ? {} : { onLine }),
  });
const blobBytes = () =>
  [...slow.bytes].reduce((sum, [path, bytes]) => sum + (path.includes('/blobs/') ? bytes : 0), 0);
const privateFolders = () =>
  readdirSync(join(home, 'tmp')).filter((name) => name.startsWith('.mysingularity'));
/** Processes that still work for this home. */
const workers = () =>
  execFileSync('ps', ['-eo', 'pid,stat,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(home) && !/^\s*\d+ Z/.test(line));

describe('eight processes that pull one image at once', () => {
  it('download each byte once and convert once', async () => {
    const reference = `docker://${slow.address}/${bed.realistic.repository}:${bed.realistic.tags[0]}`;
    const pulls = Array.from({ length: 8 }, (_, index) => pull(reference, `copy ${index}.sif`));
    const statuses = await Promise.all(pulls.map(({ ended }) => ended));
    expect(
      statuses,
      pulls.map(({ stderr, lines }) => stderr() + JSON.stringify(lines.at(-1))).join('\n'),
    ).toEqual(Array.from({ length: 8 }, () => 0));
    const results = pulls.map(({ lines }) => lines.at(-1)?.facts ?? {});
    expect(results.filter((facts) => facts['converted'] === true)).toHaveLength(1);
    const downloaded = results.reduce((sum, facts) => sum + Number(facts['bytesDownloaded']), 0);
    expect(downloaded).toBe(bed.realistic.compressedBytes);
    // The configuration is a blob too, and every process asks for it.
    expect(blobBytes() - bed.realistic.compressedBytes).toBeLessThan(8 * 20_000);
    const [first = '', ...others] = readdirSync(library);
    expect(others).toHaveLength(7);
    const whole = readFileSync(join(library, first));
    for (const name of others) expect(readFileSync(join(library, name)).equals(whole)).toBe(true);
    expect(privateFolders()).toEqual([]);
  });
});

/** Kills the pull some time after it was first seen in a phase, and waits until it is gone. */
async function killIn(
  reference: string,
  phase: string,
  afterMs: number,
  options: readonly string[] = [],
): Promise<void> {
  let isKilled = false;
  const onLine = (line: PullLine, child: PullProcess['child']) => {
    if (line.phase !== phase || isKilled) return;
    isKilled = true;
    setTimeout(() => child.kill('SIGKILL'), afterMs);
  };
  const process = pull(reference, 'x.sif', onLine, options);
  await process.ended;
}

describe('a pull killed with SIGKILL', () => {
  it.each(['resolve', 'download', 'convert', 'verify'])(
    'in the phase %s leaves nothing behind that the next one does not clean up or use',
    async (phase) => {
      slow.bytesPerSecond = phase === 'resolve' || phase === 'download' ? 700_000 : null;
      const repository = phase === 'verify' ? bed.realistic.repository : bed.tiny.repository;
      const tag = phase === 'verify' ? bed.realistic.tags[0] : bed.tiny.tag;
      const reference = `docker://${slow.address}/${repository}:${tag}`;
      // Packing a large image is not what is tested here.
      const options = phase === 'verify' ? ['--compression', 'zstd-3'] : [];
      const times = phase === 'verify' ? 1 : 3;
      // The conversion of a small image takes about half a second: some of its kills come while the file is landing.
      const latestMs = phase === 'download' || phase === 'convert' ? 800 : 250;
      for (let round = 0; round < times; round += 1) {
        await killIn(reference, phase, Math.random() * latestMs, options);
        // Under its final name there is nothing, or, when the kill came late, a whole image.
        const landed = readdirSync(library).filter((name) => !name.startsWith('.'));
        for (const name of landed) execFileSync('apptainer', ['exec', join(library, name), 'true']);
        rmSync(join(library, 'x.sif'), { force: true });
      }
      slow.bytesPerSecond = null;
      const retry = pull(reference, 'y.sif', undefined, options);
      expect(await retry.ended, retry.stderr()).toBe(0);
      expect(readdirSync(library)).toEqual(['y.sif']);
      expect(privateFolders()).toEqual([]);
      expect(workers()).toEqual([]);
    },
  );

  it('while a SIF comes in is continued by the next one', async () => {
    slow.bytesPerSecond = 700_000;
    const reference = `oras://${slow.address}/${bed.tiny.orasRepository}:${bed.tiny.tag}`;
    for (let round = 0; round < 3; round += 1) await killIn(reference, 'download', 150 + Math.random() * 200);
    expect(readdirSync(library).filter((name) => !name.startsWith('.'))).toEqual([]);
    slow.bytesPerSecond = null;
    const retry = pull(reference, 'x.sif');
    expect(await retry.ended, retry.stderr()).toBe(0);
    expect(retry.lines.at(-1)?.facts?.['bytesReused']).toBeGreaterThan(50_000);
    expect(readFileSync(join(library, 'x.sif')).equals(readFileSync(bed.tiny.sif))).toBe(true);
    expect(readdirSync(library)).toEqual(['x.sif']);
  });
});

describe('a full disk', () => {
  /** The image folder becomes a small memory disk, for this process only. */
  const onSmallDisk = (size: string, reference: string) =>
    startPullProcess(program, {
      home,
      words: [reference, join(library, 'x.sif')],
      before: [
        'unshare',
        '-Urm',
        'sh',
        '-c',
        `mount -t tmpfs -o size=${size} none "$0" && "$@"; status=$?; ls -A "$0" >&2; exit $status`,
        library,
      ],
    });

  it('is told before the download where the size is known', async () => {
    const process = onSmallDisk('600k', `oras://${slow.address}/${bed.tiny.orasRepository}:${bed.tiny.tag}`);
    expect(await process.ended).not.toBe(0);
    expect(process.lines.at(-1)).toMatchObject({
      error: { code: 'disk.full', data: { path: join(library, 'x.sif') } },
    });
    expect(blobBytes()).toBe(0);
  });

  it('is told when it comes in the middle, and leaves no target', async () => {
    const name = `full-${process.pid}.sif`;
    writeFileSync(join(bed.web.folder, name), readFileSync(bed.tiny.sif));
    const pulling = onSmallDisk('600k', `http://${bed.web.address}/${name}`);
    expect(await pulling.ended).not.toBe(0);
    expect(pulling.lines.at(-1)).toMatchObject({
      error: { code: 'disk.full', data: { path: join(library, 'x.sif') } },
    });
    expect(pulling.stderr()).not.toMatch(/^x\.sif$/m);
  });

  it('is told by the conversion too', async () => {
    const process = onSmallDisk('800k', `docker://${slow.address}/${bed.tiny.repository}:${bed.tiny.tag}`);
    expect(await process.ended).not.toBe(0);
    expect(process.lines.at(-1), process.stderr()).toMatchObject({
      error: { code: 'disk.full', data: { path: join(library, 'x.sif') } },
    });
    expect(process.stderr()).not.toMatch(/sif/);
    expect(privateFolders()).toEqual([]);
  });
});
