import { documentation, named, rule, type StderrRule } from './stderrRule.ts';

/** Image files. */
export const imageRules: readonly StderrRule[] = [
  rule(
    'image-missing',
    'image.missing',
    /could not open image ([^\n]+?): failed to retrieve path for [^\n]*: no such file or directory/,
    { facts: named('path') },
  ),
  rule('not-an-image', 'image.notAnImage', /could not open image ([^\n]+?): image format not recognized/, {
    facts: named('path'),
  }),
  rule(
    'table-cut',
    'image.truncated',
    /could not open image ([^\n]+?): reading descriptors: unexpected EOF/,
    { facts: named('path') },
  ),
  rule('file-system-cut', 'image.truncated', /Something went wrong trying to read the squashfs image/),
  rule(
    'bad-superblock',
    'image.truncated',
    /kernel reported a bad superblock for squashfs image partition/,
    documentation,
  ),
  rule(
    'other-architecture',
    'image.wrongArchitecture',
    /the image's architecture \(([^)\n]+)\) could not run on the host's \(([^)\n]+)\)/,
    {
      facts: named('architecture', 'hostArchitecture'),
    },
  ),
  rule('passphrase-missing', 'image.encrypted', /required option --passphrase or --pem-path missing/, {
    facts: () => ({ reason: 'Its passphrase or key was not given' }),
  }),
  rule('passphrase-wrong', 'image.encrypted', /failed to unlock master key|^Password incorrect/m, {
    facts: () => ({ reason: 'The passphrase is wrong' }),
  }),
  rule(
    'key-wrong',
    'image.encrypted',
    /cannot decrypt [^\n]+|Please check you are providing the correct key/,
    {
      facts: () => ({ reason: 'The key does not fit' }),
    },
  ),
  rule('key-unreadable', 'image.encrypted', /Invalid encryption private key|no PEM data/, {
    facts: () => ({ reason: 'The file is no RSA private key in PEM form' }),
  }),
  rule(
    'root-encrypted',
    'image.encrypted',
    /reading a root-encrypted SIF requires root or a suid installation|cannot mount device-mapper encrypted/,
    {
      ...documentation,
      facts: () => ({
        reason: 'It was encrypted by root, and only root or a setuid installation can open it',
      }),
    },
  ),
  rule('in-use', 'overlay.busy', /can't open ([^\n]+?) for (reading|writing), currently in use/, {
    facts: ([path = '', what = '']) => ({
      path,
      reason:
        what === 'writing'
          ? 'Another container has it open, and only one may write to it at a time'
          : 'Another container writes to it',
    }),
  }),
  rule(
    'overlay-missing',
    'host.pathMissing',
    /failed to open overlay image ([^\n]+?): failed to retrieve path/,
    { facts: named('path') },
  ),
];
