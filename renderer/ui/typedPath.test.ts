import { expect, it } from 'vitest';
import { typedPath, withoutLastSlash } from './typedPath.ts';

it('takes escaped paths as they are shown, and other text as it is typed', () => {
  expect(typedPath('/data/Größe')).toBe('/data/Größe');
  expect(typedPath('/data/\\xff.sif')).toBe('/data/\\xff.sif');
  expect(typedPath('/data/a\\b')).toBe('/data/a\\\\b');
});

it('takes the slash off that completing a folder leaves, but keeps the root', () => {
  expect(withoutLastSlash('/data/')).toBe('/data');
  expect(withoutLastSlash('/')).toBe('/');
});
