import { describe, expect, it, vi } from 'vitest';
import { sharedWork } from './serviceJsonShared.ts';

const patient = () => new AbortController().signal;

/** Fails with the signal's reason when that is aborted, else ends when it is let. */
function slowWork() {
  const releases: (() => void)[] = [];
  const work = vi.fn(
    (signal: AbortSignal) =>
      new Promise<number>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        releases.push(() => resolve(releases.length));
      }),
  );
  return { work, releases };
}

describe('shared work', () => {
  it('is done once for all who ask', async () => {
    const { work, releases } = slowWork();
    const get = sharedWork(work);
    const both = Promise.all([get(patient()), get(patient())]);
    releases[0]?.();
    expect(await both).toEqual([1, 1]);
    expect(await get(patient())).toBe(1);
    expect(work).toHaveBeenCalledOnce();
  });

  it('goes on for the one who joined when the one who began it gives up', async () => {
    const { work, releases } = slowWork();
    const get = sharedWork(work);
    const first = new AbortController();
    const given = get(first.signal);
    const joined = get(patient());
    first.abort(new Error('typed on'));
    await expect(given).rejects.toThrow('typed on');
    await vi.waitFor(() => expect(releases).toHaveLength(2));
    releases[1]?.();
    expect(await joined).toBe(2);
  });

  it('is tried anew after a failure', async () => {
    let isUp = false;
    const get = sharedWork(async () => {
      if (!isUp) throw new Error('down');
      return 'up';
    });
    await expect(get(patient())).rejects.toThrow('down');
    isUp = true;
    expect(await get(patient())).toBe('up');
  });
});
