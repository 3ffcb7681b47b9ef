import type { Feature } from '#core/contract/hosts.ts';
import { type Privilege, readPrivilege } from './privilegeFacts.ts';
import type { Probe } from './probe.ts';

/**
 * The table that people ask for: what works here as installed, and which means would make it work. `with` holds for
 * any host: it says whether that means alone (with the runtime, and FUSE's device only in its own column) is enough.
 * Sources: Apptainer's administrator guide (user namespaces, fakeroot) and its launcher; the rows that can be had were run.
 */
export function featureTable(probe: Probe): readonly Feature[] {
  const means = meansOf(probe);
  return rows.map(({ id, title, needs, here }) => {
    const [state, reason] =
      probe.chosen === null ? (['no', 'There is no runtime here.'] as const) : here(means);
    return { id, title, here: state, reason, with: { ...needs } };
  });
}

/** What the rows ask of a host. */
interface Means {
  readonly probe: Probe;
  readonly privilege: Privilege;
  /** Containers can be started at all. */
  readonly canRun: boolean;
  /** Why not. */
  readonly whyNot: string;
  readonly has: (program: string) => boolean;
  readonly setting: (name: string) => string | null;
  readonly isApptainer: boolean;
}

type Answer = readonly [Feature['here'], string];
interface Row {
  readonly id: string;
  readonly title: string;
  readonly needs: Feature['with'];
  readonly here: (means: Means) => Answer;
}

function meansOf(probe: Probe): Means {
  const privilege = readPrivilege(probe);
  const canRun = privilege.isRoot || privilege.isSetuid === true || privilege.hasUserNamespaces;
  return {
    probe,
    privilege,
    canRun,
    whyNot: 'User namespaces are blocked, and the runtime is not setuid.',
    has: (program) => (probe.values.get(`has.${program}`) ?? '') !== '',
    setting: (name) => probe.chosen?.setting(name) ?? null,
    isApptainer: probe.chosen?.dialect.product === 'apptainer',
  };
}

const needs = (...means: readonly (keyof Feature['with'])[]): Feature['with'] => ({
  setuid: means.includes('setuid'),
  userNamespaces: means.includes('userNamespaces'),
  subuid: means.includes('subuid'),
  fuse: means.includes('fuse'),
});

/** Answers `no` where containers cannot be started at all. */
const ifRunnable =
  (answer: (means: Means) => Answer) =>
  (means: Means): Answer =>
    means.canRun ? answer(means) : ['no', means.whyNot];

const sandboxRun = ifRunnable(({ setting }) =>
  setting('allow container dir') === 'no'
    ? ['no', 'The site’s configuration refuses sandboxes.']
    : ['works', 'A folder is the image: nothing is mounted.'],
);

const sifRun = ifRunnable(({ privilege, has, setting, probe }) => {
  if (setting('allow container sif') === 'no') return ['no', 'The site’s configuration refuses SIF images.'];
  if (privilege.isRoot) return ['works', 'Root mounts the image.'];
  const canMount = privilege.fuse === 'open' && (has('squashfuse_ll') || has('squashfuse'));
  if (canMount) return ['works', 'squashfuse mounts the image.'];
  if (privilege.isSetuid === true && setting('allow setuid-mount squashfs') === 'yes')
    return ['works', 'The setuid starter mounts the image by the kernel.'];
  if (privilege.fuse === 'open')
    return ['limited', 'squashfuse is missing: the image is unpacked at each start.'];
  return probe.chosen?.dialect.features.unsquash === true
    ? ['limited', '/dev/fuse cannot be used: start with --unsquash, which unpacks the image each time.']
    : ['no', '/dev/fuse cannot be used.'];
});

/** From a definition file, by the mode of fakeroot. */
const definitionBuild = ({ privilege }: Means): Answer => {
  switch (privilege.fakeroot) {
    case 'root':
      return ['works', 'As root.'];
    case 'subuid':
      return ['works', `With the subordinate ids ${privilege.subuid.range}.`];
    case 'rootMappedWithCommand':
      return [
        'limited',
        'Root-mapped with the fakeroot command: %post works where the image’s C library is not older.',
      ];
    case 'rootMapped':
      return ['limited', 'Root-mapped: %post cannot give files to other users, so most packages fail.'];
    case 'commandOnly':
      return ['limited', 'Sandboxes only, with the fakeroot command alone.'];
    case 'proot':
      return ['limited', 'With proot: slow, and not from a distribution’s own installer.'];
    case 'none':
      return ['no', 'Neither subordinate ids, user namespaces nor the fakeroot command can be used.'];
  }
};

const fakerootRun = ifRunnable(({ privilege, isApptainer }) => {
  if (privilege.isRoot || privilege.subuid.state === 'usable')
    return [
      'works',
      privilege.isRoot ? 'You are root.' : `You are root inside, with the ids ${privilege.subuid.range}.`,
    ];
  if (isApptainer && privilege.hasUserNamespaces)
    return ['limited', 'You are root inside, but no other user can be: chown and package managers fail.'];
  return ['no', 'There is no usable range of subordinate ids.'];
});

const overlayFolder = ifRunnable(({ privilege, has, setting }) => {
  if (setting('enable overlay') === 'no')
    return ['no', 'The site’s configuration says: enable overlay = no.'];
  if (privilege.isRoot || privilege.hasKernelOverlay) return ['works', 'The kernel mounts it.'];
  if (has('fuse-overlayfs') && privilege.fuse === 'open') return ['works', 'fuse-overlayfs mounts it.'];
  return ['no', 'The kernel does not mount overlays without root here, and fuse-overlayfs cannot be used.'];
});

const overlayImage = ifRunnable(({ privilege, has, setting }) => {
  if (setting('enable overlay') === 'no')
    return ['no', 'The site’s configuration says: enable overlay = no.'];
  if (privilege.isRoot) return ['works', 'Root mounts it.'];
  if (privilege.isSetuid === true && setting('allow setuid-mount extfs') === 'yes')
    return ['works', 'The setuid starter mounts it.'];
  if (!has('fuse2fs')) return ['no', 'fuse2fs was not found.'];
  if (privilege.fuse !== 'open') return ['no', '/dev/fuse cannot be used.'];
  return has('mkfs.ext3')
    ? ['works', 'fuse2fs mounts it; mkfs.ext3 makes new ones.']
    : ['limited', 'fuse2fs mounts it, but mkfs.ext3 for making new ones was not found.'];
});

const encrypted = ifRunnable(({ privilege, has, isApptainer, probe, setting }) => {
  if (setting('allow container encrypted') === 'no')
    return ['no', 'The site’s configuration refuses encrypted images.'];
  if (isApptainer && probe.chosen?.dialect.features.rootlessEncryption === true && !privilege.isRoot)
    return has('gocryptfs') && privilege.fuse === 'open'
      ? ['works', 'With gocryptfs, for images that were encrypted without root.']
      : ['no', 'gocryptfs or /dev/fuse cannot be used.'];
  if (privilege.isRoot || privilege.isSetuid === true)
    return has('cryptsetup')
      ? ['limited', 'With the kernel’s device mapper, for images that root encrypted.']
      : ['no', 'cryptsetup was not found.'];
  return ['no', 'Only root or a setuid installation of this version can open them.'];
});

const binds = ifRunnable(({ setting }) => {
  if (setting('user bind control') === 'no')
    return ['no', 'The site’s configuration says: user bind control = no.'];
  return setting('enable overlay') === 'no' && setting('enable underlay') === 'no'
    ? ['limited', 'Only onto folders that the image has: overlay and underlay are switched off.']
    : ['works', 'Folders and files of this host can be bound anywhere.'];
});

const gpu = ifRunnable(({ probe: { values } }) => {
  if (values.get('nvidiaLibraries') === 'yes' && Number(values.get('nvidiaNodes') ?? 0) > 0)
    return ['works', 'The driver’s libraries are there.'];
  return ['no', 'This node has no NVIDIA driver; a compute node may have one.'];
});

const instances = ifRunnable(({ privilege, probe: { values } }) => {
  if (privilege.isSetuid === true && /hidepid=[^0]/.test(values.get('processOptions') ?? ''))
    return ['limited', '/proc hides processes (hidepid): with --userns only.'];
  return values.get('killsAtLogout') === 'yes'
    ? ['limited', 'They are killed when you sign out.']
    : ['works', 'They go on until they are stopped.'];
});

const limits = ifRunnable(({ privilege, probe: { values } }) =>
  privilege.isRoot || (values.get('cgroups') === '2' && values.get('systemd') === 'yes')
    ? ['works', 'By control groups.']
    : ['no', 'Without root it needs control groups version 2 and systemd.'],
);

const pulls = ({ probe: { values }, has }: Means): Answer => {
  if (!has('mksquashfs')) return ['no', 'mksquashfs, which makes the SIF, was not found.'];
  if (values.get('registry') === 'reached')
    return ['works', 'The registry was reached, and mksquashfs is there.'];
  if ((values.get('proxy') ?? '') !== '') return ['works', 'Through the proxy.'];
  return values.get('registry') === undefined
    ? ['unknown', 'Whether a registry can be reached could not be asked.']
    : ['limited', 'Docker Hub is not reached from here; a registry inside the site may be.'];
};

const rows: readonly Row[] = [
  { id: 'runSif', title: 'Run a SIF', needs: needs('setuid', 'userNamespaces'), here: sifRun },
  { id: 'mountSif', title: 'Start a SIF without unpacking it', needs: needs('fuse'), here: sifRun },
  { id: 'runSandbox', title: 'Run a sandbox', needs: needs('setuid', 'userNamespaces'), here: sandboxRun },
  { id: 'shell', title: 'Open a shell', needs: needs('setuid', 'userNamespaces'), here: sifRun },
  { id: 'bind', title: 'Bind folders', needs: needs('setuid', 'userNamespaces'), here: binds },
  {
    id: 'pull',
    title: 'Pull docker:// images',
    needs: needs('setuid', 'userNamespaces', 'subuid', 'fuse'),
    here: pulls,
  },
  {
    id: 'buildDefinition',
    title: 'Build from a definition file',
    needs: needs('userNamespaces', 'subuid'),
    here: definitionBuild,
  },
  {
    id: 'installPackages',
    title: 'Install packages in a build',
    needs: needs('subuid'),
    here: (means) =>
      means.privilege.fakeroot === 'rootMapped'
        ? ['no', 'Packages give files to other users.']
        : definitionBuild(means),
  },
  {
    id: 'buildSandbox',
    title: 'Make a sandbox of an image',
    needs: needs('setuid', 'userNamespaces', 'subuid'),
    here: ({ has }) =>
      has('unsquashfs') ? ['works', 'unsquashfs unpacks it.'] : ['no', 'unsquashfs was not found.'],
  },
  {
    id: 'writableSandbox',
    title: 'Change a sandbox (--writable)',
    needs: needs('setuid', 'userNamespaces'),
    here: sandboxRun,
  },
  {
    id: 'fakeroot',
    title: 'Be root inside (--fakeroot)',
    needs: needs('userNamespaces', 'subuid'),
    here: fakerootRun,
  },
  {
    id: 'overlayFolder',
    title: 'Overlay in a folder',
    needs: needs('userNamespaces', 'fuse'),
    here: overlayFolder,
  },
  { id: 'overlayImage', title: 'Overlay in an ext3 image', needs: needs('fuse'), here: overlayImage },
  { id: 'encrypted', title: 'Encrypted images', needs: needs('setuid', 'fuse'), here: encrypted },
  { id: 'instances', title: 'Instances', needs: needs('setuid', 'userNamespaces'), here: instances },
  { id: 'limits', title: 'Limits on memory and processors', needs: needs(), here: limits },
  {
    id: 'nvidia',
    title: 'NVIDIA graphics processors (--nv)',
    needs: needs('setuid', 'userNamespaces'),
    here: gpu,
  },
  {
    id: 'network',
    title: 'A network of its own (--net)',
    needs: needs('setuid'),
    here: ifRunnable(({ privilege }) =>
      privilege.isRoot
        ? ['works', 'As root.']
        : privilege.isSetuid === true && privilege.subuid.state === 'usable'
          ? ['works', 'With --fakeroot.']
          : ['limited', 'Only without any network (--network none).'],
    ),
  },
];
