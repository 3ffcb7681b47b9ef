import { expect, it } from 'vitest';
import { createTransferMeter } from './transferMeter.ts';

it('knows nothing before a sample, then a rate and the time that is left', () => {
  let now = 0;
  const meter = createTransferMeter(() => now);
  expect(meter.measure(1000, 9000)).toEqual({ bytesPerSecond: null, secondsLeft: null });
  now = 1000;
  expect(meter.measure(2000, 8000)).toEqual({ bytesPerSecond: 2000, secondsLeft: 4 });
});

it('smooths: one quiet moment does not make the rate zero, a long silence does', () => {
  let now = 0;
  const meter = createTransferMeter(() => now);
  now = 1000;
  meter.measure(1000, null);
  now = 2000;
  const after = meter.measure(1000, null).bytesPerSecond ?? 0;
  expect(after).toBeGreaterThan(500);
  expect(after).toBeLessThan(1000);
  now = 60_000;
  const stalled = meter.measure(1000, 10);
  expect(stalled.bytesPerSecond).toBeLessThan(1);
  expect(stalled.secondsLeft).toBeNull();
});
