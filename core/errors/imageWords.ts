import { asSentence, sentences, type WordTable } from './errorWords.ts';

/** Image files. */
export const imageWords: WordTable<'image'> = {
  /** `path`. */
  'image.missing': (facts) => ({
    title: `${facts.or('path', 'The image')} is not there any more`,
    cause: 'The file was moved, renamed or deleted.',
    nextStep: 'Look for it under another name, or pull it again.',
    action: null,
  }),
  /** `path`, `reason`. */
  'image.notAnImage': (facts) => ({
    title: `${facts.or('path', 'This file')} is not a container image`,
    cause: sentences(
      'It is neither a SIF nor a squashfs or ext3 image nor a sandbox folder.',
      asSentence(facts.text('reason')),
    ),
    nextStep: 'Check that it is the right file; a web address may have answered with a page in its place.',
    action: null,
  }),
  /** `path`, `expectedBytes`, `actualBytes`. */
  'image.truncated': (facts) => ({
    title: `${facts.or('path', 'The image')} is incomplete`,
    cause:
      facts.bytes('expectedBytes') === null
        ? 'The end of the file is missing: it was cut while being copied or downloaded.'
        : `It should have ${facts.bytes('expectedBytes') ?? ''} and has ${facts.bytes('actualBytes') ?? 'less'}: it was cut while being copied or downloaded.`,
    nextStep: 'Copy or pull it again.',
    action: { kind: 'retry' },
  }),
  /** `path`, `reason`: which rule of the format is broken. */
  'image.hostileHeader': (facts) => ({
    title: `${facts.or('path', 'The image')} has a damaged or forged header`,
    cause: sentences(asSentence(facts.text('reason')), 'It was not run, and its contents were not used.'),
    nextStep: 'Do not run this file. Get it again from a source that you trust.',
    action: null,
  }),
  /** `path`, `architecture`: of the image; `hostArchitecture`. */
  'image.wrongArchitecture': (facts) => ({
    title: `The image is for another processor: ${facts.or('architecture', 'unknown')}`,
    cause: `This host is ${facts.or('hostArchitecture', 'of another architecture')} and cannot run its programs.`,
    nextStep: 'Pull the image for this host’s architecture.',
    action: null,
  }),
  /** `reference`, `architecture`: what was asked for; `available`: a list in words. */
  'image.nothingForArchitecture': (facts) => ({
    title: `${facts.or('reference', 'This image')} does not exist for ${facts.or('architecture', 'this architecture')}`,
    cause:
      facts.text('available') === null
        ? 'The registry does not offer it for this architecture.'
        : `The registry offers it for ${facts.or('available', '')}.`,
    nextStep: 'Choose another tag, or another architecture if it is meant for another host.',
    action: null,
  }),
  /** `path`, `sizeBytes`. */
  'image.targetExists': (facts) => ({
    title: `${facts.or('path', 'The target')} already exists`,
    cause: `A file${facts.bytes('sizeBytes') === null ? '' : ` of ${facts.bytes('sizeBytes') ?? ''}`} has this name. It was not touched.`,
    nextStep: 'Choose another name, or overwrite it.',
    action: { kind: 'overwrite' },
  }),
  /** `path`; `reason`: what somebody else did to it meanwhile, where that is known. */
  'image.busy': (facts) => ({
    title: `${facts.or('path', 'The image')} is in use`,
    cause: sentences(
      asSentence(facts.text('reason')) ?? 'Another process has it open for writing.',
      'Nothing was changed.',
    ),
    nextStep: 'Wait until that has ended, then try again.',
    action: { kind: 'retry' },
  }),
  /** `path`, `reason`: what is broken; `member`: where. */
  'image.archiveDamaged': (facts) => ({
    title: `${facts.or('path', 'The archive')} is damaged or cut short`,
    cause: sentences(asSentence(facts.text('reason')), 'Nothing was made of it.'),
    nextStep: 'Copy or download it again, and compare its checksum.',
    action: null,
  }),
  /** `path`, `member`: the name in the archive; `reason`: which rule it breaks. */
  'image.archiveHostile': (facts) => ({
    title: `${facts.or('path', 'The archive')} would write outside its own folder or harm this machine`,
    cause: sentences(
      facts.text('member') === null ? null : `It holds ${facts.or('member', '')}.`,
      asSentence(facts.text('reason')),
      'Nothing was made of it.',
    ),
    nextStep: 'Do not use this archive. Get the image again from a source that you trust.',
    action: null,
  }),
  /** `path`, `reason`: what was found instead. */
  'image.archiveHasNone': (facts) => ({
    title: `${facts.or('path', 'This file')} holds no container image`,
    cause: sentences(
      'It is none of: SIF, squashfs, ext3, docker or OCI archive, OCI layout, tarball of a system, sandbox.',
      asSentence(facts.text('reason')),
    ),
    nextStep: 'Choose an image or an archive of one.',
    action: null,
  }),
  /** `path`, `count`, `members`: their names. */
  'image.archiveHasSeveral': (facts) => ({
    title: `${facts.or('path', 'The archive')} holds ${facts.or('count', 'several')} images`,
    cause: `They are: ${facts.or('members', 'not named')}.`,
    nextStep: 'Say which one to import.',
    action: null,
  }),
  /** `path`, `reason`. */
  'image.encrypted': (facts) => ({
    title: `${facts.or('path', 'The image')} is encrypted`,
    cause: asSentence(facts.text('reason')) ?? 'It cannot be opened without its passphrase or key.',
    nextStep: 'Give its passphrase or its PEM private key, and start it again.',
    action: null,
  }),
};

/** Space on disks. By design nothing half-written ever has its final name, and these say so. */
export const diskWords: WordTable<'disk'> = {
  /** `path`: where; `neededBytes`, `freeBytes`. */
  'disk.full': (facts) => ({
    title: `No space left${facts.text('path') === null ? '' : ` for ${facts.or('path', '')}`}`,
    cause: sentences(
      spaceSentence(facts.bytes('neededBytes'), facts.bytes('freeBytes')) ?? 'The disk is full.',
      'Nothing half-written was left under the final name.',
    ),
    nextStep: 'Free some space, or choose a folder on another disk.',
    action: { kind: 'freeSpace' },
  }),
  /** `path`, `neededBytes`. */
  'disk.quota': (facts) => ({
    title: `Your quota is used up${facts.text('path') === null ? '' : ` for ${facts.or('path', '')}`}`,
    cause: sentences(
      'This file system limits how much you may store, in bytes or in number of files.',
      facts.bytes('neededBytes') === null ? null : `${facts.bytes('neededBytes') ?? ''} were needed.`,
      'Nothing half-written was left under the final name.',
    ),
    nextStep: 'Delete what you do not need there, choose another folder, or ask for more quota.',
    action: { kind: 'freeSpace' },
  }),
  /** `path`. */
  'disk.readOnly': (facts) => ({
    title: `${facts.or('path', 'This place')} cannot be written`,
    cause: 'Its file system is mounted read-only. Nothing was changed.',
    nextStep: 'Choose a folder on another file system.',
    action: { kind: 'chooseFolder' },
  }),
};

function spaceSentence(needed: string | null, free: string | null): string | null {
  if (needed === null && free === null) return null;
  if (needed === null) return `Only ${free ?? ''} are free.`;
  return free === null ? `${needed} are needed.` : `${needed} are needed and ${free} are free.`;
}
