import { asSentence, sentences, type WordTable } from './errorWords.ts';

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
  /** None. */
  'host.sshMissing': () => ({
    title: 'There is no ssh program on this machine',
    cause: 'Remote hosts are reached with the OpenSSH client of your system.',
    nextStep: 'Install it (sudo apt install openssh-client), then connect again.',
    action: { kind: 'retry' },
  }),
  /** `host`: its label; `address`. */
  'host.nameUnknown': (facts) => ({
    title: `There is no machine named ${facts.or('address', 'so')}`,
    cause: 'The name could not be found in the network. It is misspelt, or reachable only inside a VPN.',
    nextStep: 'Check the name and the VPN, then connect again.',
    action: { kind: 'editHost', host: facts.or('host', '') },
  }),
  /** `host`, `address`. */
  'host.connectionRefused': (facts) => ({
    title: `${facts.or('address', 'The host')} refuses connections`,
    cause: 'The machine is there, but no ssh server answers at this port.',
    nextStep: 'Check the port, or ask whether the login node is in maintenance.',
    action: { kind: 'connect', host: facts.or('host', '') },
  }),
  /** `host`, `address`, `seconds`. */
  'host.timeout': (facts) => ({
    title: `${facts.or('address', 'The host')} does not answer`,
    cause: sentences(
      facts.number('seconds') === null ? null : `Nothing came for ${facts.number('seconds')} seconds.`,
      'The machine is off, or a firewall or a missing VPN is in between.',
    ),
    nextStep: 'Check the VPN, then connect again.',
    action: { kind: 'connect', host: facts.or('host', '') },
  }),
  /** `host`, `address`, `methods`: what the server would take. */
  'host.authenticationFailed': (facts) => ({
    title: `${facts.or('address', 'The host')} did not let you in`,
    cause: sentences(
      'The password, code or key was not accepted.',
      facts.text('methods') === null ? null : `The server takes: ${facts.text('methods')}.`,
    ),
    nextStep:
      'Nothing is tried again by itself, so that you are not locked out. Connect again when you have what it asks for.',
    action: { kind: 'connect', host: facts.or('host', '') },
  }),
  /** `host`. */
  'host.promptCancelled': (facts) => ({
    title: 'You cancelled signing in',
    cause: `A question of ${facts.or('host', 'the host')} was not answered.`,
    nextStep: 'Connect again when you are ready.',
    action: { kind: 'connect', host: facts.or('host', '') },
  }),
  /** `host`, `prompt`: the first question. */
  'host.promptImpossible': (facts) => ({
    title: `${facts.or('host', 'The host')} asks something, and there is nobody to answer`,
    cause: sentences('There is no terminal to ask on.', asSentence(facts.text('prompt'))),
    nextStep: 'Sign in once from a terminal or from the window; the connection is then shared.',
    action: null,
  }),
  /** `host`, `address`, `algorithm`, `fingerprint`. */
  'host.keyUnknown': (facts) => ({
    title: `The key of ${facts.or('address', 'this machine')} is not known here`,
    cause: sentences(
      'You have not connected to this machine before, and nobody confirmed that it is the right one.',
      facts.text('fingerprint') === null
        ? null
        : `Its key is ${facts.or('algorithm', '')} ${facts.text('fingerprint')}.`,
    ),
    nextStep: 'Compare the fingerprint with the one that the site publishes, then connect and accept it.',
    action: { kind: 'connect', host: facts.or('host', '') },
  }),
  /** `host`, `address`, `algorithm`, `fingerprint`, `file`: the known_hosts file, `line`. */
  'host.keyChanged': (facts) => ({
    title: `The key of ${facts.or('address', 'this machine')} has changed`,
    cause: sentences(
      'Somebody may be between you and the machine, or it was installed anew.',
      facts.text('fingerprint') === null
        ? null
        : `It now shows ${facts.or('algorithm', '')} ${facts.text('fingerprint')}.`,
    ),
    nextStep: sentences(
      'Ask the site whether its key changed and what the new fingerprint is.',
      facts.text('file') === null
        ? null
        : `Only then remove the old key, in line ${facts.or('line', '?')} of ${facts.text('file')}.`,
    ),
    action: null,
  }),
  /** `host`. */
  'host.notConnected': (facts) => ({
    title: `${facts.or('host', 'This host')} is not connected`,
    cause: 'What you asked for needs a connection to it.',
    nextStep: 'Connect, then try again.',
    action: { kind: 'connect', host: facts.or('host', '') },
  }),
  /** `host`. */
  'host.connectionLost': (facts) => ({
    title: `The connection to ${facts.or('host', 'the host')} was lost`,
    cause: 'The network was cut, this machine slept, or the host went down. Detached work there goes on.',
    nextStep: 'Reconnect; what ran there is found again.',
    action: { kind: 'connect', host: facts.or('host', '') },
  }),
  /** `host`. */
  'host.tooManySessions': (facts) => ({
    title: `${facts.or('host', 'The host')} takes no more sessions`,
    cause: 'The server limits the sessions of a connection or the number of new connections.',
    nextStep: 'Close a terminal of this host or wait a moment, then try again.',
    action: { kind: 'retry' },
  }),
  /** `host`, `shell`, `said`: the last line that came before it ended. */
  'host.loginShell': (facts) => ({
    title: `The login shell of ${facts.or('host', 'the host')} ends before our command runs`,
    cause: sentences(
      facts.text('said') === null ? null : `The last that it said: “${facts.text('said')}”`,
      'Its startup files (.bashrc, .cshrc, config.fish) exit, print without end, or replace the shell; or the account may not log in there.',
      facts.text('shell') === null ? null : `The shell is ${facts.text('shell')}.`,
    ),
    nextStep:
      'Try `ssh` with the same name in a terminal. Let the startup files do such things in interactive shells only, or ask the site about the account.',
    action: { kind: 'editHost', host: facts.or('host', '') },
  }),
  /** `host`, `reason`: ssh's own words. */
  'host.sshFailed': (facts) => ({
    title: `ssh could not reach ${facts.or('host', 'the host')}`,
    cause: asSentence(facts.text('reason')) ?? 'ssh ended without saying why.',
    nextStep: 'Try `ssh -v` with the same name in a terminal: it tells more.',
    action: { kind: 'connect', host: facts.or('host', '') },
  }),
  /** `host`. */
  'host.unknown': (facts) => ({
    title: `There is no host named ${facts.or('host', 'so')}`,
    cause: 'It is neither in the workbench nor in your ssh configuration.',
    nextStep: 'Check the name, or add the host on the Hosts page.',
    action: null,
  }),
};
