import { describe, expect, it } from 'vitest';
import { linesThatRun, pasteText } from './pasteText.ts';

describe('pasteText', () => {
  it('turns every line end into Enter', () => {
    expect(pasteText('a\r\nb\nc\rd')).toBe('a\rb\rc\rd');
  });

  it('takes out what could press keys or end a bracketed paste', () => {
    expect(pasteText('ls\x1b[201~rm -rf ~\x03\u009b\x7f\t日本')).toBe('ls[201~rm -rf ~\t日本');
  });
});

describe('linesThatRun', () => {
  it.each([
    ['ls', false, null],
    ['ls\r', false, 1],
    ['ls\rpwd', false, 2],
    ['ls\r\rpwd\r', false, 3],
    ['ls\rpwd\r', true, null],
  ])('%j (bracketed: %s) runs %s lines', (text, isBracketed, expected) => {
    expect(linesThatRun(text, isBracketed)).toBe(expected);
  });
});
