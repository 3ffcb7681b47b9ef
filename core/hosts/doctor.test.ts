import { describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import { diagnose } from './doctor.ts';
import { proposeFolders } from './folderProposals.ts';
import type { Host } from './host.ts';
import { installAdvice } from './installAdvice.ts';
import { localFiles } from './localFiles.ts';
import { architectureOf, parseProbe, probeHost } from './probe.ts';

/** A host whose probe prints what we want: the outermost edge, for machines that cannot be had. */
function hostThatSays(text: string): Host {
  return {
    id: localHostId,
    kind: 'local',
    label: 'local',
    homeFolder: hostPathFromText('/home/alice'),
    files: localFiles,
    run: async () => ({ exitStatus: 0, signal: null, stdout: text, stderr: '', durationMs: 1 }),
    openPty: async () => {
      throw new Error('the doctor opens no terminal');
    },
  };
}

async function probeOf(text: string, chosenPath: string | null = null) {
  return await probeHost(hostThatSays(text), {
    chosenPath: chosenPath === null ? null : hostPathFromText(chosenPath),
    imageFolder: null,
  });
}

const disk = 'ext4|rw,relatime|/dev/sda1|/|264212084|77688920|16777216|16309962';
const workstation = `machine=x86_64
kernel=6.8.0
userName=alice
uid=1101
groups=alice
osName=Ubuntu 24.04 LTS
osId=ubuntu
userNamespaceTest=works
userOverlayTest=works
maxUserNamespaces=96365
fuse=open
has.squashfuse=/usr/bin/squashfuse
has.newuidmap=/usr/bin/newuidmap
has.newgidmap=/usr/bin/newgidmap
has.mksquashfs=/usr/bin/mksquashfs
has.unsquashfs=/usr/bin/unsquashfs
has.fakeroot=/usr/bin/fakeroot
subuid=100000:65536
subgid=100000:65536
temporaryFolder=/tmp
folder.temporary=/tmp
folder.temporary.facts=yes|yes|${disk}
folder.varTemporary=/var/tmp
folder.varTemporary.facts=yes|yes|${disk}
folder.home=/home/alice
folder.home.facts=yes|yes|${disk}
folder.images=/home/alice/images
folder.images.facts=yes|yes|${disk}
folder.cache=/home/alice/.apptainer/cache
folder.cache.facts=no|yes|${disk}
runtime.1.path=/usr/bin/apptainer
runtime.1.version=apptainer version 1.5.3
runtime.1.suid=0
runtime.1.starter=none
runtime.1.conf.user bind control=yes
version.rsync=rsync  version 3.2.7
registry=reached
`;

async function levels(text: string): Promise<Record<string, string>> {
  return Object.fromEntries(
    diagnose(await probeOf(text)).verdicts.map((verdict) => [verdict.id, verdict.level]),
  );
}

async function featuresOf(text: string): Promise<Record<string, string>> {
  return Object.fromEntries(diagnose(await probeOf(text)).features.map(({ id, here }) => [id, here]));
}

describe('the doctor', () => {
  it('says that all is well where it is', async () => {
    expect(await levels(workstation)).toMatchObject({
      runtime: 'works',
      userNamespaces: 'works',
      fuse: 'works',
      fakeroot: 'works',
    });
  });

  it.each([
    ['runtime', 'blocked', /^runtime.*$/gm, ''],
    ['security.CVE-2025-65105', 'risk', '1.5.3', '1.4.4'],
    ['starter', 'risk', 'starter=none', 'starter=plain'],
    [
      'configuration',
      'risk',
      'runtime.1.suid',
      'runtime.1.confFile=/c\nruntime.1.confState=missing\nruntime.1.suid',
    ],
    ['policy.sif', 'risk', 'runtime.1.suid', 'runtime.1.conf.allow container sif=no\nruntime.1.suid'],
    ['userNamespaces', 'blocked', 'NamespaceTest=works', 'NamespaceTest=unshare: Operation not permitted'],
    ['fuse', 'blocked', 'fuse=open', 'fuse=closed'],
    ['fuse', 'risk', 'has.squashfuse=/usr/bin/squashfuse', 'has.squashfuse='],
    ['overlay', 'risk', 'userOverlayTest=works', 'userOverlayTest=mount: /mnt: permission denied'],
    ['bindControl', 'blocked', 'user bind control=yes', 'user bind control=no'],
    ['fakeroot', 'risk', 'subuid=100000:65536', 'subuid='],
    ['fakeroot', 'risk', 'subuid=100000:65536', 'subuid=100000:1000'],
    ['fakeroot', 'risk', 'subuid=100000:65536', 'subuid.disabled=100000:65536'],
    ['fakeroot', 'risk', 'has.newuidmap=/usr/bin/newuidmap', 'has.newuidmap='],
    [
      'temporary',
      'risk',
      `temporary.facts=yes|yes|${disk}`,
      'temporary.facts=yes|yes|nfs4|rw|srv:/t|/tmp|9|9|0|0',
    ],
    [
      'temporary',
      'risk',
      `temporary.facts=yes|yes|${disk}`,
      `temporary.facts=yes|yes|${disk.replace('rw', 'rw,noexec')}`,
    ],
    ['temporary', 'blocked', `temporary.facts=yes|yes|${disk}`, `temporary.facts=yes|no|${disk}`],
    [
      'space',
      'risk',
      `images.facts=yes|yes|${disk}`,
      `images.facts=yes|yes|${disk.replace('77688920', '100000')}`,
    ],
    ['logout', 'risk', 'registry=reached', 'killsAtLogout=yes'],
  ])('finds what is wrong with %s (%s)', async (id, level, from, to) => {
    const text = workstation.replace(from, to);
    expect(text).not.toBe(workstation);
    const verdict = diagnose(await probeOf(text)).verdicts.find((one) => one.id === id);
    expect(verdict).toMatchObject({ level, sentence: expect.stringMatching(/^.*\.$/) });
    expect(verdict?.fact).toMatch(/\.$/);
  });

  it('puts the worst first', async () => {
    const text = workstation.replace(/^runtime.*$/gm, '').replace('fuse=open', 'fuse=missing');
    const order = diagnose(await probeOf(text)).verdicts.map((verdict) => verdict.level);
    expect(order).toEqual([...order].sort());
    expect(order[0]).toBe('blocked');
  });

  it('trusts the profile that Ubuntu’s AppArmor has for the packaged runtime', async () => {
    const restricted = workstation.replace(
      'userNamespaceTest=works',
      'userNamespaceTest=unshare: write failed\napparmorRestrictsUserNamespaces=1',
    );
    expect((await levels(restricted))['userNamespaces']).toBe('blocked');
    expect((await levels(`${restricted}apparmorProfile=/etc/apparmor.d/apptainer\n`))['userNamespaces']).toBe(
      'works',
    );
  });

  it('stays calm where the internet or rsync is missing', async () => {
    const text = workstation
      .replace('registry=reached', 'registry=name unknown')
      .replace('version.rsync=rsync  version 3.2.7', '');
    expect(await levels(text)).toMatchObject({ registry: 'works', rsync: 'works' });
    expect(await featuresOf(text)).toMatchObject({ pull: 'limited' });
  });

  it('names the module that has the runtime', async () => {
    const text = `${workstation.replace(/^runtime.*$/gm, '')}moduleOffers=apptainer/1.3.0 apptainer/1.4.5\n`;
    expect(diagnose(await probeOf(text)).verdicts[0]?.fix).toEqual({
      command: 'module load apptainer/1.4.5',
      who: 'you',
    });
  });

  it.each([
    ['subuid', workstation],
    ['root-mapped fakeroot with the fakeroot command', workstation.replace('subuid=100000:65536', '')],
    ['root-mapped', workstation.replace('subuid=100000:65536', '').replace('has.fakeroot=', 'x=')],
    [
      'the fakeroot command alone',
      workstation
        .replace('subuid=100000:65536', '')
        .replace('NamespaceTest=works', 'NamespaceTest=no')
        .replace('suid=0\nruntime.1.starter=none', 'suid=1\nruntime.1.starter=setuid'),
    ],
    [
      'proot',
      `${workstation.replace('subuid=100000:65536', '').replace('apptainer version 1.5.3', 'singularity-ce version 4.1.0')}has.proot=/usr/bin/proot\n`,
    ],
    ['cannot build', workstation.replace('NamespaceTest=works', 'NamespaceTest=no')],
  ])('says which fakeroot a build would use: %s', async (words, text) => {
    const verdict = diagnose(await probeOf(text)).verdicts.find(({ id }) => id === 'fakeroot');
    expect(verdict?.sentence).toContain(words);
  });
});

describe('the table of features', () => {
  it('says what works, and what the site switched off', async () => {
    expect(await featuresOf(workstation)).toMatchObject({
      runSif: 'works',
      shell: 'works',
      bind: 'works',
      buildDefinition: 'works',
      overlayFolder: 'works',
      overlayImage: 'no',
      encrypted: 'no',
      pull: 'works',
      nvidia: 'no',
    });
    const blocked = workstation
      .replace('user bind control=yes', 'user bind control=no')
      .replace('fuse=open', 'fuse=closed')
      .replace('subuid=100000:65536', '');
    expect(await featuresOf(blocked)).toMatchObject({
      bind: 'no',
      runSif: 'limited',
      runSandbox: 'works',
      buildDefinition: 'limited',
      fakeroot: 'limited',
    });
    const none = await featuresOf(workstation.replace('NamespaceTest=works', 'NamespaceTest=no'));
    expect(none).toMatchObject({ runSif: 'no', runSandbox: 'no', instances: 'no' });
  });
});

describe('the proposed folders', () => {
  const folder = (name: string, path: string, facts: string) =>
    `folder.${name}=${path}\nfolder.${name}.facts=${facts}\n`;
  const proposed = async (text: string) =>
    Object.fromEntries(proposeFolders(await probeOf(text)).map(({ use, path }) => [use, path]));

  it('are in the home of a workstation', async () => {
    expect(await proposed(workstation)).toEqual({
      images: '/home/alice/.local/share/mysingularity/images',
      workspaces: '/home/alice/.local/share/mysingularity/workspaces',
      cache: '/home/alice/.apptainer',
      temporary: '/tmp',
    });
  });

  it('leave a small home of a cluster for its project space and scratch, and a network /tmp for the disk', async () => {
    const lustre = 'yes|yes|lustre|rw|mds:/l|/lustre|9000000000|4000000000|0|0';
    const cluster = `${workstation
      .replace(`temporary.facts=yes|yes|${disk}`, 'temporary.facts=yes|yes|nfs4|rw|srv:/t|/tmp|9|9|0|0')
      .replace(
        `home.facts=yes|yes|${disk}`,
        'home.facts=yes|yes|nfs4|rw|srv:/home|/home|9000000000|5000000000|0|0',
      )}
quota.srv:/home=19000000|20000000|21000000|100|0|0
${folder('PROJECT', '/project/bio', lustre)}${folder('SCRATCH', '/lustre/alice', lustre)}`;
    expect(await proposed(cluster)).toEqual({
      images: '/project/bio/alice/images',
      workspaces: '/project/bio/alice/workspaces',
      cache: '/lustre/alice/.apptainer',
      temporary: '/var/tmp',
    });
    const verdicts = await levels(cluster);
    expect(verdicts).toMatchObject({ 'quota.home': 'risk', scratch: 'works', temporary: 'risk' });
    const reasons = proposeFolders(await probeOf(cluster.replaceAll('PROJECT', 'OTHER')));
    expect(reasons[0]).toMatchObject({
      path: '/lustre/alice/images',
      reason: expect.stringContaining('purged'),
    });
  });
});

describe('the probe', () => {
  const several = `${workstation}
noise of a login shell
runtime.2.path=/opt/singularity/bin/singularity
runtime.2.version=singularity-ce version 4.1.0
runtime.3.path=/usr/local/bin/singularity
runtime.3.version=apptainer version 1.4.5
runtime.4.path=/bin/fake
runtime.4.version=not a version
`;

  it('takes products from version texts and chooses Apptainer, the newest first', async () => {
    const { facts } = await probeOf(several);
    expect(facts.runtimes.map((runtime) => [runtime.path, runtime.product, runtime.isChosen])).toEqual([
      ['/usr/bin/apptainer', 'apptainer', true],
      ['/opt/singularity/bin/singularity', 'singularity-ce', false],
      ['/usr/local/bin/singularity', 'apptainer', false],
    ]);
  });

  it('does as the user chose, as long as it is there', async () => {
    const chosen = async (path: string) =>
      (await probeOf(several, path)).facts.runtimes.find((runtime) => runtime.isChosen)?.path;
    expect(await chosen('/opt/singularity/bin/singularity')).toBe('/opt/singularity/bin/singularity');
    expect(await chosen('/gone')).toBe('/usr/bin/apptainer');
  });

  it('labels what is known from documentation only', async () => {
    const { facts } = await probeOf(several);
    expect(facts.runtimes.map((runtime) => runtime.knowledge)).toEqual([
      'documentation',
      'documentation',
      'run',
    ]);
  });

  it('reads lines, and names architectures as OCI does', () => {
    expect(parseProbe('a=1\nb\nc=x=y\n').get('c')).toBe('x=y');
    expect(architectureOf('aarch64')).toBe('arm64');
    expect(architectureOf('riscv64')).toBe('riscv64');
  });
});

it.each([
  ['osId=ubuntu\nuid=0', 'add-apt-repository'],
  ['osId=rocky\nosLike=rhel centos fedora\nuid=0', 'epel-release'],
  ['osId=fedora\nuid=5\ngroups=bob wheel\nhas.sudo=/usr/bin/sudo', 'sudo dnf install -y apptainer'],
  ['osId=fedora\nuid=5\ngroups=bob\nhas.sudo=/usr/bin/sudo', 'install-unprivileged.sh'],
  ['osId=debian', 'install-unprivileged.sh'],
  ['osId=debian\nhas.apt-get=/a\nhas.dpkg=/d\npackage.apt=1.4.5-2', 'apt-get download'],
])('gives the install line of the distribution (%s)', async (os, wanted) => {
  const advice = installAdvice(await probeOf(os));
  expect(advice.commands?.join('\n')).toContain(wanted);
  if (wanted !== 'add-apt-repository') expect(advice.commands?.join('\n')).not.toContain('ppa:');
});
