import { expect, it } from 'vitest';
import { formatBytes, formatDuration, formatRate } from './quantity.ts';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [999_499, '999 kB'],
  [999_950, '1.0 MB'],
  [97_595_392, '97.6 MB'],
  [6_400_000_000, '6.4 GB'],
  [306_000_000, '306 MB'],
])('formats %i bytes as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it('formats rates and times', () => {
  expect(formatRate(48_000_000)).toBe('48.0 MB/s');
  expect(formatDuration(9.4)).toBe('9 s');
  expect(formatDuration(192)).toBe('3 min 12 s');
  expect(formatDuration(3600)).toBe('1 h');
  expect(formatDuration(7500)).toBe('2 h 5 min');
  expect(formatDuration(100_800)).toBe('1 d 4 h');
});
