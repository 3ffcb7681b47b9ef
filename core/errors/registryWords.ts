import type { ErrorAction } from '#core/contract/errors.ts';
import { formatDuration } from '#core/contract/quantity.ts';
import { asSentence, type FactReader, sentences, type WordTable } from './errorWords.ts';

/** What a pull leaves behind when the far side fails: the same for all of these; and a push. */
function kept(facts: FactReader): string {
  return facts.flag('isUpload') === true
    ? 'What the registry has already is not sent again; nothing has this tag that had not before.'
    : 'What was already downloaded is kept for the next try; no file was changed.';
}

/** Registries and web servers. `registry` is host and port; `isUpload`: it was to be sent there, not fetched. */
export const registryWords: WordTable<'registry'> = {
  /** `reference`: as typed; `problem`: a ReferenceProblem; `detail`: the part that is wrong. */
  'registry.badReference': (facts) => ({
    title: `${facts.or('reference', 'This text')} is not an image reference`,
    cause: referenceCause(facts),
    nextStep: 'Write it like docker://ubuntu:24.04, oras://host/name:tag or https://host/image.sif.',
    action: null,
  }),
  /** `scheme`. */
  'registry.unsupportedScheme': (facts) => ({
    title: `${facts.text('scheme') === null ? 'This kind of reference' : `${facts.or('scheme', '')}://`} is not supported`,
    cause:
      'The workbench pulls from docker://, oras://, library://, shub://, s3://, http:// and https://, and imports files.',
    nextStep: 'Look for the same image under one of these.',
    action: null,
  }),
  /** `registry`. */
  'registry.hostUnknown': (facts) => ({
    title: `${facts.or('registry', 'The registry')} was not found`,
    cause: sentences('No computer is known by this name, or this computer is offline.', kept(facts)),
    nextStep: 'Check the spelling and the network connection.',
    action: { kind: 'retry' },
  }),
  /** `registry`. */
  'registry.connectionRefused': (facts) => ({
    title: `${facts.or('registry', 'The registry')} refuses connections`,
    cause: sentences('The computer answers, but nothing listens on this port.', kept(facts)),
    nextStep: 'Check the port, or wait until the registry is started again.',
    action: { kind: 'retry' },
  }),
  /** `registry`, `seconds`: how long it was waited for. */
  'registry.timeout': (facts) => ({
    title: `${facts.or('registry', 'The registry')} does not answer`,
    cause: sentences(
      `Nothing came within ${facts.number('seconds') === null ? 'the time allowed' : formatDuration(facts.number('seconds') ?? 0)}.`,
      kept(facts),
    ),
    nextStep: 'Check the network, a proxy or a firewall, then try again.',
    action: { kind: 'retry' },
  }),
  /** `registry`, `reason`: such as expired, self-signed, wrong name. */
  'registry.certificate': (facts) => ({
    title: `The identity of ${facts.or('registry', 'the registry')} could not be confirmed`,
    cause: sentences(
      'Its certificate is not accepted, so nothing was sent or fetched.',
      asSentence(facts.text('reason')),
    ),
    nextStep:
      'Ask who runs it for its certificate authority and add that to this system’s trusted ones; check this computer’s clock.',
    action: null,
  }),
  /** `registry`. */
  'registry.plainHttp': (facts) => ({
    title: `${facts.or('registry', 'The registry')} does not encrypt its connections`,
    cause:
      'It speaks http, not https: anyone on the way could read or change what is sent. Nothing was fetched.',
    nextStep: 'Allow http for this pull if you trust the network up to this registry.',
    action: { kind: 'allowHttp' },
  }),
  /** `registry`, `repository`, `hasCredentials`; `isProof`: name and password were only to be proved. */
  'registry.unauthorized': (facts) => ({
    title:
      facts.flag('isProof') === true
        ? `${facts.or('registry', 'The registry')} does not take this name and password`
        : `${facts.or('registry', 'The registry')} wants you to sign in`,
    cause:
      facts.flag('isProof') === true
        ? 'One of them is wrong, or the account may not use it. Nothing was kept.'
        : unauthorizedCause(facts),
    nextStep: 'Check the spelling, then sign in.',
    action: signIn(facts),
  }),
  /** `registry`, `repository`. */
  'registry.forbidden': (facts) => ({
    title: `You may not read ${facts.or('repository', 'this image')}`,
    cause: `${facts.or('registry', 'The registry')} knows who you are and does not give you this image.`,
    nextStep: 'Ask its owner for access, or sign in under another name.',
    action: signIn(facts),
  }),
  /** `registry`, `repository`, `reference`: the tag or digest. */
  'registry.notFound': (facts) => ({
    title: `${facts.or('repository', 'The image')}${facts.text('reference') === null ? '' : ` (${facts.or('reference', '')})`} was not found`,
    cause: `${facts.or('registry', 'The registry')} has no such image, tag or digest, or hides it from you.`,
    nextStep: 'Check the name and the tag.',
    action: null,
  }),
  /** `registry`, `waitSeconds`. */
  'registry.rateLimited': (facts) => ({
    title: `${facts.or('registry', 'The registry')} asks to wait`,
    cause: sentences(
      'Too many requests came from your address or account.',
      facts.number('waitSeconds') === null
        ? null
        : `It allows the next one in ${formatDuration(facts.number('waitSeconds') ?? 0)}.`,
      kept(facts),
    ),
    nextStep: 'Wait, or sign in: signed-in users get a higher limit.',
    action: { kind: 'retry' },
  }),
  /** `registry`, `status`: of HTTP. */
  'registry.serverError': (facts) => ({
    title: `${facts.or('registry', 'The registry')} has a fault`,
    cause: sentences(`It answered with status ${facts.or('status', '5xx')}.`, kept(facts)),
    nextStep: 'Try again later; the fault is on its side.',
    action: { kind: 'retry' },
  }),
  /** `registry`, `reason`. */
  'registry.protocol': (facts) => ({
    title: `${facts.or('registry', 'The registry')} gave an answer that makes no sense`,
    cause: sentences(
      asSentence(facts.text('reason')) ?? 'It does not follow the OCI distribution protocol.',
      kept(facts),
    ),
    nextStep: 'Check that the address is a registry and not a web page or a proxy’s sign-in page.',
    action: { kind: 'retry' },
  }),
  /** `registry`, `expected`, `actual`: digests. */
  'registry.digestMismatch': (facts) => ({
    title:
      facts.flag('isUpload') === true
        ? 'What the registry has is not what was sent'
        : 'What arrived is not what was announced',
    cause:
      facts.flag('isUpload') === true
        ? `${facts.or('expected', 'One digest')} was sent, and ${facts.or('registry', 'the registry')} says that it has ${facts.or('actual', 'something else')}.`
        : sentences(
            `${facts.or('registry', 'The registry')} announced ${facts.or('expected', 'one digest')} and sent ${facts.or('actual', 'something else')}.`,
            'It was thrown away, and no image was made of it.',
          ),
    nextStep: 'Try again; if it happens again, do not trust this registry or a proxy before it.',
    action: { kind: 'retry' },
  }),
  /** `registry`, `doneBytes`, `totalBytes`. */
  'registry.interrupted': (facts) => ({
    title: `The connection to ${facts.or('registry', 'the registry')} broke`,
    cause: sentences(
      facts.bytes('doneBytes') === null
        ? null
        : `${facts.bytes('doneBytes') ?? ''}${facts.bytes('totalBytes') === null ? '' : ` of ${facts.bytes('totalBytes') ?? ''}`} had ${facts.flag('isUpload') === true ? 'been sent' : 'arrived'}.`,
      kept(facts),
    ),
    nextStep:
      facts.flag('isUpload') === true
        ? 'Try again: it goes on from where it stopped, where the registry has kept that.'
        : 'Try again: it goes on from where it stopped.',
    action: { kind: 'retry' },
  }),
  /** `reference`, `mediaType`: what it is. */
  'registry.notASif': (facts) => ({
    title: `${facts.or('reference', 'This artifact')} is not a SIF`,
    cause: `The registry has ${facts.or('mediaType', 'another kind of thing')} under this name.`,
    nextStep: 'For an ordinary container image write docker:// in the place of oras://.',
    action: null,
  }),
  /** `registry`: the id or name that was asked for. */
  'registry.unknown': (facts) => ({
    title: `${facts.or('registry', 'This registry')} is not in your list`,
    cause: 'It was removed, or never added.',
    nextStep: 'Add it on the Registries page, or name another one.',
    action: null,
  }),
  /** `registry`, `reason`. */
  'registry.cannotList': (facts) => ({
    title: `${facts.or('registry', 'This registry')} does not list what it has`,
    cause: asSentence(facts.text('reason')) ?? 'Its service offers no list, or only to its administrators.',
    nextStep: 'Type the whole name of an image.',
    action: null,
  }),
  /** `registry`, `reason`. */
  'registry.cannotSearch': (facts) => ({
    title: `${facts.or('registry', 'This registry')} cannot be searched`,
    cause: asSentence(facts.text('reason')) ?? 'Its service offers no search.',
    nextStep: 'Type the whole name of an image.',
    action: null,
  }),
  /** `registry`, `repository`, `status`, `reason`. */
  'registry.uploadRefused': (facts) => ({
    title: `${facts.or('registry', 'The registry')} did not take ${facts.or('repository', 'the image')}`,
    cause: sentences(
      asSentence(facts.text('reason')) ?? 'It may be read-only, or allow less than this size.',
      'Nothing has this tag that had not before.',
    ),
    nextStep:
      'Check that you may push there; ask who runs it about read-only mode, quotas and limits of size.',
    action: signIn(facts),
  }),
  /** `registry`, `repository`, `reason`. */
  'registry.notDeletable': (facts) => ({
    title: `${facts.or('registry', 'The registry')} does not delete`,
    cause: asSentence(facts.text('reason')) ?? 'Deleting is switched off there. Nothing was deleted.',
    nextStep: 'Ask who runs it, or use its own pages.',
    action: null,
  }),
  /** `reference`, `digest`: what has the tag. */
  'registry.tagTaken': (facts) => ({
    title: `${facts.or('reference', 'The tag')} is taken`,
    cause: `It names ${facts.or('digest', 'another image')}. It was not changed.`,
    nextStep: 'Choose another tag, or replace it.',
    action: { kind: 'overwrite' },
  }),
  /** `reference`. */
  'registry.noLibrary': (facts) => ({
    title: `${facts.or('reference', 'library://')} names no server, and there is no default library`,
    cause: 'Apptainer has no library of its own; SingularityCE’s is at library.sylabs.io.',
    nextStep:
      'Add the library as a registry, or write its host: library://library.sylabs.io/ENTITY/COLLECTION/CONTAINER:TAG.',
    action: null,
  }),
  /** `registry`, `differenceSeconds`. */
  'registry.clockDiffers': (facts) => ({
    title: `The clock of this computer differs from that of ${facts.or('registry', 'the server')}`,
    cause: `Signed requests are refused when clocks differ by more than 15 minutes${facts.number('differenceSeconds') === null ? '' : `; here it is ${formatDuration(Math.abs(facts.number('differenceSeconds') ?? 0))}`}.`,
    nextStep: 'Set the clock, or let it be set over the network.',
    action: null,
  }),
  /** `registry`, `helper`, `path`: of the file that names it; `reason`. */
  'registry.credentialHelper': (facts) => ({
    title: `No password came from a helper for ${facts.or('registry', 'the registry')}`,
    cause: sentences(
      facts.text('helper') === null
        ? 'A file of yours names a program for it, which gave none.'
        : `${facts.or('path', 'A file of yours')} names ${facts.or('helper', '')}.`,
      asSentence(facts.text('reason')),
    ),
    nextStep: 'Install or mend the helper, or sign in here.',
    action: signIn(facts),
  }),
  /** `reason`. */
  'registry.keychain': (facts) => ({
    title: 'The password cannot be kept on this computer',
    cause: asSentence(facts.text('reason')) ?? 'There is no keychain.',
    nextStep: 'Sign in for this session only, or start a keychain such as GNOME Keyring or KWallet.',
    action: null,
  }),
};

function unauthorizedCause(facts: FactReader): string {
  const what = facts.or('repository', 'this image');
  return (
    asSentence(
      facts.flag('hasCredentials') === false
        ? `${what} is not for everybody, or does not exist, and nobody is signed in`
        : `${what} is private, does not exist, or the name or password was wrong`,
    ) ?? ''
  );
}

/** Signing in needs to know where. */
function signIn(facts: FactReader): ErrorAction | null {
  const registry = facts.text('registry');
  return registry === null ? null : { kind: 'signIn', registry };
}

function referenceCause(facts: FactReader): string {
  const part = facts.text('detail');
  const which = part === null ? '' : `: ${part}`;
  switch (facts.text('problem')) {
    case 'empty':
      return 'It names nothing.';
    case 'registry':
      return `The name of the registry is not a host name${which}.`;
    case 'repository':
      return `The name of the image may have lower-case letters, digits and . _ - / only${which}.`;
    case 'tag':
      return `The tag after ":" is not valid${which}.`;
    case 'digest':
      return `The digest after "@" must be sha256: and 64 hexadecimal digits${which}.`;
    case 'url':
      return `The web address is not valid or has no file name${which}.`;
    case 'control':
      return 'It holds control characters.';
    default:
      return part === null ? 'It cannot be read.' : `It cannot be read at ${part}.`;
  }
}
