import { asSentence, sentences, type WordTable } from './errorWords.ts';

/** Workspaces: their folders, hand-over and use. */
export const workspaceWords: WordTable<'workspace'> = {
  /** `name`: name or id. */
  'workspace.unknown': (facts) => ({
    title: `There is no workspace ${facts.or('name', 'of that name')} on this host`,
    cause: 'It was removed or renamed, or it lies on another host.',
    nextStep: 'Look at the list of workspaces of this host.',
    action: null,
  }),
  /** `name`, `folder`. */
  'workspace.nameTaken': (facts) => ({
    title: `There is a workspace ${facts.or('name', 'of that name')} already`,
    cause: `It lies in ${facts.or('folder', 'the folder of workspaces')}.`,
    nextStep: 'Choose another name.',
    action: null,
  }),
  /** `path`, `reason`. */
  'workspace.none': (facts) => ({
    title: `${facts.or('path', 'This')} holds no workspace`,
    cause: asSentence(facts.text('reason')) ?? 'It has no manifest of a workspace.',
    nextStep: 'Choose a packed workspace, an image with an embedded one, or the folder of one.',
    action: null,
  }),
  /** `path`, `reason`. */
  'workspace.hostile': (facts) => ({
    title: `${facts.or('path', 'The packed workspace')} is not what it says`,
    cause: sentences(asSentence(facts.text('reason')), 'Nothing of it was taken over.'),
    nextStep: 'Ask for a new copy from whoever packed it, and do not use this one.',
    action: null,
  }),
  /** `name`, `reason`: who has it open, with node and process; `isWork`: other work on it, which cannot be passed over. */
  'workspace.busy': (facts) => ({
    title: `${facts.or('name', 'The workspace')} is in use`,
    cause: asSentence(facts.text('reason')) ?? 'Something is running in it.',
    nextStep: facts.flag('isWork')
      ? 'Wait until that has ended, and try again.'
      : 'End what runs in it, or go on all the same.',
    action: { kind: 'retry' },
  }),
  /** `name`, `reason`: why no way leads to it. */
  'workspace.cannotOpen': (facts) => ({
    title: `${facts.or('name', 'The workspace')} cannot be opened here`,
    cause: asSentence(facts.text('reason')) ?? 'The runtime of this host forbids every way to it.',
    nextStep: 'The doctor of this host says what its administrator can allow.',
    action: null,
  }),
  /** `name`, `count`, `path`: the first of them. */
  'workspace.conflict': (facts) => ({
    title:
      facts.number('count') === 1
        ? '1 file changed on both sides'
        : `${facts.or('count', 'Some')} files changed on both sides`,
    cause: sentences(
      facts.text('path') === null
        ? null
        : `${facts.number('count') === 1 ? 'It' : 'The first'} is ${facts.or('path', '')}.`,
      'Neither side was touched there.',
    ),
    nextStep: 'Choose for each whose side counts, and sync again.',
    action: null,
  }),
};

/** Sandboxes, instances and overlay images. */
export const sandboxWords: WordTable<'sandbox'> = {
  /** `path`. */
  'sandbox.unknown': (facts) => ({
    title: `${facts.or('path', 'This')} is no sandbox`,
    cause: 'There is no folder with the files of a container.',
    nextStep: 'Look at the list of sandboxes of this host.',
    action: null,
  }),
  /** `path`, `fileSystem`. */
  'sandbox.fileSystem': (facts) => ({
    title: `A sandbox cannot work in ${facts.or('path', 'this folder')}`,
    cause: `The file system there is ${facts.or('fileSystem', 'one of a network')}, which keeps no owners for a user namespace.`,
    nextStep: 'Choose a folder on a disk of the machine itself, such as its scratch.',
    action: { kind: 'chooseFolder' },
  }),
  /** `path`: nothing is known of how it was made. */
  'sandbox.noBase': (facts) => ({
    title: `Nothing is known of how ${facts.or('path', 'this sandbox')} was made`,
    cause: 'The workbench did not make it, so there is no list of what it began with.',
    nextStep: 'Compare it with an image instead.',
    action: null,
  }),
  /** `path`, `reason`: what runs in it, is mounted there, or works on it; or `snapshots`: how many would be lost. */
  'sandbox.busy': (facts) =>
    facts.number('snapshots') === null
      ? {
          title: `${facts.or('path', 'The sandbox')} is in use`,
          cause: sentences(asSentence(facts.text('reason')), 'Nothing was changed.'),
          nextStep: 'End what uses it, and try again.',
          action: { kind: 'retry' },
        }
      : {
          title: `${facts.or('path', 'The sandbox')} has snapshots`,
          cause: `They would be left with nobody to know of them: ${facts.number('snapshots')}. Nothing was removed.`,
          nextStep: 'Remove it among the sandboxes: its snapshots go with it there.',
          action: null,
        },
  /** `path`, `reason`: the words of the tool that failed. */
  'sandbox.failed': (facts) => ({
    title: `${facts.or('path', 'The sandbox')} could not be read, copied or removed`,
    cause: asSentence(facts.text('reason')) ?? 'A tool of the host failed and did not say why.',
    nextStep: 'Look at the log of the task. What was there before is still there.',
    action: null,
  }),
};

export const instanceWords: WordTable<'instance'> = {
  /** `name`. */
  'instance.exists': (facts) => ({
    title: `There is an instance ${facts.or('name', 'of that name')} already`,
    cause: 'Names of instances are used once for each login node.',
    nextStep: 'Choose another name, or stop the running one.',
    action: null,
  }),
  /** `name`, `node`. */
  'instance.unknown': (facts) => ({
    title: `There is no instance ${facts.or('name', 'of that name')}`,
    cause: `The runtime knows none on ${facts.or('node', 'this node')}; instances of other login nodes are seen only there.`,
    nextStep: 'Look at the list, or sign in to the node where it was started.',
    action: null,
  }),
};

export const overlayWords: WordTable<'overlay'> = {
  /** `path`, `reason`: who holds it. */
  'overlay.busy': (facts) => ({
    title: `${facts.or('path', 'The overlay')} is in use`,
    cause: asSentence(facts.text('reason')) ?? 'Only one container may write to it at a time.',
    nextStep: 'End what uses it, or attach it read-only.',
    action: { kind: 'retry' },
  }),
  /** `path`, `reason`. */
  'overlay.damaged': (facts) => ({
    title: `${facts.or('path', 'The overlay')} has a damaged file system`,
    cause: asSentence(facts.text('reason')) ?? 'It was not unmounted in good order.',
    nextStep: 'Check it: what can be mended is mended, and the old file is kept beside it.',
    action: null,
  }),
};
