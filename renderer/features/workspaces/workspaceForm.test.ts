import { describe, expect, it } from 'vitest';
import { fileNameOf, nameProblem, suggestedName, wholePath } from './workspaceForm.ts';

describe('a name', () => {
  it.each([
    ['', 'missing'],
    ['.hidden', 'bad'],
    ['with space', 'bad'],
    ['a'.repeat(65), 'bad'],
    ['md', 'taken'],
    ['md-2', null],
  ])('%j is %s', (name, problem) => {
    expect(nameProblem(name, ['md'])).toBe(problem);
  });

  it.each([
    ['/images/my tools.sif', [], 'my-tools'],
    ['md', ['md', 'md-2'], 'md-3'],
    ['/data/.hidden.sqfs', [], 'hidden'],
    ['', [], ''],
  ])('made of %j is %s', (text, taken, name) => {
    expect(suggestedName(text, taken)).toBe(name);
  });
});

it('takes whole paths only, and names without slashes', () => {
  expect(wholePath('/data/images/')).toBe('/data/images');
  expect(wholePath('images')).toBeNull();
  expect(wholePath('/')).toBeNull();
  expect(fileNameOf(' md.sif ')).toBe('md.sif');
  expect(fileNameOf('../md.sif')).toBeNull();
});
