import { expect, it } from 'vitest';
import { lineDifferences } from './lineDifferences.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`);

it('keeps three equal lines around a difference and folds the rest', () => {
  const left = numbers(20);
  const right = left.with(10, 'another');
  const found = lineDifferences(`${left.join('\n')}\n`, `${right.join('\n')}\n`);
  expect(found).toMatchObject({ added: 1, removed: 1 });
  expect(
    found?.lines.map((line) => (line.kind === 'fold' ? line.count : `${line.kind[0]} ${line.text}`)),
  ).toEqual([
    7,
    's line 7',
    's line 8',
    's line 9',
    'r line 10',
    'a another',
    's line 11',
    's line 12',
    's line 13',
    6,
  ]);
});

it('never folds a single line', () => {
  const found = lineDifferences('a\nb\nc\nd\nold\n', 'a\nb\nc\nd\nnew\n');
  expect(found?.lines.some(({ kind }) => kind === 'fold')).toBe(false);
});

it('gives up where two texts have nothing in common', () => {
  const other = numbers(5000).map((line) => `other ${line}`);
  expect(lineDifferences(numbers(5000).join('\n'), other.join('\n'))).toBe(null);
});
