import type { InstallAdvice } from '#core/contract/hosts.ts';
import type { Probe } from './probe.ts';

const installationGuide = 'https://apptainer.org/docs/admin/main/installation.html';

interface Way {
  readonly commands: readonly string[];
  readonly note: string;
}

/**
 * How to get a runtime here: by the system's packages for somebody who may be root (a user in the group that may use
 * sudo), into the user's own account for all others. Sources: Apptainer's installation guide, each distribution's index.
 */
export function installAdvice({ values, facts }: Probe): InstallAdvice {
  const family = `${values.get('osId') ?? ''} ${values.get('osLike') ?? ''}`.split(' ');
  const is = (...names: readonly string[]) => names.some((name) => family.includes(name));
  const system = systemWay(is);
  const isAdministrator = facts.uid === 0 || mayUseSudo(values);
  const way = isAdministrator && system !== null ? system : ownWay(values, system);
  const sudo = facts.uid === 0 ? '' : 'sudo ';
  return {
    distribution: values.get('osName') || 'this system',
    commands: way.commands.map((command) => command.replaceAll('sudo ', sudo)),
    note: way.note,
    link: installationGuide,
  };
}

function mayUseSudo(values: Probe['values']): boolean {
  const groups = (values.get('groups') ?? '').split(' ');
  return (
    (values.get('has.sudo') ?? '') !== '' && ['sudo', 'wheel', 'admin'].some((name) => groups.includes(name))
  );
}

function systemWay(is: (...names: readonly string[]) => boolean): Way | null {
  if (is('ubuntu'))
    return {
      commands: [
        'sudo add-apt-repository -y ppa:apptainer/ppa',
        'sudo apt-get update',
        'sudo apt-get install -y apptainer',
      ],
      note: 'From the packages that the Apptainer project keeps for Ubuntu.',
    };
  if (is('fedora') && !is('rhel', 'centos'))
    return { commands: ['sudo dnf install -y apptainer'], note: 'From Fedora.' };
  if (is('rhel', 'centos', 'rocky', 'almalinux'))
    return {
      commands: ['sudo dnf install -y epel-release', 'sudo dnf install -y apptainer'],
      note: 'From EPEL.',
    };
  if (is('arch')) return { commands: ['sudo pacman -S --needed apptainer'], note: 'From Arch Linux.' };
  if (is('suse', 'opensuse'))
    return { commands: ['sudo zypper install -y apptainer'], note: 'From openSUSE.' };
  if (is('alpine'))
    return { commands: ['sudo apk add apptainer'], note: 'From Alpine’s community packages.' };
  return null;
}

/** What such a copy cannot do; an administrator's package can. */
const limits =
  'It needs user namespaces. It has no setuid starter and no AppArmor profile, and for packages in builds an administrator must still give you subordinate ids.';

/** Into `~/apptainer`, without root. */
function ownWay(values: Probe['values'], system: Way | null): Way {
  const has = (program: string) => (values.get(`has.${program}`) ?? '') !== '';
  const asked = system === null ? '' : ` An administrator would type: ${system.commands.join(' && ')}`;
  if (has('apt-get') && has('dpkg') && (values.get('package.apt') ?? '') !== '')
    return {
      commands: debianUnpack,
      note: `Unpacks the packages of this distribution into ~/apptainer, without root. ${limits}${asked}`,
    };
  const missing = ['curl', 'rpm2cpio', 'cpio'].filter((program) => !has(program));
  return {
    commands: [
      'curl -fsSL https://raw.githubusercontent.com/apptainer/apptainer/main/tools/install-unprivileged.sh | bash -s - ~/apptainer',
    ],
    note: `The Apptainer project’s own installer, into ~/apptainer and without root; it needs the internet${
      missing.length === 0
        ? ''
        : ` and ${missing.join(', ')}, which ${missing.length === 1 ? 'is' : 'are'} not here`
    }. ${limits}${asked}`,
  };
}

/**
 * Debian's package is relocatable, but its two programs find their folder in different ways (the starter takes `usr/lib`
 * for the prefix), hence the links. The FUSE helpers get a front that finds their own libraries: a variable for all
 * would reach into containers. Packages that the distribution does not have are left out; the runtime tells what lacks.
 */
export const debianUnpack: readonly string[] = [
  'mkdir -p ~/apptainer/packages && cd ~/apptainer/packages',
  'for p in apptainer squashfs-tools squashfuse libsquashfuse0 fuse2fs fuse-overlayfs gocryptfs libfuse3-3 libfuse3-4 libfuse2 libfuse2t64 liblzo2-2 libseccomp2; do apt-get download "$p" 2>/dev/null || true; done',
  'for f in *.deb; do dpkg -x "$f" ..; done && cd ..',
  'ln -sfn usr/bin bin && ln -sfn ../etc usr/etc && ln -sfn ../var usr/var && ln -sfn ../../etc usr/lib/etc && ln -sfn ../../var usr/lib/var && ln -sfn ../bin usr/lib/bin && ln -sfn . usr/lib/lib',
  'libraries=$(dirname "$PWD"/usr/lib/*-linux-gnu*/apptainer)',
  `for h in squashfuse squashfuse_ll fuse2fs fuse-overlayfs gocryptfs; do [ ! -x usr/bin/$h ] || { printf '#!/bin/sh\\nLD_LIBRARY_PATH=%s exec %s/usr/bin/%s "$@"\\n' "$libraries" "$PWD" $h > "$libraries/apptainer/bin/$h"; chmod 755 "$libraries/apptainer/bin/$h"; }; done`,
  '~/apptainer/bin/apptainer --version',
];
