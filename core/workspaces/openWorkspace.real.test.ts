import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { makeProgram, openUse, type UseFixture } from './use.fixture.ts';

const scratch = mkdtempSync(join(tmpdir(), 'use-program-'));
let program: Uint8Array = new Uint8Array();
beforeAll(() => {
  program = makeProgram(scratch);
});
const reason = whyMissing('user', 'apptainer', 'tiny', 'ssh');
beforeEach((context) => {
  if (reason !== null) context.skip(reason);
});
afterAll(() => rmSync(scratch, { recursive: true }));

const opened: UseFixture[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((fixture) => fixture.dispose()));
});

async function open(
  name: string,
  configuration: Readonly<Record<string, string>> = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<UseFixture> {
  const fixture = await openUse({ name, program, configuration, environment });
  opened.push(fixture);
  return fixture;
}

/** What a program sees of its workspace, line by line. */
const look =
  'echo $HOME; pwd; id -u; stat -c %u . bin/hello | sort -u; ls -A /home; echo "<$XDG_CONFIG_HOME>"; bin/hello; bin/script; echo mine > new';

const runs = ['hello from the library', 'script in /home/mysingularity'];

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const thrown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  return thrown instanceof WorkbenchError ? thrown.report.code : 'none';
}

const leases = (fixture: UseFixture, { folder }: Workspace) =>
  fixture.say('ls "$1/leases" 2>/dev/null', folder);
const noLease = (fixture: UseFixture, workspace: Workspace) =>
  vi.waitFor(async () => expect(await leases(fixture, workspace)).toBe(''), { timeout: 5000 });
const oneWriter = (fixture: UseFixture, { id }: Workspace) =>
  vi.waitFor(
    async () => {
      const { writers } = await fixture.store.find(fixture.host, id);
      expect(writers).toHaveLength(1);
      return writers[0];
    },
    { timeout: 5000 },
  );

describe.each(['local', 'cluster-bob'])('a workspace on %s', (name) => {
  it('is the home of whoever opens it, and what was built in it runs', async () => {
    const fixture = await open(name, {}, { XDG_CONFIG_HOME: '/home/somebody/.config' });
    const workspace = await fixture.make('w');
    const uid = (await fixture.say('id -u')).trim();
    for (const isolation of ['host', 'clean', 'sealed'] as const) {
      const action = fixture.action(workspace, ['sh', '-c', look], { isolation });
      const { stdout, stderr, exitStatus } = await fixture.host.run(await fixture.command(action));
      expect([stderr, exitStatus]).toEqual(['', 0]);
      expect(stdout.trim().split('\n')).toEqual([
        '/home/mysingularity',
        '/home/mysingularity',
        uid,
        uid,
        'mysingularity',
        '<>',
        ...runs,
      ]);
    }
    expect(await fixture.say('cat "$1/home/new"', workspace.folder)).toBe('mine\n');
    expect((await fixture.run(workspace, 'sh', '-c', 'exit 7')).exitStatus).toBe(7);
    await noLease(fixture, workspace);
  });
});

describe('who has it open', () => {
  it('is told while a program runs, and no longer', async () => {
    const fixture = await open('local');
    const workspace = await fixture.make('w');
    const stop = new AbortController();
    const running = fixture.host.run(await fixture.command(fixture.action(workspace, ['sleep', '60'])), {
      signal: stop.signal,
    });
    const writer = await oneWriter(fixture, workspace);
    expect(writer).toMatchObject({ user: 'tester', isAlive: true, what: 'Execute a program in tiny.sif' });
    const { route, items } = await fixture.use.preflight(workspace.id, fixture.action(workspace, ['true']));
    expect([route, items.map(({ code, level }) => `${code} ${level}`)]).toEqual([
      'home',
      ['otherWriters warning'],
    ]);
    stop.abort();
    await expect(running).rejects.toThrow();
    await noLease(fixture, workspace);
  });

  it('is told as gone where it was killed, and tidied by the next start', async () => {
    const fixture = await open('local');
    const workspace = await fixture.make('w');
    const running = fixture.host.run(await fixture.command(fixture.action(workspace, ['sleep', '60'])));
    const writer = await oneWriter(fixture, workspace);
    process.kill(writer?.processId ?? 0, 'SIGKILL');
    await vi.waitFor(async () => {
      const { writers } = await fixture.store.find(fixture.host, workspace.id);
      expect(writers.every(({ isAlive }) => isAlive === false)).toBe(true);
    });
    expect((await fixture.run(workspace, 'true')).exitStatus).toBe(0);
    expect((await running).signal).toBe('SIGKILL');
    await noLease(fixture, workspace);
  });
});

describe('where the straight way is forbidden', () => {
  it.each([
    [{ 'mount home': 'no' }, 'home', '/home/mysingularity'],
    [{ 'enable overlay': 'no' }, 'home', '/home/mysingularity'],
    [{ 'enable overlay': 'no', 'enable underlay': 'no' }, 'home', '/home/mysingularity'],
    [{ 'user bind control': 'no' }, 'overlay', '/home/mysingularity'],
  ] as const)('%j: the route is %s', async (configuration, route, home) => {
    const fixture = await open('local', configuration);
    const workspace = await fixture.make('w');
    const action = fixture.action(workspace, [
      'sh',
      '-c',
      'echo $HOME; $HOME/bin/hello; $HOME/bin/script; echo x > $HOME/new',
    ]);
    expect((await fixture.use.preflight(workspace.id, action)).route).toBe(route);
    const { stdout, exitStatus } = await fixture.host.run(await fixture.command(action));
    expect([stdout.trim().split('\n'), exitStatus]).toEqual([[home, ...runs], 0]);
    expect(await fixture.say('cat "$1/home/new"', workspace.folder)).toBe('x\n');
  });

  it('only HOME is set where neither binds nor overlays may be', async () => {
    const fixture = await open('local', { 'user bind control': 'no', 'enable overlay': 'no' });
    const workspace = await fixture.make('w');
    const tree = `${workspace.folder}/home`;
    const action = fixture.action(workspace, ['sh', '-c', 'echo $HOME; pwd; ls bin']);
    expect((await fixture.use.preflight(workspace.id, action)).route).toBe('environment');
    const { stdout } = await fixture.host.run(await fixture.command(action));
    expect(stdout.trim().split('\n')).toEqual([tree, tree, 'hello', 'script', 'sh']);
    const sealed = fixture.action(workspace, ['true'], { isolation: 'sealed' });
    expect(await codeOf(fixture.command(sealed))).toBe('workspace.cannotOpen');
  });

  it('an image without /home is refused where the runtime may use no layer, as the runtime would', async () => {
    const fixture = await open('local', { 'enable overlay': 'no', 'enable underlay': 'no' });
    const workspace = await fixture.make('w');
    const sandbox = joinPath(fixture.folder, hostPathFromText('box'));
    await fixture.say('mkdir -p "$1" && cp -a "$2/." "$1" && rmdir "$1/home"', sandbox, rootfs());
    const action = { ...fixture.action(workspace, ['true']), path: sandbox };
    expect(await fixture.use.preflight(workspace.id, action)).toMatchObject({
      route: 'none',
      items: [{ code: 'noOverlay', level: 'blocked' }],
    });
    expect(await codeOf(fixture.command(action))).toBe('workspace.cannotOpen');
    const bare = await fixture.say(
      '"$1" exec --home "$2:/home/mysingularity" "$3" true 2>&1',
      fixture.runtime.path,
      `${workspace.folder}/home`,
      sandbox,
    );
    expect(bare).toContain("destination /home doesn't exist in container");
  });

  it('a path with a colon and a comma is bound', async () => {
    const fixture = await open('local');
    const workspace = await fixture.make('a:b,c "d"');
    const action = fixture.action(workspace, ['sh', '-c', look]);
    expect((await fixture.use.preflight(workspace.id, action)).route).toBe('bind');
    const { stdout, exitStatus } = await fixture.host.run(await fixture.command(action));
    expect([stdout.trim().split('\n').slice(-2), exitStatus]).toEqual([runs, 0]);
  });

  it('a tree that is gone is never replaced by an empty folder', async () => {
    const fixture = await open('local');
    const workspace = await fixture.make('w');
    const action = fixture.action(workspace, ['true']);
    const command = await fixture.command(action);
    await fixture.say('rm -r "$1/home"', workspace.folder);
    const late = await fixture.host.run(command);
    expect(late).toMatchObject({ exitStatus: 255, stderr: expect.stringContaining('is gone') });
    expect(await codeOf(fixture.command(action))).toBe('workspace.cannotOpen');
  });
});

describe('a workspace over its packed file', () => {
  it.each(['local', 'cluster-bob'])(
    'belongs to whoever opens it on %s, keeps what is written, and leaves no process',
    async (name) => {
      const fixture = await open(name);
      const workspace = await fixture.makePacked('p');
      const uid = (await fixture.say('id -u')).trim();
      const { stdout, stderr } = await fixture.run(workspace, 'sh', '-c', look);
      expect(stderr).toBe('');
      expect(stdout.trim().split('\n')).toEqual([
        '/home/mysingularity',
        '/home/mysingularity',
        uid,
        uid,
        'mysingularity',
        '<>',
        ...runs,
      ]);
      expect(await fixture.say('stat -c "%u %n" "$1/upper/new"', workspace.folder)).toBe(
        `${uid} ${workspace.folder}/upper/new\n`,
      );
      expect((await fixture.run(workspace, 'cat', 'new')).stdout).toBe('mine\n');
      await noLease(fixture, workspace);
      expect(await fixture.say('ls -A "$1/home"', workspace.folder)).toBe('');
      await vi.waitFor(async () => expect(await servers(fixture, workspace)).toBe(''));
    },
  );

  it('can be open once; what a kill leaves is ended by the next start', async () => {
    const fixture = await open('local');
    const workspace = await fixture.makePacked('p');
    const running = fixture.host.run(await fixture.command(fixture.action(workspace, ['sleep', '60'])));
    const writer = await oneWriter(fixture, workspace);
    await vi.waitFor(async () => expect(await leases(fixture, workspace)).toContain('.server'));
    expect(await codeOf(fixture.command(fixture.action(workspace, ['true'])))).toBe('workspace.cannotOpen');
    process.kill(writer?.processId ?? 0, 'SIGKILL');
    // The next start ends what the kill left, the runtime's own mount of the image too, which keeps the output open.
    await vi.waitFor(async () =>
      expect((await fixture.run(workspace, 'bin/hello')).stdout).toBe('hello from the library\n'),
    );
    await running;
    await noLease(fixture, workspace);
    await vi.waitFor(async () => expect(await servers(fixture, workspace)).toBe(''));
  });
});

const rootfs = () => testbed().tiny.rootfs;

/** Processes of squashfuse whose mount is below the workspace. */
const servers = (fixture: UseFixture, { folder }: Workspace) =>
  fixture.say(
    'for p in /proc/[0-9]*; do [ "$(cat "$p/comm" 2>/dev/null)" = squashfuse ] && [ "$(readlink "$p/cwd")" = "$1" ] && echo "$p"; done; :',
    folder,
  );
