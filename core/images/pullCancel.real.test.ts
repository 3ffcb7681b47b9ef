import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostPathSchema } from '#core/contract/hostPath.ts';
import type { Progress } from '#core/contract/tasks.ts';
import { TaskCancelled } from '#core/tasks/task.ts';
import { testbed } from '#e2e/testbed/testbed.ts';
import {
  createImagesFixture,
  type ImagesFixture,
  pullInput,
  type ReportedProgress,
} from './images.fixture.ts';
import { type SlowServer, startSlowServer } from './slowServer.fixture.ts';

const bed = testbed();
let fixture: ImagesFixture;
let slow: SlowServer;
beforeEach(() => {
  fixture = createImagesFixture();
});
afterEach(() => {
  slow.close();
  fixture.dispose();
});

const visibleNames = () => readdirSync(fixture.library).filter((name) => !name.startsWith('.'));
const hiddenNames = () => readdirSync(fixture.library).filter((name) => name.startsWith('.'));
const leftFolders = () => readdirSync(fixture.temporary).filter((name) => name.startsWith('.mysingularity'));

/** Pulls until the progress is as said, cancels, and waits for the end. */
async function cancelWhen(reference: string, isTime: (progress: ReportedProgress) => boolean): Promise<void> {
  const abort = new AbortController();
  const reason = new TaskCancelled('cancelled');
  const work = fixture.start('image.pull', pullInput(reference), {
    signal: abort.signal,
    onProgress: (progress) => {
      if (isTime(progress)) abort.abort(reason);
    },
  });
  await expect(work.ended).rejects.toBe(reason);
}
const isPhase = (phase: Progress['phase']) => (progress: ReportedProgress) => progress.phase === phase;
const hasBytes = ({ phase, bytes }: ReportedProgress) => phase === 'download' && (bytes?.done ?? 0) > 100_000;

describe('a cancelled docker pull', () => {
  it('leaves nothing partial in any phase, and goes on from the layers it has', async () => {
    slow = await startSlowServer(bed.registry, 1_000_000);
    const reference = `docker://${slow.address}/${bed.tiny.repository}:${bed.tiny.tag}`;
    for (const isTime of [isPhase('resolve'), hasBytes]) {
      await cancelWhen(reference, isTime);
      expect(readdirSync(fixture.library)).toEqual([]);
      expect(leftFolders()).toEqual([]);
    }
    slow.bytesPerSecond = null;
    for (const phase of ['convert', 'verify', 'finish'] as const) {
      await cancelWhen(reference, isPhase(phase));
      expect(readdirSync(fixture.library)).toEqual([]);
      expect(leftFolders()).toEqual([]);
    }
    const result = await fixture.start('image.pull', pullInput(reference)).ended;
    expect(result.facts['bytesDownloaded']).toBe(0);
    expect(visibleNames()).toEqual(['tiny_v1.sif']);
  });

  it('continues a layer in the middle', async () => {
    slow = await startSlowServer(bed.registry, 1_000_000);
    const reference = `docker://${slow.address}/${bed.tiny.repository}:${bed.tiny.tag}`;
    await cancelWhen(reference, hasBytes);
    slow.bytesPerSecond = null;
    const result = await fixture.start('image.pull', pullInput(reference)).ended;
    expect(result.facts['bytesReused']).toBeGreaterThan(90_000);
  });

  it('lets who waits for it take over, and who waits can be cancelled', async () => {
    slow = await startSlowServer(bed.registry, null);
    const reference = `docker://${slow.address}/${bed.tiny.repository}:${bed.tiny.tag}`;
    const first = new AbortController();
    let second: Promise<unknown> | null = null;
    let third: Promise<unknown> | null = null;
    const thirdAbort = new AbortController();
    const pull = (name: string, options: Parameters<ImagesFixture['start']>[2]) =>
      fixture.start('image.pull', pullInput(reference, { fileName: hostPathSchema.parse(name) }), options)
        .ended;
    const bothWait = new Promise<void>((resolve) => {
      let waiting = 0;
      const onProgress = ({ phase }: ReportedProgress) => {
        if (phase === 'wait') waiting += 1;
        if (waiting === 2) resolve();
      };
      const isConverting = ({ phase }: ReportedProgress) => {
        if (phase !== 'convert' || second !== null) return;
        second = pull('b.sif', { onProgress });
        third = pull('c.sif', { onProgress, signal: thirdAbort.signal });
      };
      void pull('a.sif', { signal: first.signal, onProgress: isConverting }).catch(() => undefined); // cancelled below
    });
    await bothWait;
    thirdAbort.abort(new TaskCancelled('third'));
    await expect(third).rejects.toThrow('third');
    first.abort(new TaskCancelled('first'));
    await second;
    expect(visibleNames()).toContain('b.sif');
    expect(visibleNames()).not.toContain('c.sif');
    expect(leftFolders()).toEqual([]);
  });
});

describe('a cancelled download of a SIF', () => {
  it('keeps its part hidden and goes on from it: registry', async () => {
    slow = await startSlowServer(bed.registry, 1_000_000);
    const reference = `oras://${slow.address}/${bed.tiny.orasRepository}:${bed.tiny.tag}`;
    await cancelWhen(reference, hasBytes);
    expect(visibleNames()).toEqual([]);
    expect(hiddenNames()).toHaveLength(1);
    slow.bytesPerSecond = null;
    await cancelWhen(reference, isPhase('verify'));
    const result = await fixture.start('image.pull', pullInput(reference)).ended;
    expect(result.facts['bytesDownloaded']).toBe(0);
    expect(readFileSync(join(fixture.library, 'sif_v1.sif')).equals(readFileSync(bed.tiny.sif))).toBe(true);
    expect(hiddenNames()).toEqual([]);
    const blobBytes = [...slow.bytes].filter(([path]) => path.includes('/blobs/')).map(([, bytes]) => bytes);
    expect(Math.max(...blobBytes)).toBeLessThan(readFileSync(bed.tiny.sif).length + 300_000);
  });

  it('keeps its part hidden and goes on from it: web server', async () => {
    const name = `cancel-${process.pid}.sif`;
    writeFileSync(join(bed.web.folder, name), readFileSync(bed.tiny.sif));
    slow = await startSlowServer(bed.web.address, 1_000_000);
    const reference = `http://${slow.address}/${name}`;
    await cancelWhen(reference, hasBytes);
    expect(visibleNames()).toEqual([]);
    slow.bytesPerSecond = null;
    const result = await fixture.start('image.pull', pullInput(reference)).ended;
    expect(result.facts['bytesReused']).toBeGreaterThan(90_000);
    expect(readFileSync(join(fixture.library, name)).equals(readFileSync(bed.tiny.sif))).toBe(true);
    expect(hiddenNames()).toEqual([]);
  });
});
