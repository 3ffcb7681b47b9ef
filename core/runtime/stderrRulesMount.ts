import { documentation, named, rule, type StderrRule } from './stderrRule.ts';

const optionOf =
  (option: string) =>
  ([reason = '']: readonly string[]) => ({ option, reason });

/** Overlays, binds, homes and instances. */
export const mountRules: readonly StderrRule[] = [
  rule(
    'overlay-and-writable',
    'runtime.optionRefused',
    /(cannot use --overlay in conjunction with --writable)/,
    {
      facts: optionOf('--overlay together with --writable'),
      nextStep:
        'Take one of them: --writable changes the sandbox itself, --overlay keeps the changes beside it.',
    },
  ),
  rule(
    'overlay-off',
    'runtime.optionRefused',
    /((?:overlay images|--writable-tmpfs) requires 'enable overlay'[^\n]*)/,
    {
      facts: optionOf('an overlay'),
      cause: 'The site switched overlays off (enable overlay = no).',
      nextStep: 'Work in a sandbox, or ask the administrator to set enable overlay = yes.',
    },
  ),
  rule(
    'overlay-sandbox-setuid',
    'runtime.optionRefused',
    /(only root user can use sandbox as overlay in setuid mode)/,
    {
      ...documentation,
      facts: optionOf('a folder as an overlay'),
      nextStep: 'Take an ext3 image as the overlay, or run it with --userns.',
    },
  ),
  rule(
    'overlay-signed',
    'runtime.optionRefused',
    /(SIF image [^\n]+ is signed: could not add writable overlay)/,
    {
      facts: optionOf('an overlay inside this image'),
      cause: 'The image is signed, and another part would break its signature.',
      nextStep: 'Keep the overlay in a file of its own, or take an unsigned copy.',
    },
  ),
  rule('overlay-there', 'runtime.optionRefused', /(a writable overlay partition already exists in [^\n]+)/, {
    facts: optionOf('a second overlay inside this image'),
    nextStep: 'Use the one that is there, or delete it first with sif del.',
  }),
  rule('overlay-size', 'runtime.optionRefused', /(image size must be equal or greater than 64 MiB)/, {
    facts: optionOf('an overlay of this size'),
    nextStep: 'Make it 64 MiB or more.',
  }),
  rule('overlay-broken', 'overlay.damaged', /(fuse2fs exited: [^\n]+)/, { facts: named('reason') }),
  rule('overlay-mkfs', 'runtime.optionRefused', /(mkfs\.ext3 seems too old[^\n]*)/, {
    ...documentation,
    facts: optionOf('a new overlay'),
    nextStep: 'Make the overlay on another host (e2fsprogs 1.43 or newer), or use a folder as overlay.',
  }),
  rule('destination-missing', 'host.pathMissing', /destination ([^\n]+) doesn't exist in container/, {
    facts: named('path'),
    cause:
      'The image has no such folder to bind onto, and none can be made: --writable was asked for, or the site switched overlay and underlay off.',
    nextStep: 'Make the folder in the sandbox first, bind onto one that is there, or leave out --writable.',
  }),
  rule('bind-syntax', 'input.invalid', /(bad bind syntax "[^"\n]+"[^\n]*)/, { facts: named('reason') }),
  rule('home-argument', 'input.invalid', /(home argument has incorrect number of elements: \d+)/, {
    facts: named('reason'),
  }),
  rule('instance-there', 'instance.exists', /instance (\S+) already exists/, { facts: named('name') }),
  rule('instance-missing', 'instance.unknown', /(no instance found)/, { facts: () => ({}) }),
  rule('hidepid', 'runtime.optionRefused', /(hidepid option set on \/proc mount[^\n]*)/, {
    ...documentation,
    facts: optionOf('an instance'),
    nextStep: 'Start it with --userns.',
  }),
  rule(
    'loop-device',
    'runtime.fuseUnavailable',
    /(failed to find loop device|max loop devices[^\n]*|could not attach image file to loop device[^\n]*)/,
    {
      ...documentation,
      facts: named('reason'),
      cause: 'The setuid starter mounts through a loop device, and found none that is free.',
      nextStep: 'Run it with --userns, or ask the administrator (max loop devices in the configuration).',
    },
  ),
  rule('kernel-squashfs', 'runtime.fuseUnavailable', /(squashfs filesystem seems not enabled[^\n]*)/, {
    ...documentation,
    facts: named('reason'),
    cause: 'The kernel of this host cannot mount squashfs.',
    nextStep: 'Ask the administrator for squashfuse, or run the image with --unsquash.',
  }),
  rule(
    'unpack-old',
    'image.notAnImage',
    /(Only SIF and squashfs images can be extracted in unprivileged mode)/,
    {
      ...documentation,
      facts: named('reason'),
      nextStep: 'Convert the old ext3 image where root or a setuid installation is.',
    },
  ),
];
