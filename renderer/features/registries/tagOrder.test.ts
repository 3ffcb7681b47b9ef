import { describe, expect, it } from 'vitest';
import { sampleTag } from './sampleRegistries.ts';
import { filterTags, sortTags } from './tagOrder.ts';

const names = (tags: readonly { readonly name: string }[]) => tags.map(({ name }) => name);
const signature = `sha256-${'a'.repeat(64)}.sig`;

describe('sortTags', () => {
  it('puts the newest version first, latest before all, and what belongs to another tag last', () => {
    const tags = ['1.9', '1.10', signature, 'latest', '1.10.1', 'edge'].map((name) => sampleTag(name));
    const sorted = sortTags(tags, { column: 'version', isDescending: true });
    expect(names(sorted)).toEqual(['latest', '1.10.1', '1.10', '1.9', 'edge', signature]);
    const ascending = sortTags(tags, { column: 'version', isDescending: false });
    expect(names(ascending)).toEqual(['latest', 'edge', '1.9', '1.10', '1.10.1', signature]);
  });

  it('puts what is not known last, whichever way', () => {
    const tags = [
      sampleTag('a', { sizeBytes: null }),
      sampleTag('b', { sizeBytes: 2 }),
      sampleTag('c', { sizeBytes: 1 }),
    ];
    expect(names(sortTags(tags, { column: 'size', isDescending: true }))).toEqual(['b', 'c', 'a']);
    expect(names(sortTags(tags, { column: 'size', isDescending: false }))).toEqual(['c', 'b', 'a']);
  });

  it('sorts by time, equals by version', () => {
    const tags = [
      sampleTag('1', { updatedAt: 5 }),
      sampleTag('2', { updatedAt: 5 }),
      sampleTag('0', { updatedAt: 9 }),
    ];
    expect(names(sortTags(tags, { column: 'updated', isDescending: true }))).toEqual(['0', '2', '1']);
  });
});

describe('filterTags', () => {
  it('looks in names, and in the beginnings of digests', () => {
    const tags = [sampleTag('v1', { digest: `sha256:abcd${'0'.repeat(60)}` }), sampleTag('V2')];
    expect(names(filterTags(tags, 'v2'))).toEqual(['V2']);
    expect(names(filterTags(tags, 'abcd'))).toEqual(['v1']);
    expect(names(filterTags(tags, ' '))).toEqual(['v1', 'V2']);
  });
});
