import type { Verdict } from '#core/contract/hosts.ts';
import { type Privilege, readPrivilege } from './privilegeFacts.ts';
import type { Probe } from './probe.ts';
import type { ChosenRuntime } from './probedRuntime.ts';
import { administratorCan, verdictsOf, youCan } from './verdict.ts';

const { works, risk, blocked } = verdictsOf('mounts');

/** How images, overlays and folders get into a container, and which of it the site switched off. */
export function mountVerdicts(probe: Probe): readonly Verdict[] {
  const { chosen } = probe;
  const privilege = readPrivilege(probe);
  return [
    fuseVerdict(probe, privilege),
    overlayVerdict(probe, privilege),
    ...(chosen === null ? [] : switchVerdicts(chosen)),
  ].filter((verdict) => verdict !== null);
}

function fuseVerdict(probe: Probe, { isSetuid, isRoot, fuse }: Privilege): Verdict | null {
  const { values, chosen } = probe;
  if (isRoot || (isSetuid === true && mountsInKernel(chosen))) return null;
  const helper = values.get('has.squashfuse_ll') || values.get('has.squashfuse') || '';
  if (fuse === 'open' && helper !== '')
    return works('fuse', {
      sentence: 'Images are mounted, not unpacked, when they start.',
      fact: `/dev/fuse is open and ${helper} is there.`,
    });
  if (fuse === 'open')
    return risk('fuse', {
      sentence: 'Images are slow to start here: each is unpacked first.',
      fact: 'squashfuse was not found. Each start needs the room of the whole image in the folder for temporary files.',
      fix: administratorCan(packageFix(probe, 'squashfuse')),
    });
  // The runtime does not fall back by itself when the device is there but closed.
  const canUnpack = chosen?.dialect.features.unsquash === true;
  return blocked('fuse', {
    sentence: canUnpack
      ? 'Images do not start here unless they are unpacked first.'
      : 'Images do not start here, only sandboxes do.',
    fact: `/dev/fuse is ${fuse === 'closed' ? 'closed to you' : 'not there'}, so images cannot be mounted.${
      canUnpack
        ? ' Start them with --unsquash, which needs the room of the whole image, or make sandboxes of them.'
        : ''
    }`,
    fix: administratorCan(fuse === 'closed' ? 'sudo chmod 666 /dev/fuse' : 'sudo modprobe fuse'),
  });
}

/** Older setuid runtimes mount squashfs by the kernel; from Apptainer 1.3 they use squashfuse like all others. */
function mountsInKernel(chosen: ChosenRuntime | null): boolean {
  if (chosen === null) return false;
  const [major, minor] = chosen.dialect.number;
  if (chosen.dialect.product !== 'apptainer') return chosen.setting('allow kernel squashfs') !== 'no';
  return major === 1 && minor < 3 ? true : chosen.setting('allow setuid-mount squashfs') === 'yes';
}

function overlayVerdict(
  probe: Probe,
  { hasKernelOverlay, isRoot, isSetuid, fuse }: Privilege,
): Verdict | null {
  const { values, chosen } = probe;
  if (chosen === null) return null;
  const canOverlay = chosen.setting('enable overlay') !== 'no';
  const canUnderlay = chosen.setting('enable underlay') !== 'no';
  if (!canOverlay)
    return canUnderlay
      ? risk('overlay', {
          sentence: 'Nothing can be written over an image here: overlays are switched off.',
          fact: 'The site’s configuration says: enable overlay = no. Folders can still be bound (underlay).',
          fix: administratorCan(
            `sudo ${chosen.dialect.programName} config global --set "enable overlay" yes`,
          ),
        })
      : blocked('overlay', {
          sentence: 'Folders that an image does not have cannot be bound here.',
          fact: 'The site’s configuration says: enable overlay = no, enable underlay = no.',
          fix: administratorCan(
            `sudo ${chosen.dialect.programName} config global --set "enable underlay" yes`,
          ),
        });
  const helper = values.get('has.fuse-overlayfs') ?? '';
  if (isRoot || isSetuid === true || hasKernelOverlay || (helper !== '' && fuse === 'open'))
    return works('overlay', {
      sentence: 'Overlays work here: changes can be kept beside an image.',
      fact: hasKernelOverlay
        ? 'The kernel mounted an overlay in a user namespace in a try.'
        : helper === ''
          ? 'The runtime has the rights for it.'
          : `The kernel does not do it without root, but ${helper} is there.`,
    });
  return risk('overlay', {
    sentence: 'Overlays do not work here.',
    fact: 'The kernel mounts none in a user namespace (5.11 and newer do), and fuse-overlayfs was not found.',
    fix: administratorCan(packageFix(probe, 'fuse-overlayfs')),
  });
}

/** Switches of the administrator that change what a container sees. */
function switchVerdicts({ setting, dialect, configurationFile }: ChosenRuntime): readonly Verdict[] {
  const file = configurationFile?.path ?? 'The configuration';
  const on = (name: string) =>
    administratorCan(`sudo ${dialect.programName} config global --set "${name}" yes`);
  const found: Verdict[] = [];
  if (setting('user bind control') === 'no')
    found.push(
      blocked('bindControl', {
        sentence: 'You cannot bind folders of your own here, so workspaces do not work.',
        fact: `${file} says: user bind control = no.`,
        fix: on('user bind control'),
      }),
    );
  if (setting('mount home') === 'no')
    found.push(
      risk('mountHome', {
        sentence: 'Your home folder is not in containers here by itself.',
        fact: `${file} says: mount home = no. Bind it where it is needed.`,
        fix: youCan(`${dialect.programName} exec --bind "$HOME" …`),
      }),
    );
  if (setting('mount tmp') === 'no')
    found.push(
      risk('mountTemporary', {
        sentence: '/tmp is not shared with containers here.',
        fact: `${file} says: mount tmp = no. A container's /tmp is in the image or in memory.`,
        fix: youCan(`${dialect.programName} exec --bind /tmp …`),
      }),
    );
  const sessionMegabytes = Number(setting('sessiondir max size') ?? Number.NaN);
  if (sessionMegabytes < 64)
    found.push(
      risk('sessionSize', {
        sentence: 'There is hardly room for --writable-tmpfs.',
        fact: `${file} says: sessiondir max size = ${sessionMegabytes} (MB).`,
        fix: administratorCan(`sudo ${dialect.programName} config global --set "sessiondir max size" 1024`),
      }),
    );
  return found;
}

/** The line that installs a package, in the words of the distribution. */
export function packageFix({ values }: Pick<Probe, 'values'>, name: string): string {
  const has = (program: string) => (values.get(`has.${program}`) ?? '') !== '';
  if (has('apt-get')) return `sudo apt-get install ${name}`;
  if (has('dnf') || has('yum')) return `sudo dnf install ${name}`;
  return `Install the package ${name}`;
}
