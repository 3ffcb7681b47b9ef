import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { SandboxShell } from '#core/contract/sandboxes.ts';
import { launchOf } from '#core/hosts/launch.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { openSandboxes } from './sandboxes.fixture.ts';
import type { Sandboxes } from './sandboxes.ts';

const reason = whyMissing('apptainer', 'otherWays', 'tiny', 'user', 'subuid');
const folder = mkdtempSync(join(tmpdir(), 'sandbox-ways-'));
const tree = join(folder, 'tree');
const path = hostPathFromText(tree);
const environment = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', TERM: 'dumb' };
const open = (hasRuntime: boolean) => openSandboxes(folder, { hasRuntime }).sandboxes;

/** What a shell says to these lines, on a terminal of its own; `end` is how it ends. */
async function shell(
  sandboxes: Sandboxes,
  chosen: Partial<SandboxShell> & Pick<SandboxShell, 'way'>,
  lines: readonly string[],
): Promise<string> {
  const spec = await sandboxes.resolveShell({
    hostId: localHostId,
    path,
    isWritable: false,
    isRoot: false,
    ...chosen,
  });
  const { file, args, environment: own } = launchOf(spec, environment, null);
  const quoted = [file, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const child = spawn('script', ['-qec', quoted, '/dev/null'], {
    env: own,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stdin.end(`${[...lines, 'exit'].join('\n')}\n`);
  await new Promise((resolve) => child.on('close', resolve));
  return said;
}

describe.skipIf(reason !== null)(`ways into a sandbox${reason === null ? '' : ` (${reason})`}`, () => {
  beforeAll(() => {
    execFileSync('apptainer', ['build', '--sandbox', tree, testbed().tiny.sif], { stdio: 'pipe' });
    // A shell that keeps a history, with what it is linked with.
    const linked = execFileSync('ldd', ['/bin/bash'], { encoding: 'utf8' });
    for (const file of ['/bin/bash', ...(linked.match(/\/\S+/g) ?? [])]) {
      mkdirSync(join(tree, dirname(file)), { recursive: true });
      copyFileSync(file, join(tree, file));
    }
    execFileSync(
      'apptainer',
      ['exec', '--fakeroot', '--writable', tree, 'sh', '-c', 'echo x>/own; chown 5:5 /own'],
      {
        stdio: 'pipe',
      },
    );
  });
  afterAll(() => {
    execFileSync('unshare', ['--map-root-user', '--map-auto', 'rm', '-rf', folder]);
  });
  beforeEach(() => {
    execFileSync('rm', ['-f', join(tree, 'mark')]);
  });

  it('are said in words, with the runtime and without one', async () => {
    const ways = async (hasRuntime: boolean) =>
      (await open(hasRuntime).detail({ hostId: localHostId, path })).ways;
    expect((await ways(true)).map(({ id, isPossible }) => [id, isPossible])).toEqual([
      ['readOnly', true],
      ['writable', true],
      ['writableRoot', true],
    ]);
    const without = await ways(false);
    expect(without.map(({ id, isPossible }) => [id, isPossible])).toEqual([
      ['readOnly', false],
      ['writable', false],
      ['writableRoot', false],
      ['charliecloud', true],
      ['bubblewrap', true],
      ['unshare', true],
    ]);
    expect(without.at(-1)?.limits.join(' ')).toMatch(/runscript.*--nv/s);
  });

  const look = 'id -u; echo x > /mark; ls -l /own';
  it.each([
    ['readOnly', false, false, String(process.getuid?.()), false],
    ['writable', true, false, String(process.getuid?.()), true],
    ['writableRoot', true, true, '0', true],
    ['charliecloud', false, false, String(process.getuid?.()), false],
    ['charliecloud', true, true, '0', true],
    ['bubblewrap', false, false, String(process.getuid?.()), false],
    ['bubblewrap', true, true, '0', true],
    ['unshare', false, true, '0', false],
    ['unshare', true, true, '0', true],
  ] as const)('%s (writable: %s, root: %s) is what it says', async (way, isWritable, isRoot, uid, isKept) => {
    const isOfRuntime = ['readOnly', 'writable', 'writableRoot'].includes(way);
    const said = await shell(open(isOfRuntime), { way, isWritable, isRoot }, [look]);
    expect(said).toMatch(new RegExp(`^${uid}\\r?$`, 'm'));
    expect(existsSync(join(tree, 'mark'))).toBe(isKept);
    if (way === 'writableRoot' || way === 'unshare') expect(said).toMatch(/-rw-\S+ +1 +5 +5 /);
  });

  it('refuses a way that the host does not have', async () => {
    await expect(shell(open(false), { way: 'writable' }, [])).rejects.toThrow();
  });

  it('keeps the history of writable shells outside of the tree, and makes a draft of it', async () => {
    const sandboxes = open(true);
    await shell(sandboxes, { way: 'writableRoot' }, ['echo one > /mark', 'ls /']);
    await shell(sandboxes, { way: 'readOnly' }, ['echo never']);
    const { definition, commands } = await sandboxes.draft({ hostId: localHostId, path });
    expect(commands).toBeGreaterThanOrEqual(3);
    expect(definition).toContain('    echo one > /mark\n    # ls /\n');
    expect(definition).not.toContain('never');
    const found = execFileSync('find', [tree, '-name', '*history*', '-not', '-path', '*/.singularity.d/*'], {
      encoding: 'utf8',
    });
    expect(found).toBe('');
    const state = join(folder, 'state/sandboxes');
    const [id = ''] = readdirSync(state).filter((name) => name !== 'work');
    const [history = ''] = readdirSync(join(state, id, 'shells'));
    const file = join(state, id, 'shells', history);
    expect(execFileSync('stat', ['-c', '%a', file], { encoding: 'utf8' })).toBe('600\n');
    expect(readFileSync(file, 'utf8')).not.toBe('');
    expect(readdirSync('/tmp').filter((name) => name.startsWith(`.mysingularity-shell-${id}`))).toEqual([]);
  });

  it('keeps the history of one whose terminal is closed', async () => {
    const sandboxes = open(true);
    const one = { hostId: localHostId, path };
    const spec = await sandboxes.resolveShell({ ...one, way: 'writable', isWritable: true, isRoot: false });
    const host = createLocalHost({ environment, observer: { started: () => ({ ended: () => undefined }) } });
    const pty = await host.openPty(spec, { size: { columns: 80, rows: 24 } });
    pty.onData(() => undefined);
    pty.write(new TextEncoder().encode('echo closed > /mark\n'));
    await vi.waitFor(() => expect(existsSync(join(tree, 'mark'))).toBe(true), { timeout: 20_000 });
    await pty.dispose();
    await vi.waitFor(
      async () => expect((await sandboxes.draft(one)).definition).toContain('    echo closed > /mark\n'),
      { timeout: 20_000 },
    );
  });
});
