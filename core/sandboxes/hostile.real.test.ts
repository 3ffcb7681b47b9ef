import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { whyMissing } from '#e2e/testbed/testbed.ts';
import { openSandboxes } from './sandboxes.fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'sandbox-hostile-'));
let count = 0;
let home: string;
let tree: string;
let outside: string;
let fixture: ReturnType<typeof openSandboxes>;
const oneOf = (path: string) => ({ hostId: localHostId, path: hostPathFromText(path) });
const remove = (path: string) => fixture.run('sandbox.remove', oneOf(path));
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'succeeded',
    (thrown: unknown) => (thrown instanceof WorkbenchError ? thrown.report.code : String(thrown)),
  );

beforeEach(() => {
  count += 1;
  home = join(folder, String(count));
  tree = join(home, 'tree');
  outside = join(home, 'outside');
  mkdirSync(join(tree, '.singularity.d'), { recursive: true });
  mkdirSync(outside);
  writeFileSync(join(outside, 'mine'), 'P:secret\nV:1\n');
  fixture = openSandboxes(home, { hasRuntime: false });
});
afterAll(() => {
  execFileSync('sh', ['-c', 'chmod -R u+rwx "$1"; rm -rf "$1"', 'sh', folder]);
});

describe('a sandbox from a hostile image', () => {
  it('gives rpm nothing but files: no pipe that nobody ever writes to, and no link for it to write through', async () => {
    const programs = join(home, 'bin');
    mkdirSync(programs);
    writeFileSync(join(programs, 'rpm'), `#!/bin/sh\nls "$2" >'${home}/seen'\n`, { mode: 0o755 });
    const database = join(tree, 'var/lib/rpm');
    mkdirSync(join(database, 'folder'), { recursive: true });
    writeFileSync(join(database, 'rpmdb.sqlite'), '');
    symlinkSync(join(outside, 'mine'), join(database, 'rpmdb.sqlite-wal'));
    execFileSync('mkfifo', [join(database, 'pipe')]);
    const before = process.env['PATH'];
    process.env['PATH'] = `${programs}:${before}`;
    try {
      await openSandboxes(home, { hasRuntime: false }).note(tree);
    } finally {
      process.env['PATH'] = before;
    }
    expect(readFileSync(join(home, 'seen'), 'utf8')).toBe('rpmdb.sqlite\n');
  });

  it('leads nobody out of it: no database is read, and nothing is written, through a link', async () => {
    mkdirSync(join(tree, 'var/lib/dpkg'), { recursive: true });
    mkdirSync(join(tree, 'lib'));
    symlinkSync('/dev/zero', join(tree, 'var/lib/dpkg/status'));
    symlinkSync('/etc', join(tree, 'var/lib/rpm'));
    mkdirSync(join(outside, 'db'));
    writeFileSync(join(outside, 'db/installed'), 'P:secret\nV:1\n');
    symlinkSync(outside, join(tree, 'lib/apk'));
    symlinkSync(join(outside, 'mine'), join(tree, '.singularity.d/mysingularity-sandbox'));
    await fixture.note(tree);
    expect(readFileSync(join(outside, 'mine'), 'utf8')).toBe('P:secret\nV:1\n');
    execFileSync('rm', [join(tree, 'lib/apk')]);
    expect(await fixture.sandboxes.difference(oneOf(tree))).toMatchObject({
      packages: [],
      files: [{ path: '/lib/apk', what: 'removed' }],
    });
  });

  it('whose .singularity.d is a link gets no id, and what the link leads to stays as it is', async () => {
    const bad = join(home, 'bad');
    mkdirSync(bad);
    symlinkSync(outside, join(bad, '.singularity.d'));
    await fixture.note(bad);
    expect(readdirSync(outside)).toEqual(['mine']);
    expect(await fixture.sandboxes.detail(oneOf(bad))).toMatchObject({ base: null });
  });
});

describe('removing a sandbox', () => {
  it('takes closed and read-only folders, and never what a link leads to', async () => {
    symlinkSync(outside, join(tree, 'link'));
    execFileSync('sh', ['-c', 'mkdir -p a/b c && touch a/b/x c/y && chmod 0 a/b && chmod 555 a c .'], {
      cwd: tree,
    });
    await fixture.note(tree);
    await remove(tree);
    expect(readdirSync(home).sort()).toEqual(['outside', 'state']);
    expect(existsSync(join(outside, 'mine'))).toBe(true);
    expect(readdirSync(join(home, 'state/sandboxes'))).toEqual(['work']);
  });

  it('refuses a link, a plain folder, and one in which something is mounted', async (context) => {
    symlinkSync(tree, join(home, 'link'));
    expect(await codeOf(remove(join(home, 'link')))).toBe('input.invalid');
    expect(await codeOf(remove(outside))).toBe('sandbox.unknown');
    const missing = whyMissing('apptainer');
    if (missing !== null) context.skip(missing);
    mkdirSync(join(tree, 'mnt'));
    execFileSync('mksquashfs', [outside, join(home, 'image'), '-quiet', '-no-progress'], { stdio: 'pipe' });
    execFileSync('squashfuse', [join(home, 'image'), join(tree, 'mnt')]);
    try {
      expect(await codeOf(remove(tree))).toBe('sandbox.busy');
      expect(existsSync(join(tree, 'mnt/mine'))).toBe(true);
    } finally {
      execFileSync('fusermount', ['-u', join(tree, 'mnt')]);
    }
    expect(await codeOf(remove(tree))).toBe('succeeded');
  });
});

describe('a sandbox that was moved', () => {
  it('is still known; a copy that somebody made by hand is another', async () => {
    await fixture.note(tree);
    execFileSync('cp', ['-a', tree, join(home, 'copy')]);
    expect(await fixture.sandboxes.detail(oneOf(join(home, 'copy')))).toMatchObject({ base: null });
    renameSync(tree, join(home, 'moved'));
    expect((await fixture.sandboxes.detail(oneOf(join(home, 'moved')))).base).not.toBeNull();
    expect((await fixture.sandboxes.list(localHostId)).map(({ path }) => path)).toEqual([
      join(home, 'moved'),
    ]);
    expect(await codeOf(fixture.sandboxes.difference(oneOf(join(home, 'copy'))))).toBe('sandbox.noBase');
  });
});
