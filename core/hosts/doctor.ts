import type { Diagnosis, InstallAdvice, Verdict } from '#core/contract/hosts.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { securityNotices } from '#core/runtime/securityNotices.ts';
import type { Probe } from './probe.ts';

/** A probe → plain verdicts, the worst first. Each has the fact behind it and, where one exists, the line that mends it. */
export function diagnose(probe: Probe): Diagnosis {
  const verdicts = [
    runtimeVerdict(probe),
    ...noticeVerdicts(probe),
    namespaceVerdict(probe),
    fuseVerdict(probe),
    fakerootVerdict(probe),
    rootVerdict(probe),
    temporaryVerdict(probe),
    spaceVerdict(probe),
    gpuVerdict(probe),
  ].filter((verdict) => verdict !== null);
  const rank = { blocked: 0, risk: 1, works: 2 };
  return { verdicts: verdicts.sort((a, b) => rank[a.level] - rank[b.level]), features: [], facts: [] };
}

function runtimeVerdict({ facts }: Probe): Verdict {
  const chosen = facts.runtimes.find((runtime) => runtime.isChosen);
  if (chosen === undefined)
    return {
      id: 'runtime',
      group: 'runtime',
      level: 'blocked',
      sentence: 'There is no container runtime here.',
      fact: 'Neither apptainer nor singularity was found in PATH or the usual folders.',
      fix: null,
    };
  const others = facts.runtimes.length - 1;
  return {
    id: 'runtime',
    group: 'runtime',
    level: 'works',
    sentence: `${nameOf(chosen.product)} ${chosen.version} is used here.`,
    fact: `${chosen.path}${others === 0 ? '' : `, chosen among ${others + 1} installations`}${
      chosen.knowledge === 'run' ? '' : '; this version is known from documentation, not run in our tests'
    }.`,
    fix: null,
  };
}

function noticeVerdicts({ facts, dialects }: Probe): readonly Verdict[] {
  const chosen = facts.runtimes.find((runtime) => runtime.isChosen);
  const dialect = chosen === undefined ? undefined : dialects.get(chosen.path);
  if (dialect === undefined) return [];
  return securityNotices(dialect).map((notice) => ({
    id: `security.${notice.id}`,
    group: 'runtime',
    level: 'risk',
    sentence: `This version has a known weakness, mended in ${notice.fixedIn}.`,
    fact: `${notice.id}: ${notice.text}${notice.isUncertain ? ' It matters only for a setuid installation.' : ''}`,
    fix: null,
  }));
}

function namespaceVerdict({ facts, values }: Probe): Verdict | null {
  if (facts.uid === 0) return null;
  const setuid = facts.runtimes.find((runtime) => runtime.isChosen)?.isSetuid === true;
  if (values.get('userNamespaceTest') === 'works')
    return {
      id: 'userNamespaces',
      group: 'privilege',
      level: 'works',
      sentence: 'You can run images and sandboxes here without root.',
      fact: `User namespaces are on (at most ${values.get('maxUserNamespaces') ?? 'unknown'}).`,
      fix: null,
    };
  const isAppArmor = values.get('apparmorRestrictsUserNamespaces') === '1';
  return {
    id: 'userNamespaces',
    group: 'privilege',
    level: setuid ? 'risk' : 'blocked',
    sentence: setuid
      ? 'Only the setuid installation can run images here.'
      : 'You cannot run images here: user namespaces are blocked.',
    fact: isAppArmor
      ? 'AppArmor restricts unprivileged user namespaces on this machine.'
      : values.get('userNamespaceTest') || 'user.max_user_namespaces is 0.',
    fix: {
      command: isAppArmor
        ? 'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'
        : 'sudo sysctl -w user.max_user_namespaces=15000',
      who: 'administrator',
    },
  };
}

function fuseVerdict({ facts, values }: Probe): Verdict | null {
  if (facts.runtimes.find((runtime) => runtime.isChosen)?.isSetuid === true) return null;
  const helper = values.get('has.squashfuse_ll') || values.get('has.squashfuse') || '';
  const state = values.get('fuse');
  if (state === 'open' && helper !== '')
    return {
      id: 'fuse',
      group: 'mounts',
      level: 'works',
      sentence: 'Images are mounted, not unpacked, when they start.',
      fact: `/dev/fuse is open and ${helper} is there.`,
      fix: null,
    };
  return {
    id: 'fuse',
    group: 'mounts',
    level: 'risk',
    sentence: 'Images are slow to start here: each must be unpacked first.',
    fact: state === 'open' ? 'squashfuse was not found.' : `/dev/fuse is ${state ?? 'not there'}.`,
    fix:
      state === 'closed'
        ? { command: 'sudo chmod 666 /dev/fuse', who: 'administrator' }
        : state === 'open'
          ? {
              command: 'sudo apt-get install squashfuse   # or: sudo dnf install squashfuse',
              who: 'administrator',
            }
          : { command: 'sudo modprobe fuse', who: 'administrator' },
  };
}

function fakerootVerdict({ facts, values }: Probe): Verdict | null {
  if (facts.uid === 0) return null;
  const range = values.get('subuid') ?? '';
  const count = Number(range.split(':')[1] ?? 0);
  if (count >= 65_536 && values.get('has.newuidmap') !== '')
    return {
      id: 'fakeroot',
      group: 'privilege',
      level: 'works',
      sentence: 'Builds can install packages here, with --fakeroot.',
      fact: `${facts.userName} has the subordinate ids ${range} in /etc/subuid.`,
      fix: null,
    };
  return {
    id: 'fakeroot',
    group: 'privilege',
    level: 'risk',
    sentence: 'Builds cannot install packages here.',
    fact:
      count === 0
        ? `There is no range for ${facts.userName} in /etc/subuid.`
        : count < 65_536
          ? `The range of ${facts.userName} in /etc/subuid has ${count} ids; 65536 are needed.`
          : 'newuidmap was not found (package uidmap or shadow-utils).',
    fix: {
      command: `sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${facts.userName}`,
      who: 'administrator',
    },
  };
}

/** Root in a container or a micro-VM may lack a capability that the runtime asks for. */
function rootVerdict({ facts, values }: Probe): Verdict | null {
  const bounding = values.get('capabilities') ?? '';
  if (facts.uid !== 0 || bounding === '' || /ffffffffff$/.test(bounding)) return null;
  return {
    id: 'rootCapabilities',
    group: 'privilege',
    level: 'risk',
    sentence: 'Root has fewer rights than usual on this machine; an ordinary user works better.',
    fact: `The capability set is ${bounding}. The runtime is told not to ask for what is missing.`,
    fix: null,
  };
}

function temporaryVerdict({ values }: Probe): Verdict | null {
  const type = values.get('temporaryType') ?? '';
  const free = Number(values.get('temporaryFreeKiB') ?? 0) * 1024;
  const folder = values.get('temporaryFolder') ?? '/tmp';
  const isNetwork = /nfs|lustre|gpfs|beegfs/i.test(type);
  if (!isNetwork && type !== 'tmpfs' && (free === 0 || free > 5e9)) return null;
  return {
    id: 'temporary',
    group: 'storage',
    level: 'risk',
    sentence: isNetwork
      ? 'Temporary files go to a network file system, where builds may fail.'
      : 'There is little room for temporary files.',
    fact: `${folder} is ${type || 'of unknown type'} with ${formatBytes(free)} free.`,
    fix: { command: 'export TMPDIR=/var/tmp', who: 'you' },
  };
}

function spaceVerdict({ facts }: Probe): Verdict | null {
  if (facts.freeBytes === null || facts.freeBytes > 5e9) return null;
  return {
    id: 'space',
    group: 'storage',
    level: 'risk',
    sentence: 'There is little room for images.',
    fact: `${formatBytes(facts.freeBytes)} are free where images go.`,
    fix: null,
  };
}

function gpuVerdict({ values }: Probe): Verdict | null {
  if ((values.get('has.nvidia-smi') ?? '') !== '')
    return {
      id: 'gpu',
      group: 'hardware',
      level: 'works',
      sentence: 'Images can use the GPU with --nv.',
      fact: 'nvidia-smi was found.',
      fix: null,
    };
  if ((values.get('has.rocm-smi') ?? '') !== '')
    return {
      id: 'gpu',
      group: 'hardware',
      level: 'works',
      sentence: 'Images can use the GPU with --rocm.',
      fact: 'rocm-smi was found.',
      fix: null,
    };
  return null;
}

function nameOf(product: 'apptainer' | 'singularity-ce' | 'singularity'): string {
  const names = { apptainer: 'Apptainer', 'singularity-ce': 'SingularityCE', singularity: 'Singularity' };
  return names[product];
}

const installationGuide = 'https://apptainer.org/docs/admin/main/installation.html';

/** How this distribution gets a runtime. Sources: Apptainer's installation guide and each distribution's package index. */
export function installAdvice({ values }: Probe): InstallAdvice {
  const family = `${values.get('osId') ?? ''} ${values.get('osLike') ?? ''}`.split(' ');
  const is = (...names: readonly string[]) => names.some((name) => family.includes(name));
  const sudo = values.get('uid') === '0' ? '' : 'sudo ';
  const advice = (commands: readonly string[], note: string): InstallAdvice => ({
    distribution: values.get('osName') || 'this system',
    commands: commands.map((command) => command.replaceAll('sudo ', sudo)),
    note,
    link: installationGuide,
  });
  if (is('ubuntu'))
    return advice(
      [
        'sudo add-apt-repository -y ppa:apptainer/ppa',
        'sudo apt-get update',
        'sudo apt-get install -y apptainer',
      ],
      'From the packages that the Apptainer project keeps for Ubuntu.',
    );
  if (is('fedora') && !is('rhel', 'centos')) return advice(['sudo dnf install -y apptainer'], 'From Fedora.');
  if (is('rhel', 'centos', 'rocky', 'almalinux'))
    return advice(['sudo dnf install -y epel-release', 'sudo dnf install -y apptainer'], 'From EPEL.');
  if (is('arch')) return advice(['sudo pacman -S --needed apptainer'], 'From Arch Linux.');
  if (is('suse', 'opensuse')) return advice(['sudo zypper install -y apptainer'], 'From openSUSE.');
  if (is('alpine')) return advice(['sudo apk add apptainer'], 'From Alpine’s community packages.');
  return advice(
    [
      'curl -fsSL https://raw.githubusercontent.com/apptainer/apptainer/main/tools/install-unprivileged.sh | bash -s - ~/apptainer',
    ],
    'The Apptainer project’s own installer into your home folder. It needs no root, but curl, rpm2cpio and cpio.',
  );
}
