import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleProgram } from '#core/bundleProgram.fixture.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import { openSandboxes, type SandboxesFixture } from './sandboxes.fixture.ts';

const idPattern = /^[0-9a-f-]{36}$/;

describe('work on one sandbox at once', () => {
  let folder: string;
  let tree: string;
  let fixture: SandboxesFixture;
  let one: { readonly hostId: typeof localHostId; readonly path: ReturnType<typeof hostPathFromText> };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sandbox-at-once-'));
    tree = join(folder, 'tree');
    make(tree);
    fixture = openSandboxes(folder, { hasRuntime: false });
    one = { hostId: localHostId, path: hostPathFromText(tree) };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function make(path: string): void {
    mkdirSync(join(path, '.singularity.d'), { recursive: true });
    writeFileSync(join(path, 'file'), 'first');
  }
  const state = () => join(folder, 'state/sandboxes');
  const records = () => readdirSync(state()).filter((name) => idPattern.test(name));
  const detail = () => fixture.sandboxes.detail(one);
  const busy = { report: { code: 'sandbox.busy' } };

  it('goes alone where the tree is exchanged or removed', async () => {
    const others = [
      () => fixture.run('sandbox.restore', { ...one, snapshotId: 'none' }),
      () => fixture.run('sandbox.snapshot', { ...one, note: '' }),
      () => fixture.run('sandbox.clone', { ...one, target: join(folder, 'clone') }),
      () => fixture.run('sandbox.measure', one),
      () => fixture.run('sandbox.remove', one),
    ];
    await fixture.sandboxes.removing({ hostId: localHostId, paths: [one.path] }, async () => {
      for (const work of others) await expect(work()).rejects.toMatchObject(busy);
    });
    expect(existsSync(join(folder, 'clone'))).toBe(false);
    expect(readdirSync(state()).filter((name) => name.startsWith('.'))).toEqual([]);
    await fixture.run('sandbox.snapshot', { ...one, note: '' });
  });

  it('knows every snapshot of a sandbox that nobody knew before, whatever was made at once', async () => {
    await Promise.all([
      fixture.run('sandbox.snapshot', { ...one, note: 'one' }),
      fixture.run('sandbox.snapshot', { ...one, note: 'two' }),
      fixture.run('sandbox.measure', one),
    ]);
    const { snapshots, size } = await detail();
    expect(snapshots.map(({ note }) => note).sort()).toEqual(['one', 'two']);
    expect(size?.files).toBe(2);
    expect(records()).toHaveLength(1);
  });

  it('is removed by others only while nothing is lost, and then nothing is left of it', async () => {
    const remove = () => {
      rmSync(tree, { recursive: true });
      return Promise.resolve('gone');
    };
    const removing = () => fixture.sandboxes.removing({ hostId: localHostId, paths: [one.path] }, remove);
    const { facts } = await fixture.run('sandbox.snapshot', { ...one, note: '' });
    await expect(removing()).rejects.toMatchObject({
      report: { title: expect.stringContaining('has snapshots') },
    });
    expect(existsSync(tree)).toBe(true);
    await fixture.run('sandbox.removeSnapshot', { ...one, snapshotId: facts['snapshotId'] });
    expect(await removing()).toBe('gone');
    expect(records()).toEqual([]);
  });

  it('is forgotten a month after it went, but not while its disk or its snapshots may come back', async () => {
    const others = ['moved/tree', 'kept'].map((name) => join(folder, name));
    for (const path of [tree, ...others]) {
      if (path !== tree) make(path);
      await fixture.run('sandbox.measure', { ...one, path });
    }
    await fixture.run('sandbox.snapshot', { ...one, path: others[1], note: '' });
    rmSync(tree, { recursive: true });
    rmSync(others[1] ?? '', { recursive: true });
    renameSync(join(folder, 'moved'), join(folder, 'elsewhere'));
    expect(records()).toHaveLength(3);
    const nextStart = () => openSandboxes(folder, { hasRuntime: false }).sandboxes.list(localHostId);
    await nextStart();
    const marks = records()
      .map((id) => join(state(), id, 'gone'))
      .filter((mark) => existsSync(mark));
    expect(marks).toHaveLength(1);
    expect(records()).toHaveLength(3);
    const long = Date.now() / 1000 - 31 * 86_400;
    for (const mark of marks) utimesSync(mark, long, long);
    await nextStart();
    expect(records()).toHaveLength(2);
  });

  it('keeps what it began with also where the workbench was killed when it had its name', async () => {
    const made = join(folder, 'made');
    const bundle = join(folder, 'bundle');
    const program = await bundleProgram(new URL('./sandboxWorker.fixture.ts', import.meta.url), bundle);
    await once(
      spawn(process.execPath, [program, folder, 'make', made, '60000'], { stdio: 'inherit' }),
      'exit',
    );
    expect(existsSync(made)).toBe(true);
    const found = (await fixture.sandboxes.list(localHostId)).find(({ path }) => path === made);
    expect(found).toMatchObject({ base: { from: 'docker://r.example.org/x:1' }, size: { files: 1 } });
    expect(readdirSync(state()).filter((name) => name.startsWith('.'))).toEqual([]);
    const { files } = await fixture.sandboxes.difference({ ...one, path: hostPathFromText(made) });
    expect(files).toEqual([]);
  });
});
