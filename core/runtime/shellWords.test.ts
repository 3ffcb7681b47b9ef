import { describe, expect, it } from 'vitest';
import { hostPathFromBytes, hostPathFromText } from '#core/contract/hostPath.ts';
import { commandSpec } from './commandSpec.ts';
import { mask, quotePath, quoteWord, showCommand } from './shellWords.ts';

describe('a shell word', () => {
  it.each([
    ['plain-word_1.2:3/4,5=6+7@8%', 'plain-word_1.2:3/4,5=6+7@8%'],
    ['', "''"],
    ['two words', "'two words'"],
    ["it's", "'it'\\''s'"],
    ['$(id) `x` "y" \\', '\'$(id) `x` "y" \\\''],
    ['~', "'~'"],
    ['*', "'*'"],
    ['line\nend', "'line\nend'"],
  ])('of %j', (text, word) => {
    expect(quoteWord(text)).toBe(word);
  });

  it('of a path shows what cannot be printed', () => {
    expect(quotePath(hostPathFromText('/a b'))).toBe("'/a b'");
    expect(quotePath(hostPathFromText('/Größe'))).toBe("'/Größe'");
    expect(quotePath(hostPathFromText("/n\nl'"))).toBe("$'/n\\012l\\047'");
    expect(quotePath(hostPathFromBytes(Uint8Array.of(0x2f, 0xff, 0x5c)))).toBe("$'/\\377\\134'");
  });
});

describe('a command line', () => {
  it('is quoted, with its environment in front and its secrets masked', () => {
    const spec = commandSpec(
      { path: hostPathFromText('/opt/my tool') },
      ['-x', { secret: 'hunter2' }, 'a b'],
      {
        purpose: 'Try',
        environment: { A: 'b c', TOKEN: { secret: 'hunter2' }, GONE: null },
      },
    );
    expect(showCommand(spec)).toBe(`A='b c' TOKEN=${mask} '/opt/my tool' -x ${mask} 'a b'`);
    expect(showCommand(spec)).not.toContain('hunter2');
  });
});
