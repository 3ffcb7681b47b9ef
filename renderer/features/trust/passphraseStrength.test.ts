import { expect, it } from 'vitest';
import { passphraseStrength } from './passphraseStrength.ts';

it.each([
  ['', 'weak'],
  ['password', 'weak'],
  ['aaaaaaaaaaaaaaaaaaaaaaaa', 'weak'],
  ['abcdefghijklmnopqrstuvwxyz', 'weak'],
  ['horse horse horse horse horse horse', 'weak'],
  ['correct horse battery', 'weak'],
  ['correct horse battery staple', 'fair'],
  ['correct horse battery staple orbit lamp', 'strong'],
  ['k9$Tq!2vLm7#', 'strong'],
] as const)('of “%s” is %s', (passphrase, strength) => {
  expect(passphraseStrength(passphrase)).toBe(strength);
});
