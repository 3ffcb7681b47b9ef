import { describe, expect, it } from 'vitest';
import { filterSliced, mergeSliced, runInSlices, sortSliced } from './slicedWork.ts';

const byValue = (left: { value: number }, right: { value: number }) => left.value - right.value;
const entries = (values: readonly number[], mark: string) =>
  values.map((value, at) => ({ value, id: `${mark}${at}` }));

describe('work in slices', () => {
  it.each([0, 1, 511, 512, 513, 5000])(
    'sorts %i entries as sort does, equal ones in their order',
    async (count) => {
      const list = entries(
        Array.from({ length: count }, (_, at) => (at * 7919) % 97),
        'x',
      );
      expect(await runInSlices(sortSliced(list, byValue))).toEqual([...list].sort(byValue));
    },
  );

  it('merges with the older entries first among equals', async () => {
    const left = entries([1, 2, 2, 5, 9], 'old');
    const right = entries([0, 2, 5, 5, 10], 'new');
    const merged = await runInSlices(mergeSliced(left, right, byValue));
    expect(merged).toEqual([...left, ...right].sort(byValue));
    expect(await runInSlices(mergeSliced([], right, byValue))).toEqual(right);
    expect(await runInSlices(mergeSliced(left, [], byValue))).toEqual(left);
  });

  it('lets other events in while it works', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 0);
    const started = performance.now();
    const busy = () => performance.now() - started > 60;
    const work = (function* (): Generator<undefined, number> {
      while (!busy()) yield;
      return 1;
    })();
    await runInSlices(work);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });

  it('filters in order', async () => {
    const list = Array.from({ length: 5000 }, (_, at) => at);
    expect(await runInSlices(filterSliced(list, (value) => value % 1000 === 0))).toEqual([
      0, 1000, 2000, 3000, 4000,
    ]);
  });
});
