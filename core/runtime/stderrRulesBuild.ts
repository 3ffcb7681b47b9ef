import { ceOnly, documentation, named, rule, type StderrRule } from './stderrRule.ts';

const otherBase =
  'Build from a base that is already an image (Bootstrap: docker), or build where the program is.';
const distribution = (program: string) => ({
  facts: () => ({ program }),
  cause: `A base of this kind is made by ${program} of the host, which is not here.`,
  nextStep: otherBase,
});

/** Why a build from a definition file ended. The words of %post itself are the user's own: see the evidence. */
export const buildRules: readonly StderrRule[] = [
  rule('yum-missing', 'host.commandMissing', /neither yum nor dnf in path/i, distribution('dnf')),
  rule('pacstrap-missing', 'host.commandMissing', /pacstrap is not in PATH/, distribution('pacstrap')),
  rule('zypper-missing', 'host.commandMissing', /zypper is not in PATH/, distribution('zypper')),
  rule('debootstrap-missing', 'host.commandMissing', /debootstrap is not in PATH/, {
    ...documentation,
    ...distribution('debootstrap'),
  }),
  rule(
    'debootstrap-rights',
    'runtime.fakerootUnavailable',
    /(you must be root to build with debootstrap|Cannot install into target [^\n]* mounted with noexec or nodev)/,
    {
      ...documentation,
      facts: named('reason'),
      cause:
        'debootstrap makes device files and files of many owners, which needs root or a range of subordinate ids.',
      nextStep: 'Build from a Debian or Ubuntu image (Bootstrap: docker), or ask for subordinate ids.',
    },
  ),
  rule('debootstrap-failed', 'runtime.failed', /(while debootstrapping: exit status \d+)/, {
    facts: named('reason'),
    cause: 'debootstrap ended with an error; its own words (lines with E:) are in the output.',
    nextStep: 'Check OSVersion and MirrorURL of the definition file.',
  }),
  rule('build-argument-unused', 'runtime.optionRefused', /unused build args: ([^.\n]+)/, {
    facts: ([name = '']) => ({ option: `--build-arg ${name.trim()}` }),
    cause: 'The definition file does not use this build argument.',
    nextStep: 'Remove it, or correct its name in the definition file ({{ name }}).',
  }),
  rule(
    'build-argument-missing',
    'runtime.optionRefused',
    /build var (\S+) is not defined through either --build-arg/,
    {
      facts: ([name = '']) => ({ option: `the definition file without ${name}` }),
      cause:
        'The definition file has a {{ placeholder }} without a value. Double braces of other template languages count too.',
      nextStep: 'Give it a value with --build-arg, or in the section %arguments.',
    },
  ),
  rule(
    'fakeroot-command-libc',
    'runtime.fakerootUnavailable',
    /(version `GLIBC_[\d.]+' not found[^\n]*|\/\.singularity\.d\/libs\/[^\n]*faked: not found)/,
    {
      facts: named('reason'),
      cause:
        'The fakeroot command of the host was put into the image, and the image’s C library cannot run it.',
      nextStep:
        'Build with --ignore-fakeroot-command, use an image with a newer C library, or ask for subordinate ids.',
      source: 'https://apptainer.org/docs/user/latest/fakeroot.html',
    },
  ),
  rule('proot-ptrace', 'runtime.failed', /(proot (?:error|warning|info): [^\n]*ptrace[^\n]*)/i, {
    ...documentation,
    products: ['apptainer'],
    versions: { from: [1, 5, 0], below: [1, 5, 3] },
    facts: named('reason'),
    cause: 'These versions pack images under PRoot, which this host does not let trace programs.',
    nextStep: 'Build with --ignore-proot, or update Apptainer to 1.5.3.',
    source: 'https://github.com/apptainer/apptainer/issues/3597',
  }),
  rule(
    'owners-lost',
    'runtime.fakerootUnavailable',
    /(set_attributes: failed to change uid and gids[^\n]*|cpio: chown failed[^\n]*|failed to preserve ownership[^\n]*)/,
    {
      ...documentation,
      facts: named('reason'),
      cause: 'Files of several owners are needed, and in this kind of fakeroot there is only your own id.',
      nextStep: 'Ask the administrator for 65536 subordinate ids, or build where you have them.',
    },
  ),
  rule('temporary-network', 'host.pathMissing', /mkdir ([^\n:]*rootfs[^\n:]*): [^\n]+/, {
    ...documentation,
    when: { temporary: 'network' },
    facts: named('path'),
    cause: 'Temporary files lie on a network file system, which cannot hold the files of a build.',
    nextStep: 'Set the folder for temporary files of this host to a local disk, such as /var/tmp.',
    source: 'https://github.com/apptainer/apptainer/issues/1800',
  }),
  rule('post-failed', 'runtime.failed', /while running %(?:post|test|setup|pre) section: exit status (\d+)/, {
    facts: ([status = '']) => ({
      verb: 'build it',
      reason: `A script of the definition file ended with ${status}`,
    }),
    cause:
      'A command of the definition file’s own script failed. Its words stand above the last line of the output.',
    nextStep: 'Read the last lines of the script; try the command in a shell of the base image.',
  }),
  rule(
    'build-needs-namespace',
    'runtime.userNamespacesBlocked',
    /(Building from a definition file unprivileged requires [^\n]+)/,
    {
      facts: named('reason'),
    },
  ),
  rule(
    'subuid-without-namespace',
    'runtime.userNamespacesBlocked',
    /(\/etc\/subuid mapping found but no user namespace available[^\n]*)/,
    { facts: named('reason') },
  ),
  rule(
    'build-needs-root',
    'runtime.fakerootUnavailable',
    /(Building from a definition file requires root or some kind of fake root[^\n]*)/,
    {
      ...documentation,
      facts: named('reason'),
    },
  ),
  rule('temporary-not-local', 'disk.readOnly', /you must set (?:\w+_)?TMPDIR to a local path/i, {
    ...documentation,
    cause:
      'Temporary files lie on a network file system, or on one mounted nosuid or noexec, where a build cannot work.',
    nextStep: 'Set the folder for temporary files of this host to a local disk, such as /var/tmp.',
  }),
  rule(
    'temporary-missing',
    'host.pathMissing',
    /failed to create build parent dir: stat ([^\n:]+): no such file/,
    {
      facts: named('path'),
      cause: 'The folder for temporary files is not there.',
      nextStep: 'Make it, or choose another folder for temporary files of this host.',
    },
  ),
  rule(
    'target-folder-missing',
    'host.pathMissing',
    /while creating container: open ([^\n:]+): no such file or directory/,
    {
      facts: named('path'),
      cause: 'The folder of the new image does not exist.',
      nextStep: 'Make the folder, or choose another.',
    },
  ),
  rule(
    'foreign-build-ce',
    'runtime.optionRefused',
    /(Requested architecture \([^)\n]*\) does not match host[^\n]*)/,
    {
      ...documentation,
      products: ceOnly,
      facts: ([reason = '']) => ({ option: '--arch', reason }),
    },
  ),
];
