import { baseName, type HostPath } from '#core/contract/hostPath.ts';
import type { Compression, ImageForm } from '#core/contract/images.ts';
import { capabilityEnvironment, type Runtime, unmistakable } from './action.ts';
import { mksquashfsArguments } from './build.ts';
import { type Argument, type CommandSpec, commandSpec } from './commandSpec.ts';
import { showCommand } from './shellWords.ts';

/** What the runtime of a host is asked to get by itself. */
export interface HostPull {
  readonly runtime: Runtime;
  /** `oras`, `http`, `library` and `shub` are whole images; `docker` is made into one. */
  readonly kind: 'docker' | 'oras' | 'http' | 'library' | 'shub';
  readonly form: ImageForm;
  /** As the runtime takes it: `docker://host/name:tag`. */
  readonly source: string;
  /** Must not exist. */
  readonly target: HostPath;
  /** Of what is made here; one that the runtime has no choice of gives its own, `gzip-9`. */
  readonly compression: Compression;
  /** OCI name, when it is not the host's own. */
  readonly architecture: string | null;
  readonly isPlainHttp: boolean;
  /** A file with the registry's credentials, by its name in the working folder. */
  readonly authfile: string | null;
  readonly temporaryFolder: HostPath;
  /** Null leaves the runtime its own. */
  readonly cacheFolder: HostPath | null;
}

/**
 * The runtime's own `pull`, with its cache and on its network; `build` only where a sandbox or a compression is wanted,
 * which `pull` cannot give. Both record the source in the image.
 */
export function hostPullCommand(pull: HostPull): CommandSpec {
  const { runtime, kind, cacheFolder } = pull;
  const { features, variablePrefix } = runtime.dialect;
  const isSandbox = pull.form === 'sandbox';
  const hasChoice = kind === 'docker' && features.mksquashfsArgs && !isSandbox;
  const squash = hasChoice ? mksquashfsArguments[pull.compression] : null;
  const isBuild = squash !== null && (pull.architecture === null || features.buildArchitecture);
  const hasArchitecture = isSandbox ? features.buildArchitecture : kind === 'docker' || kind === 'library';
  const args: readonly Argument[] = [
    // Lets mksquashfs say how far it is. An option of the program, not of the verb.
    ...(kind === 'docker' ? ['-v'] : []),
    ...(isSandbox ? ['build', '--sandbox'] : isBuild ? ['build', '--mksquashfs-args', squash] : ['pull']),
    ...(pull.architecture !== null && hasArchitecture ? ['--arch', pull.architecture] : []),
    ...(pull.isPlainHttp ? ['--no-https'] : []),
    ...(pull.authfile === null ? [] : ['--authfile', pull.authfile]),
    { path: unmistakable(pull.target) },
    pull.source,
  ];
  return commandSpec({ path: runtime.path }, args, {
    purpose: `Pull ${baseName(pull.target)}`,
    environment: {
      [`${variablePrefix}_TMPDIR`]: { path: pull.temporaryFolder },
      ...(cacheFolder === null ? {} : { [`${variablePrefix}_CACHEDIR`]: { path: cacheFolder } }),
      ...capabilityEnvironment(runtime),
    },
  });
}

/** What is made, in the private folder. */
export const hostPullName = 'image';

/** What the script below says when the runtime has done its part: lines in the form of the runtime's own. */
export const hostPullNotes = { checking: 'Computing the SHA-256' } as const;

const script = `
mkdir -m 700 -- "$1" && mkdir -p -- "\${2%/*}" && mkdir -m 700 -- "$2" || exit 73
work=$1
shift 2
"$@" || exit
[ -f "$work/${hostPullName}" ] || exit 0
echo 'INFO:    ${hostPullNotes.checking}'
sync -- "$work/${hostPullName}" 2>/dev/null || sync
sha256sum <"$work/${hostPullName}" >"$work/sha256.part" && mv -- "$work/sha256.part" "$work/sha256"
`;

/**
 * The whole of the work that goes on there without us: private folders first, then the runtime, then the image on the
 * disk and its digest beside it (`<work>/image`, `<work>/sha256`); a sandbox has none. A folder that is there already is another's.
 */
export function hostPullJob(
  command: CommandSpec,
  folders: { readonly work: HostPath; readonly temporary: HostPath; readonly purpose: string },
): CommandSpec {
  const { work, temporary, purpose } = folders;
  return commandSpec(
    '/bin/sh',
    ['-c', script, 'sh', { path: work }, { path: temporary }, command.program, ...command.args],
    { purpose, environment: command.environment, byHand: showCommand(command) },
  );
}
