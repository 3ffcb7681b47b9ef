import { expect, it } from 'vitest';
import { mergeProgress } from './progress.ts';

it('never shows a fraction that goes back, and shows unknown as unknown', () => {
  const first = mergeProgress(null, { phase: 'download', fraction: 0.4 });
  const back = mergeProgress(first, { phase: 'download', fraction: 0.3 });
  expect(back.progress.fraction).toBe(0.4);
  const unknown = mergeProgress(back, { phase: 'convert', fraction: null });
  expect(unknown.progress.fraction).toBeNull();
  expect(mergeProgress(unknown, { phase: 'convert', fraction: 0.2 }).progress.fraction).toBe(0.4);
});

it('holds bytes within a phase and forgets them with it', () => {
  const first = mergeProgress(null, { phase: 'download', bytes: { done: 10, total: 20 }, bytesPerSecond: 5 });
  const held = mergeProgress(first, { phase: 'download', bytes: { done: 7, total: 20 } });
  expect(held.progress).toMatchObject({ bytes: { done: 10, total: 20 }, bytesPerSecond: 5 });
  expect(mergeProgress(held, { phase: 'convert' }).progress).toMatchObject({
    bytes: null,
    bytesPerSecond: null,
  });
});
