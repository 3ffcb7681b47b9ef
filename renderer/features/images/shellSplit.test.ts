import { describe, expect, it } from 'vitest';
import { splitShellWords } from './shellSplit.ts';

describe('splitting a line into words', () => {
  it.each([
    ['', []],
    ['   ', []],
    ['python -c "print(1)"', ['python', '-c', 'print(1)']],
    [`'it is' one"two"'three' \\"x`, ['it is', 'onetwothree', '"x']],
    [`"a\\"b" "a\\nb" a\\ b '' ""`, ['a"b', 'a\\nb', 'a b', '', '']],
    [`'$HOME' "\\$HOME" 'a\\b' "\\\\"`, ['$HOME', '$HOME', 'a\\b', '\\']],
    [`tab\there 'new\nline' Größe 日本`, ['tab', 'here', 'new\nline', 'Größe', '日本']],
  ])('does what a shell does with %j', (line, words) => {
    expect(splitShellWords(line)).toEqual({ ok: true, words });
  });

  it('expands nothing', () => {
    expect(splitShellWords('echo $HOME *; rm -rf `x`')).toEqual({
      ok: true,
      words: ['echo', '$HOME', '*;', 'rm', '-rf', '`x`'],
    });
  });

  it('says what is not finished', () => {
    expect(splitShellWords('echo "a')).toEqual({ ok: false, problem: 'openQuote' });
    expect(splitShellWords("echo 'a\\")).toEqual({ ok: false, problem: 'openQuote' });
    expect(splitShellWords('echo \\')).toEqual({ ok: false, problem: 'endsWithBackslash' });
  });
});
