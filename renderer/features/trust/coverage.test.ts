import { expect, it } from 'vitest';
import { coverageOf, groupsOf } from './coverage.ts';
import { sampleObjects } from './sampleTrust.ts';

const ids = (objects: readonly { readonly id: number }[]) => objects.map(({ id }) => id);

it('of everything leaves out what is in no group, and signatures themselves', () => {
  const { covered, left } = coverageOf(sampleObjects, { type: 'all' });
  expect(ids(covered)).toEqual([1, 2, 3]);
  expect(ids(left)).toEqual([4]);
});

it('of a group or of single objects is what was asked for', () => {
  expect(groupsOf(sampleObjects)).toEqual([1, 2]);
  expect(ids(coverageOf(sampleObjects, { type: 'group', id: 2 }).covered)).toEqual([3]);
  expect(ids(coverageOf(sampleObjects, { type: 'objects', ids: [4] }).covered)).toEqual([4]);
});
