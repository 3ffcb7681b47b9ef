import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import { thisProcess } from '#core/hosts/processOwner.ts';
import type { BlobDescriptor } from '#core/registry/byteSource.ts';
import { digestOf } from '#core/registry/digest.ts';
import { createLayerStore } from './createLayerStore.ts';
import type { LayerProgress, OpenLayer } from './layerStore.ts';

const { signal } = new AbortController();
let folder: string;
let capBytes: number;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'layers-')), 'store');
  capBytes = 1e9;
});
afterEach(async () => {
  await rm(join(folder, '..'), { recursive: true });
});

function store() {
  return createLayerStore({ folder, capBytes: () => capBytes });
}

function layerOf(size: number): { readonly bytes: Uint8Array; readonly layer: BlobDescriptor } {
  const bytes = randomBytes(size);
  return { bytes, layer: { digest: digestOf(bytes), sizeBytes: size, mediaType: 'application/x' } };
}

/** Serves layers from memory in two pieces each, and counts the bytes that it gave. */
function server(...layers: readonly ReturnType<typeof layerOf>[]) {
  const served = { bytes: 0, opened: 0, between: async () => undefined as unknown };
  const open: OpenLayer = async (layer, offset) => {
    const found = layers.find((each) => each.layer.digest === layer.digest);
    if (found === undefined) throw workbenchError('registry.notFound');
    served.opened += 1;
    async function* chunks(bytes: Uint8Array) {
      const middle = Math.ceil(bytes.byteLength / 2);
      for (const piece of [bytes.subarray(0, middle), bytes.subarray(middle)]) {
        served.bytes += piece.byteLength;
        yield piece;
        await served.between();
      }
    }
    const rest = found.bytes.subarray(offset);
    return { offset, totalBytes: found.bytes.byteLength, validator: null, chunks: chunks(rest) };
  };
  return { open, served };
}

async function age(path: string, days: number): Promise<void> {
  const then = new Date(Date.now() - days * 86_400_000);
  await utimes(path, then, then);
}

describe('the layer store', () => {
  it('fetches a layer once, whoever asks and however many at once', async () => {
    const one = layerOf(1000);
    const { open, served } = server(one);
    const pulls = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const lease = await store().openLease();
        const obtained = await lease.obtain(one.layer, open, { signal: new AbortController().signal });
        expect(await readFile(obtained.path)).toEqual(Buffer.from(one.bytes));
        await lease.dispose();
        return obtained;
      }),
    );
    expect(served).toMatchObject({ bytes: 1000, opened: 1 });
    expect(pulls.map(({ origin }) => origin).sort()).toEqual(['fetched', ...Array(7).fill('shared')]);
    expect(pulls.reduce((sum, pull) => sum + pull.fetchedBytes, 0)).toBe(1000);
    const lease = await store().openLease();
    expect((await lease.obtain(one.layer, open, { signal })).origin).toBe('stored');
    await lease.dispose();
    expect((await stat(join(folder, 'sha256'))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(folder, 'leases'))).toEqual([]);
    expect(await readdir(join(folder, 'locks'))).toEqual([]);
  });

  it('obtains different layers three at a time, and the same digest once', async () => {
    const layers = [layerOf(10), layerOf(20), layerOf(30), layerOf(40), layerOf(50)];
    const { open, served } = server(...layers);
    let running = 0;
    let most = 0;
    const states = new Map<string, LayerProgress['state'][]>();
    const counted: OpenLayer = async (...all) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      const opened = await open(...all);
      running -= 1;
      return opened;
    };
    const lease = await store().openLease();
    const wanted = layers.map(({ layer }) => layer);
    const obtained = await lease.obtainAll([...wanted, ...wanted], counted, {
      signal,
      onProgress: ({ digest, state }) => states.set(digest, [...(states.get(digest) ?? []), state]),
    });
    await lease.dispose();
    expect([...obtained.keys()].sort()).toEqual(wanted.map(({ digest }) => digest).sort());
    expect(served.bytes).toBe(150);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(3);
    for (const seen of states.values()) expect([seen[0], seen.at(-1)]).toEqual(['waiting', 'done']);
  });

  it('stops the others when one fails, and says why', async () => {
    const there = layerOf(10);
    const missing = layerOf(20);
    const { open } = server(there);
    const lease = await store().openLease();
    const work = lease.obtainAll([there.layer, missing.layer], open, { signal, parallel: 1 });
    await expect(work).rejects.toMatchObject({ report: { code: 'registry.notFound' } });
    await lease.dispose();
    expect((await store().usage()).layers).toBe(0);
  });

  it('keeps the part of a cancelled fetch, and goes on from it', async () => {
    const one = layerOf(1000);
    const { open, served } = server(one);
    const stop = new AbortController();
    const reason = new Error('cancelled');
    served.between = async () => stop.signal.throwIfAborted();
    const lease = await store().openLease();
    const onProgress = ({ doneBytes }: LayerProgress) => {
      if (doneBytes > 0) stop.abort(reason);
    };
    await expect(lease.obtain(one.layer, open, { signal: stop.signal, onProgress })).rejects.toBe(reason);
    expect(await store().usage()).toMatchObject({ layers: 0, usedBytes: 0, partialBytes: 500 });
    served.between = async () => undefined;
    expect((await lease.obtain(one.layer, open, { signal })).fetchedBytes).toBe(500);
    expect(await store().usage()).toMatchObject({ layers: 1, usedBytes: 1000, partialBytes: 0 });
    await lease.dispose();
  });

  it('refuses wrong bytes, and fetches again what was spoilt on disk', async () => {
    const one = layerOf(1000);
    const liar = server({ layer: one.layer, bytes: randomBytes(1000) });
    const lease = await store().openLease();
    const failure = await lease.obtain(one.layer, liar.open, { signal }).catch((thrown: unknown) => thrown);
    expect(failure instanceof WorkbenchError ? failure.report.code : failure).toBe('registry.digestMismatch');
    expect(await readdir(join(folder, 'sha256'))).toEqual([]);
    const { open } = server(one);
    const { path } = await lease.obtain(one.layer, open, { signal });
    await writeFile(path, 'short');
    expect((await lease.obtain(one.layer, open, { signal })).origin).toBe('fetched');
    expect(await readFile(path)).toEqual(Buffer.from(one.bytes));
    await lease.dispose();
  });

  it('refuses a digest that is a path, and more than the disk holds', async () => {
    const lease = await store().openLease();
    const { open } = server();
    const path = { digest: 'sha256:../../../etc/passwd', sizeBytes: 1, mediaType: '' };
    await expect(lease.obtain(path, open, { signal })).rejects.toMatchObject({
      report: { code: 'registry.protocol' },
    });
    const huge = { ...layerOf(1).layer, sizeBytes: 2 ** 52 };
    await expect(lease.obtainAll([huge], open, { signal })).rejects.toMatchObject({
      report: { code: 'disk.full' },
    });
    await lease.dispose();
  });

  it('tells the progress of a fetch that another pull makes', async () => {
    const one = layerOf(1000);
    const { open, served } = server(one);
    let goOn: () => void = () => undefined;
    const hold = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    served.between = () => hold;
    const [winner, follower] = await Promise.all([store().openLease(), store().openLease()]);
    const started = new Promise<void>((resolve) => {
      const begun = winner.obtain(one.layer, open, {
        signal,
        onProgress: ({ doneBytes }) => {
          if (doneBytes > 0) resolve();
        },
      });
      void begun.then(() => winner.dispose());
    });
    await started;
    const seen: LayerProgress[] = [];
    const followed = await follower.obtain(one.layer, open, {
      signal,
      onProgress: (progress) => {
        seen.push(progress);
        if (progress.state === 'elsewhere' && progress.doneBytes === 500) goOn();
      },
    });
    expect(followed).toMatchObject({ origin: 'shared', fetchedBytes: 0 });
    expect(seen.at(-1)).toMatchObject({ state: 'done', doneBytes: 1000 });
    await follower.dispose();
  });

  it('stays below its cap, oldest use first, without what is in use', async () => {
    const [old, used, fresh] = [layerOf(100), layerOf(100), layerOf(100)];
    const { open } = server(old, used, fresh);
    const first = await store().openLease();
    for (const { layer } of [old, used]) {
      const { path } = await first.obtain(layer, open, { signal });
      await age(path, layer === used.layer ? 9 : 5);
    }
    const namesLeft = async () => (await readdir(join(folder, 'sha256'))).sort();
    const namesOf = (...layers: readonly ReturnType<typeof layerOf>[]) =>
      layers.map(({ layer }) => layer.digest.slice(7)).sort();
    const second = await store().openLease();
    await second.obtain(fresh.layer, open, { signal });
    capBytes = 250;
    await second.dispose();
    expect(await namesLeft()).toEqual(namesOf(old, used)); // the first pull still holds both
    const holder = await store().openLease();
    await holder.obtain(used.layer, open, { signal });
    capBytes = 150;
    await first.dispose();
    expect(await namesLeft()).toEqual(namesOf(used));
    await age(join(folder, 'sha256', used.layer.digest.slice(7)), 9);
    await holder.obtain(fresh.layer, open, { signal });
    await holder.dispose();
    expect(await namesLeft()).toEqual(namesOf(fresh));
  });

  it('does not count the lease of a dead process', async () => {
    const one = layerOf(100);
    const { open } = server(one);
    const lease = await store().openLease();
    await lease.obtain(one.layer, open, { signal });
    await lease.dispose();
    await mkdir(join(folder, 'leases'), { recursive: true });
    const left = join(folder, 'leases', 'left.json');
    const owner = { ...thisProcess, startTicks: '1' };
    await writeFile(left, JSON.stringify({ owner, digests: [one.layer.digest] }));
    const plan = await store().clean({ isDryRun: false, keepDays: 0 });
    expect(plan).toMatchObject({ freesBytes: 100, isDone: true, entries: [{ digest: one.layer.digest }] });
    expect(existsSync(left)).toBe(false);
    expect((await store().usage()).layers).toBe(0);
  });

  it('cleans what was not used for some days, after saying what', async () => {
    const [old, fresh, held] = [layerOf(100), layerOf(200), layerOf(300)];
    const { open } = server(old, fresh, held);
    const lease = await store().openLease();
    const paths = await lease.obtainAll([old.layer, fresh.layer], open, { signal });
    await lease.dispose();
    await age(paths.get(old.layer.digest)?.path ?? '', 10);
    const part = join(folder, 'sha256', `${'f'.repeat(64)}.part`);
    await writeFile(part, 'half');
    await age(part, 20);
    await writeFile(join(folder, 'sha256', 'of a person'), 'kept');
    const holder = await store().openLease();
    await age((await holder.obtain(held.layer, open, { signal })).path, 30);
    const planned = await store().clean({ isDryRun: true, keepDays: 7 });
    expect(planned).toMatchObject({
      freesBytes: 104,
      isDone: false,
      entries: [{ isPartial: true }, { digest: old.layer.digest, isPartial: false }],
    });
    expect((await store().usage()).layers).toBe(3);
    expect(await store().clean({ isDryRun: false, keepDays: 7 })).toEqual({ ...planned, isDone: true });
    expect((await readdir(join(folder, 'sha256'))).sort()).toEqual(
      [fresh.layer.digest.slice(7), held.layer.digest.slice(7), 'of a person'].sort(),
    );
    await holder.dispose();
  });

  it('is empty before its first use', async () => {
    expect(await store().usage()).toMatchObject({ layers: 0, usedBytes: 0, partialBytes: 0 });
    expect(await store().clean({ isDryRun: false, keepDays: 0 })).toMatchObject({ entries: [] });
  });
});
