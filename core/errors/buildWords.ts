import { asSentence, type FactReader, sentences, type WordTable } from './errorWords.ts';

/** Builds from definition files. `name` is the definition's, `line` counts from 1. */
export const buildWords: WordTable<'build'> = {
  /** `name`, `section`, `line`, `column`, `command`, `exitStatus`, `outputTail`: the last lines above the failure. */
  'build.failed': (facts) => ({
    title: `The build stopped at ${placeOf(facts)}`,
    cause: sentences(
      commandSentence(facts),
      'Everything before it was done; no image was made, and nothing was left behind.',
    ),
    nextStep: 'Read the last lines of its output, correct the line, and build again.',
    action: { kind: 'retry' },
  }),
  /** `name` or `path`, `line`, `column`, `reason`, `outputTail`. */
  'build.definition': (facts) => ({
    title:
      facts.number('line') === null
        ? `${facts.or('name', facts.or('path', 'The definition file'))} cannot be built`
        : `The build cannot be done because of ${placeOf(facts)}`,
    cause: sentences(asSentence(facts.text('reason')), 'No image was made.'),
    nextStep: 'Correct the definition file, and build again.',
    action: null,
  }),
  /** `name`, `line`, `exitStatus`, `outputTail`. */
  'build.testFailed': (facts) => ({
    title: `The image's own test failed${facts.number('exitStatus') === null ? '' : ` with ${facts.or('exitStatus', '')}`}`,
    cause: 'The script in %test of the definition did not end well.',
    nextStep: 'Read the last lines of its output. A build without the test makes the image all the same.',
    action: null,
  }),
  /** `name`, `line`, `column`, `mirror`, `reason` in the words of the installing program, `outputTail`. */
  'build.mirror': (facts) => ({
    title: `The base could not be fetched from ${facts.or('mirror', 'its mirror')}`,
    cause: sentences(asSentence(facts.text('reason')), 'No image was made.'),
    nextStep:
      'Check MirrorURL and OSVersion of the definition file, and whether the machine that builds reaches the mirror.',
    action: { kind: 'retry' },
  }),
  /**
   * `reason`: missing, blocked, notAllowed, password, terminal, closed or other; `said`: the last line of sudo; `account`:
   * as sudo names it.
   */
  'build.sudo': (facts) => ({
    title: 'The build as root did not begin or was ended in its terminal',
    action: null,
    ...(sudoWordsOf(facts) ?? {
      cause: sentences(asSentence(facts.text('said') ?? 'sudo ended without a word'), noImage),
      nextStep: 'Try the same in a terminal, or build without root.',
    }),
  }),
  /** No facts. */
  'build.unknown': () => ({
    title: 'This build is not known any more',
    cause: 'It was taken off the history, which keeps the last 1,000 builds.',
    nextStep: 'Look at the list of builds.',
    action: null,
  }),
};

const noImage = 'No image was made.';

const sudoWords: Readonly<Record<string, { readonly cause: string; readonly nextStep: string }>> = {
  missing: {
    cause: `There is no sudo on the machine that builds. ${noImage}`,
    nextStep: 'Build without root, or ask the administrator to install sudo.',
  },
  blocked: {
    cause: `The workbench was started where sudo cannot become root (“no new privileges”, or a container). ${noImage}`,
    nextStep: 'Start it from an ordinary login, or build without root.',
  },
  password: {
    cause: `sudo did not get the right password. ${noImage}`,
    nextStep: 'Build again, and type your own password into the terminal that opens.',
  },
  terminal: {
    cause: `sudo found no terminal to ask in. ${noImage}`,
    nextStep: 'Build in the window, or at a terminal.',
  },
  closed: {
    cause: `Its terminal was closed, or Ctrl-C was typed there. ${noImage}`,
    nextStep: 'Build again, and leave the terminal open until the build has ended.',
  },
};

function sudoWordsOf(facts: FactReader) {
  const reason = facts.or('reason', 'other');
  return reason === 'notAllowed' ? notAllowedWords(facts) : sudoWords[reason];
}

/**
 * A rule for the runtime alone is not enough (1.4.5 and sudo 1.9.13, tried): sudo takes from it where to unpack and to
 * cache, there is no option for that, and what a build leaves in /tmp when it is ended is root's.
 */
function notAllowedWords(facts: FactReader): { readonly cause: string; readonly nextStep: string } {
  const account = facts.text('account');
  return {
    cause: `sudo does not let ${account ?? 'this account'} run a shell as root, which makes the private folders of the build and removes them at its end. ${noImage}`,
    nextStep: `Build without root, or ask the administrator for this line in sudoers: ${account ?? 'YOURNAME'} ALL=(root) ALL. A rule for the runtime alone lets one become root as well, but leaves what an ended build has unpacked, for root alone to remove.`,
  };
}

function placeOf(facts: FactReader): string {
  const name = facts.or('name', 'the definition file');
  const line = facts.number('line');
  return line === null ? `%${facts.or('section', 'post')} of ${name}` : `line ${line} of ${name}`;
}

function commandSentence(facts: FactReader): string {
  const status = facts.number('exitStatus');
  const end = status === null ? 'failed' : `ended with ${status}`;
  const command = facts.text('command');
  return command === null ? `A command of %${facts.or('section', 'post')} ${end}.` : `“${command}” ${end}.`;
}
