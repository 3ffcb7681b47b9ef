import { readdirSync, statfsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { TaskCancelled } from '#core/tasks/task.ts';
import { whyMissing } from '#e2e/testbed/testbed.ts';
import { type BombRegistry, startBombRegistry } from './bomb.fixture.ts';
import { createImagesFixture, type ImagesFixture, pullInput } from './images.fixture.ts';

const reason = whyMissing('apptainer');
const zeroBytes = 2 * 1024 ** 3;
const usedBytes = () => {
  const { blocks, bfree, bsize } = statfsSync('/dev/shm');
  return (blocks - bfree) * bsize;
};
const privateFolders = (folder: string) =>
  readdirSync(folder).filter((name) => name.startsWith(`.mysingularity-task-${process.pid}-`));
let bomb: BombRegistry;
let fixture: ImagesFixture;

describe.skipIf(reason !== null)(
  `a layer that is a gzip bomb${reason === null ? '' : ` (${reason})`}`,
  () => {
    beforeAll(async () => {
      bomb = await startBombRegistry(zeroBytes);
    });
    afterAll(() => bomb.close());
    beforeEach(() => {
      fixture = createImagesFixture({ memoryFolder: () => Promise.resolve(hostPathFromText('/dev/shm')) });
    });
    afterEach(() => fixture.dispose());

    it('never fills the memory; on the disk it can be cancelled, and leaves nothing', async () => {
      expect(bomb.layerBytes).toBeLessThan(zeroBytes / 500);
      const cancel = new AbortController();
      const before = usedBytes();
      let mostBytes = 0;
      const work = fixture.start('image.pull', pullInput(bomb.reference), { signal: cancel.signal });
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
