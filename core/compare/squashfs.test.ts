import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { reportOf } from '#core/errors/workbenchError.ts';
import { compareInput, createComparingFixture } from './compare.fixture.ts';
import { compareTrees } from './compareTrees.ts';
import { openSquashfs } from './squashfsTree.ts';

/**
 * Recorded: one folder packed by mksquashfs 4.5.1 with gzip and with zstd. It has names with a line end, with bytes that
 * are not UTF-8 and with an escape sequence, a link that leads out, a device, a pipe, a hole, a file of several blocks.
 */
const recorded = (name: string) =>
  fileURLToPath(new URL(`./__recorded__/mksquashfs-4.5.1/names.${name}.sqfs`, import.meta.url));

const fixture = createComparingFixture();
afterAll(() => fixture.dispose());
const everything = { filter: '', page: 0 };

describe('two squashfs images', () => {
  it('are equal when they are packed differently', async () => {
    const { id, result } = await fixture.run(recorded('gzip'), recorded('zstd'));
    expect(result.facts).toMatchObject({ isEqual: true, filesCompared: true });
    expect((await fixture.comparing.result(id)).totals).toMatchObject({ same: 16, changed: 0 });
  });

  it('lists every name of one beside an empty sandbox, however it is written', async () => {
    const { id } = await fixture.run(recorded('gzip'), sandbox('empty'));
    const { rows } = await fixture.comparing.files({ taskId: id, ...everything });
    expect(rows.map(({ path }) => path)).toEqual([
      '/.singularity.d/labels.json',
      '/a\\x0ab',
      '/caf\\xe9',
      '/dir',
      '/dir/motd',
      '/dir/sub',
      '/dir/sub/end',
      '/esc\\x1b[2J',
      '/etc',
      '/etc/hole',
      '/etc/long',
      '/etc/numbers',
      '/null',
      '/out',
      '/pipe',
    ]);
    const named = new Map(rows.map(({ path, left }) => [path as string, left]));
    expect(named.get('/dir/motd')).toEqual({ kind: 'file', mode: 0o4755, sizeBytes: 3, target: null });
    expect(named.get('/out')).toMatchObject({ kind: 'link', target: '../../../etc/passwd' });
    expect(named.get('/null')).toMatchObject({ kind: 'character device' });
    expect(named.get('/etc/hole')).toMatchObject({ sizeBytes: 400_000 });
    expect((await fixture.comparing.result(id)).labels).toEqual([
      { name: 'Name', left: 'tiny', right: null },
    ]);
  });

  it('never reads past what is forged: each broken byte is told of, or changes what was found', async () => {
    // Recorded without compression, so that each byte of each structure is broken once.
    const whole = readFileSync(recorded('plain'));
    writeFileSync(fixture.at('forged.sqfs'), whole);
    const forged = await open(fixture.at('forged.sqfs'), 'r+');
    const right = await open(recorded('plain'));
    const codes = new Set<string>();
    const usedBytes = Number(whole.readBigUInt64LE(40));
    for (let at = 4; at < usedBytes; at += 2) {
      const byte = whole.subarray(at, at + 1);
      await forged.write(Buffer.from([(byte[0] ?? 0) ^ (at % 4 === 0 ? 0xff : 1)]), 0, 1, at);
      const failed = await compareTreesOf(forged, right).then(
        () => null,
        (thrown: unknown) => reportOf(thrown),
      );
      if (failed !== null) codes.add(failed.code);
      await forged.write(byte, 0, 1, at);
    }
    await Promise.all([forged.close(), right.close()]);
    // input.invalid: a forged size or a folder in itself is beyond what is compared.
    expect([...codes].sort()).toEqual(['image.hostileHeader', 'input.invalid']);
  }, 30_000);

  it('tells of a file that is cut', async () => {
    writeFileSync(fixture.at('cut.sqfs'), readFileSync(recorded('gzip')).subarray(0, 900));
    const failed = await fixture.run(recorded('gzip'), fixture.at('cut.sqfs')).catch(reportOf);
    expect(failed).toMatchObject({ code: 'image.hostileHeader', data: { path: fixture.at('cut.sqfs') } });
  });
});

describe('what cannot be read', () => {
  it('is compared by its metadata alone, and says so', async () => {
    const ext3 = Buffer.alloc(4096);
    ext3.writeUInt16LE(0xef53, 1080);
    writeFileSync(fixture.at('old.img'), ext3);
    const { id, result } = await fixture.run(fixture.at('old.img'), recorded('gzip'));
    expect(result.facts).toMatchObject({ filesCompared: false });
    const { filesNotCompared } = await fixture.comparing.result(id);
    expect(filesNotCompared).toBe(`${fixture.at('old.img')}: its file system is ext3, which is not read`);
    expect(await fixture.comparing.text(id)).toContain('Files and packages were not compared');
  });

  it('is refused where it is on another host, is not there, or is no image', async () => {
    const { comparing } = fixture;
    const input = compareInput(recorded('gzip'), recorded('zstd'));
    const far = { ...input, right: { ...input.right, hostId: 'ssh:far' as typeof input.right.hostId } };
    await expect(comparing.check(far)).rejects.toMatchObject({
      report: { code: 'input.invalid', data: { field: 'right' } },
    });
    await expect(comparing.check(compareInput(recorded('gzip'), '/no/such'))).rejects.toMatchObject({
      report: { code: 'image.missing' },
    });
    await expect(comparing.check(compareInput(recorded('gzip'), import.meta.filename))).rejects.toMatchObject(
      {
        report: { code: 'image.notAnImage' },
      },
    );
  });

  it('has no result', async () => {
    await expect(fixture.comparing.result('no-such-task' as never)).rejects.toMatchObject({
      report: { code: 'task.unknown' },
    });
  });
});

function sandbox(name: string): string {
  const path = fixture.at(name);
  mkdirSync(join(path, '.singularity.d'), { recursive: true });
  return path;
}

async function compareTreesOf(left: FileHandle, right: FileHandle): Promise<void> {
  const trees = [];
  for (const file of [left, right]) {
    const { size } = await file.stat();
    trees.push(await openSquashfs({ path: hostPathFromText('/image'), file, offset: 0, lengthBytes: size }));
  }
  const [ours, theirs] = trees;
  if (ours == null || theirs == null) return;
  await compareTrees(ours, theirs, {
    signal: new AbortController().signal,
    onEntries: () => undefined,
  });
}
