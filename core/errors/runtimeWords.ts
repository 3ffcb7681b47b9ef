import { asSentence, sentences, type WordTable } from './errorWords.ts';

/** The runtime and what it needs of the host. */
export const runtimeWords: WordTable<'runtime'> = {
  /** No facts. */
  'runtime.missing': () => ({
    title: 'No container runtime was found',
    cause:
      'Neither Apptainer nor Singularity is installed where this user can find it. Your images are untouched.',
    nextStep: 'Install Apptainer, or give the path of an installed runtime in the settings.',
    action: { kind: 'installRuntime' },
  }),
  /** `product`, `version`, `feature`: what was asked for, `needed`: the version that has it. */
  'runtime.tooOld': (facts) => ({
    title: `${facts.or('product', 'The runtime')} ${facts.or('version', '')} is too old for this`.replace(
      '  ',
      ' ',
    ),
    cause: `It does not have ${facts.or('feature', 'what was asked for')}${
      facts.text('needed') === null ? '' : `, which came with version ${facts.or('needed', '')}`
    }.`,
    nextStep: 'Update the runtime, or choose another installation in the settings.',
    action: { kind: 'openSettings' },
  }),
  /** `reason`: the runtime's own words. */
  'runtime.userNamespacesBlocked': (facts) => ({
    title: 'This system does not let the runtime make a user namespace',
    cause: sentences(
      'Without the setuid starter, containers of ordinary users need user namespaces, and the kernel or a security policy refuses them.',
      asSentence(facts.text('reason')),
    ),
    nextStep:
      'Ask the administrator to allow user namespaces (sysctl user.max_user_namespaces, on Ubuntu the AppArmor profile of the package) or to install apptainer-suid.',
    action: null,
  }),
  /** `program`: the helper, such as squashfuse; `reason`. */
  'runtime.fuseUnavailable': (facts) => ({
    title: 'The image cannot be mounted, because FUSE is not available',
    cause: sentences(
      `The runtime mounts images with ${facts.or('program', 'squashfuse')} through /dev/fuse, and that failed.`,
      asSentence(facts.text('reason')),
      'The image itself is unharmed.',
    ),
    nextStep:
      'Let your user open /dev/fuse (as administrator: chmod 666 /dev/fuse) and install squashfuse, or run the image with --unsquash.',
    action: null,
  }),
  /** `path`: the source of the bind. */
  'runtime.bindSourceMissing': (facts) => ({
    title: `${facts.or('path', 'A bound folder')} is not there`,
    cause:
      'This path was to be bound into the container, and does not exist on this host. The container was not started.',
    nextStep: 'Make the folder, or remove the bind.',
    action: null,
  }),
  /** `program`; `image`: name of the image. */
  'runtime.commandNotFound': (facts) => ({
    title: `${facts.or('program', 'The program')} is not in ${facts.or('image', 'the image')}`,
    cause: 'The image has no program of this name in its PATH.',
    nextStep: 'Check the spelling, or open a shell in the image and look for it.',
    action: null,
  }),
  /** `option`: what was refused; `reason`: the runtime's own words. */
  'runtime.optionRefused': (facts) => ({
    title: `The runtime refuses ${facts.or('option', 'an option')}`,
    cause:
      facts.text('reason') === null
        ? 'This installation, or its administrator, does not allow it.'
        : (asSentence(facts.text('reason')) ?? ''),
    nextStep: 'Run without it, or ask the administrator.',
    action: null,
  }),
  /** `capability`: such as CAP_SYS_RESOURCE. */
  'runtime.rootLacksCapability': (facts) => ({
    title: 'Root is restricted on this system',
    cause: `The runtime asks for all of root’s capabilities, and this root has not got ${facts.or('capability', 'all of them')}. This is usual inside another container.`,
    nextStep: 'Start the workbench as an ordinary user.',
    action: null,
  }),
  /** `userName`; `reason`. */
  'runtime.fakerootUnavailable': (facts) => ({
    title: 'Acting as root inside the container (fakeroot) is not possible here',
    cause: sentences(
      `${facts.or('userName', 'Your user')} has no usable range of subordinate ids in /etc/subuid and /etc/subgid, or the tools for it are missing.`,
      asSentence(facts.text('reason')),
    ),
    nextStep:
      'Ask the administrator for a range: apptainer config fakeroot --add followed by your user name.',
    action: null,
  }),
  /** `verb`: build, exec, …; `exitStatus`; `reason`: its last words. */
  'runtime.failed': (facts) => ({
    title: `The runtime could not ${facts.or('verb', 'do this')}`,
    cause:
      asSentence(facts.text('reason')) ??
      `It ended with exit status ${facts.or('exitStatus', 'unknown')} and did not say why.`,
    nextStep: 'Read its last output below; the command can be copied and tried in a terminal.',
    action: { kind: 'retry' },
  }),
};
