import type { HostFact, VerdictGroup } from '#core/contract/hosts.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { schedulerOf } from './doctorCluster.ts';
import { productName } from './doctorRuntime.ts';
import { type FolderFacts, readFolders } from './folderFacts.ts';
import { fakerootNames, readPrivilege } from './privilegeFacts.ts';
import type { Probe } from './probe.ts';

/** What the probe found, in words, for the page and for a report. Facts that were not answered are left out. */
export function factList(probe: Probe): readonly HostFact[] {
  const all = [
    ...runtimeFacts(probe),
    ...privilegeFacts(probe),
    ...mountFacts(probe),
    ...storageFacts(probe),
    ...machineFacts(probe),
  ];
  return all.flatMap(([group, name, value]) => (value === '' ? [] : [{ group, name, value }]));
}

type Row = readonly [VerdictGroup, string, string];

function runtimeFacts({ facts, values, chosen }: Probe): readonly Row[] {
  return [
    ['runtime', 'System', facts.operatingSystem],
    ['runtime', 'Kernel', facts.kernel],
    ['runtime', 'Architecture', facts.architecture],
    ['runtime', 'C library', values.get('libc') ?? ''],
    ...facts.runtimes.map(
      (runtime): Row => [
        'runtime',
        runtime.isChosen ? 'Runtime, used' : 'Runtime',
        `${productName(runtime.product)} ${runtime.version}, ${runtime.path}${runtime.isSetuid === true ? ', setuid' : runtime.isSetuid === false ? ', not setuid' : ''}`,
      ],
    ),
    ['runtime', 'Configuration', chosen?.configurationFile?.path ?? ''],
  ];
}

function privilegeFacts(probe: Probe): readonly Row[] {
  const { facts, values } = probe;
  const privilege = readPrivilege(probe);
  const value = (key: string) => values.get(key) ?? '';
  return [
    ['privilege', 'User', `${facts.userName} (${facts.uid})`],
    [
      'privilege',
      'User namespaces',
      privilege.hasUserNamespaces ? 'work' : value('userNamespaceTest') || 'blocked',
    ],
    ['privilege', 'user.max_user_namespaces', value('maxUserNamespaces')],
    [
      'privilege',
      'AppArmor restricts them',
      { '0': 'no', '1': 'yes' }[value('apparmorRestrictsUserNamespaces')] ?? '',
    ],
    ['privilege', 'AppArmor profile', value('apparmorProfile')],
    ['privilege', 'SELinux', { '0': 'permissive', '1': 'enforcing' }[value('selinux')] ?? ''],
    ['privilege', 'Subordinate ids', privilege.subuid.range ?? 'none'],
    [
      'privilege',
      'newuidmap',
      [value('has.newuidmap'), value('newuidmap.rights')].filter(Boolean).join(', ') || 'not found',
    ],
    ['privilege', 'Builds use', fakerootNames[privilege.fakeroot]],
    ['privilege', 'Bounding capabilities', value('capabilities')],
  ];
}

function mountFacts(probe: Probe): readonly Row[] {
  const { values, chosen } = probe;
  const privilege = readPrivilege(probe);
  const helpers = ['squashfuse_ll', 'squashfuse', 'fuse2fs', 'fuse-overlayfs', 'gocryptfs'];
  const switches = [
    'user bind control',
    'mount home',
    'mount tmp',
    'enable overlay',
    'enable underlay',
    'sessiondir max size',
  ];
  return [
    ['mounts', '/dev/fuse', privilege.fuse],
    ['mounts', 'Overlay in a user namespace', privilege.hasKernelOverlay ? 'works' : 'does not work'],
    ...helpers.map((name): Row => ['mounts', name, values.get(`has.${name}`) || 'not found']),
    ...switches.map((name): Row => ['mounts', name, chosen?.setting(name) ?? '']),
  ];
}

function storageFacts({ values }: Probe): readonly Row[] {
  return readFolders(values).map((folder) => ['storage', folderTitle(folder), folderText(folder)]);
}

function folderTitle({ name, path }: FolderFacts): string {
  const titles: Readonly<Record<string, string>> = {
    home: 'Home',
    temporary: 'Temporary files',
    varTemporary: '/var/tmp',
    cache: 'Runtime’s cache',
    images: 'Images',
  };
  return titles[name] ?? (/^[A-Z]/.test(name) ? `$${name}` : path);
}

function folderText(folder: FolderFacts): string {
  const { quota } = folder;
  return [
    folder.exists ? folder.path : `${folder.path} (not there yet)`,
    folder.type ?? 'unknown type',
    ...(folder.freeBytes === null ? [] : [`${formatBytes(folder.freeBytes)} free`]),
    ...(folder.freeInodes === null ? [] : [`${folder.freeInodes} inodes free`]),
    ...(quota === null
      ? []
      : [
          `${formatBytes(quota.usedBytes)} used${quota.limitBytes === null ? '' : ` of a quota of ${formatBytes(quota.limitBytes)}`}`,
        ]),
    ...(folder.isWritable ? [] : ['not writable']),
    ...(folder.isNoExec ? ['noexec'] : []),
    ...(folder.isNoSuid ? ['nosuid'] : []),
  ].join(', ');
}

function machineFacts({ values }: Probe): readonly Row[] {
  const value = (key: string) => values.get(key) ?? '';
  return [
    ['hardware', 'NVIDIA driver', value('nvidiaDriver')],
    ['hardware', 'Graphics processors', value('nvidiaDevices')],
    ['hardware', 'Foreign architectures', value('binfmt')],
    ['cluster', 'Scheduler', schedulerOf(values)?.text ?? 'none'],
    ['cluster', 'srun --mpi', value('srunMpi')],
    ['cluster', 'MPI', value('version.mpirun')],
    ['cluster', 'Modules', value('modules')],
    ['cluster', 'Processes after logout', { yes: 'killed', no: 'kept' }[value('killsAtLogout')] ?? ''],
    ['cluster', 'Control groups', value('cgroups') === '' ? '' : `version ${value('cgroups')}`],
    ['tools', 'rsync', value('version.rsync') || 'not found'],
    ['tools', 'python3', value('version.python3') || 'not found'],
    ['tools', 'git', value('version.git') || 'not found'],
    ['network', 'registry-1.docker.io', value('registry')],
    ['network', 'Proxy', value('proxy')],
  ];
}
