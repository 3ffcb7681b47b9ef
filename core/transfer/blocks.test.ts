import { describe, expect, test } from 'vitest';
import { commonBlocks, mebibyte, parseDigests, proofBlockBytes, provableBlocks } from './blocks.ts';

describe('blocks of a half-sent file', () => {
  test('are whole mebibytes, and at most about a thousand', () => {
    for (const sizeBytes of [0, 1, 400e6, 8e9, 50e9, 3e12]) {
      const blockBytes = proofBlockBytes(sizeBytes);
      expect(blockBytes % mebibyte).toBe(0);
      expect(blockBytes).toBeGreaterThanOrEqual(8 * mebibyte);
      expect(sizeBytes / blockBytes).toBeLessThanOrEqual(1024);
    }
  });

  test('are proven only where both have them whole', () => {
    const size = 100 * mebibyte;
    expect(provableBlocks(0, size)).toBe(0);
    expect(provableBlocks(8 * mebibyte - 1, size)).toBe(0);
    expect(provableBlocks(17 * mebibyte, size)).toBe(2);
    expect(provableBlocks(500 * mebibyte, size)).toBe(12);
  });

  test('count up to the first that differs or is missing there', () => {
    expect(commonBlocks(['a', 'b', 'c'], ['a', 'b', 'c'])).toBe(3);
    expect(commonBlocks(['a', 'b', 'c'], ['a', 'x', 'c'])).toBe(1);
    expect(commonBlocks(['a', 'b', 'c'], ['a'])).toBe(1);
    expect(commonBlocks([], ['a'])).toBe(0);
  });

  test('have digests in the words of either program', () => {
    const [one, two] = ['0a'.repeat(32), 'ff'.repeat(32)];
    expect(parseDigests(`${one} *stdin\n${two}  -\n`)).toEqual([one, two]);
    expect(parseDigests('sha256sum: no such file\n')).toEqual([]);
  });
});
