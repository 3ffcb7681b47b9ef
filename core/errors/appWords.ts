import { asSentence, type ErrorWords, type FactReader, sentences, type WordTable } from './errorWords.ts';

/** The workbench's own: tasks, terminals, input, and faults. */
export const appWords: WordTable<'task' | 'terminal' | 'input'> & {
  readonly internal: (facts: FactReader) => ErrorWords;
} = {
  /** `host`: where it was ended without us, absent when the workbench itself ended; `reason`. */
  'task.interrupted': (facts) =>
    facts.text('host') === null
      ? {
          title: 'The workbench ended while this was running',
          cause: sentences(
            asSentence(facts.text('reason')),
            'Nothing half-written was left under a final name, and what was downloaded is kept.',
          ),
          nextStep: 'Start it again: it goes on from what is there.',
          action: { kind: 'retry' },
        }
      : {
          title: `This was ended on ${facts.text('host')} before it was done`,
          cause: sentences(
            asSentence(facts.text('reason')) ?? 'The machine went down, or somebody ended it there.',
            'Nothing half-written was left under a final name.',
          ),
          nextStep: 'Start it again: it begins anew there.',
          action: { kind: 'retry' },
        },
  /** `id`. */
  'task.unknown': (facts) => ({
    title: 'This task is not known any more',
    cause: `It was dismissed, or never existed${facts.text('id') === null ? '' : ` (${facts.or('id', '')})`}.`,
    nextStep: 'Look at the list of tasks.',
    action: null,
  }),
  /** `node`: where it runs; `host`. */
  'task.onOtherNode': (facts) => ({
    title: `This runs on another node, ${facts.or('node', 'which is not the one you are connected to')}`,
    cause: 'Processes can be ended only from the machine that they run on. It goes on there.',
    nextStep: `Connect to ${facts.or('node', 'that node')} itself, or wait until it has ended.`,
    action: null,
  }),
  /** `id`. */
  'terminal.unknown': (facts) => ({
    title: 'This terminal is closed',
    cause: `It was closed, or the workbench was restarted${facts.text('id') === null ? '' : ` (${facts.or('id', '')})`}.`,
    nextStep: 'Open a new one.',
    action: null,
  }),
  /** `program`, `reason`. */
  'terminal.failed': (facts) => ({
    title: `${facts.or('program', 'The terminal')} could not be opened`,
    cause: asSentence(facts.text('reason')) ?? 'The system did not give a pseudo-terminal.',
    nextStep: 'Close some terminals, then try again.',
    action: { kind: 'retry' },
  }),
  /** `field`: what was filled in; `reason`: a sentence; `path` where it is about one. */
  'input.invalid': (facts) => ({
    title: `${asSentence(facts.or('field', 'the input'))?.slice(0, -1) ?? 'The input'} is not valid`,
    cause: sentences(
      facts.text('path') === null ? null : `${facts.or('path', '')}:`,
      asSentence(facts.text('reason')) ?? 'It cannot be used as it is.',
    ),
    nextStep: 'Correct it and try again. Nothing was started.',
    action: null,
  }),
  /** `path`; `isGone`: it is not there any more. */
  'input.changedOnDisk': (facts) => ({
    title: `${facts.or('path', 'The file')} was changed by something else`,
    cause:
      facts.flag('isGone') === true
        ? 'It was moved or deleted after it was opened. Your text was not saved, and is still here.'
        : 'What is on the disk is not what was opened. It was left as it is, and your text is still here.',
    nextStep: 'Look at what is there now, then save over it, or save under another name.',
    action: { kind: 'overwrite' },
  }),
  /** No facts: the evidence holds the stack. */
  internal: () => ({
    title: 'The workbench has a fault',
    cause:
      'Something happened that its makers did not foresee. Your images and folders were left as they were.',
    nextStep: 'Try again; if it happens again, report it with the details below.',
    action: { kind: 'retry' },
  }),
};
