import { describe, expect, it } from 'vitest';
import { leftOutOfContext } from './dockerignore.ts';

describe('a .dockerignore', () => {
  it('names what need not be sent', () => {
    const isLeftOut = leftOutOfContext('# data\n/data/\n*.tmp\n**/cache\nraw/**\nlog?.txt\n');
    const paths = [
      'data',
      'data2',
      'a.tmp',
      'in/a.tmp',
      'in/deep/cache',
      'cache',
      'raw/x/y',
      'raw',
      'log1.txt',
    ];
    expect(paths.filter(isLeftOut)).toEqual([
      'data',
      'a.tmp',
      'in/deep/cache',
      'cache',
      'raw/x/y',
      'log1.txt',
    ]);
  });

  it('leaves to the engine what is not sure', () => {
    for (const text of ['*\n!keep', '[ab].txt', '..\n', 'a\\b'])
      expect(['a.txt', 'keep', 'b', 'a/b'].filter(leftOutOfContext(text))).toEqual([]);
  });
});
