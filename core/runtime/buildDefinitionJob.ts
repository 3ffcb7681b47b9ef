import type { HostPath } from '#core/contract/hostPath.ts';
import { type CommandSpec, commandSpec } from './commandSpec.ts';
import { showCommand } from './shellWords.ts';

/** Names in the private folder of a build on a host. */
export const buildFolderNames = {
  /** What relative paths of a definition start from that comes from another machine. */
  context: 'context',
  /** What lies elsewhere here. */
  outside: 'outside',
  definition: 'definition.def',
  /** The script links the job's own files of these names to here. */
  argumentsFile: 'arguments',
  authfile: 'auth.json',
  temporary: 'tmp',
  image: 'image',
  /** Of a Dockerfile: its text, what the engine keeps, and what it made. */
  dockerfile: 'Dockerfile',
  engine: 'engine',
  archive: 'image.tar',
  digest: 'sha256',
} as const;

/** Shell lines that end a build in the folder `$work`: the image on the disk, and its digest beside it. */
export const proveImage = `[ -f "$work/${buildFolderNames.image}" ] || exit 0
echo 'INFO:    Computing the SHA-256'
sync -- "$work/${buildFolderNames.image}" 2>/dev/null || sync
sha256sum <"$work/${buildFolderNames.image}" >"$work/${buildFolderNames.digest}.part" &&
  mv -- "$work/${buildFolderNames.digest}.part" "$work/${buildFolderNames.digest}"
`;

const script = `
job=$PWD work=$1 from=$2
shift 2
cd -- "$from" || exit 73
rm -rf -- "$work/${buildFolderNames.temporary}" "$work/${buildFolderNames.image}"
mkdir -m 700 -- "$work/${buildFolderNames.temporary}" || exit 73
for name in ${buildFolderNames.argumentsFile} ${buildFolderNames.authfile}; do
  [ ! -e "$job/$name" ] || ln -sfn -- "$job/$name" "$work/$name" || exit 73
done
"$@"
status=$?
rm -rf -- "$work/${buildFolderNames.temporary}" 2>/dev/null ||
  unshare --map-root-user --map-auto rm -rf -- "$work/${buildFolderNames.temporary}" 2>/dev/null
[ "$status" = 0 ] || exit "$status"
${proveImage}`;

/** The whole of a build that goes on there without us: the runtime, then the image on the disk and its digest beside it. */
export function definitionBuildJob(
  command: CommandSpec,
  { work, workingFolder }: { readonly work: HostPath; readonly workingFolder: HostPath },
): CommandSpec {
  const places = [{ path: work }, { path: workingFolder }];
  return commandSpec('/bin/sh', ['-c', script, 'sh', ...places, command.program, ...command.args], {
    purpose: command.purpose,
    environment: command.environment,
    byHand: showCommand(command),
  });
}
