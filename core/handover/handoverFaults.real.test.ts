import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { hostIdSchema, localHostId, taskIdSchema } from '#core/contract/ids.ts';
import { type Workspace, workspaceManifestSchema } from '#core/contract/workspaces.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { type HandoverFixture, openHandover } from './handover.fixture.ts';
import { layOver } from './layOver.ts';
import { packedHead, packedText, readPacked, treeOffset } from './packedFile.ts';

const why = whyMissing('ssh', 'sshFar');
const bob = hostIdSchema.parse('cluster-far-bob');
let f: HandoverFixture;
let made: Workspace;

beforeAll(async () => {
  f = await openHandover(why === null ? { sshHosts: ['cluster-far-bob'] } : {});
  // 1,400 files of one byte: more room on a disk than their sizes say.
  made = await f.make('tools', 'for i in 1 2; do mkdir d$i; (cd d$i && seq 1 700 | split -l 1 -a 3); done');
  const pack = { hostId: localHostId, overwrite: false, compression: null, confirmed: [], folder: null };
  await f.run('workspace.pack', { ...pack, id: made.id, fileName: 'good.sif' });
}, 60_000);
afterAll(() => f.dispose());

const at = (name: string) => join(f.folder, name);
const adopt = (path: string, rest: object = {}) =>
  f.run('workspace.adopt', {
    hostId: localHostId,
    from: { kind: 'file', hostId: localHostId, path: hostPathFromText(path) },
    name: 'theirs',
    parent: null,
    form: 'unpacked',
    ...rest,
  });

async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError)) throw thrown;
    return `${thrown.report.code}: ${thrown.report.data['reason'] ?? ''}`;
  }
}

/** A packed file around a squashfs that a script makes as `tree.sqfs`; what it says of it may be a lie. */
function craft(name: string, script: string, says: { entries: number; bytes: number }): string {
  const folder = at(`craft-${name}`);
  execFileSync('/bin/sh', ['-ec', `mkdir -p "$1/s/home/mysingularity"; cd "$1"; ${script}`, 'sh', folder]);
  const tree = readFileSync(join(folder, 'tree.sqfs'));
  const sha256 = createHash('sha256').update(tree).digest('hex');
  const manifest = { ...workspaceManifestSchema.parse(made), layered: null };
  const packed = { manifest, tree: { sha256, sizeBytes: tree.length, ...says } };
  const head = packedHead(packed, treeOffset(Buffer.byteLength(packedText(packed))), 'amd64');
  writeFileSync(join(folder, 'x.sif'), Buffer.concat([head, tree]));
  return join(folder, 'x.sif');
}

const squash = 'mksquashfs s tree.sqfs -all-root -quiet -no-progress -noappend';

it.each([
  ['cut short', () => cut('cut.sif', 1), 'workspace.hostile: Only'],
  ['cut in its head', () => cut('head.sif', null), 'workspace.hostile: '],
  ['changed by one bit', () => flipped(), 'workspace.hostile: Its bytes are not those'],
  [
    'with a device',
    () => craft('device', `${squash} -p 'home/mysingularity/null c 666 0 0 1 3'`, { entries: 1, bytes: 0 }),
    'workspace.hostile: It holds devices',
  ],
  [
    'with more than it says',
    () =>
      craft('more', `echo x >s/home/mysingularity/a; echo y >s/home/mysingularity/b; ${squash}`, {
        entries: 1,
        bytes: 2,
      }),
    'workspace.hostile: It holds more',
  ],
  [
    'with names that leave',
    () =>
      craft(
        'leaves',
        `mkdir -p s/home/mysingularity/QQ; echo x >s/home/mysingularity/QQ/z; ${squash} -noI -noId; LC_ALL=C sed -i 's/QQ/../' tree.sqfs`,
        { entries: 2, bytes: 2 },
      ),
    'workspace.hostile: ',
  ],
  ['that is only an image', () => testbed().tiny.sif, 'workspace.none: '],
  ['that is no SIF', () => '/etc/passwd', 'workspace.none: '],
  ['that is not there', () => at('nothing.sif'), 'image.missing: '],
])('takes nothing from a file %s', async (_words, make, expected) => {
  for (const form of ['unpacked', 'over']) expect(await failure(adopt(make(), { form }))).toContain(expected);
  expect(readdirSync(at('workspaces'))).toEqual(['tools']);
  expect(readdirSync(f.folder)).not.toContain('z');
});

function cut(name: string, lessBytes: number | null): string {
  copyFileSync(at('good.sif'), at(name));
  truncateSync(at(name), lessBytes === null ? 20_000 : statSync(at(name)).size - lessBytes);
  return at(name);
}

function flipped(): string {
  const bytes = readFileSync(at('good.sif'));
  const middle = bytes.length - 200;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(at('flipped.sif'), bytes);
  return at('flipped.sif');
}

it('drops setuid bits, and keeps links that lead out as links', async () => {
  const path = craft(
    'setuid',
    `echo x >s/home/mysingularity/suid; chmod 6755 s/home/mysingularity/suid; ln -s ../../../etc/passwd s/home/mysingularity/out; ${squash}`,
    { entries: 2, bytes: 2 },
  );
  await adopt(path, { name: 'bits' });
  const { folder } = await f.one(localHostId, 'bits');
  expect(await f.say(localHostId, 'cd "$1/home" && stat -c "%a %F" suid out', folder)).toBe(
    '755 regular file\n777 symbolic link\n',
  );
});

it('unpacks where an overlay cannot stand, and says why', async () => {
  const other = await openHandover({ facts: { userOverlayTest: 'mount: permission denied' } });
  try {
    const input = {
      hostId: localHostId,
      from: { kind: 'file', hostId: localHostId, path: hostPathFromText(at('good.sif')) },
      name: 'theirs',
      parent: null,
      form: null,
    } as const;
    const plan = await other.handover.planAdopt(input);
    expect(plan).toMatchObject({ form: 'unpacked', sentence: expect.stringContaining('mounts no overlay') });
    await other.run('workspace.adopt', input);
    expect((await other.one(localHostId, 'theirs')).layered).toBeNull();
    expect(await failure(other.run('workspace.adopt', { ...input, name: 'x', form: 'over' }))).toContain(
      'workspace.cannotOpen',
    );
  } finally {
    await other.dispose();
  }
});

it('packs what lies over a packed file again, and what was written above it', async () => {
  await adopt(at('good.sif'), { name: 'over', form: 'over' });
  const over = await f.one(localHostId, 'over');
  const { stderr } = await f.inside(
    over,
    hostPathFromText(testbed().tiny.sif),
    'sh',
    '-c',
    'rm -r d1 && echo new >d2/new',
  );
  expect(stderr).toBe('');
  const input = {
    hostId: localHostId,
    id: over.id,
    overwrite: false,
    compression: 'gzip',
    confirmed: [],
    folder: null,
    fileName: 'again.sif',
  };
  const { path } = await f.run('workspace.pack', input);
  await adopt(path ?? '', { name: 'third' });
  const { folder } = await f.one(localHostId, 'third');
  expect(await f.say(localHostId, 'cd "$1/home" && ls -A && cat d2/new && ls d2 | wc -l', folder)).toBe(
    'd2\nnew\n701\n',
  );
  await f.workspaces.store.find(await f.host(localHostId), over.id);
});

it('leaves nothing where it is cancelled', async () => {
  const abort = new AbortController();
  const reason = new Error('cancelled');
  const work = adopt(at('good.sif'), { name: 'gone' });
  await work;
  const stopped = f.run(
    'workspace.pack',
    {
      hostId: localHostId,
      id: made.id,
      overwrite: false,
      compression: null,
      confirmed: [],
      folder: null,
      fileName: 'gone.sif',
    },
    { signal: abort.signal },
  );
  abort.abort(reason);
  await expect(stopped).rejects.toBe(reason);
  expect(readdirSync(f.folder).filter((name) => name.startsWith('.') || name === 'gone.sif')).toEqual([]);
});

describe.skipIf(why !== null)(`on another host${why === null ? '' : ` (${why})`}`, () => {
  it.each(['small', 'quota'] as const)('names what is full, and leaves nothing there: %s', async (kind) => {
    const place = testbed().ssh.places[kind];
    if (place === '') return;
    const parent = hostPathFromText(`${place}/handover-${process.pid}`);
    // A quota counts the bytes of a file at once, and what the entries of many small ones take only in a while.
    const heavy = `yes | head -c 8000000 >s/home/mysingularity/data; ${squash}`;
    const file = kind === 'small' ? at('good.sif') : craft('heavy', heavy, { entries: 1, bytes: 8_000_000 });
    const said = await failure(adopt(file, { hostId: bob, parent }));
    expect(said).toContain(kind === 'small' ? 'disk.full' : 'disk.quota');
    expect(await f.say(bob, 'ls -A "$1"; rm -rf "$1"', parent)).toBe('');
  });

  it.each(['send', 'unpack'])(
    'adopts nothing where the line is cut, and all of it when it is back: %s',
    async (moment) => {
      const from = { kind: 'workspace', hostId: localHostId, id: made.id };
      const input = { hostId: bob, from, name: 'cut', parent: null, form: 'unpacked' };
      let isCut = false;
      const onPhase = (phase: string) => {
        if (phase !== moment || isCut) return;
        isCut = true;
        void f.line(bob).disconnect();
      };
      await expect(f.run('workspace.adopt', input, { onPhase })).rejects.toMatchObject({
        report: { code: expect.stringMatching(/^(host|transfer)\./) },
      });
      await f.line(bob).connect();
      const parent = joinPath(f.place(bob), hostPathFromText('workspaces'));
      await vi.waitFor(
        async () => {
          await f.workspaces.removeLeftovers(bob);
          expect(await f.say(bob, 'ls -A "$1" | grep -E "^\\.|^cut" || :', parent)).toBe('');
        },
        { timeout: 10_000, interval: 100 },
      );
      expect(
        readdirSync(joinPath(f.place(localHostId), hostPathFromText('workspaces'))).filter((name) =>
          name.startsWith('.'),
        ),
      ).toEqual([]);
      await f.run('workspace.adopt', input);
      const { id } = await f.one(bob, 'cut');
      await f.run('workspace.remove', { hostId: bob, id, isForced: false });
    },
  );

  it('brings a workspace of this machine over and back, and leaves nothing between', async () => {
    const from = { kind: 'workspace', hostId: localHostId, id: made.id };
    await f.run('workspace.adopt', { hostId: bob, from, name: 'there', parent: null, form: null });
    const there = await f.one(bob, 'there');
    expect(there.layered?.file).toBe('packed.sif');
    const back = { kind: 'workspace', hostId: bob, id: there.id };
    await f.run('workspace.adopt', {
      hostId: localHostId,
      from: back,
      name: 'back',
      parent: null,
      form: 'unpacked',
    });
    const { folder } = await f.one(localHostId, 'back');
    expect(await f.say(localHostId, 'diff -r "$1/home" "$2/home"; ls -A "$2"', made.folder, folder)).toBe(
      'home\nworkspace.json\n',
    );
    const parent = joinPath(f.place(bob), hostPathFromText('workspaces'));
    expect(await f.say(bob, 'export LC_ALL=C; ls -A "$1"; ls -A "$1/there"', parent)).toBe(
      'there\n.unpack-wanted\nhome\npacked.sif\nupper\nwork\nworkspace.json\n',
    );
    const host = await f.host(bob);
    const { packed } = await readPacked(host, joinPath(there.folder, hostPathFromText('packed.sif')));
    expect(packed.tree.entries).toBe(1402);
  });
});

it('refuses a file that is written to while it is copied and proved', async () => {
  const path = hostPathFromText(at('changing.sif'));
  copyFileSync(at('good.sif'), path);
  const host = await f.host(localHostId);
  let tell: () => void = () => undefined;
  const isCopied = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const between: Host = {
    ...host,
    run: async (spec, options) => {
      if (spec.purpose === 'Prove a packed workspace') await isCopied;
      const outcome = await host.run(spec, options);
      if (spec.purpose !== 'Lay a packed file into a workspace') return outcome;
      utimesSync(path, 1, 1);
      tell();
      return outcome;
    },
  };
  const taking = { path, file: await readPacked(host, path), shownAs: path, isOwn: false };
  const folder = hostPathFromText(mkdtempSync(join(f.folder, 'laid-')));
  const means = { hosts: { architecture: async () => 'amd64' } };
  const context: TaskContext = {
    id: taskIdSchema.parse('changing'),
    signal: new AbortController().signal,
    report: () => undefined,
    log: () => undefined,
    resumeFrom: 0,
    isAdopted: false,
  };
  const laid = layOver(means, between, { ...taking, folder }, context);
  expect(await failure(laid)).toBe('workspace.hostile: It changed while it was copied');
  expect(
    await layOver(
      means,
      host,
      { ...taking, folder: hostPathFromText(mkdtempSync(join(f.folder, 'laid-'))) },
      context,
    ),
  ).toMatchObject({ hindrance: null });
});
