import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MadeMember, tarOf } from '#core/archives/tar.fixture.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { reportOf } from '#core/errors/workbenchError.ts';
import { TaskCancelled } from '#core/tasks/task.ts';
import { whyMissing } from '#e2e/testbed/testbed.ts';
import { createImagesFixture, type ImagesFixture, pullInput } from './images.fixture.ts';
import { bombLayer, type LayerRegistry, layerOf, startLayerRegistry } from './layerRegistry.fixture.ts';

const reason = whyMissing('apptainer');
const inMemory = hostPathFromText('/dev/shm');
let registry: LayerRegistry;
let fixture: ImagesFixture;
/** Somewhere outside, which no layer may write to. */
let outside: string;

const usedBytes = () => {
  const { blocks, bfree, bsize } = statfsSync('/dev/shm');
  return (blocks - bfree) * bsize;
};
const privateFolders = (folder: string) =>
  readdirSync(folder).filter((name) => name.startsWith(`.mysingularity-task-${process.pid}-`));

beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), 'outside-'));
  fixture = createImagesFixture({ memoryFolder: () => Promise.resolve(inMemory) });
});
afterEach(async () => {
  await registry.close();
  execFileSync('chmod', ['-R', 'u+rwx', fixture.folder]);
  fixture.dispose();
  rmSync(outside, { recursive: true });
});

describe.skipIf(reason !== null)(
  `a layer that is a gzip bomb${reason === null ? '' : ` (${reason})`}`,
  () => {
    const zeroBytes = 2 * 1024 ** 3;

    it('never fills the memory; on the disk it can be cancelled, and leaves nothing', async () => {
      const bomb = bombLayer(zeroBytes);
      expect(bomb.layer.length).toBeLessThan(zeroBytes / 500);
      registry = await startLayerRegistry(bomb);
      const cancel = new AbortController();
      const before = usedBytes();
      let mostBytes = 0;
      const work = fixture.start('image.pull', pullInput(registry.reference), { signal: cancel.signal });
      const watch = setInterval(() => {
        mostBytes = Math.max(mostBytes, usedBytes() - before);
        if (work.log.some((line) => line.includes('unpacking on the disk')))
          cancel.abort(new TaskCancelled('cancelled'));
      }, 20);
      await expect(work.ended).rejects.toThrow('cancelled');
      clearInterval(watch);
      expect(work.log.join('\n')).toContain('too little memory');
      // Between two looks the runtime writes on.
      expect(mostBytes).toBeLessThan(zeroBytes / 2);
      expect(privateFolders('/dev/shm')).toEqual([]);
      expect(privateFolders(fixture.temporary)).toEqual([]);
      expect(readdirSync(fixture.library)).toEqual([]);
    });
  },
);

describe.skipIf(reason !== null)(`a hostile layer${reason === null ? '' : ` (${reason})`}`, () => {
  const system: readonly MadeMember[] = [
    { name: 'bin/', type: 'directory' },
    { name: 'etc/', type: 'directory' },
  ];
  const hostile: Readonly<Record<string, () => readonly MadeMember[]>> = {
    'by an absolute path': () => [{ name: `${outside}/evil`, text: 'x' }],
    'by climbing': () => [{ name: `../../../../../../../..${outside}/evil`, text: 'x' }],
    'through a link': () => [
      { name: 'away', type: 'symlink', linkname: outside },
      { name: 'away/evil', text: 'x' },
    ],
    'by a hard link': () => [
      { name: 'etc/evil', type: 'link', linkname: '../../../../../../../../etc/hostname' },
    ],
    'by names that differ in case': () => [
      { name: 'etc/A', type: 'symlink', linkname: outside },
      { name: 'etc/a/evil', text: 'x' },
    ],
  };

  for (const [how, members] of Object.entries(hostile))
    it(`does not reach outside ${how}`, async () => {
      registry = await startLayerRegistry(layerOf(await tarOf([...system, ...members()])));
      const input = pullInput(registry.reference, { form: how === 'by climbing' ? 'sif' : 'sandbox' });
      const ended = await fixture.start('image.pull', input).ended.catch(reportOf);
      // The runtime unpacks it inside, or will not have it.
      if ('code' in ended) expect(ended).toMatchObject({ code: 'runtime.failed' });
      expect(readdirSync(outside)).toEqual([]);
      const link = join(fixture.library, 'layer_v1', 'etc/evil');
      if (existsSync(link)) expect(statSync(link).ino).not.toBe(statSync('/etc/hostname').ino);
      expect(readdirSync(fixture.library)).toEqual(
        'code' in ended ? [] : [input.form === 'sif' ? 'layer_v1.sif' : 'layer_v1'],
      );
      for (const folder of [fixture.temporary, '/dev/shm']) expect(privateFolders(folder)).toEqual([]);
    });

  it('brings no devices, and no setuid files that are another user’s', async () => {
    const odd: readonly MadeMember[] = [
      ...system,
      { name: 'etc/zero', type: 'character-device' },
      { name: 'bin/su', mode: 0o4755, text: 'x' },
    ];
    registry = await startLayerRegistry(layerOf(await tarOf(odd)));
    const ended = await fixture
      .start('image.pull', pullInput(registry.reference, { form: 'sandbox' }))
      .ended.catch(reportOf);
    if ('code' in ended) expect(ended.code).toBe('runtime.failed');
    const box = join(fixture.library, 'layer_v1');
    const device = join(box, 'etc/zero');
    if (existsSync(device)) expect(lstatSync(device).isCharacterDevice()).toBe(false);
    if (existsSync(join(box, 'bin/su'))) expect(lstatSync(join(box, 'bin/su')).uid).toBe(process.getuid?.());
    expect(privateFolders(fixture.library)).toEqual([]);
  });
});
