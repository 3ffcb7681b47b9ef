import type { ErrorCode } from '#core/contract/errors.ts';
import type { Failure } from './explainFailure.ts';

/** How to make the real runtime write what a row of the table knows. */
export interface Provocation {
  readonly id: string;
  readonly verb: Failure['verb'];
  /** A line for /bin/sh in the test's folder; `$TINY`, `$REGISTRY`, `$AUTH`, `$WEB` are set. */
  readonly line: string;
  readonly code: ErrorCode;
  /** `DIR` stands for the test's folder. */
  readonly facts?: Readonly<Record<string, string>>;
  readonly exitStatus?: number;
}

/** Root in a user namespace of one's own, with mounts and limits that only it sees. */
const alone = (script: string) => `unshare -Urm sh -c '${script}'`;
/** The lock that a running container has on an overlay that it writes. */
const holdLock =
  'use Fcntl; open my $file, "+<", "ov.img" or die; my $lock = pack("ssx4qqix4", F_WRLCK, 0, 0, 0, 0); fcntl($file, F_SETLK, $lock) or die';
const small = 'mount -t tmpfs -o size=1m none small';

/** For the tests: one for each row that is not from documentation. */
export const provocations: readonly Provocation[] = [
  {
    id: 'no-space',
    verb: 'build',
    code: 'disk.full',
    line: alone(`${small}; apptainer build --disable-cache small/x.sif docker-archive:$ARCHIVE`),
    facts: { path: 'DIR/small/x.sif' },
  },
  {
    id: 'read-only',
    verb: 'build',
    code: 'disk.readOnly',
    line: alone(
      `mount -t tmpfs -o ro none small; apptainer build --disable-cache small/x.sif docker-archive:$ARCHIVE`,
    ),
    facts: { path: 'DIR/small/x.sif' },
  },
  {
    id: 'target-exists-build',
    verb: 'build',
    code: 'image.targetExists',
    line: 'apptainer build have.sif $TINY',
    facts: { path: 'have.sif' },
  },
  {
    id: 'target-exists-pull',
    verb: 'pull',
    code: 'image.targetExists',
    line: 'apptainer pull have.sif oras://$REGISTRY/demo/sif:v1',
    facts: { path: 'have.sif' },
  },
  {
    id: 'target-not-writable',
    verb: 'build',
    code: 'host.permissionDenied',
    line: 'apptainer build closed/x.sif $TINY',
    facts: { path: 'DIR/closed/x.sif' },
  },
  {
    id: 'temporary-not-writable',
    verb: 'pull',
    code: 'host.permissionDenied',
    line: 'apptainer pull closed/x.sif oras://$REGISTRY/demo/sif:v1',
  },
  {
    id: 'image-not-writable',
    verb: 'exec',
    code: 'host.permissionDenied',
    line: 'apptainer exec --writable protected.sif true',
    facts: { operation: 'write' },
  },
  {
    id: 'image-missing',
    verb: 'exec',
    code: 'image.missing',
    line: 'apptainer exec ./none.sif true',
    facts: { path: 'DIR/none.sif' },
  },
  {
    id: 'not-an-image',
    verb: 'exec',
    code: 'image.notAnImage',
    line: 'apptainer exec ./text.sif true',
    facts: { path: 'DIR/text.sif' },
  },
  {
    id: 'table-cut',
    verb: 'exec',
    code: 'image.truncated',
    line: 'apptainer exec ./cutEarly.sif true',
    facts: { path: 'DIR/cutEarly.sif' },
  },
  { id: 'file-system-cut', verb: 'exec', code: 'image.truncated', line: 'apptainer exec ./cutLate.sif true' },
  {
    id: 'other-architecture',
    verb: 'exec',
    code: 'image.wrongArchitecture',
    line: 'apptainer exec ./foreign.sif true',
    facts: { architecture: 's390x' },
  },
  {
    id: 'passphrase-missing',
    verb: 'exec',
    code: 'image.encrypted',
    line: 'apptainer exec ./locked.sif true',
    facts: { reason: 'Its passphrase or key was not given' },
  },
  {
    id: 'passphrase-wrong',
    verb: 'exec',
    code: 'image.encrypted',
    line: 'APPTAINER_ENCRYPTION_PASSPHRASE=no apptainer exec ./locked.sif true',
    facts: { reason: 'The passphrase is wrong' },
  },
  {
    id: 'key-wrong',
    verb: 'exec',
    code: 'image.encrypted',
    line: 'openssl genrsa -traditional -out key.pem 2048 2>/dev/null; apptainer exec --pem-path key.pem ./locked.sif true',
    facts: { reason: 'The key does not fit' },
  },
  {
    id: 'in-use',
    verb: 'exec',
    code: 'image.busy',
    line: `perl -e '${holdLock}; exit(system("apptainer", "exec", "--overlay", "ov.img", $ENV{TINY}, "true") >> 8)'`,
    facts: { path: 'DIR/ov.img' },
  },
  {
    id: 'overlay-missing',
    verb: 'exec',
    code: 'host.pathMissing',
    line: 'apptainer exec --overlay none.img $TINY true',
    facts: { path: 'none.img' },
  },
  {
    id: 'root-restricted',
    verb: 'exec',
    code: 'runtime.rootLacksCapability',
    line: alone('setpriv --bounding-set=-sys_resource apptainer exec $TINY true'),
    facts: { capability: 'CAP_SYS_RESOURCE' },
    exitStatus: 1,
  },
  {
    id: 'user-namespace',
    verb: 'exec',
    code: 'runtime.userNamespacesBlocked',
    line: alone('echo 0 > /proc/sys/user/max_mnt_namespaces; apptainer exec $TINY true'),
    exitStatus: 1,
  },
  {
    id: 'fuse-closed',
    verb: 'exec',
    code: 'runtime.fuseUnavailable',
    line: alone('touch fuse; mount --bind fuse /dev/fuse; apptainer exec $TINY true'),
    facts: { program: 'squashfuse_ll' },
  },
  {
    id: 'network',
    verb: 'exec',
    code: 'runtime.optionRefused',
    line: 'apptainer exec --net $TINY true',
    facts: { option: '--net' },
  },
  {
    id: 'cgroups',
    verb: 'exec',
    code: 'runtime.optionRefused',
    line: 'apptainer exec --memory 64M $TINY true',
  },
  {
    id: 'unknown-flag',
    verb: 'exec',
    code: 'runtime.optionRefused',
    line: 'apptainer exec --no-such-flag $TINY true',
    facts: { option: '--no-such-flag' },
    exitStatus: 1,
  },
  {
    id: 'writable-sif',
    verb: 'exec',
    code: 'runtime.optionRefused',
    line: 'apptainer exec --writable have.sif true',
    facts: { option: '--writable' },
  },
  {
    id: 'compressor',
    verb: 'build',
    code: 'runtime.optionRefused',
    line: 'apptainer build --mksquashfs-args "-comp nosuch" x.sif $TINY',
    facts: { option: 'the compression nosuch' },
  },
  {
    id: 'bind-source',
    verb: 'exec',
    code: 'runtime.bindSourceMissing',
    line: 'apptainer exec --mount type=bind,src=/none,dst=/mnt $TINY true',
    facts: { path: '/none' },
  },
  {
    id: 'helper-missing',
    verb: 'exec',
    code: 'host.commandMissing',
    line: 'apptainer exec --nvccli $TINY true',
    facts: { program: 'nvidia-container-cli' },
  },
  {
    id: 'program-missing',
    verb: 'exec',
    code: 'runtime.commandNotFound',
    line: 'apptainer exec $TINY nosuch',
    facts: { program: 'nosuch' },
  },
  {
    id: 'program-path-missing',
    verb: 'exec',
    code: 'runtime.commandNotFound',
    line: 'apptainer exec $TINY /bin/nosuch',
    facts: { program: '/bin/nosuch' },
  },
  {
    id: 'app-missing',
    verb: 'exec',
    code: 'runtime.commandNotFound',
    // This one goes to standard output.
    line: 'apptainer exec --app nosuch $TINY true >&2',
    facts: { program: 'The app nosuch' },
    exitStatus: 1,
  },
  {
    id: 'working-folder',
    verb: 'exec',
    code: 'host.pathMissing',
    line: 'apptainer exec --cwd /none $TINY true',
    facts: { path: '/none' },
  },
  {
    id: 'definition-missing',
    verb: 'build',
    code: 'host.pathMissing',
    line: 'apptainer build x.sif none.def',
    facts: { path: 'none.def' },
  },
  {
    id: 'manifest-unknown',
    verb: 'build',
    code: 'registry.notFound',
    line: 'apptainer build --disable-cache --no-https x.sif docker://$REGISTRY/demo/tiny:none',
    facts: { repository: 'demo/tiny', reference: 'none' },
  },
  {
    id: 'manifest-unknown-docker',
    verb: 'pull',
    code: 'registry.notFound',
    line: 'apptainer pull --disable-cache --no-https x.sif docker://$REGISTRY/demo/tiny:none',
    facts: { repository: 'demo/tiny', reference: 'none' },
  },
  {
    id: 'unauthorized',
    verb: 'build',
    code: 'registry.unauthorized',
    line: 'apptainer build --disable-cache --no-https x.sif docker://$AUTH/demo/tiny:v1',
    facts: { repository: 'demo/tiny' },
  },
  {
    id: 'refused',
    verb: 'build',
    code: 'registry.connectionRefused',
    line: 'apptainer build --disable-cache --no-https x.sif docker://127.0.0.1:1/demo/tiny:v1',
    facts: { registry: '127.0.0.1:1' },
  },
  {
    id: 'no-such-host',
    verb: 'build',
    code: 'registry.hostUnknown',
    line: 'apptainer build --disable-cache x.sif docker://none.invalid/demo/tiny:v1',
    facts: { registry: 'none.invalid' },
  },
  {
    id: 'plain-http',
    verb: 'pull',
    code: 'registry.plainHttp',
    line: 'apptainer pull --disable-cache x.sif docker://$REGISTRY/demo/tiny:v1',
  },
  {
    id: 'web-missing',
    verb: 'pull',
    code: 'registry.notFound',
    line: 'apptainer pull --disable-cache x.sif http://$WEB/none.sif',
  },
  {
    id: 'oras-layers',
    verb: 'pull',
    code: 'registry.notASif',
    line: 'apptainer pull x.sif oras://$REGISTRY/$REALISTIC',
  },
  {
    id: 'sif-as-docker',
    verb: 'build',
    code: 'image.notAnImage',
    line: 'apptainer build --disable-cache --no-https x.sif docker://$REGISTRY/demo/sif:v1',
  },
  {
    id: 'bad-reference',
    verb: 'build',
    code: 'registry.badReference',
    line: 'apptainer build --disable-cache --no-https x.sif docker://$REGISTRY/demo/tiny:UPPER/bad',
  },
  {
    id: 'no-library',
    verb: 'pull',
    code: 'registry.unsupportedScheme',
    line: 'apptainer pull x.sif library://none/none/none',
    facts: { scheme: 'library' },
  },
];
