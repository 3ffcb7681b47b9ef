import { asSentence, sentences, type WordTable } from './errorWords.ts';

/** Keys, signatures and encryption. What is wrong with a signature is an answer of `verify`, not a failure. */
export const trustWords: WordTable<'trust'> = {
  /** `fingerprint`. */
  'trust.wrongPassphrase': (facts) => ({
    title: 'The passphrase does not open the key',
    cause: sentences(
      facts.text('fingerprint') === null ? null : `It is the key ${facts.or('fingerprint', '')}.`,
      'Nothing was changed.',
    ),
    nextStep: 'Type the passphrase again. Without it nobody can use the key: make a new one if it is lost.',
    action: { kind: 'retry' },
  }),
  /** `fingerprint`, `half`: public or private; `url`: the keyserver that was asked. */
  'trust.keyUnknown': (facts) => ({
    title: `There is no ${facts.or('half', 'such')} key`,
    cause: `${facts.or('url', 'The key ring of this host')} has none with the fingerprint ${facts.or('fingerprint', 'that was asked for')}.`,
    nextStep:
      'Compare the fingerprint with its owner’s, and import the key or fetch it from another keyserver.',
    action: null,
  }),
  /** `fingerprint`, `reason`: that it has expired or was revoked, and when. */
  'trust.keyUnusable': (facts) => ({
    title: `${named('The key', facts.text('fingerprint'))} cannot be used any more`,
    cause: sentences(
      asSentence(facts.text('reason')) ?? 'It has expired or was revoked.',
      'The runtime would sign with it all the same, and nobody could verify that.',
    ),
    nextStep: 'Sign with another key, or create one.',
    action: null,
  }),
  /** `from`: the file. */
  'trust.noKey': (facts) => ({
    title: `${facts.or('from', 'The text')} holds no key`,
    cause: 'An armored OpenPGP key begins with “-----BEGIN PGP PUBLIC KEY BLOCK-----”.',
    nextStep: 'Export the key again with armor, such as by gpg --armor --export.',
    action: null,
  }),
  /** `path`, `reason`. */
  'trust.ringDamaged': (facts) => ({
    title: `${named('The key ring', facts.text('path'))} cannot be read`,
    cause: sentences(asSentence(facts.text('reason')), 'It was not changed.'),
    nextStep: 'Restore it from a backup, or move it away and import your keys again.',
    action: null,
  }),
  /** `url`, `reason`. */
  'trust.keyserver': (facts) => ({
    title: `${named('The keyserver', facts.text('url'))} did not answer as one`,
    cause: asSentence(facts.text('reason')) ?? 'It could not be reached.',
    nextStep: 'Check the address and the network of the host, or choose another keyserver.',
    action: { kind: 'retry' },
  }),
  /** `path`, `reason`: the runtime's words. */
  'trust.cannotSign': (facts) => ({
    title: `${facts.or('path', 'The image')} was not signed`,
    cause: asSentence(facts.text('reason')) ?? 'The runtime gave no reason.',
    nextStep: 'Sign the whole image or an object that it has, with a key that fits.',
    action: null,
  }),
  /** `path`, `reason`. */
  'trust.cannotEncrypt': (facts) => ({
    title: `${facts.or('path', 'The image')} was not encrypted`,
    cause: sentences(asSentence(facts.text('reason')), 'Nothing was written.'),
    nextStep: 'Use a host with Apptainer 1.3 or newer, or one where you are root.',
    action: null,
  }),
  /** `reason`: which version has it. */
  'trust.unsupported': (facts) => ({
    title: 'The runtime of this host cannot do this',
    cause: asSentence(facts.text('reason')) ?? 'Its version is too old.',
    nextStep: 'Use another host, or a newer Apptainer.',
    action: null,
  }),
};

function named(what: string, name: string | null): string {
  return name === null ? what : `${what} ${name}`;
}
