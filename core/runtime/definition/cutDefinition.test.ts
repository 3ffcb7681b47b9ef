import { describe, expect, it } from 'vitest';
import { cutDefinition, type PartBase, partOfDefinition, wordsOfPart } from './cutDefinition.ts';

const text = `Bootstrap: docker
From: debian:12
Stage: build

%post
    # checkpoint: not here
    make

Bootstrap: docker
From: debian:12 # slim

%arguments
    a=1
%files from build
    /out /out
%post -c /bin/bash
    one
    # checkpoint: first
    two <<END
    # checkpoint: text
END
    if true; then
        # checkpoint: inside
        three
    fi
    # checkpoint: first
    # checkpoint:
    # checkpoint: second
    four
%test
    five
`;

describe('cutDefinition', () => {
  it('cuts the last stage at markers with a name of their own', () => {
    expect(cutDefinition(text)).toEqual({
      cuts: [
        { name: 'first', line: 18 },
        { name: 'second', line: 28 },
      ],
      headers: { bootstrap: 'docker', from: 'debian:12' },
      hasApps: false,
      problem: null,
    });
  });

  it('cuts nothing of what the parser does not take, and nothing without a base', () => {
    expect(cutDefinition('Bootstrap: docker\nFrom\n%post\n  a\n  # checkpoint: b\n  c\n').cuts).toEqual([]);
    expect(cutDefinition('%post\n  a\n  # checkpoint: b\n  c\n').cuts).toEqual([]);
    expect(cutDefinition('').cuts).toEqual([]);
  });

  it('says why it does not cut a script that works on apps', () => {
    const cut = cutDefinition(
      'Bootstrap: docker\nFrom: a\n%post\n  a\n  # checkpoint: b\n  ls /scif/apps\n%apprun x\n  y\n',
    );
    expect(cut.cuts).toEqual([]);
    expect(cut.problem).toContain('apps');
  });
});

describe('the parts', () => {
  const { cuts } = cutDefinition(text);
  const linesOf = (part: number, base: PartBase | null = null) =>
    partOfDefinition(text, { cuts, part }, base)
      .split('\n')
      .flatMap((line, index) => (line.trim() === '' ? [] : [`${index + 1} ${line.trim()}`]));

  it('keep their lines where they are', () => {
    expect(linesOf(0)).toEqual([
      '1 Bootstrap: docker',
      '2 From: debian:12',
      '3 Stage: build',
      '5 %post',
      '6 # checkpoint: not here',
      '7 make',
      '9 Bootstrap: docker',
      '10 From: debian:12 # slim',
      '14 %files from build',
      '15 /out /out',
      '16 %post -c /bin/bash',
      '17 one',
    ]);
    expect(linesOf(2)).toEqual(['16 %post -c /bin/bash', '29 four', '30 %test', '31 five']);
  });

  it('begin with the image of the part before, or with its tree', () => {
    expect(linesOf(1, { from: '/work/empty.sif', setup: 'take it' }).slice(0, 5)).toEqual([
      '9 Bootstrap: localimage',
      '10 From: /work/empty.sif',
      '11 %setup',
      '12 take it',
      '19 %post -c /bin/bash',
    ]);
    expect(linesOf(1, { from: '/kept/one.sif', setup: null }).slice(0, 4)).toEqual([
      '9 Bootstrap: localimage',
      '10 From: /kept/one.sif',
      '17 %post -c /bin/bash',
      '20 two <<END',
    ]);
  });

  it('have words that neither their place nor what is below them changes', () => {
    const words = (changed: string, part: number) =>
      wordsOfPart(changed, { cuts: cutDefinition(changed).cuts, part });
    const later = text.replace('four', 'fourth').replace('five', 'fifth');
    expect(words(later, 0)).toBe(words(text, 0));
    expect(words(later, 1)).toBe(words(text, 1));
    expect(words(later, 2)).not.toBe(words(text, 2));
    const earlier = text.replace('    one\n', '    one\n\n    more\n');
    expect(words(earlier, 0)).not.toBe(words(text, 0));
    expect(words(earlier, 1)).toBe(words(text, 1));
    expect(words(text.replace('a=1', 'a=2'), 0)).toBe(words(text, 0));
  });
});
