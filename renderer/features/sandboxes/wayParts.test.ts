import { expect, it } from 'vitest';
import { wayParts } from './wayParts.ts';

it('makes a title of what stands before the colon', () => {
  expect(wayParts('Read-only, as yourself: nothing in it can change.')).toEqual({
    title: 'Read-only, as yourself',
    rest: 'Nothing in it can change.',
  });
  expect(wayParts('Writable, as root inside.')).toEqual({ title: 'Writable, as root inside', rest: '' });
});
