import type { ErrorCode } from '#core/contract/errors.ts';
import type { RuntimeProduct } from '#core/contract/runtime.ts';
import { missingCapabilities } from './capabilityNames.ts';

/** Facts for the catalogue: their names are those of the code's row there. */
export type FailureFacts = Readonly<Record<string, string>>;

/** One row: a text that runtimes write, and what it means. */
export interface StderrRule {
  /** Names the row in tests. */
  readonly id: string;
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  /** Facts from the groups of the pattern. */
  readonly facts: (groups: readonly string[]) => FailureFacts;
  /** Only these write it; all when null. */
  readonly products: readonly RuntimeProduct[] | null;
  /** `provoked`: a test makes the real runtime write it. `documentation`: read in sources and manuals, not run. */
  readonly knowledge: 'provoked' | 'documentation';
}

type RestOfRule = Partial<Pick<StderrRule, 'facts' | 'products' | 'knowledge'>>;

/** Facts named after the groups, in their order. */
const named =
  (...names: readonly string[]) =>
  (groups: readonly string[]): FailureFacts =>
    Object.fromEntries(names.map((name, index) => [name, groups[index] ?? '']));

function rule(id: string, code: ErrorCode, pattern: RegExp, rest: RestOfRule = {}): StderrRule {
  return {
    id,
    code,
    pattern,
    facts: rest.facts ?? (() => ({})),
    products: rest.products ?? null,
    knowledge: rest.knowledge ?? 'provoked',
  };
}

const documentation = { knowledge: 'documentation' } as const;
const ceOnly: readonly RuntimeProduct[] = ['singularity-ce', 'singularity'];

/** Space and rights on disks. */
const diskRules: readonly StderrRule[] = [
  rule('no-space', 'disk.full', /(?:write|open|mkdir|create) ([^\n:]+): no space left on device/i, {
    facts: named('path'),
  }),
  rule('no-space-plain', 'disk.full', /no space left on device/i, documentation),
  rule('quota', 'disk.quota', /disk quota exceeded/i, documentation),
  rule('read-only', 'disk.readOnly', /(?:open|mkdir|create) ([^\n:]+): read-only file system/i, {
    facts: named('path'),
  }),
  rule('target-exists-build', 'image.targetExists', /build target '([^\n]+)' already exists/, {
    facts: named('path'),
  }),
  rule(
    'target-exists-pull',
    'image.targetExists',
    /Image file already exists: "([^\n]+)" - will not overwrite/,
    { facts: named('path') },
  ),
  rule(
    'target-not-writable',
    'host.permissionDenied',
    /while creating container: open ([^\n:]+): permission denied/,
    {
      facts: ([path = '']) => ({ path, operation: 'write' }),
    },
  ),
  rule(
    'temporary-not-writable',
    'host.permissionDenied',
    /failed to create temporary file: open ([^\n:]+): permission denied/,
    {
      facts: ([path = '']) => ({ path, operation: 'write' }),
    },
  ),
  rule(
    'image-not-writable',
    'host.permissionDenied',
    /could not use ([^\n]+) for writing, you don't have write permissions/,
    {
      facts: ([path = '']) => ({ path, operation: 'write' }),
    },
  ),
];

/** Image files. */
const imageRules: readonly StderrRule[] = [
  rule(
    'image-missing',
    'image.missing',
    /could not open image ([^\n]+?): failed to retrieve path for [^\n]*: no such file or directory/,
    { facts: named('path') },
  ),
  rule('not-an-image', 'image.notAnImage', /could not open image ([^\n]+?): image format not recognized/, {
    facts: named('path'),
  }),
  rule(
    'table-cut',
    'image.truncated',
    /could not open image ([^\n]+?): reading descriptors: unexpected EOF/,
    { facts: named('path') },
  ),
  rule('file-system-cut', 'image.truncated', /Something went wrong trying to read the squashfs image/),
  rule(
    'bad-superblock',
    'image.truncated',
    /kernel reported a bad superblock for squashfs image partition/,
    documentation,
  ),
  rule(
    'other-architecture',
    'image.wrongArchitecture',
    /the image's architecture \(([^)\n]+)\) could not run on the host's \(([^)\n]+)\)/,
    {
      facts: named('architecture', 'hostArchitecture'),
    },
  ),
  rule('passphrase-missing', 'image.encrypted', /required option --passphrase or --pem-path missing/, {
    facts: () => ({ reason: 'Its passphrase or key was not given' }),
  }),
  rule('passphrase-wrong', 'image.encrypted', /failed to unlock master key|^Password incorrect/m, {
    facts: () => ({ reason: 'The passphrase is wrong' }),
  }),
  rule(
    'key-wrong',
    'image.encrypted',
    /cannot decrypt [^\n]+|Please check you are providing the correct key/,
    {
      facts: () => ({ reason: 'The key does not fit' }),
    },
  ),
  rule(
    'root-encrypted',
    'image.encrypted',
    /reading a root-encrypted SIF requires root or a suid installation|cannot mount device-mapper encrypted/,
    {
      ...documentation,
      facts: () => ({
        reason: 'It was encrypted by root, and only root or a setuid installation can open it',
      }),
    },
  ),
  rule('in-use', 'image.busy', /can't open ([^\n]+?) for (?:reading|writing), currently in use/, {
    facts: named('path'),
  }),
  rule(
    'overlay-missing',
    'host.pathMissing',
    /failed to open overlay image ([^\n]+?): failed to retrieve path/,
    { facts: named('path') },
  ),
];

/** What the runtime needs of the system, and what it refuses. */
const systemRules: readonly StderrRule[] = [
  rule(
    'root-restricted',
    'runtime.rootLacksCapability',
    /Requesting capability set 0x([0-9a-f]+) while permitted capability set is 0x([0-9a-f]+)/,
    {
      facts: ([wanted = '', permitted = '']) => ({
        capability: missingCapabilities(wanted, permitted).join(', '),
      }),
    },
  ),
  rule(
    'user-namespace',
    'runtime.userNamespacesBlocked',
    /Failed to create (?:user|mount|network|pid|ipc|uts) namespace: ([^\n]+)/i,
    { facts: named('reason') },
  ),
  rule('container-process', 'runtime.userNamespacesBlocked', /Failed to create container process: ([^\n]+)/, {
    ...documentation,
    facts: named('reason'),
  }),
  rule('starter-not-setuid', 'runtime.userNamespacesBlocked', /(starter-suid doesn't have setuid bit set)/, {
    ...documentation,
    facts: named('reason'),
  }),
  rule(
    'fuse-closed',
    'runtime.fuseUnavailable',
    /image driver (\S+) instance exited with error: [^\n]*?(fuse: [^\n]+)/,
    { facts: named('program', 'reason') },
  ),
  rule(
    'fuse-helper-missing',
    'runtime.fuseUnavailable',
    /(squashfuse) not found, will not be able to mount/,
    { ...documentation, facts: named('program') },
  ),
  rule('fuse-timeout', 'runtime.fuseUnavailable', /(\S+) failed to mount \S+ in \d+s/, {
    ...documentation,
    facts: named('program'),
  }),
  rule('no-subuid', 'runtime.fakerootUnavailable', /no mapping entry found in \/etc\/subuid for (\S+)/, {
    ...documentation,
    facts: named('userName'),
  }),
  rule(
    'no-fakeroot',
    'runtime.fakerootUnavailable',
    /(--fakeroot requires either being in [^\n]+|--fakeroot used without sandbox image or user namespaces|Cannot start any kind of fake root[^\n]*)/,
    {
      ...documentation,
      facts: named('reason'),
    },
  ),
  rule(
    'no-fakeroot-ce',
    'runtime.fakerootUnavailable',
    /(--remote, --fakeroot, or the proot command are required to build this source as a non-root user)/,
    {
      ...documentation,
      products: ceOnly,
      facts: named('reason'),
    },
  ),
  rule(
    'newuidmap',
    'runtime.fakerootUnavailable',
    /((?:newuidmap|newgidmap)[^\n]*(?:is not installed|execution failed)[^\n]*)/,
    { ...documentation, facts: named('reason') },
  ),
  rule('network', 'runtime.optionRefused', /(network requires root or a suid installation[^\n]*)/, {
    facts: ([reason = '']) => ({ option: '--net', reason }),
  }),
  rule('cgroups', 'runtime.optionRefused', /(cannot use cgroups - [^\n]+)/, {
    facts: ([reason = '']) => ({ option: 'limits on memory and processors', reason }),
  }),
  rule('unknown-flag', 'runtime.optionRefused', /unknown (?:shorthand )?flag: (?:'.' in )?(\S+)/, {
    facts: ([option = '']) => ({ option, reason: 'This version of the runtime does not know it' }),
  }),
  rule('writable-sif', 'runtime.optionRefused', /(no SIF writable overlay partition found in [^\n]+)/, {
    facts: ([reason = '']) => ({ option: '--writable', reason }),
  }),
  rule('compressor', 'runtime.optionRefused', /Compressor "([^"\n]+)" is not supported/, {
    facts: ([name = '']) => ({
      option: `the compression ${name}`,
      reason: 'mksquashfs was built without it',
    }),
  }),
  rule(
    'site-policy',
    'runtime.optionRefused',
    /(configuration disallows users from [^\n]+|image is not in an allowed configured path[^\n]*|image prohibited by ECL[^\n]*)/,
    {
      ...documentation,
      facts: ([reason = '']) => ({ option: 'this image', reason }),
    },
  ),
  rule(
    'foreign-build-ce',
    'runtime.optionRefused',
    /(Requested architecture \([^)\n]*\) does not match host[^\n]*)/,
    {
      ...documentation,
      products: ceOnly,
      facts: ([reason = '']) => ({ option: '--arch', reason }),
    },
  ),
];

/** What was asked to run, and with what. */
const actionRules: readonly StderrRule[] = [
  rule('bind-source', 'runtime.bindSourceMissing', /mount source ([^\n]+) doesn't exist/, {
    facts: named('path'),
  }),
  rule('helper-missing', 'host.commandMissing', /exec: "([^\n]+)": executable file not found in \$PATH/, {
    facts: named('program'),
  }),
  rule('program-missing', 'runtime.commandNotFound', /"([^\n]+)": executable file not found in \$PATH/, {
    facts: named('program'),
  }),
  rule(
    'program-path-missing',
    'runtime.commandNotFound',
    /^FATAL: +stat ([^\n]+): no such file or directory$/m,
    { facts: named('program') },
  ),
  rule('app-missing', 'runtime.commandNotFound', /Could not locate the container application: ([^\n]+)/, {
    facts: ([name = '']) => ({ program: `The app ${name}` }),
  }),
  rule(
    'working-folder',
    'host.pathMissing',
    /failed to set working directory: chdir ([^\n]+): no such file or directory/,
    { facts: named('path') },
  ),
  rule(
    'definition-missing',
    'host.pathMissing',
    /unable to open file ([^\n]+): open [^\n]+: no such file or directory/,
    { facts: named('path') },
  ),
];

const manifestOf = named('registry', 'repository', 'reference');

/** What a registry or web server said to the runtime. */
const registryRules: readonly StderrRule[] = [
  rule(
    'manifest-unknown',
    'registry.notFound',
    /GET https?:\/\/([^/\s]+)\/v2\/(\S+)\/manifests\/(\S+): (?:MANIFEST|NAME)_UNKNOWN/,
    { facts: manifestOf },
  ),
  rule(
    'manifest-unknown-docker',
    'registry.notFound',
    /reading manifest (\S+) in (\S+?)\/(\S+): [^\n]*manifest unknown/,
    {
      facts: ([reference = '', registry = '', repository = '']) => ({ registry, repository, reference }),
    },
  ),
  rule(
    'unauthorized',
    'registry.unauthorized',
    /GET https?:\/\/([^/\s]+)\/v2\/(\S+)\/manifests\/\S+: UNAUTHORIZED/,
    { facts: named('registry', 'repository') },
  ),
  rule('denied', 'registry.forbidden', /GET https?:\/\/([^/\s]+)\/v2\/(\S+)\/manifests\/\S+: DENIED/, {
    ...documentation,
    facts: named('registry', 'repository'),
  }),
  rule('rate-limit', 'registry.rateLimited', /toomanyrequests/i, documentation),
  rule('refused', 'registry.connectionRefused', /dial tcp (\S+): connect: connection refused/, {
    facts: named('registry'),
  }),
  rule('no-such-host', 'registry.hostUnknown', /lookup (\S+?)(?: on \S+)?: no such host/, {
    facts: named('registry'),
  }),
  rule(
    'plain-http',
    'registry.plainHttp',
    /(?:(?:Get|Head) "https?:\/\/([^/"\s]+)[^"\n]*": )?(?:http: server gave HTTP response to HTTPS client|tls: first record does not look like a TLS handshake)/,
    { facts: named('registry') },
  ),
  rule('certificate', 'registry.certificate', /(x509: [^\n]+)/, { ...documentation, facts: named('reason') }),
  rule('timeout', 'registry.timeout', /dial tcp (\S+): i\/o timeout/, {
    ...documentation,
    facts: named('registry'),
  }),
  rule('web-missing', 'registry.notFound', /the requested image was not found/),
  rule('oras-layers', 'registry.notASif', /ORAS SIF image should have a single layer, found \d+/, {
    facts: () => ({ mediaType: 'an ordinary container image' }),
  }),
  rule('sif-as-docker', 'image.notAnImage', /no extractable OCI\/Docker tar layers found in this image/, {
    facts: () => ({
      reason: 'The registry holds a SIF under this name: write oras:// in the place of docker://',
    }),
  }),
  rule('bad-reference', 'registry.badReference', /could not parse reference: ([^\n]+)/, {
    facts: named('reference'),
  }),
  rule(
    'no-library',
    'registry.unsupportedScheme',
    /remote has no library client|no default remote with library client in use/,
    {
      facts: () => ({ scheme: 'library' }),
    },
  ),
  rule(
    'no-platform',
    'image.nothingForArchitecture',
    /no image found in (?:manifest list|image index) for architecture "?([^\s",]+)/,
    {
      ...documentation,
      facts: named('architecture'),
    },
  ),
  rule('broken-transfer', 'registry.interrupted', /unexpected EOF|connection reset by peer/, documentation),
];

/** In order: the first row that fits explains the failure. */
export const stderrRules: readonly StderrRule[] = [
  ...diskRules,
  ...imageRules,
  ...systemRules,
  ...actionRules,
  ...registryRules,
];
