import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { livenessOf, type ProcessOwner, thisProcess } from '#core/hosts/processOwner.ts';
import { createKeyedLock } from './keyedLock.ts';
import { ForeignWatch, tryLock } from './lockFile.ts';

const { signal } = new AbortController();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'locks-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** A process of this machine that is gone: this one, had it started at another time. */
const deadOwner: ProcessOwner = { ...thisProcess, startTicks: '1' };

/** The file of the lock `name`, as its owner would have left it. */
async function leaveLock(name: string, owner: ProcessOwner): Promise<string> {
  const locks = createKeyedLock(folder);
  await (await locks.acquire(name, { signal })).release();
  const before = new Set(await readdir(folder));
  const held = await locks.acquire(name, { signal });
  const file = (await readdir(folder)).find((entry) => !before.has(entry)) ?? '';
  const path = join(folder, file);
  const content = JSON.parse(await readFile(path, 'utf8'));
  await held.release();
  await writeFile(path, JSON.stringify({ ...content, owner }));
  return path;
}

describe('a keyed lock', () => {
  it('lets one in at a time, and everybody in the end', async () => {
    const locks = createKeyedLock(folder);
    let inside = 0;
    let most = 0;
    let turns = 0;
    const enter = async () => {
      const held = await locks.acquire('a', { signal: new AbortController().signal });
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      turns += 1;
      inside -= 1;
      await held.release();
    };
    await Promise.all(Array.from({ length: 30 }, enter));
    expect([most, turns]).toEqual([1, 30]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('keeps different keys apart, and says when it waits', async () => {
    const locks = createKeyedLock(folder);
    const held = await locks.acquire('a', { signal });
    const other = await locks.acquire('b/../a', { signal });
    expect(await locks.tryAcquire('a')).toBeNull();
    const waiting = new Promise<void>((resolve) => {
      void locks.acquire('a', { signal, onWait: resolve }).then((next) => next.release());
    });
    await waiting;
    await held.release();
    await other.release();
    const again = await locks.acquire('a', { signal });
    await again.release();
  });

  it('stops waiting at once when aborted, with the reason', async () => {
    const locks = createKeyedLock(folder);
    const held = await locks.acquire('a', { signal });
    const stop = new AbortController();
    const reason = new Error('cancelled');
    const work = locks.acquire('a', { signal: stop.signal, onWait: () => stop.abort(reason) });
    await expect(work).rejects.toBe(reason);
    await held.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is taken over from a dead process by exactly one of many', async () => {
    await leaveLock('a', deadOwner);
    const tries = await Promise.all(
      Array.from({ length: 20 }, () => createKeyedLock(folder).tryAcquire('a')),
    );
    const winners = tries.filter((held) => held !== null);
    expect(winners.length).toBeLessThanOrEqual(1);
    for (const winner of winners) await winner.release();
    let inside = 0;
    await leaveLock('a', deadOwner);
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const held = await createKeyedLock(folder).acquire('a', { signal: new AbortController().signal });
        expect(++inside).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
        await held.release();
      }),
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('is taken over when the one who took it over died on the way', async () => {
    const path = await leaveLock('a', deadOwner);
    const { token } = JSON.parse(await readFile(path, 'utf8'));
    const claim = { token: 'c'.repeat(32), owner: deadOwner };
    await writeFile(join(folder, `${token}.claim`), JSON.stringify(claim));
    const held = await createKeyedLock(folder).acquire('a', { signal });
    await held.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is taken over when a crash of the machine spoilt its file', async () => {
    const path = await leaveLock('a', deadOwner);
    for (const spoilt of ['', '{"token":"../../x"}', '\0\0\0']) {
      await writeFile(path, spoilt);
      await (await createKeyedLock(folder).acquire('a', { signal })).release();
    }
    expect(await readdir(folder)).toEqual([]);
  });

  it('is left to a living process, also one that cannot be seen from here until it falls silent', async () => {
    const path = await leaveLock('a', thisProcess);
    expect(await createKeyedLock(folder).tryAcquire('a')).toBeNull();
    await rm(path);
    const far = await leaveLock('a', { ...thisProcess, machine: 'another' });
    const foreign = new ForeignWatch();
    expect(await tryLock(far, foreign)).toBeNull();
    const lock = { token: 't', modifiedAt: 1 };
    expect(foreign.isSilent(lock, 0)).toBe(false);
    expect(foreign.isSilent(lock, 119_000)).toBe(false);
    expect(foreign.isSilent({ ...lock, modifiedAt: 2 }, 121_000)).toBe(false);
    expect(foreign.isSilent({ ...lock, modifiedAt: 2 }, 242_000)).toBe(true);
  });

  it('does not give back what is no longer its own', async () => {
    const locks = createKeyedLock(folder);
    const held = await locks.acquire('a', { signal });
    const [name = ''] = await readdir(folder);
    const other = JSON.stringify({ token: 'd'.repeat(32), owner: thisProcess });
    await writeFile(join(folder, name), other);
    await held.release();
    expect(await readFile(join(folder, name), 'utf8')).toBe(other);
  });

  it('sweeps what killed processes left long ago, and makes its folder when that is gone', async () => {
    const old = join(folder, `${'e'.repeat(32)}.new`);
    await writeFile(old, JSON.stringify({ token: 'e'.repeat(32), owner: deadOwner }));
    await utimes(old, new Date(0), new Date(0));
    await mkdir(join(folder, 'kept'));
    const locks = createKeyedLock(folder);
    await (await locks.acquire('a', { signal })).release();
    expect(await readdir(folder)).toEqual(['kept']);
    await rm(folder, { recursive: true });
    await (await locks.acquire('a', { signal })).release();
  });
});

describe('livenessOf', () => {
  it('tells the living from the dead, and from those that it cannot see', () => {
    expect(livenessOf(thisProcess)).toBe('alive');
    expect(livenessOf(deadOwner)).toBe('dead');
    expect(livenessOf({ ...thisProcess, processId: 2 ** 22 + 1 })).toBe('dead');
    expect(livenessOf({ ...thisProcess, bootId: 'before' })).toBe('dead');
    expect(livenessOf({ ...thisProcess, pidNamespace: 'pid:[1]' })).toBe('elsewhere');
    expect(livenessOf({ ...thisProcess, machine: 'another' })).toBe('elsewhere');
  });
});
