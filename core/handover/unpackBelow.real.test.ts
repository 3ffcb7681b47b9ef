import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { hostIdSchema, localHostId } from '#core/contract/ids.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { type HandoverFixture, openHandover } from './handover.fixture.ts';

const why = whyMissing('ssh', 'sshFar');
const whyTiny = whyMissing('tiny');
const bob = hostIdSchema.parse('cluster-far-bob');
const image = hostPathFromText(testbed().tiny.sif);
let f: HandoverFixture;
let isEnding = false;

/** Everything of the tree as a container sees it: names, kinds, modes, sizes, links, and the bytes of files. */
const look =
  'find . ! -path . -exec stat -c "%n %F %a" {} + | sort; find . -type l -exec readlink {} +; find . -type f -exec md5sum {} + | sort';

async function adopt(name: string, rest: object = {}): Promise<Workspace> {
  const from = { kind: 'file', hostId: localHostId, path: hostPathFromText(join(f.folder, 'good.sif')) };
  const input = { hostId: localHostId, from, name, parent: null, form: null, ...rest };
  await f.run('workspace.adopt', input);
  return await f.one(input.hostId, name);
}

const unpack = ({ hostId, id }: Workspace, options: Parameters<HandoverFixture['run']>[2] = {}) =>
  f.run('workspace.unpackBelow', { hostId, id }, options);

async function say(workspace: Workspace, script: string): Promise<string> {
  const { stdout, stderr } = await f.inside(workspace, image, 'sh', '-c', script);
  return stdout + stderr;
}

async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError)) throw thrown;
    return thrown.report.code;
  }
}

const namesIn = (workspace: Workspace) => readdirSync(workspace.folder).sort();
/** Adopted to be unpacked, and not yet. */
const packedNames = ['.unpack-wanted', 'home', 'packed.sif', 'upper', 'work', 'workspace.json'];
/** Nobody comes back to it. */
const keptNames = packedNames.slice(1);
const unpackedNames = ['home', 'lower', 'upper', 'work', 'workspace.json'];

describe.skipIf(whyTiny !== null)(`plain files below${whyTiny === null ? '' : ` (${whyTiny})`}`, () => {
  beforeAll(async () => {
    f = await openHandover({
      isEnding: () => isEnding,
      ...(why === null ? { sshHosts: ['cluster-far-bob'] } : {}),
    });
    const made = await f.make(
      'tools',
      'mkdir -p keep gone opaque/old closed moved; for d in keep gone moved; do (cd $d && seq 1 550 | split -l 1 -a 3); done; echo a >opaque/old/a; echo c >closed/c; chmod 500 closed; ln -s keep/xaaa link; ln keep/xaaa hard; echo s >suid; chmod 4755 suid',
    );
    const pack = { hostId: localHostId, overwrite: false, compression: null, confirmed: [], folder: null };
    await f.run('workspace.pack', { ...pack, id: made.id, fileName: 'good.sif' });
  }, 60_000);
  afterAll(() => f.dispose());

  it('come in the place of the packed file, under own writes that stay as they are', async () => {
    const over = await adopt('over');
    expect(over.below).toBe('packed');
    const wanted = [{ hostId: localHostId, id: over.id }];
    expect(f.followUps).toEqual(wanted);
    expect(await f.handover.unpackingsWanted(localHostId)).toEqual(wanted);
    const changes =
      'rm -r gone opaque && mkdir opaque && echo new >opaque/new && echo more >>keep/xaaa && mv moved renamed && rm link && chmod 755 suid && echo own >own';
    expect(await say(over, changes)).toBe('');
    const before = await say(over, look);
    expect(before).toContain('./renamed/xaaa regular file');

    await unpack(over);
    const unpacked = await f.one(localHostId, 'over');
    expect(unpacked).toMatchObject({ below: 'files', layered: over.layered });
    expect(namesIn(over).filter((name) => name !== 'leases')).toEqual(unpackedNames);
    expect(await f.handover.unpackingsWanted(localHostId)).toEqual([]);
    expect(await say(unpacked, look)).toBe(before);
    expect(await say(unpacked, 'echo again >>keep/xaab && rm -r renamed && cat keep/xaab; ls')).toBe(
      '2\nagain\nclosed\nhard\nkeep\nopaque\nown\nsuid\n',
    );
    const strange =
      'find "$1/lower" ! -user "$(id -un)" -o ! -type l -perm /6000; getfattr -R -d -m - "$1/lower" 2>/dev/null; :';
    expect(await f.say(localHostId, strange, over.folder)).toBe('');

    // Whatever is done with a workspace does without the packed file.
    const after = await say(unpacked, look);
    const pack = { hostId: localHostId, overwrite: false, compression: null, confirmed: [], folder: null };
    await f.run('workspace.pack', { ...pack, id: over.id, fileName: 'again.sif' });
    const from = { kind: 'file', hostId: localHostId, path: hostPathFromText(join(f.folder, 'again.sif')) };
    expect(await say(await adopt('again', { from, form: 'over' }), look)).toBe(after);
    const create = { hostId: localHostId, name: 'fork', description: '', parent: null, imagePath: null };
    await f.run('workspace.create', { ...create, from: { kind: 'workspace', id: over.id } });
    expect(await say(await f.one(localHostId, 'fork'), look)).toBe(after);
    const { sizeBytes } = await f.run('workspace.measure', { hostId: localHostId, id: over.id });
    expect(sizeBytes).toBeGreaterThan(1600 * 4096);
    expect((await unpack(over)).facts['isNew']).toBe(false);
    await f.run('workspace.remove', { hostId: localHostId, id: over.id, isForced: false });
    expect(existsSync(over.folder)).toBe(false);
  }, 30_000);

  it('leave a container that runs over the packed file what it has, until it ends', async () => {
    const open = await adopt('open', { form: 'over' });
    expect(f.followUps.some(({ id }) => id === open.id)).toBe(false);
    expect(await f.handover.unpackingsWanted(localHostId)).toEqual([]);
    expect(await f.handover.isToUnpack(open)).toBe(false);
    // Containers see it, too.
    const outside = mkdtempSync(join('/tmp', 'unpackBelow-'));
    execFileSync('mkfifo', [join(outside, 'go')]);
    const session = say(open, `echo begun >begun; read x <${outside}/go; cat keep/xaac`);
    await expect.poll(() => existsSync(join(open.folder, 'upper/begun')), { timeout: 10_000 }).toBe(true);
    expect((await unpack(open)).facts).toMatchObject({ isNew: true, isDropped: false });
    expect(existsSync(join(open.folder, 'packed.sif'))).toBe(true);
    await f.workspaces.removeLeftovers(localHostId);
    expect(existsSync(join(open.folder, 'packed.sif'))).toBe(true);
    await writeFile(join(outside, 'go'), 'go\n');
    expect(await session).toBe('3\n');
    rmSync(outside, { recursive: true });
    await expect
      .poll(async () => (await f.one(localHostId, 'open')).writers.length, { timeout: 10_000 })
      .toBe(0);
    expect(await f.workspaces.removeLeftovers(localHostId)).toContain(join(open.folder, 'packed.sif'));
    expect(namesIn(open).filter((name) => name !== 'leases')).toEqual(unpackedNames);
    expect(await say(await f.one(localHostId, 'open'), 'cat begun keep/xaac')).toBe('begun\n3\n');
  }, 30_000);

  it('are not taken from a file that was changed since, and not twice at once', async () => {
    const one = await adopt('one');
    const file = join(one.folder, 'packed.sif');
    const bytes = readFileSync(file);
    const flipped = Buffer.from(bytes);
    flipped[bytes.length - 200] = (flipped[bytes.length - 200] ?? 0) ^ 1;
    writeFileSync(file, flipped);
    expect(await f.handover.isToUnpack(one)).toBe(true);
    expect(await failure(unpack(one))).toBe('workspace.hostile');
    // Another attempt would meet the same end.
    expect(namesIn(one)).toEqual(keptNames);
    expect(await f.handover.isToUnpack(one)).toBe(false);
    writeFileSync(file, bytes);
    const both = await Promise.all([failure(unpack(one)), failure(unpack(one))]);
    expect(both.sort()).toEqual(['done', 'workspace.busy']);
    expect(namesIn(one)).toEqual(unpackedNames);
    const tools = await f.one(localHostId, 'tools');
    expect(await failure(unpack(tools))).toBe('input.invalid');
  }, 30_000);

  it('leave nothing where they are cancelled, or the workspace is removed meanwhile', async () => {
    const gone = await adopt('gone');
    let isAskedAgain: Promise<boolean> = Promise.resolve(true);
    isEnding = true;
    const ended = new AbortController();
    const end = () => {
      isAskedAgain = f.handover.isToUnpack(gone).finally(() => ended.abort(new Error('the end')));
    };
    const onVerify = (now: string) => (now === 'verify' ? end() : undefined);
    await unpack(gone, { signal: ended.signal, onPhase: onVerify }).catch(() => undefined);
    isEnding = false;
    expect(await isAskedAgain).toBe(false);
    // Nobody wished it to stay packed: the next start takes it up.
    expect(namesIn(gone)).toEqual(packedNames);
    expect(await f.handover.isToUnpack(gone)).toBe(true);
    for (const phase of ['verify', 'unpack', 'finish']) {
      const abort = new AbortController();
      const reason = new Error('cancelled');
      const onPhase = (now: string) => {
        if (now === phase) abort.abort(reason);
      };
      const outcome = unpack(gone, { signal: abort.signal, onPhase });
      if (phase === 'finish') await outcome.catch(() => undefined);
      else await expect(outcome).rejects.toBe(reason);
      expect(namesIn(gone)).toEqual(phase === 'finish' ? expect.any(Array) : keptNames);
    }
    const other = await adopt('other');
    let removal: Promise<unknown> = Promise.resolve();
    const onPhase = (phase: string) => {
      if (phase === 'resolve')
        removal = f.run('workspace.remove', { hostId: localHostId, id: other.id, isForced: false });
    };
    await expect(unpack(other, { onPhase })).rejects.toThrow('cancelled');
    await removal;
    expect(readdirSync(join(f.folder, 'workspaces')).filter((name) => /^\.|other/.test(name))).toEqual([]);
  }, 30_000);

  it.skipIf(why !== null).each(['small', 'quota'] as const)(
    'stay packed where there is no room for them, and can be used: %s',
    async (kind) => {
      const place = testbed().ssh.places[kind];
      if (place === '') return;
      const parent = hostPathFromText(`${place}/below-${process.pid}`);
      if (!existsSync(join(f.folder, 'heavy.sif'))) {
        const { id } = await f.make('heavy', 'yes | head -c 8000000 >data');
        const pack = {
          hostId: localHostId,
          overwrite: false,
          compression: null,
          confirmed: [],
          folder: null,
        };
        await f.run('workspace.pack', { ...pack, id, fileName: 'heavy.sif' });
      }
      // A quota counts the bytes of a file at once, and what the entries of many small ones take only in a while.
      const path = hostPathFromText(join(f.folder, kind === 'small' ? 'good.sif' : 'heavy.sif'));
      const from = { kind: 'file', hostId: localHostId, path };
      const there = await adopt(`below-${kind}`, { hostId: bob, parent, from });
      expect(await f.handover.unpackingsWanted(bob)).toEqual([{ hostId: bob, id: there.id }]);
      expect(await f.handover.isToUnpack(there)).toBe(kind === 'quota');
      const isAsked = f.followUps.some(({ id }) => id === there.id);
      expect(await failure(unpack(there))).toBe(kind === 'small' ? 'disk.full' : 'disk.quota');
      // What statfs tells is known before; a quota is found by running into it.
      expect([isAsked, kind]).toEqual([kind === 'quota', kind]);
      expect(await f.handover.isToUnpack(there)).toBe(false);
      const names = (await f.say(bob, 'ls -A "$1"', there.folder)).trim().split('\n').sort();
      // Room may come; a quota would only be hit again.
      expect(names).toEqual(kind === 'small' ? packedNames : keptNames);
      expect((await f.one(bob, there.name)).below).toBe('packed');
      await f.run('workspace.remove', { hostId: bob, id: there.id, isForced: false });
      await f.say(bob, 'rm -rf "$1"', parent);
    },
    30_000,
  );
});
