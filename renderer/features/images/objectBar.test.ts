import { describe, expect, it } from 'vitest';
import type { SifObject } from '#core/contract/images.ts';
import { fileSegments } from './objectBar.ts';

const object = (id: number, offset: number, sizeBytes: number): SifObject => ({
  id,
  type: 'FS (Squashfs/*System/amd64)',
  name: '',
  group: 1,
  link: null,
  offset,
  sizeBytes,
  createdAt: null,
});
const spans = (objects: readonly SifObject[], fileBytes: number) =>
  fileSegments(objects, fileBytes).map((part) => [part.object?.id ?? null, part.from, part.to]);

describe('the file to scale', () => {
  it('shows header, objects and gaps in file order', () => {
    expect(spans([object(2, 60, 40), object(1, 30, 20)], 100)).toEqual([
      [null, 0, 30],
      [1, 30, 50],
      [null, 50, 60],
      [2, 60, 100],
    ]);
  });

  it('adds up to the whole file whatever the descriptors claim', () => {
    const hostile = [
      object(1, -50, 70),
      object(2, 10, 1e18),
      object(3, 5, 20),
      object(4, 1e18, 5),
      object(5, 40, -10),
      object(6, Number.NaN, 4),
    ];
    const segments = fileSegments(hostile, 100);
    expect(segments.reduce((sum, part) => sum + part.share, 0)).toBeCloseTo(1);
    expect(segments.every((part) => part.from >= 0 && part.to <= 100 && part.to > part.from)).toBe(true);
  });

  it('shows nothing of an empty file', () => {
    expect(spans([object(1, 0, 10)], 0)).toEqual([]);
  });
});
