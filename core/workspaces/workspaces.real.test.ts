import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostPathFromBytes, hostPathFromText } from '#core/contract/hostPath.ts';
import type { WorkspaceManifest } from '#core/contract/workspaces.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { createWorkspacesFixture, type WorkspacesFixture } from './workspaces.fixture.ts';

const sh = (script: string, ...words: string[]) =>
  execFileSync('sh', ['-c', script, 'sh', ...words], { encoding: 'latin1' });

/** What a tree is, to the byte: names, kinds, modes, times of files, where links lead, and contents. */
const treeOf = (folder: string) =>
  sh(
    `cd "$1" && find . -mindepth 1 -printf '%P %y %m %l\\0' | LC_ALL=C sort -z | tr '\\0' '\\n'
find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum`,
    folder,
  );

const codeOf = async (work: Promise<unknown>) => {
  const thrown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  return thrown instanceof WorkbenchError ? thrown.report.code : thrown;
};

describe('workspaces of this machine', () => {
  let fixture: WorkspacesFixture;
  let parent: string;
  let source: string;
  beforeEach(() => {
    fixture = createWorkspacesFixture();
    parent = join(fixture.folder, 'workspaces');
    source = join(fixture.folder, 'source');
    mkdirSync(source);
    // Names that end lines, are no UTF-8 and turn text around; a read-only tree; hard links; a link that leads out.
    sh(
      `cd "$1" && mkdir -p "$(printf 'a\\nb')" "$(printf '\\377x')" "$(printf '\\342\\200\\256z')" locked/deep
echo one > "$(printf 'a\\nb/= 0')" && echo two > "$(printf '\\377x/f')" && ln "$(printf '\\377x/f')" hard
ln -s /etc/hostname out && printf '#!/bin/sh\\n' > locked/deep/run && chmod 555 locked/deep/run locked/deep locked`,
      source,
    );
  });
  afterEach(() => {
    sh('chmod -R u+rwX "$1"', fixture.folder);
    fixture.dispose();
  });

  const fromSource = () => ({ kind: 'folder' as const, path: hostPathFromText(source) });
  const home = (name: string) => join(parent, name, 'home');

  it('makes one empty, and tells what it is', async () => {
    const made = await fixture.create('empty', {
      description: 'Kept “for” later\n',
      imagePath: hostPathFromText('/images/a.sif'),
    });
    expect(made).toMatchObject({
      name: 'empty',
      description: 'Kept “for” later\n',
      folder: join(parent, 'empty'),
      image: {
        name: '/images/a.sif',
        digest: 'sha256:0',
        architecture: 'amd64',
        libc: 'musl 1.2.4',
        place: { path: '/images/a.sif' },
      },
      size: { bytes: 0, files: 0 },
      software: [],
      layered: null,
      writers: [],
      snapshots: [],
      lineage: [{ what: 'created', from: null }],
    });
    expect(statSync(home('empty')).mode & 0o777).toBe(0o700);
    expect(statSync(join(parent, 'empty', 'workspace.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(parent)).toEqual(['empty']);
  });

  it('copies a folder to the byte, forks it, and touches neither', async () => {
    const before = treeOf(source);
    const made = await fixture.create('copied', { from: fromSource() });
    expect(made.size?.files).toBe(5);
    expect(made.lineage).toMatchObject([{ what: 'copied', from: source }]);
    expect(treeOf(home('copied'))).toBe(before);
    const fork = await fixture.create('fork', { from: { kind: 'workspace', id: made.id } });
    expect(fork.id).not.toBe(made.id);
    expect(fork.lineage).toMatchObject([{ what: 'copied' }, { what: 'forked', from: made.id }]);
    expect(treeOf(home('fork'))).toBe(before);
    writeFileSync(join(home('fork'), 'hard'), 'changed\n');
    expect(treeOf(home('copied'))).toBe(before);
    expect(treeOf(source)).toBe(before);
  });

  it('refuses a name that is taken, a folder that is not there, and one that holds it', async () => {
    await fixture.create('one');
    expect(await codeOf(fixture.create('one'))).toBe('workspace.nameTaken');
    mkdirSync(join(parent, 'mine'));
    expect(await codeOf(fixture.create('mine'))).toBe('workspace.nameTaken');
    const missing = { kind: 'folder' as const, path: hostPathFromText(join(fixture.folder, 'no')) };
    expect(await codeOf(fixture.create('two', { from: missing }))).toBe('host.pathMissing');
    const above = { kind: 'folder' as const, path: hostPathFromText(fixture.folder) };
    expect(await codeOf(fixture.create('two', { from: above }))).toBe('input.invalid');
    expect(readdirSync(parent).sort()).toEqual(['mine', 'one']);
  });

  it('says what is broken and leaves it alone', async () => {
    await fixture.create('good');
    mkdirSync(join(parent, 'empty folder'));
    sh('cp -a "$1/good" "$1/twin"; mkdir "$1/torn"; echo "{" >"$1/torn/workspace.json"', parent);
    sh('mkdir "$1/$(printf "\\377\\nz")"; ln -s good "$1/linked"; mkfifo "$1/torn/home"', parent);
    const { workspaces, broken } = await fixture.workspaces.list(fixture.host.id);
    expect(workspaces.map(({ name }) => name)).toEqual(['good']);
    expect(broken.map(({ folder, reason }) => [folder.slice(parent.length + 1), reason])).toEqual([
      [String.raw`\xff\x0az`, 'It has no manifest'],
      ['empty folder', 'It has no manifest'],
      ['torn', 'Its manifest cannot be read'],
      ['twin', `It is a plain copy of ${join(parent, 'good')} and has the same id`],
    ]);
  });

  it('renames and describes, and keeps the folder', async () => {
    const { id } = await fixture.create('old');
    await fixture.create('other');
    const input = { hostId: fixture.host.id, id, name: 'new', description: 'better' };
    expect(await fixture.workspaces.describe(input)).toMatchObject({
      name: 'new',
      folder: join(parent, 'old'),
    });
    expect(await fixture.one('new')).toMatchObject({ id, description: 'better' });
    expect(await codeOf(fixture.workspaces.describe({ ...input, name: 'other' }))).toBe(
      'workspace.nameTaken',
    );
  });

  it('finds software, and what it weighs', async () => {
    const made = await fixture.create('tools');
    sh(
      `cd "$1" && mkdir -p spack/lib/spack/spack spack/bin spack/opt/spack/.spack-db spack/opt/spack/gcc/zlib/.spack conda/conda-meta \
conda/envs/x/conda-meta venv/bin venv/lib/python3.11/site-packages/numpy-1.dist-info R/dplyr/Meta R/rlang/Meta bin
echo '__version__ = "0.23.1"' >spack/lib/spack/spack/__init__.py; echo '{}' >spack/opt/spack/.spack-db/index.json
echo '{}' >spack/opt/spack/gcc/zlib/.spack/spec.json
: >conda/conda-meta/history; : >conda/conda-meta/python-3.12.3-habc_0.json; : >conda/conda-meta/pip-24.json; : >conda/envs/x/conda-meta/history
printf 'home = /usr/bin\\nversion = 3.11.2\\n' >venv/pyvenv.cfg
for p in dplyr rlang; do : >R/$p/Meta/package.rds; printf 'Built: R 4.3.1; ; unix\\n' >R/$p/DESCRIPTION; done
: >bin/tool; : >bin/notes; chmod +x bin/tool; head -c 100000 /dev/zero >big; ln big again`,
      home('tools'),
    );
    await fixture.run('workspace.measure', { id: made.id });
    const { size, software } = await fixture.one('tools');
    expect(software).toEqual([
      { kind: 'spack', path: './spack', count: 1, version: '0.23.1' },
      { kind: 'conda', path: './conda', count: 2, version: 'Python 3.12.3' },
      { kind: 'conda', path: './conda/envs/x', count: 0, version: null },
      { kind: 'venv', path: './venv', count: 1, version: 'Python 3.11.2' },
      { kind: 'r', path: './R', count: 2, version: 'R 4.3.1' },
      { kind: 'bin', path: './bin', count: 1, version: null },
    ]);
    expect(size?.files).toBe(16);
    expect(size?.bytes).toBe(
      Number(sh('du -s --block-size=1 "$1" | cut -f1', home('tools'))) -
        Number(sh('stat -c "%b" "$1"', home('tools'))) * 512,
    );
  });

  it('takes snapshots and goes back to any; what was there is kept', async () => {
    const { id } = await fixture.create('work', { from: fromSource() });
    const first = treeOf(home('work'));
    await fixture.run('workspace.snapshot', { id, note: 'as it came' });
    const [snapshot] = (await fixture.one('work')).snapshots;
    expect(snapshot).toMatchObject({ note: 'as it came' });
    sh('cd "$1" && rm -rf hard && echo new >new && chmod -R u+w locked && rm -r locked', home('work'));
    const second = treeOf(home('work'));
    await fixture.run('workspace.restore', { id, snapshotId: snapshot?.id });
    expect(treeOf(home('work'))).toBe(first);
    const after = await fixture.one('work');
    expect(after.lineage.at(-1)).toMatchObject({ what: 'restored', from: snapshot?.id });
    const [, kept] = after.snapshots;
    await fixture.run('workspace.restore', { id, snapshotId: kept?.id });
    expect(treeOf(home('work'))).toBe(second);
    for (const each of (await fixture.one('work')).snapshots)
      await fixture.run('workspace.removeSnapshot', { id, snapshotId: each.id });
    expect(readdirSync(join(parent, 'work', 'snapshots'))).toEqual([]);
    expect((await fixture.one('work')).snapshots).toEqual([]);
  });

  it('removes all of it, read-only trees too, and nothing that a link leads to', async () => {
    const outside = join(fixture.folder, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'kept'), '');
    const { id } = await fixture.create('gone', { from: fromSource() });
    symlinkSync(outside, join(home('gone'), 'away'));
    chmodSync(home('gone'), 0o500);
    sh('mkdir "$1/shut" && chmod 0 "$1/shut"', join(parent, 'gone'));
    await fixture.run('workspace.snapshot', { id, note: '' });
    await fixture.run('workspace.remove', { id, isForced: false });
    expect(readdirSync(parent)).toEqual([]);
    expect(existsSync(join(outside, 'kept'))).toBe(true);
    expect(readFileSync('/etc/hostname')).toBeTruthy();
  });

  it('removes files of subordinate ids', async () => {
    const { id } = await fixture.create('foreign');
    sh(
      'unshare --map-root-user --map-auto sh -c \'mkdir "$1/theirs" && : >"$1/theirs/f" && chown -R 5:5 "$1/theirs" && chmod 700 "$1/theirs"\' sh "$1"',
      home('foreign'),
    );
    expect(() => readdirSync(join(home('foreign'), 'theirs'))).toThrow();
    await fixture.run('workspace.remove', { id, isForced: false });
    expect(readdirSync(parent)).toEqual([]);
  });

  it('removes nothing in which something is mounted', async () => {
    const { id } = await fixture.create('mounted');
    mkdirSync(join(home('mounted'), 'a b'));
    const { host } = fixture;
    const inNamespace = createWorkspacesFixture({
      folder: fixture.folder,
      host: {
        ...host,
        run: (spec, options) => {
          if (spec.purpose !== 'Remove a tree') return host.run(spec, options);
          const script = 'mount -t tmpfs none "$0" && : >"$0/kept" && "$@"; s=$?; ls "$0" >&2; exit $s';
          const mount = ['--map-root-user', '--mount', 'sh', '-c', script, join(home('mounted'), 'a b')];
          return host.run(
            { ...spec, program: 'unshare', args: [...mount, spec.program, ...spec.args] },
            options,
          );
        },
      },
    });
    const removed = inNamespace.run('workspace.remove', { id, isForced: true });
    await expect(removed).rejects.toMatchObject({
      report: { code: 'workspace.busy', evidence: 'kept\n', cause: expect.stringContaining('a\\040b') },
    });
    expect(await fixture.one('mounted')).toMatchObject({ id });
  });

  it('does not restore or remove what somebody has open, unless forced', async () => {
    const { id, folder } = await fixture.create('open');
    await fixture.run('workspace.snapshot', { id, note: '' });
    const [snapshot] = (await fixture.one('open')).snapshots;
    const stat = readFileSync(`/proc/${process.pid}/stat`, 'latin1');
    const startTicks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    const node = readFileSync('/proc/sys/kernel/hostname', 'utf8').trim();
    const lease = {
      version: 1,
      user: 'alice',
      what: 'shell in a.sif',
      node,
      bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      processId: process.pid,
      startTicks,
      since: Date.now(),
    };
    mkdirSync(join(folder, 'leases'));
    writeFileSync(join(folder, 'leases', `${node}-${process.pid}-${startTicks}.json`), JSON.stringify(lease));
    expect((await fixture.one('open')).writers).toMatchObject([{ user: 'alice', isAlive: true }]);
    expect(await codeOf(fixture.run('workspace.remove', { id, isForced: false }))).toBe('workspace.busy');
    expect(await codeOf(fixture.run('workspace.restore', { id, snapshotId: snapshot?.id }))).toBe(
      'workspace.busy',
    );
    await fixture.run('workspace.restore', { id, snapshotId: snapshot?.id, isForced: true });
    await fixture.run('workspace.remove', { id, isForced: true });
    expect(readdirSync(parent)).toEqual([]);
  });

  it('forgets none that was made elsewhere', async () => {
    const elsewhere = join(fixture.folder, 'else where');
    const made = await fixture.create('far', { parent: hostPathFromText(elsewhere) });
    expect(made.folder).toBe(join(elsewhere, 'far'));
    await fixture.run('workspace.remove', { id: made.id, isForced: false });
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('keeps what stands above a packed file apart in forks, snapshots and restores', async () => {
    const { id, folder } = await fixture.create('over');
    sh(
      'cd "$1" && mkdir upper work work/work && echo packed >packed.sif && echo a >upper/a && mknod upper/gone c 0 0 && chmod 0 work/work',
      folder,
    );
    const file = join(folder, 'workspace.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as WorkspaceManifest;
    const layered = { file: hostPathFromText('packed.sif'), digest: 'sha256:1' };
    writeFileSync(file, JSON.stringify({ ...manifest, layered }));
    const fork = await fixture.create('above', { from: { kind: 'workspace', id } });
    expect(fork.layered).toEqual(layered);
    expect(treeOf(join(fork.folder, 'upper'))).toBe(treeOf(join(folder, 'upper')));
    expect(readFileSync(join(fork.folder, 'packed.sif'), 'utf8')).toBe('packed\n');
    await fixture.run('workspace.snapshot', { id, note: '' });
    writeFileSync(join(folder, 'upper', 'a'), 'b\n');
    const snapshotId = (await fixture.one('over')).snapshots[0]?.id;
    await fixture.run('workspace.restore', { id, snapshotId });
    expect(readFileSync(join(folder, 'upper', 'a'), 'utf8')).toBe('a\n');
    expect((await fixture.one('over')).snapshots).toHaveLength(2);
    await fixture.run('workspace.measure', { id });
    expect((await fixture.one('over')).size?.files).toBe(2);
    await fixture.run('workspace.remove', { id, isForced: false });
    expect(readdirSync(parent)).toEqual(['above']);
  });

  it('lists fifty with one command', async () => {
    const { folder } = await fixture.create('w0');
    await fixture.run('workspace.snapshot', { id: (await fixture.one('w0')).id, note: '' });
    for (let at = 1; at < 50; at += 1) {
      sh('cp -a "$1" "$2"', folder, join(parent, `w${at}`));
      const file = join(parent, `w${at}`, 'workspace.json');
      const manifest = JSON.parse(readFileSync(file, 'utf8')) as WorkspaceManifest;
      writeFileSync(file, JSON.stringify({ ...manifest, name: `w${at}`, id: `${manifest.id}-${at}` }));
    }
    const before = fixture.commands();
    const { workspaces } = await fixture.workspaces.list(fixture.host.id);
    expect(workspaces).toHaveLength(50);
    expect(workspaces.every(({ snapshots }) => snapshots.length === 1)).toBe(true);
    expect(fixture.commands() - before).toBe(1);
  });

  it('ends cleanly when it is cancelled', async () => {
    const abort = new AbortController();
    const made = fixture.run(
      'workspace.create',
      { name: 'never', description: '', parent: null, from: fromSource(), imagePath: null },
      {
        signal: abort.signal,
        onPhase: (phase) => phase.startsWith('copy') && abort.abort(new Error('stop')),
      },
    );
    await expect(made).rejects.toThrow('stop');
    expect(readdirSync(parent)).toEqual([]);
  });

  it('shows names of any bytes', async () => {
    const strange = join(fixture.folder, 'strange');
    mkdirSync(strange);
    const bytes = Buffer.concat([Buffer.from(`${strange}/`), Buffer.from([0xff, 0x0a, 0x27, 0x24])]);
    sh('mkdir "$(printf "$1/\\377\\n\'\\$")" && : >"$(printf "$1/\\377\\n\'\\$")/f"', strange);
    const path = hostPathFromBytes(bytes);
    const { size, lineage } = await fixture.create('odd', { from: { kind: 'folder', path } });
    expect(size?.files).toBe(1);
    expect(lineage[0]?.from).toBe(path);
  });
});
