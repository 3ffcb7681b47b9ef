import { asSentence, sentences, type WordTable } from './errorWords.ts';

/** Files on their way between hosts. */
export const transferWords: WordTable<'transfer'> = {
  /** `path`: the target; `expected`, `found`: digests. */
  'transfer.digestMismatch': (facts) => ({
    title: `${facts.or('path', 'The file')} arrived changed`,
    cause: sentences(
      'Its SHA-256 on the host is not the one it has here.',
      facts.text('found') === null ? null : `There it is ${facts.text('found')}.`,
      'The target was not touched.',
    ),
    nextStep: 'Send it again. If it happens twice, suspect the storage of one of the two machines.',
    action: { kind: 'retry' },
  }),
  /** `path`, `host`, `doneBytes`, `sizeBytes`. */
  'transfer.interrupted': (facts) => ({
    title: `Sending ${facts.or('path', 'the file')} was cut off`,
    cause: sentences(
      `The connection to ${facts.or('host', 'the host')} ended in the middle.`,
      facts.bytes('doneBytes') === null ? null : `${facts.bytes('doneBytes')} are there.`,
      'The target was not touched.',
    ),
    nextStep: 'Connect and send again: it goes on where it stopped.',
    action: { kind: 'retry' },
  }),
  /** `path`, `host`, `reason`. */
  'transfer.failed': (facts) => ({
    title: `${facts.or('path', 'The file')} could not be sent`,
    cause: asSentence(facts.text('reason')) ?? 'The copying program failed.',
    nextStep: 'See its words below, then try again.',
    action: { kind: 'retry' },
  }),
};
