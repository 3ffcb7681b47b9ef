import { expect, it } from 'vitest';
import { otherWays, runtimeWays } from './sampleSandboxes.ts';
import { sharedLimits, wayParts } from './wayParts.ts';

it('makes a title of what stands before the colon', () => {
  expect(wayParts('Read-only, as yourself: nothing in it can change.')).toEqual({
    title: 'Read-only, as yourself',
    rest: 'Nothing in it can change.',
  });
  expect(wayParts('Writable, as root inside.')).toEqual({ title: 'Writable, as root inside', rest: '' });
});

it('finds what is lost with all ways that are possible', () => {
  const both = otherWays.map((way) => ({ ...way, limits: [...way.limits, 'Your home is not there.'] }));
  expect(sharedLimits(both)).toEqual(['Your home is not there.']);
  expect(sharedLimits(both.slice(0, 5))).toEqual([]);
  expect(sharedLimits(runtimeWays)).toEqual([]);
});
