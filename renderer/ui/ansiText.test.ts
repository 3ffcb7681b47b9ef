import { describe, expect, it } from 'vitest';
import { ansiSpans, markedSpans, plainLine } from './ansiText.ts';

describe('a line without colours', () => {
  it.each([
    ['\u001b[34mINFO:   \u001b[0m Creating SIF file', 'INFO:    Creating SIF file'],
    ['\u001b]0;a title\u0007text', 'text'],
    ['\u001b]8;;http://example.org\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u001bPq#0;2;0;0;0\u001b\\picture', 'picture'],
    ['10 %\r55 %\r100 %', '100 %'],
    ['windows line\r', 'windows line'],
    ['bell\u0007 and \u009b31mred', 'bell and 31mred'],
    ['cut short \u001b[3', 'cut short '],
    ['tab\tstays', 'tab\tstays'],
    ['\u001b[2J\u001b[Hgone', 'gone'],
    ['user\u202egnp.exe', 'user\\u202egnp.exe'],
    ['zero\u200bwidth', 'zero\\u200bwidth'],
  ])('is what can be read of %j', (raw, shown) => {
    expect(plainLine(raw)).toBe(shown);
    expect(
      ansiSpans(raw)
        .map(({ text }) => text)
        .join(''),
    ).toBe(shown);
  });
});

describe('a line in colours', () => {
  it.each([
    [
      '\u001b[31mred\u001b[0m plain',
      [
        ['red', 'var(--ansi-1)', false],
        [' plain', null, false],
      ],
    ],
    [
      '\u001b[1;92mgood\u001b[22m!',
      [
        ['good', 'var(--ansi-10)', true],
        ['!', 'var(--ansi-10)', false],
      ],
    ],
    [
      '\u001b[38;5;196mred\u001b[39m.',
      [
        ['red', 'rgb(255 0 0)', false],
        ['.', null, false],
      ],
    ],
    ['\u001b[38:5:15mwhite', [['white', 'var(--ansi-15)', false]]],
    ['\u001b[38;5;255mgrey', [['grey', 'rgb(238 238 238)', false]]],
    ['\u001b[mplain', [['plain', null, false]]],
  ] as const)('has %j', (raw, spans) => {
    expect(ansiSpans(raw).map(({ text, colour, isBold }) => [text, colour, isBold])).toEqual(spans);
  });

  it('hides nothing: no background, no concealed or dark text, no true colours', () => {
    const raw = '\u001b[8;30;40mhidden\u001b[38;2;0;0;0mblack\u001b[48;5;31;7mturned';
    expect(ansiSpans(raw)).toEqual([{ text: 'hiddenblackturned', colour: 'var(--ansi-0)', isBold: false }]);
    expect(ansiSpans('\u001b[38;5;16mdark')[0]?.colour).toMatch(/^rgb\((\d{3}) \1 \1\)$/);
    expect(ansiSpans('\u001b[38;5;999mtoo far\u001b[38;5m')[0]?.colour).toBeNull();
  });

  it('that is nothing but sequences ends', () => {
    expect(ansiSpans('\u001b[31m'.repeat(2000))).toEqual([]);
  });
});

describe('what is searched for', () => {
  const pieces = (raw: string, wanted: string) =>
    markedSpans(ansiSpans(raw), wanted).map(({ text, isFound }) => (isFound ? `<${text}>` : text));

  it.each([
    ['one two one', 'one', ['<one>', ' two ', '<one>']],
    ['\u001b[31mEr\u001b[0mror here', 'error', ['<Er>', '<ror>', ' here']],
    ['aaaa', 'aa', ['<aa>', '<aa>']],
    ['nothing', 'x', ['nothing']],
    ['a\u001b[31mb\u001b[32mc\u001b[0md', 'bcd', ['a', '<b>', '<c>', '<d>']],
  ])('is marked across colours: %j', (raw, wanted, marked) => {
    expect(pieces(raw, wanted)).toEqual(marked);
  });
});
