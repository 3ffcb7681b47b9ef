export type PassphraseStrength = 'weak' | 'fair' | 'strong';

/** Of a word that somebody thought of; a word drawn from a list of 7776 has 12.9. */
const bitsPerWord = 12.9;
const classes: readonly (readonly [RegExp, number])[] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[^a-zA-Z0-9]/, 33],
];

/** How hard a passphrase is to guess, as a hint: by its letters, and by its words where it has several. */
export function passphraseStrength(passphrase: string): PassphraseStrength {
  const bits = Math.min(letterBits(passphrase), wordBits(passphrase));
  if (bits < 45) return 'weak';
  return bits < 70 ? 'fair' : 'strong';
}

/** A letter that repeats or continues the one before it (`aaa`, `abc`, `321`) adds nothing. */
function letterBits(passphrase: string): number {
  const pool = classes.reduce((sum, [pattern, size]) => (pattern.test(passphrase) ? sum + size : sum), 0);
  const codes = [...passphrase].map((letter) => letter.codePointAt(0) ?? 0);
  const telling = codes.filter((code, index) => {
    const before = codes[index - 1];
    return before === undefined || Math.abs(code - before) > 1;
  });
  return pool === 0 ? 0 : telling.length * Math.log2(pool);
}

function wordBits(passphrase: string): number {
  const words = passphrase.split(/[\s-]+/).filter((word) => /^[a-zA-Z]+$/.test(word));
  const rest = passphrase.replaceAll(/[a-zA-Z\s-]/g, '');
  // Anything but words makes the letters the better measure.
  if (words.length < 2 || rest.length > 0) return Number.POSITIVE_INFINITY;
  return new Set(words).size * bitsPerWord;
}
