import { changed, type Provocation } from './provocation.ts';

const noSubuid = 'mount --bind empty /etc/subuid';
const noNamespaces = 'echo 1 > /proc/sys/user/max_user_namespaces';
const distributions = { yum: 'dnf', arch: 'pacstrap', zypper: 'zypper' };

/** What a host lacks, forbids or limits. */
export const hostProvocations: readonly Provocation[] = [
  ...Object.entries(distributions).map(
    ([base, program]): Provocation => ({
      id: `${base === 'arch' ? 'pacstrap' : base}-missing`,
      verb: 'build',
      code: 'host.commandMissing',
      line: `apptainer build x.sif ${base}.def`,
      facts: { program },
    }),
  ),
  {
    id: 'debootstrap-failed',
    verb: 'build',
    code: 'runtime.failed',
    line: 'apptainer build x.sif debootstrap.def',
  },
  {
    id: 'build-argument-unused',
    verb: 'build',
    code: 'runtime.optionRefused',
    line: 'apptainer build --build-arg colour=red x.sif good.def',
    facts: { option: '--build-arg colour' },
  },
  {
    id: 'build-argument-missing',
    verb: 'build',
    code: 'runtime.optionRefused',
    line: 'apptainer build x.sif placeholder.def',
  },
  {
    id: 'fakeroot-command-libc',
    verb: 'build',
    code: 'runtime.fakerootUnavailable',
    line: changed(noSubuid, 'apptainer build x.sif good.def'),
  },
  {
    id: 'post-failed',
    verb: 'build',
    code: 'runtime.failed',
    line: 'apptainer build x.sif post.def',
    facts: { reason: 'A script of the definition file ended with 3' },
  },
  {
    id: 'build-needs-namespace',
    verb: 'build',
    code: 'runtime.userNamespacesBlocked',
    line: changed(`${noSubuid}; ${noNamespaces}`, 'apptainer build x.sif good.def'),
  },
  {
    id: 'subuid-without-namespace',
    verb: 'build',
    code: 'runtime.userNamespacesBlocked',
    line: changed(noNamespaces, 'apptainer build x.sif good.def'),
  },
  {
    id: 'newuidmap',
    verb: 'build',
    code: 'runtime.fakerootUnavailable',
    line: changed('mount --bind empty /usr/bin/newuidmap', 'apptainer build x.sif good.def'),
  },
  {
    id: 'temporary-missing',
    verb: 'build',
    code: 'host.pathMissing',
    line: 'APPTAINER_TMPDIR=/none apptainer build x.sif good.def',
    facts: { path: '/none' },
  },
  {
    id: 'target-folder-missing',
    verb: 'build',
    code: 'host.pathMissing',
    line: 'apptainer build /none/x.sif $TINY',
    facts: { path: '/none/x.sif' },
  },
  {
    id: 'overlay-and-writable',
    verb: 'exec',
    code: 'runtime.optionRefused',
    line: 'apptainer exec --writable --overlay upper sandbox true',
  },
  {
    id: 'overlay-off',
    verb: 'exec',
    code: 'runtime.optionRefused',
    line: 'apptainer -c noOverlay.conf exec --overlay upper $TINY true',
  },
  {
    id: 'site-policy',
    verb: 'exec',
    code: 'runtime.optionRefused',
    line: 'apptainer -c noSandbox.conf exec sandbox true',
  },
  {
    id: 'overlay-signed',
    verb: 'build',
    code: 'runtime.optionRefused',
    line: 'apptainer overlay create --size 64 signed.sif',
  },
  {
    id: 'overlay-there',
    verb: 'build',
    code: 'runtime.optionRefused',
    line: 'apptainer overlay create --size 64 layered.sif',
  },
  {
    id: 'overlay-size',
    verb: 'build',
    code: 'runtime.optionRefused',
    line: 'apptainer overlay create --size 10 tooSmall.img',
  },
  {
    id: 'destination-missing',
    verb: 'exec',
    code: 'host.pathMissing',
    line: 'apptainer exec --writable --bind /etc/hostname:/none/file sandbox true',
    facts: { path: '/none/file' },
  },
  {
    id: 'bind-syntax',
    verb: 'exec',
    code: 'input.invalid',
    line: 'apptainer exec --bind a:b:c:d $TINY true',
  },
  {
    id: 'home-argument',
    verb: 'exec',
    code: 'input.invalid',
    line: 'apptainer exec --home a:b:c $TINY true',
  },
  {
    id: 'instance-there',
    verb: 'run',
    code: 'instance.exists',
    line: 'apptainer instance start $TINY rules >/dev/null 2>&1; apptainer instance start $TINY rules; status=$?; apptainer instance stop rules >/dev/null 2>&1; exit $status',
    facts: { name: 'rules' },
  },
  {
    id: 'instance-missing',
    verb: 'run',
    code: 'instance.unknown',
    line: 'apptainer instance stop none',
    exitStatus: 1,
  },
  {
    id: 'memory-limit',
    verb: 'exec',
    code: 'runtime.failed',
    line: 'ulimit -v 400000; apptainer exec $TINY true',
    exitStatus: 2,
  },
  {
    id: 'open-files',
    verb: 'exec',
    code: 'runtime.failed',
    line: 'ulimit -n 6; apptainer exec $TINY true',
  },
  {
    id: 'file-limit',
    verb: 'build',
    code: 'disk.quota',
    line: 'ulimit -f 10; apptainer build x.sif good.def',
  },
  {
    id: 'signature',
    verb: 'build',
    code: 'image.notAnImage',
    line: 'apptainer verify have.sif',
  },
  {
    id: 'transport-unknown',
    verb: 'pull',
    code: 'registry.unsupportedScheme',
    line: 'apptainer pull x.sif foo://bar',
    facts: { scheme: 'foo' },
  },
  {
    id: 'transport-missing',
    verb: 'pull',
    code: 'registry.badReference',
    line: 'apptainer pull x.sif bar',
    facts: { reference: 'bar' },
  },
];
