import { sentences, type WordTable } from './errorWords.ts';

/** Programs and paths of a host. */
export const hostWords: WordTable<'host'> = {
  /** `program`: its name or path. */
  'host.commandMissing': (facts) => ({
    title: `${facts.or('program', 'A program')} could not be started`,
    cause: 'There is no program of this name on this host, or it may not be executed.',
    nextStep: 'Install it, or correct its path in the settings.',
    action: { kind: 'openSettings' },
  }),
  /** `path`. */
  'host.pathMissing': (facts) => ({
    title: `${facts.or('path', 'The file or folder')} does not exist`,
    cause: 'It was moved, renamed or deleted, or its name is misspelt.',
    nextStep: 'Check the name, or choose another place.',
    action: null,
  }),
  /** `path`, `operation`: read, write, rename, delete. */
  'host.permissionDenied': (facts) => ({
    title: `No permission for ${facts.or('path', 'this file or folder')}`,
    cause: sentences(`Your user may not ${facts.or('operation', 'use')} it.`, 'Nothing was changed.'),
    nextStep: 'Choose a folder of your own, or ask its owner or the administrator.',
    action: { kind: 'chooseFolder' },
  }),
  /** `path`. */
  'host.notADirectory': (facts) => ({
    title: `${facts.or('path', 'This path')} is not a folder`,
    cause: 'A file, or something else that is not a folder, has this name.',
    nextStep: 'Choose a folder.',
    action: { kind: 'chooseFolder' },
  }),
};
