import { missingCapabilities } from './capabilityNames.ts';
import { ceOnly, documentation, named, rule, type StderrRule } from './stderrRule.ts';

/** What the runtime needs of the system, and what it refuses. */
export const systemRules: readonly StderrRule[] = [
  rule(
    'root-restricted',
    'runtime.rootLacksCapability',
    /Requesting capability set 0x([0-9a-f]+) while permitted capability set is 0x([0-9a-f]+)/,
    {
      facts: ([wanted = '', permitted = '']) => ({
        capability: missingCapabilities(wanted, permitted).join(', '),
      }),
    },
  ),
  rule(
    'user-namespace',
    'runtime.userNamespacesBlocked',
    /Failed to create (?:user|mount|network|pid|ipc|uts) namespace: ([^\n]+)/i,
    { facts: named('reason') },
  ),
  rule('container-process', 'runtime.userNamespacesBlocked', /Failed to create container process: ([^\n]+)/, {
    ...documentation,
    facts: named('reason'),
  }),
  rule('starter-not-setuid', 'runtime.userNamespacesBlocked', /(starter-suid doesn't have setuid bit set)/, {
    ...documentation,
    facts: named('reason'),
  }),
  rule(
    'fuse-closed',
    'runtime.fuseUnavailable',
    /image driver (\S+) instance exited with error: [^\n]*?(fuse: [^\n]+)/,
    { facts: named('program', 'reason') },
  ),
  rule(
    'fuse-helper-missing',
    'runtime.fuseUnavailable',
    /(squashfuse) not found, will not be able to mount/,
    { ...documentation, facts: named('program') },
  ),
  rule('fuse-timeout', 'runtime.fuseUnavailable', /(\S+) failed to mount \S+ in \d+s/, {
    ...documentation,
    facts: named('program'),
  }),
  rule('no-subuid', 'runtime.fakerootUnavailable', /no mapping entry found in \/etc\/subuid for (\S+)/, {
    ...documentation,
    facts: named('userName'),
  }),
  rule(
    'no-fakeroot',
    'runtime.fakerootUnavailable',
    /(--fakeroot requires either being in [^\n]+|--fakeroot used without sandbox image or user namespaces|Cannot start any kind of fake root[^\n]*)/,
    {
      ...documentation,
      facts: named('reason'),
    },
  ),
  rule(
    'no-fakeroot-ce',
    'runtime.fakerootUnavailable',
    /(--remote, --fakeroot, or the proot command are required to build this source as a non-root user)/,
    {
      ...documentation,
      products: ceOnly,
      facts: named('reason'),
    },
  ),
  rule(
    'newuidmap',
    'runtime.fakerootUnavailable',
    /((?:\S*newuidmap|\S*newgidmap)[^\n]*(?:is not installed|execution failed|was not found in PATH|must be owned by the root user)[^\n]*)/,
    {
      facts: named('reason'),
      cause:
        'You have subordinate ids, but the programs that map them (newuidmap, newgidmap) are missing or lost their right.',
      nextStep:
        'Ask the administrator for the package uidmap (Debian, Ubuntu) or shadow-utils, on a file system without nosuid. Until then --ignore-subuid builds without the ids.',
    },
  ),
  rule(
    'subuid-small',
    'runtime.fakerootUnavailable',
    /mapping entries for user (\S+) found in (\S+) but all with a range count lower than 65536/,
    {
      ...documentation,
      facts: named('userName'),
      cause: 'Your range in /etc/subuid or /etc/subgid is there, but too small: 65536 ids are needed.',
      nextStep: 'Ask the administrator for a range of 65536 ids.',
    },
  ),
  rule(
    'nested-setuid',
    'runtime.userNamespacesBlocked',
    /(Running setuid workflow with user namespace is not allowed)/,
    {
      ...documentation,
      facts: named('reason'),
      cause: 'A setuid installation was started inside another container or namespace.',
      nextStep: 'Run it outside, or use an installation without setuid there.',
    },
  ),
  rule('configuration-owner', 'runtime.failed', /([^\n]+ must be owned by root)\b/, {
    ...documentation,
    facts: named('reason'),
    cause: 'A file of the installation is not root’s, so the setuid starter does not trust it.',
    nextStep: 'Ask the administrator to install the package again.',
  }),
  rule(
    'setuid-mount',
    'runtime.fuseUnavailable',
    /(configuration disallows users from mounting [^\n]+ in setuid mode[^\n]*)/,
    {
      ...documentation,
      facts: named('reason'),
      cause:
        'The site does not let the setuid starter mount images by the kernel, and the FUSE helper for it is missing.',
      nextStep: 'Run it with --userns, or ask the administrator for squashfuse and fuse2fs.',
    },
  ),
  rule('network', 'runtime.optionRefused', /(network requires root or a suid installation[^\n]*)/, {
    facts: ([reason = '']) => ({ option: '--net', reason }),
  }),
  rule('cgroups', 'runtime.optionRefused', /(cannot use cgroups - [^\n]+)/, {
    facts: ([reason = '']) => ({ option: 'limits on memory and processors', reason }),
  }),
  rule('unknown-flag', 'runtime.optionRefused', /unknown (?:shorthand )?flag: (?:'.' in )?(\S+)/, {
    facts: ([option = '']) => ({ option, reason: 'This version of the runtime does not know it' }),
  }),
  rule('writable-sif', 'runtime.optionRefused', /(no SIF writable overlay partition found in [^\n]+)/, {
    facts: ([reason = '']) => ({ option: '--writable', reason }),
  }),
  rule('compressor', 'runtime.optionRefused', /Compressor "([^"\n]+)" is not supported/, {
    facts: ([name = '']) => ({
      option: `the compression ${name}`,
      reason: 'mksquashfs was built without it',
    }),
  }),
  rule(
    'site-policy',
    'runtime.optionRefused',
    /(configuration disallows users from [^\n]+|image is not in an allowed configured path[^\n]*|image prohibited by ECL[^\n]*)/,
    {
      facts: ([reason = '']) => ({ option: 'this image', reason }),
      cause: 'The site’s configuration lets only certain kinds, places or owners of images run.',
      nextStep:
        'Copy the image to an allowed folder, convert it to an allowed kind, or ask the administrator.',
    },
  ),
];
