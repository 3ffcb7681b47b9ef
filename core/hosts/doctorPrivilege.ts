import type { Verdict } from '#core/contract/hosts.ts';
import { fakerootNames, type Privilege, readPrivilege } from './privilegeFacts.ts';
import type { Probe } from './probe.ts';
import { administratorCan, verdictsOf, youCan } from './verdict.ts';

const { works, risk, blocked } = verdictsOf('privilege');

/** How containers get their rights, and which kind of fakeroot a build would use. */
export function privilegeVerdicts(probe: Probe): readonly Verdict[] {
  const privilege = readPrivilege(probe);
  if (privilege.isRoot) return [rootVerdict(probe)];
  return [
    namespaceVerdict(probe, privilege),
    fakerootVerdict(probe, privilege),
    ...restVerdicts(probe, privilege),
  ];
}

function namespaceVerdict({ values, chosen }: Probe, privilege: Privilege): Verdict {
  const most = values.get('maxUserNamespaces') || 'unknown';
  if (privilege.hasUserNamespaces)
    return works('userNamespaces', {
      sentence: 'You can run images and sandboxes here without root.',
      fact: privilege.isByProfile
        ? `AppArmor restricts user namespaces, but the runtime's own profile (${values.get('apparmorProfile')}) allows them.`
        : `A user namespace was made in a try (at most ${most} may be).`,
    });
  const words = {
    fact: blockedFact({ values, chosen }),
    fix: administratorCan(blockedFix({ values, chosen })),
  };
  return privilege.isSetuid === true
    ? risk('userNamespaces', { sentence: 'Only the setuid installation can run images here.', ...words })
    : blocked('userNamespaces', {
        sentence: 'You cannot run images here: user namespaces are blocked.',
        ...words,
      });
}

function blockedFact({ values, chosen }: Pick<Probe, 'values' | 'chosen'>): string {
  if (values.get('apparmorRestrictsUserNamespaces') === '1')
    return 'AppArmor restricts unprivileged user namespaces on this machine, and no profile allows this runtime.';
  if (values.get('maxUserNamespaces') === '0') return 'user.max_user_namespaces is 0.';
  if (values.get('maxMountNamespaces') === '0') return 'user.max_mnt_namespaces is 0.';
  if (values.get('unprivilegedUserNamespaces') === '0') return 'kernel.unprivileged_userns_clone is 0.';
  if (chosen?.setting('allow user ns') === 'no')
    return 'The runtime’s configuration says: allow user ns = no.';
  return asFact(values.get('userNamespaceTest')) ?? 'A try to make one gave no answer.';
}

/** The setting that is to blame; Ubuntu's is mended by the profile that Apptainer's package brings. */
function blockedFix({ values, chosen }: Pick<Probe, 'values' | 'chosen'>): string {
  if (values.get('apparmorRestrictsUserNamespaces') === '1')
    return chosen?.installation.path.startsWith('/usr/') === true
      ? 'sudo apt-get install --reinstall apptainer   # 1.3.4 or newer brings the AppArmor profile'
      : 'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0';
  if (values.get('maxMountNamespaces') === '0') return 'sudo sysctl -w user.max_mnt_namespaces=15000';
  if (values.get('unprivilegedUserNamespaces') === '0')
    return 'sudo sysctl -w kernel.unprivileged_userns_clone=1';
  if (chosen?.setting('allow user ns') === 'no')
    return 'sudo apptainer config global --set "allow user ns" yes';
  return 'sudo sysctl -w user.max_user_namespaces=15000';
}

/** Each mode of fakeroot and what it cannot do. */
function fakerootVerdict(probe: Probe, privilege: Privilege): Verdict {
  const { fakeroot, subuid } = privilege;
  const name = fakerootNames[fakeroot];
  const range = administratorCan(subuidFix(probe, privilege));
  switch (fakeroot) {
    case 'subuid':
      return works('fakeroot', {
        sentence: `You can build from definition files here: ${name}.`,
        fact: `${probe.facts.userName} has the subordinate ids ${subuid.range}: packages can be installed in %post. debootstrap, yum and dnf bases work.`,
      });
    case 'rootMappedWithCommand':
      return risk('fakeroot', {
        sentence: `You can build from definition files here, with limits: ${name}.`,
        fact: `${subuidFact(probe, privilege)} Packages that change owners are only pretended to; bases by debootstrap, yum or dnf are unlikely to work, and %post may fail where the image's C library is older than this machine's.`,
        fix: range,
      });
    case 'rootMapped':
      return risk('fakeroot', {
        sentence: 'Builds can hardly install packages here: root-mapped fakeroot.',
        fact: `${subuidFact(probe, privilege)} Only your own id can be used in a build, so installing packages that have other owners fails; the fakeroot command, which pretends them, is not there.`,
        fix: range,
      });
    case 'commandOnly':
      return risk('fakeroot', {
        sentence: 'You can build sandboxes only: the fakeroot command alone.',
        fact: `${subuidFact(probe, privilege)} Without user namespaces the setuid starter can only run %post in a sandbox (build --sandbox).`,
        fix: range,
      });
    case 'proot':
      return risk('fakeroot', {
        sentence: 'You can build from definition files here, slowly: proot.',
        fact: `${subuidFact(probe, privilege)} Bases by debootstrap, yum, zypper or pacman do not work with proot.`,
        fix: range,
      });
    case 'root':
    case 'none':
      return risk('fakeroot', {
        sentence: 'You cannot build from definition files here.',
        fact: `${subuidFact(probe, privilege)} Images can still be pulled, or built from a sandbox.`,
        fix: range,
      });
  }
}

/** Why the range of subordinate ids is not what a build uses. */
function subuidFact({ facts, values }: Probe, { subuid }: Privilege): string {
  const user = facts.userName;
  switch (subuid.state) {
    case 'usable':
      return `${user} has the subordinate ids ${subuid.range}, but no user namespace to use them in.`;
    case 'missing':
      return `There is no range for ${user} in /etc/subuid.`;
    case 'tooSmall':
      return `The range of ${user} in /etc/subuid (${subuid.range}) has ${subuid.range?.split(':')[1]} ids; 65536 are needed.`;
    case 'disabled':
      return `The range of ${user} in /etc/subuid is switched off (!${user}).`;
    case 'noGroups':
      return `${user} has a range in /etc/subuid, but none of 65536 ids in /etc/subgid.`;
    case 'noTools':
      return 'newuidmap and newgidmap were not found.';
    case 'failed':
      return `newuidmap does not work: ${asFact(subuid.reason ?? undefined) ?? `it is ${values.get('newuidmap.rights') ?? 'not setuid'}.`}`;
  }
}

function subuidFix({ facts, values, chosen }: Probe, { subuid, hasUserNamespaces }: Privilege): string {
  const user = facts.userName;
  const program = chosen?.dialect.programName ?? 'apptainer';
  switch (subuid.state) {
    case 'usable':
      return hasUserNamespaces ? '' : blockedFix({ values, chosen });
    case 'missing':
      return `sudo ${program} config fakeroot --add ${user}`;
    case 'disabled':
      return `sudo ${program} config fakeroot --enable ${user}`;
    case 'tooSmall':
    case 'noGroups':
      return `sudo usermod --add-subuids 1000000-1065535 --add-subgids 1000000-1065535 ${user}   # a range that nobody has`;
    case 'noTools':
      return `sudo ${(values.get('has.apt-get') ?? '') === '' ? 'dnf install shadow-utils' : 'apt-get install uidmap'}`;
    case 'failed':
      return `sudo chmod u+s ${values.get('has.newuidmap')} ${values.get('has.newgidmap')}   # on a file system without nosuid`;
  }
}

/** Root in a container or a micro-VM may lack a capability that the runtime asks for. */
function rootVerdict({ values }: Probe): Verdict {
  const bounding = values.get('capabilities') ?? '';
  if (bounding === '' || /ffffffffff$/.test(bounding))
    return works('userNamespaces', {
      sentence: 'You are root here: images run and build without more.',
      fact: 'The user id is 0, with the usual capabilities.',
    });
  return risk('rootCapabilities', {
    sentence: 'Root has fewer rights than usual on this machine; an ordinary user works better.',
    fact: `The capability set is ${bounding}. The runtime is told not to ask for what is missing.`,
    fix: youCan('Start the workbench as an ordinary user'),
  });
}

function restVerdicts({ values, chosen }: Probe, { isSetuid }: Privilege): readonly Verdict[] {
  if (isSetuid !== true || !/hidepid=[^0]/.test(values.get('processOptions') ?? '')) return [];
  return [
    risk('hidepid', {
      sentence: 'Instances cannot be started with the setuid installation.',
      fact: `/proc is mounted with ${values.get('processOptions')}.`,
      fix: youCan(`${chosen?.dialect.programName ?? 'apptainer'} instance start --userns …`),
    }),
  ];
}

/** Words of a program → a sentence; null when it said nothing. */
function asFact(text: string | undefined): string | null {
  const words = (text ?? '').trim();
  if (words === '') return null;
  return /[.!]$/.test(words) ? words : `${words}.`;
}
