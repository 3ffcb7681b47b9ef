import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TaskCancelled } from '#core/tasks/task.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { type ComparingFixture, createComparingFixture } from './compare.fixture.ts';

const reason = whyMissing('apptainer', 'tiny');
let fixture: ComparingFixture;
const at = (...names: readonly string[]) => fixture.at(...names);
const first = { filter: '', page: 0 };

beforeAll(() => {
  fixture = createComparingFixture();
  if (reason !== null) return;
  copyFileSync(testbed().tiny.sif, at('tiny.sif'));
  // Not `apptainer build --sandbox`, which writes a definition and a history of its own into what it unpacks.
  execFileSync('unsquashfs', [
    '-q',
    '-n',
    '-no-xattrs',
    '-o',
    partitionOf(at('tiny.sif')),
    '-d',
    at('tree'),
    at('tiny.sif'),
  ]);
  execFileSync('cp', ['-a', at('tree'), at('changed')]);
  change(at('changed'));
  execFileSync('apptainer', ['--silent', 'build', at('changed.sif'), at('changed')]);
});
afterAll(() => {
  execFileSync('chmod', ['-R', 'u+rwX', fixture.folder]);
  fixture.dispose();
});
beforeEach((context) => {
  if (reason !== null) context.skip(reason);
});

/** Offset of the squashfs in a SIF, which is aligned to 4,096 bytes. */
function partitionOf(sif: string): string {
  const bytes = readFileSync(sif);
  for (let offset = 4096; offset < bytes.length; offset += 4096)
    if (bytes.toString('latin1', offset, offset + 4) === 'hsqs') return String(offset);
  throw new Error(`${sif} holds no squashfs`);
}

/** What a rebuilt image may have: a changed file, another mode, packages, labels, environment. */
function change(tree: string): void {
  appendFileSync(join(tree, 'etc/passwd'), 'more:x:1:1::/:/bin/sh\n');
  chmodSync(join(tree, 'etc/group'), 0o600);
  const labels = join(tree, '.singularity.d/labels.json');
  writeFileSync(labels, readFileSync(labels, 'utf8').replace('"tiny"', '"changed"'));
  appendFileSync(join(tree, '.singularity.d/env/90-environment.sh'), '\nexport MORE=1\n');
  mkdirSync(join(tree, 'var/lib/dpkg'), { recursive: true });
  writeFileSync(
    join(tree, 'var/lib/dpkg/status'),
    'Package: hello\nStatus: install ok installed\nVersion: 2.10-3\nArchitecture: amd64\n',
  );
  mkdirSync(join(tree, 'opt/lib/python3.11/site-packages/numpy-1.26.4.dist-info'), { recursive: true });
  writeFileSync(
    join(tree, 'opt/lib/python3.11/site-packages/numpy-1.26.4.dist-info/METADATA'),
    'Name: numpy\n',
  );
}

describe('a SIF', () => {
  it('is equal to itself as a sandbox', async () => {
    const { id, result } = await fixture.run(at('tiny.sif'), at('tree'));
    expect(await fixture.comparing.text(id)).toContain('Nothing that was compared differs.');
    expect(result.facts).toMatchObject({ isEqual: true, filesCompared: true });
    expect((await fixture.comparing.result(id)).totals.same).toBeGreaterThan(20);
  });

  it('is told from a rebuilt one by labels, texts, packages and files', async () => {
    const { id } = await fixture.run(at('tiny.sif'), at('changed.sif'));
    const { comparing } = fixture;
    const found = await comparing.result(id);
    expect(found.labels).toContainEqual({ name: 'Name', left: 'tiny', right: 'changed' });
    expect(found.texts.map(({ part, file }) => file ?? part)).toContain(
      '/.singularity.d/env/90-environment.sh',
    );
    expect((await comparing.packages({ taskId: id, ...first })).rows).toEqual([
      { manager: 'dpkg', name: 'hello', left: null, right: '2.10-3' },
      { manager: 'pip', name: 'numpy', left: null, right: '1.26.4' },
    ]);
    const files = await comparing.files({ taskId: id, ...first });
    const passwd = files.rows.find(({ path }) => path === '/etc/passwd');
    expect(passwd).toMatchObject({ aspects: ['content'] });
    expect((passwd?.right?.sizeBytes ?? 0) - (passwd?.left?.sizeBytes ?? 0)).toBe(22);
    expect(files.rows).toContainEqual(expect.objectContaining({ path: '/etc/group', aspects: ['mode'] }));
    const filtered = await comparing.files({ taskId: id, filter: 'DPKG', page: 0 });
    expect(filtered.rows.map(({ path }) => path)).toContain('/var/lib/dpkg/status');
    expect(filtered.matching).toBeLessThan(files.matching);
    expect((await comparing.files({ taskId: id, filter: '', page: 1 })).rows).toEqual([]);
    const text = await comparing.text(id);
    expect(text).toContain('\n+ dpkg hello 2.10-3\n');
    expect(text).toContain('\n+export MORE=1\n');
    expect(text).toMatch(/\n~ \/etc\/passwd \S+ B → \S+ B \(content\)\n/);
  });
});

describe('squashfs images', () => {
  const packings = [
    ['gzip', ['-comp', 'gzip']],
    ['gzip-small', ['-comp', 'gzip', '-b', '4096']],
    ['plain', ['-noI', '-noD', '-noF']],
    ['no-fragments', ['-comp', 'gzip', '-no-fragments', '-b', '1M']],
    ['zstd', ['-comp', 'zstd', '-b', '1M', '-always-use-fragments']],
    ['xz', ['-comp', 'xz']],
    ['lz4', ['-comp', 'lz4']],
  ] as const;

  beforeAll(() => {
    mkdirSync(at('data'));
    const noise = execFileSync('head', ['-c', '2600000', '/dev/urandom'], { maxBuffer: 4e6 });
    writeFileSync(at('data/noise'), noise);
    writeFileSync(at('data/text'), 'all work and no play\n'.repeat(150_000));
    writeFileSync(at('data/block'), Buffer.alloc(131_072, 7));
    writeFileSync(at('data/hole'), 'x');
    truncateSync(at('data/hole'), 3_000_000);
    for (let index = 0; index < 300; index += 1) writeFileSync(at('data', `small-${index}`), `${index}\n`);
    writeFileSync(Buffer.from(`${at('data')}/caf\xe9 \n`, 'latin1'), 'hostile');
    symlinkSync('/etc/shadow', at('data/out'));
    for (const [name, options] of packings) pack('data', `${name}.sqfs`, options);
    execFileSync('cp', ['-a', at('data'), at('other')]);
    noise[2_500_000] = (noise[2_500_000] ?? 0) ^ 1;
    writeFileSync(at('other/noise'), noise);
    writeFileSync(at('other/small-7'), '8\n');
    unlinkSync(at('other/out'));
    symlinkSync('/etc/passwd', at('other/out'));
    pack('other', 'other.sqfs', ['-comp', 'gzip']);
  });

  function pack(tree: string, image: string, options: readonly string[]): void {
    const quiet = ['-quiet', '-no-progress', '-no-xattrs', '-noappend', '-all-root'];
    execFileSync('mksquashfs', [at(tree), at(image), ...quiet, ...options], { stdio: 'ignore' });
  }

  it.each(packings.slice(1).map(([name]) => name))('packed with %s have the same content', async (name) => {
    const { id, result } = await fixture.run(at('gzip.sqfs'), at(`${name}.sqfs`));
    expect(result.facts, await fixture.comparing.text(id)).toMatchObject({ isEqual: true });
    const notes = (await fixture.comparing.result(id)).notes.join();
    expect(notes.includes('unpacked')).toBe(name === 'xz' || name === 'lz4');
    expect(readdirSync(fixture.temporary)).toEqual([]);
  });

  it.each(['gzip', 'zstd', 'plain', 'xz'])('packed with %s are told apart by single bytes', async (name) => {
    const { id } = await fixture.run(at(`${name}.sqfs`), at('other.sqfs'));
    const { rows } = await fixture.comparing.files({ taskId: id, ...first });
    expect(rows.map(({ path, aspects }) => `${path} ${aspects.join()}`)).toEqual([
      '/noise content',
      '/out target',
      '/small-7 content',
    ]);
  });

  it('are compared until it is cancelled, and nothing is left behind', async () => {
    for (const [left, phase] of [
      ['xz.sqfs', 'unpack'],
      ['gzip.sqfs', 'resolve'],
    ] as const) {
      const abort = new AbortController();
      const cancelled = new TaskCancelled('cancelled');
      const running = fixture.run(at(left), at('other.sqfs'), {
        signal: abort.signal,
        onPhase: (seen) => {
          if (seen === phase) abort.abort(cancelled);
        },
      });
      await expect(running).rejects.toBe(cancelled);
      expect(readdirSync(fixture.temporary)).toEqual([]);
      expect(readdirSync(join(fixture.state, 'work'))).toEqual([]);
    }
  });
});

describe('an rpm database', () => {
  const rpmFolder = 'var/lib/rpm';

  /** Compares an image that has one with an empty sandbox, where programs of `path` go before others. */
  async function compareWith(path: string) {
    const mine = createComparingFixture({ path });
    try {
      mkdirSync(mine.at('with', rpmFolder), { recursive: true });
      writeFileSync(mine.at('with', rpmFolder, 'rpmdb.sqlite'), 'a database');
      mkdirSync(mine.at('empty/.singularity.d'), { recursive: true });
      execFileSync('mksquashfs', [mine.at('with'), mine.at('with.sqfs'), '-quiet', '-no-progress'], {
        stdio: 'ignore',
      });
      const { id } = await mine.run(mine.at('with.sqfs'), mine.at('empty'));
      expect(readdirSync(mine.temporary)).toEqual([]);
      const { rows } = await mine.comparing.packages({ taskId: id, ...first });
      return { rows, notes: (await mine.comparing.result(id)).notes };
    } finally {
      mine.dispose();
    }
  }

  function standIn(name: string, script: string): string {
    mkdirSync(at(name));
    writeFileSync(at(name, 'rpm'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return at(name);
  }

  it('is read by rpm on a copy', async () => {
    // Stands in for rpm, with what rpm 4.18.0 was seen to say.
    const says = standIn(
      'says',
      '[ "$1" = --version ] || { [ "$(cat "$2/rpmdb.sqlite")" = "a database" ] && printf "hello\\t1:2.10-3\\tnoarch\\n"; }',
    );
    const { rows } = await compareWith(says);
    expect(rows).toEqual([{ manager: 'rpm', name: 'hello', left: '1:2.10-3.noarch', right: null }]);
  });

  it('that rpm cannot read is told of', async () => {
    const { rows, notes } = await compareWith(standIn('fails', '[ "$1" = --version ]'));
    expect(rows).toEqual([]);
    expect(notes.join()).toContain('/var/lib/rpm) are not listed: rpm cannot read its database');
  });
});

describe('what is kept', () => {
  it('is the newest 50 results', async () => {
    const kept = join(fixture.state, 'comparisons');
    rmSync(kept, { recursive: true, force: true });
    const ids: string[] = [];
    for (let index = 0; index < 52; index += 1)
      ids.push((await fixture.run(at('tiny.sif'), at('tiny.sif'))).id);
    expect(readdirSync(kept).filter((name) => name !== 'summaries')).toHaveLength(50);
    await expect(fixture.comparing.result(ids[0] as never)).rejects.toMatchObject({
      report: { code: 'task.unknown' },
    });
    await expect(fixture.comparing.result(ids[51] as never)).resolves.toMatchObject({ isEqual: true });
  });
});
