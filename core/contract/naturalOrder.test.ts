import { describe, expect, it } from 'vitest';
import { compareNatural, naturalText } from './naturalOrder.ts';

const sorted = (names: readonly string[]) =>
  names
    .map(naturalText)
    .sort(compareNatural)
    .map((entry) => entry.text);

describe('natural order', () => {
  it('puts numbers by value and letters without regard to case', () => {
    expect(sorted(['tool-10.sif', 'Tool-9.sif', 'tool-2.sif', 'alpha.sif', 'Zeta.sif', 'beta.sif'])).toEqual([
      'alpha.sif',
      'beta.sif',
      'tool-2.sif',
      'Tool-9.sif',
      'tool-10.sif',
      'Zeta.sif',
    ]);
  });

  it('puts accented letters beside their plain ones', () => {
    expect(sorted(['z.sif', 'Ökonomie.sif', 'oslo.sif', 'éclair.sif', 'face.sif'])).toEqual([
      'éclair.sif',
      'face.sif',
      'Ökonomie.sif',
      'oslo.sif',
      'z.sif',
    ]);
  });

  it('agrees with the collation for any two plain names', () => {
    const collation = new Intl.Collator('en', { numeric: true });
    const alphabet = ' !"#$%&\'()*+,-./0123456789:;<=>?@ABCXYZ[\\]^_`abcxyz{|}~';
    let seed = 7;
    const next = (limit: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * limit);
    };
    const name = () =>
      Array.from({ length: 1 + next(9) }, () => alphabet.charAt(next(alphabet.length))).join('');
    const disagreements: string[] = [];
    for (let round = 0; round < 20_000; round += 1) {
      const left = name();
      const right = next(3) === 0 ? `${left.slice(0, next(left.length))}${name()}` : name();
      const wanted = Math.sign(collation.compare(left, right));
      const got = Math.sign(compareNatural(naturalText(left), naturalText(right)));
      if (wanted !== 0 && wanted !== got) disagreements.push(`${left} | ${right}`);
    }
    expect(disagreements).toEqual([]);
  });

  it('never calls two different names the same', () => {
    expect(compareNatural(naturalText('a01'), naturalText('a1'))).not.toBe(0);
    expect(compareNatural(naturalText('a\u0301'), naturalText('á'))).not.toBe(0);
  });
});
