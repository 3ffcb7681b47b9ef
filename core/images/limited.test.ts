import { expect, it } from 'vitest';
import { eachLimited } from './limited.ts';

it('does no more than so many at once, and all of them', async () => {
  let [running, most] = [0, 0];
  const done: number[] = [];
  await eachLimited([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running -= 1;
    done.push(item);
  });
  expect(most).toBe(3);
  expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

it('begins nothing after the first failure, and fails when what ran then has ended', async () => {
  const begun: number[] = [];
  let end = () => undefined as unknown;
  const slow = new Promise<void>((resolve) => {
    end = resolve;
  });
  let hasEnded = false;
  const work = eachLimited([1, 2, 3, 4], 2, async (item) => {
    begun.push(item);
    if (item === 1) throw new Error('one');
    await slow;
    hasEnded = true;
  });
  const failed = expect(work).rejects.toThrow('one');
  await new Promise((resolve) => setImmediate(resolve));
  end();
  await failed;
  expect(hasEnded).toBe(true);
  expect(begun).toEqual([1, 2]);
});
