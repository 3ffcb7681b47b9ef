import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { type CommandLineFixture, openCommandLine } from './commandLine.fixture.ts';

const reason = whyMissing('apptainer', 'registry', 'tiny', 'user', 'subuid');
const bed = testbed();
let line: CommandLineFixture;
const names = ['one', 'two', 'three', 'clone'] as const;

beforeAll(async () => {
  line = await openCommandLine({ environment: () => ({ MYSINGULARITY_SSH_CONFIG: bed.ssh.config }) });
});
afterAll(async () => {
  const left = [...names, '.mysingularity-snapshots'].map((name) => inHome(name));
  // Nobody else may remove what belongs to subordinate ids.
  if (reason === null) execFileSync('unshare', ['--map-root-user', '--map-auto', 'rm', '-rf', ...left]);
  await line.dispose();
});
beforeEach((context) => {
  if (reason !== null) context.skip(reason);
});

interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function sandbox(...words: readonly string[]): Promise<Said> {
  const status = await line.run('sandbox', ...words);
  return { status, ...line.said };
}
async function json(...words: readonly string[]): Promise<Record<string, never>> {
  const { stdout, stderr } = await sandbox(...words, '--json');
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? stderr) as Record<string, never>;
}
const inHome = (...path: readonly string[]) => join(line.home, ...path);
const asRoot = (name: string, script: string) =>
  execFileSync('apptainer', ['exec', '--fakeroot', '--writable', inHome(name), 'sh', '-c', script], {
    stdio: 'pipe',
  });
const tiny = `docker://${bed.registry}/demo/tiny:v1`;

describe('mysingularity sandbox', () => {
  it('makes one straight from a registry, and knows what it began with', async () => {
    const made = await sandbox('create', tiny, 'one');
    expect(made, made.stderr).toMatchObject({ status: 0, stdout: `${inHome('one')}\n` });
    expect(await json('show', 'one')).toMatchObject({
      base: { kind: 'registry', from: tiny, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
      size: { files: expect.any(Number) },
      hasForeignOwners: false,
    });
    expect(await sandbox('diff', 'one')).toMatchObject({ status: 0 });
    expect((await sandbox('list')).stdout).toContain(inHome('one'));
  });

  it('opens a shell in it, in a terminal of the window too, and shows what a person would type', async () => {
    const shown = await sandbox('shell', 'one', '-n', '--writable', '--root');
    expect(shown.stdout).toMatch(/apptainer shell --fakeroot --writable \S+\/one\n$/);
    expect((await sandbox('shell', 'one', '-n', '--way', 'charliecloud')).stdout).toMatch(
      /^ch-run \S+\/one -- /,
    );
    expect((await sandbox('shell', 'one', '-n', '--root')).status).toBe(2);
    expect((await sandbox('shell', 'none', '-n')).status).toBe(125);
    const { terminals } = line.core.client();
    const shell = {
      hostId: localHostId,
      path: hostPathFromText(inHome('one')),
      way: 'readOnly',
      isWritable: false,
      isRoot: false,
    } as const;
    const size = { columns: 80, rows: 24 };
    const terminal = await terminals.open({ subject: { kind: 'sandbox', shell }, size });
    expect(terminal).toMatchObject({
      title: 'one @ local',
      command: expect.stringMatching(/apptainer shell \S+$/),
    });
    await terminals.close({ id: terminal.id });
    const { lastUsedAt } = await json('show', 'one');
    expect(lastUsedAt).toEqual(expect.any(Number));
  });

  it('from an image and from a definition, too, with the digest of the file', async () => {
    copyFileSync(bed.tiny.sif, inHome('tiny.sif'));
    const image = await sandbox('create', 'tiny.sif', 'two');
    expect(image.status, image.stderr).toBe(0);
    const { base } = await json('show', 'two');
    const sum = execFileSync('sha256sum', [inHome('tiny.sif')], { encoding: 'utf8' }).slice(0, 64);
    expect(base).toMatchObject({ kind: 'image', from: inHome('tiny.sif'), digest: `sha256:${sum}` });
    writeFileSync(
      inHome('made.def'),
      `# a comment\nBootstrap: localimage\nFrom: ${inHome('tiny.sif')}\n\n%post\n  echo made > /made\n`,
    );
    const built = await sandbox('create', 'made.def', 'three');
    expect(built.status, built.stderr).toBe(0);
    expect(await json('show', 'three')).toMatchObject({
      base: { kind: 'definition', from: inHome('made.def') },
    });
    expect((await sandbox('draft', 'three')).stdout).toContain('echo made > /made');
  });

  it('tells what changed: files, packages, sizes; not what was only written again', async () => {
    asRoot(
      'one',
      `mkdir -p /own/closed /var/lib/dpkg; echo a > /own/a; chown -R 5:5 /own; chmod 500 /own/closed
       cp -p /etc/passwd /tmp/p; cat /tmp/p > /etc/passwd; rm -f /tmp/p
       printf 'Package: hello\\nStatus: install ok installed\\nVersion: 2.10-3\\n' > /var/lib/dpkg/status
       rm /bin/ash; echo longer > "/own/$(printf 'a\\\\b\\nc')"`,
    );
    const found = await sandbox('diff', 'one');
    expect(found.status).toBe(1);
    expect(found.stdout).toContain('+ dpkg hello 2.10-3\n');
    expect(found.stdout).toContain('+ /own/a (2 B)\n');
    expect(found.stdout).toContain('- /bin/ash (0 B)\n');
    expect(found.stdout).not.toContain('/etc/passwd');
    expect((await sandbox('show', 'one', '--measure')).stdout).toContain('subordinate ids');
  });

  it('clones, snapshots and restores with every owner, and what was there is kept', async () => {
    expect((await sandbox('clone', 'one', 'clone')).status).toBe(0);
    const owners = (name: string) =>
      execFileSync(
        'stat',
        ['-c', '%u %a', inHome(name, 'own'), inHome(name, 'own/closed'), inHome(name, 'own/a')],
        {
          encoding: 'utf8',
        },
      );
    expect(owners('clone')).toBe(owners('one'));
    expect(owners('clone')).not.toContain(`${process.getuid?.()} `);
    expect(await sandbox('diff', 'clone')).toMatchObject({ stdout: (await sandbox('diff', 'one')).stdout });
    const snapped = await json('snapshot', 'one', '--note', 'before the experiment');
    const { snapshotId } = snapped['facts'] as unknown as { snapshotId: string };
    asRoot('one', 'rm -rf /own; echo new > /new');
    expect((await sandbox('restore', 'one', snapshotId)).status).toBe(0);
    expect(existsSync(inHome('one/new'))).toBe(false);
    expect(owners('one')).toBe(owners('clone'));
    const { snapshots } = await json('show', 'one');
    expect(snapshots).toMatchObject([
      { id: snapshotId, note: 'before the experiment' },
      { note: 'Before going back to before the experiment' },
    ]);
    const { id } = (snapshots as unknown as { id: string }[])[1] ?? { id: '' };
    expect(existsSync(inHome('.mysingularity-snapshots'))).toBe(true);
    expect((await sandbox('restore', 'one', id)).status).toBe(0);
    expect(existsSync(inHome('one/new'))).toBe(true);
    expect((await sandbox('snapshot', 'one', '--remove', id)).status).toBe(0);
    expect((await sandbox('restore', 'one', id)).status).toBe(2);
    expect((await sandbox('restore', 'one', snapshotId)).status).toBe(0);
  });

  it('freezes with owners, base and lineage, also what is closed to the person', async () => {
    const frozen = await sandbox('freeze', 'one', 'one.sif');
    expect(frozen.status, frozen.stderr).toBe(0);
    const labels = execFileSync('apptainer', ['inspect', inHome('one.sif')], { encoding: 'utf8' });
    expect(labels).toContain(`org.opencontainers.image.base.name: ${tiny}`);
    expect(labels).toMatch(/org.opencontainers.image.base.digest: sha256:[0-9a-f]{64}/);
    const seen = execFileSync(
      'apptainer',
      ['exec', '--fakeroot', inHome('one.sif'), 'stat', '-c', '%u %a', '/own/closed', '/own/a'],
      { encoding: 'utf8', stdio: 'pipe' },
    );
    expect(seen).toBe('5 500\n5 644\n');
  });

  it('says so of what is none, of a link, and of one that is in use; and then deletes all of it', async () => {
    symlinkSync(inHome('one'), inHome('link'));
    mkdirSync(inHome('plain'));
    expect(await sandbox('delete', 'plain')).toMatchObject({ status: 3 });
    expect(await sandbox('delete', 'link')).toMatchObject({ status: 2 });
    const running = await line.core.client().sandboxes.list({ hostId: localHostId });
    expect(running.sandboxes.map(({ path }) => path)).toContain(inHome('one'));
    execFileSync('apptainer', ['instance', 'start', inHome('one'), `busy-${process.pid}`], { stdio: 'pipe' });
    try {
      const busy = await sandbox('delete', 'one');
      expect(busy.status).toBe(4);
      expect(busy.stderr).toMatch(/These run in it: .*process \d+/);
    } finally {
      execFileSync('apptainer', ['instance', 'stop', `busy-${process.pid}`], { stdio: 'pipe' });
    }
    for (const name of names) {
      const gone = await sandbox('delete', name);
      expect(gone.status, gone.stderr).toBe(0);
    }
    const ours = ['config', 'data', 'state', 'cache', 'link', 'plain'];
    const left = readdirSync(line.home).filter(
      (name) => !ours.includes(name) && !/\.(?:sif|def)$/.test(name),
    );
    expect(left).toEqual([]);
    expect(readdirSync(inHome('state/mysingularity/sandboxes'))).toEqual(['work']);
    rmSync(inHome('link'));
  });

  it('does the same on an ssh host', async (context) => {
    const missing = whyMissing('ssh');
    if (missing !== null) context.skip(missing);
    const ssh = (script: string) =>
      execFileSync('ssh', ['-q', '-F', bed.ssh.config, 'cluster', script], { encoding: 'utf8' }).trim();
    const far = ssh('mktemp -d').split('\n').at(-1) ?? '';
    const there = async (verb: string, ...words: readonly string[]) => {
      const said = await sandbox(verb, ...words, '--host', 'cluster');
      expect(said.status, said.stderr).toBe(verb === 'diff' ? 1 : 0);
      return said.stdout;
    };
    try {
      expect(await there('create', tiny, `${far}/one`)).toBe(`${far}/one\n`);
      ssh(`cd ${far} && apptainer exec --writable one sh -c 'echo x > /mark' 2>/dev/null`);
      expect(await there('diff', `${far}/one`)).toContain('+ /mark (2 B)');
      await there('snapshot', `${far}/one`);
      const { snapshots } = await json('show', `${far}/one`, '--host', 'cluster');
      ssh(`rm ${far}/one/mark`);
      await there('restore', `${far}/one`, (snapshots as unknown as { id: string }[])[0]?.id ?? '');
      expect(ssh(`cat ${far}/one/mark`)).toContain('x');
      await there('freeze', `${far}/one`, `${far}/one.sif`);
      expect(ssh(`apptainer exec ${far}/one.sif cat /mark 2>/dev/null`)).toContain('x');
      await there('delete', `${far}/one`);
      expect(ssh(`ls -A ${far}`)).toMatch(/(?:^|\n)one\.sif$/);
    } finally {
      ssh(`chmod -R u+rwX ${far}; rm -rf ${far}`);
    }
  });
});
