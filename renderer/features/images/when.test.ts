import { describe, expect, it } from 'vitest';
import { whenParts, wholeMoment } from './when.ts';

const now = new Date(2026, 10, 20, 15, 30).getTime();

describe('moments in words', () => {
  it.each([
    [new Date(2026, 10, 20, 9, 12), { kind: 'today', time: '09:12' }],
    [new Date(2026, 10, 19, 23, 59), { kind: 'yesterday', time: '23:59' }],
    [new Date(2026, 10, 18, 0, 0), { kind: 'date', date: '18 Nov' }],
    [new Date(2024, 1, 29, 12, 0), { kind: 'date', date: '29 Feb 2024' }],
    [new Date(2026, 10, 21, 0, 1), { kind: 'date', date: '21 Nov' }],
  ])('says %s', (at, wanted) => {
    expect(whenParts(at.getTime(), now)).toEqual(wanted);
  });

  it('does not stumble over what a hostile header says', () => {
    for (const at of [Number.NaN, 1e300, -1e300, Number.POSITIVE_INFINITY]) {
      expect(whenParts(at, now)).toBe(null);
      expect(wholeMoment(at)).toBe(null);
    }
  });
});
