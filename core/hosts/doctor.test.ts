import { describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import { diagnose, installAdvice } from './doctor.ts';
import type { Host } from './host.ts';
import { localFiles } from './localFiles.ts';
import { architectureOf, parseProbe, probeHost } from './probe.ts';

/** A host whose probe prints what we want: the outermost edge, for machines that cannot be had. */
function hostThatSays(text: string): Host {
  return {
    id: localHostId,
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
    imageFolder: hostPathFromText('/'),
  });
}

const workstation = `machine=x86_64
userName=alice
uid=1101
osName=Ubuntu 24.04 LTS
osId=ubuntu
userNamespaceTest=works
maxUserNamespaces=96365
fuse=open
has.squashfuse=/usr/bin/squashfuse
has.newuidmap=/usr/bin/newuidmap
subuid=100000:65536
temporaryFolder=/tmp
temporaryType=ext2/ext3
temporaryFreeKiB=80000000
runtime./usr/bin/apptainer=apptainer version 1.5.3
suid./usr/bin/apptainer=0
`;

async function levels(text: string): Promise<Record<string, string>> {
  return Object.fromEntries(diagnose(await probeOf(text)).map((verdict) => [verdict.id, verdict.level]));
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
    ['runtime', 'blocked', /^runtime.*$/m, ''],
    [
      'userNamespaces',
      'blocked',
      'userNamespaceTest=works',
      'userNamespaceTest=unshare: Operation not permitted',
    ],
    ['fuse', 'risk', 'fuse=open', 'fuse=closed'],
    ['fakeroot', 'risk', 'subuid=100000:65536', 'subuid='],
    ['fakeroot', 'risk', 'subuid=100000:65536', 'subuid=100000:1000'],
    ['temporary', 'risk', 'temporaryType=ext2/ext3', 'temporaryType=nfs'],
    ['temporary', 'risk', 'temporaryFreeKiB=80000000', 'temporaryFreeKiB=100000'],
  ])('finds what is wrong with %s (%s)', async (id, level, from, to) => {
    const text = workstation.replace(from, to);
    const verdict = diagnose(await probeOf(text)).find((one) => one.id === id);
    expect(verdict?.level).toBe(level);
    expect(verdict?.sentence).toMatch(/^[A-Z].*\.$/);
  });

  it('puts the worst first', async () => {
    const order = diagnose(
      await probeOf(workstation.replace(/^runtime.*$/m, '').replace('fuse=open', 'fuse=missing')),
    );
    expect(order.map((verdict) => verdict.level)).toEqual([...order.map((verdict) => verdict.level)].sort());
  });
});

describe('the probe', () => {
  const several = `${workstation}
noise of a login shell
runtime./opt/singularity/bin/singularity=singularity-ce version 4.1.0
runtime./usr/local/bin/singularity=apptainer version 1.4.5
runtime./bin/fake=not a version
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
  ['osId=ubuntu', 'add-apt-repository'],
  ['osId=rocky\nosLike=rhel centos fedora', 'epel-release'],
  ['osId=fedora', 'dnf install -y apptainer'],
  ['osId=debian', 'install-unprivileged.sh'],
])('gives the install line of the distribution (%s)', async (os, wanted) => {
  const advice = installAdvice(await probeOf(os));
  expect(advice.commands?.join('\n')).toContain(wanted);
});
