import { expect, it } from 'vitest';
import { ChannelQueue } from './channelQueue.ts';

it('lets a place given back go to whoever waits longest, never to a newcomer', async () => {
  const queue = new ChannelQueue();
  const releases = await Promise.all([1, 2, 3, 4].map(() => queue.take('work')));
  const order: number[] = [];
  const waiting = [5, 6].map((number) => queue.take('work').then(() => order.push(number)));
  releases[0]?.();
  const late = queue.take('work').then(() => order.push(7));
  releases[1]?.();
  releases[2]?.();
  await Promise.all([...waiting, late]);
  expect(order).toEqual([5, 6, 7]);
  expect(queue.taken('work')).toBe(4);
});

it('keeps the line of one use from holding up another', async () => {
  const queue = new ChannelQueue();
  await Promise.all([1, 2, 3, 4].map(() => queue.take('work')));
  const releaseControl = await queue.take('control');
  await Promise.all(Array.from({ length: 20 }, () => queue.take('terminal')));
  releaseControl();
  releaseControl();
  expect(queue.taken('control')).toBe(0);
  expect(queue.taken('terminal')).toBe(20);
});

it('lets go of whoever no longer waits', async () => {
  const queue = new ChannelQueue();
  const release = await queue.take('control');
  const gone = new AbortController();
  const left = queue.take('control', gone.signal);
  const next = queue.take('control');
  gone.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  release();
  const releaseNext = await next;
  releaseNext();
  expect(queue.taken('control')).toBe(0);
  await expect(queue.take('control', gone.signal)).rejects.toThrow('gone');
});
