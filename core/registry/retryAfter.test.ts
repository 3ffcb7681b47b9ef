import { describe, expect, it } from 'vitest';
import { parseRetryAfter } from './retryAfter.ts';

const now = Date.parse('2026-11-20T10:00:00Z');

describe('parseRetryAfter', () => {
  it.each([
    ['7', 7],
    [' 0 ', 0],
    ['Fri, 20 Nov 2026 10:01:30 GMT', 90],
    ['Fri, 20 Nov 2026 09:00:00 GMT', 0],
    ['999999999', 604_800],
    ['-1', null],
    ['1e9', null],
    ['soon', null],
    ['', null],
    [null, null],
  ])('reads %j as %j seconds', (header, seconds) => {
    expect(parseRetryAfter(header, now)).toBe(seconds);
  });
});
