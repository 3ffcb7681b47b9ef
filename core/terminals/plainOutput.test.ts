import { describe, expect, it } from 'vitest';
import { renditionAfter, startOfLastLines } from './plainOutput.ts';

const bytes = (text: string) => Buffer.from(text, 'utf8');

describe('renditionAfter', () => {
  it.each([
    ['plain text\r\nGröße 日本 🧬\tx\x08y\x07\r\n', ''],
    ['\x1b[31mred\x1b[0m\r\n', ''],
    ['\x1b[31mred\x1b[m\r\n', ''],
    ['\x1b[1mbold\x1b[31mred\r\n', '\x1b[1m\x1b[31m'],
    ['\x1b[1m\x1b[0;32mgreen\r\n', '\x1b[0;32m'],
    ['\x1b[1m\x1b[0m\x1b[4munder\r\n', '\x1b[0m\x1b[4m'],
    ['\x1b[05mnot reset\r\n', '\x1b[05m'],
    ['\x1b[38;2;1;2;3mtrue\x1b[4:3m\r\n', '\x1b[38;2;1;2;3m\x1b[4:3m'],
    ['\x1b[07minverse\r\n', '\x1b[07m'],
  ])('knows the colours that %j leaves', (text, expected) => {
    expect(renditionAfter(bytes(text))).toBe(expected);
  });

  it.each([
    ['a moved cursor', '\x1b[2Ax\r\n'],
    ['a cleared screen', '\x1b[2J\r\n'],
    ['a mode', '\x1b[?1049h\r\n'],
    ['a question', '\x1b[6n\r\n'],
    ['a key mode that ends like a colour', '\x1b[>4;1m\r\n'],
    ['a title', '\x1b]0;title\x07\r\n'],
    ['another character set', '\x0elqk\x0f\r\n'],
    ['a C1 control', '\u009b6n\r\n'],
    ['a form feed', '\f\r\n'],
    ['a cut sequence', 'x\x1b[3'],
  ])('refuses %s', (_, text) => {
    expect(renditionAfter(bytes(text))).toBeNull();
  });

  it('refuses colours that pile up without end', () => {
    const pile = Array.from({ length: 500 }, (_, index) => `\x1b[38;5;${index % 256}mx`).join('');
    expect(renditionAfter(bytes(pile))).toBeNull();
  });
});

describe('startOfLastLines', () => {
  it('finds where the last lines start', () => {
    const output = bytes('a\r\nb\r\nc\r\nd\r\nrest');
    expect(output.subarray(startOfLastLines(output, 2)).toString()).toBe('c\r\nd\r\nrest');
    expect(output.subarray(startOfLastLines(output, 3)).toString()).toBe('b\r\nc\r\nd\r\nrest');
  });

  it('keeps all when there are too few', () => {
    expect(startOfLastLines(bytes('a\r\nb\r\n'), 2)).toBe(0);
    expect(startOfLastLines(bytes(''), 1)).toBe(0);
  });

  it('keeps all where a line end leaves the cursor in its column', () => {
    expect(startOfLastLines(bytes('a\nb\nc\nd\n'), 2)).toBe(0);
  });
});
