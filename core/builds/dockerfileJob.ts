import type { HostPath } from '#core/contract/hostPath.ts';
import type { Host } from '#core/hosts/host.ts';
import { ownedTreeFunctions } from '#core/hosts/ownedTree.ts';
import { buildFolderNames, proveImage } from '#core/runtime/buildDefinitionJob.ts';
import { type CommandSpec, commandSpec } from '#core/runtime/commandSpec.ts';
import { engineFolderVariable } from '#core/runtime/engineEnvironment.ts';
import { quoteWord, shellLines } from '#core/runtime/shellWords.ts';

/** A build of a Dockerfile, as a host does it on its own. */
export interface DockerfileJob {
  /** The private folder of the build. */
  readonly work: HostPath;
  readonly workingFolder: HostPath;
  /** The engine's runtime folder, which must not exist: short, as podman refuses long ones. */
  readonly runFolder: HostPath;
  /** By the engine; it makes the archive of the second. */
  readonly build: CommandSpec;
  readonly save: CommandSpec;
  /** By the runtime: archive → image. */
  readonly convert: CommandSpec;
}

/** `end_engine FOLDER`: ends what an engine left running, by SIGKILL; podman keeps a process that holds its namespace. */
const endEngineFunction = `end_engine() {
  for environ in /proc/[0-9]*/environ; do
    tr '\\0' '\\n' <"$environ" 2>/dev/null | grep -qxF -- "${engineFolderVariable}=$1" || continue
    process=\${environ%/environ}
    kill -s KILL "\${process#/proc/}" 2>/dev/null
  done
}
`;

const engineFolders = ['root', 'data', 'tmp'];

/**
 * The whole of a build of a Dockerfile that goes on there without us: the engine, the runtime's image of what it saved, and
 * the digest beside it. What the engine keeps is gone before the runtime begins, and also when the job is interrupted.
 */
export function dockerfileJob(job: DockerfileJob): CommandSpec {
  const { build, save, convert, work, workingFolder, runFolder } = job;
  const { temporary, image, archive, engine, argumentsFile } = buildFolderNames;
  const script = `${ownedTreeFunctions}${endEngineFunction}
job=$PWD work=$1 from=$2 run=$3
cd -- "$work" || exit 73
rm -rf -- ${temporary} ${image} ${archive} ${archive}.part
mkdir -m 700 -- ${temporary} home ${engine} ${engineFolders.map((name) => `${engine}/${name}`).join(' ')} "$run" || exit 73
clear_engine() {
  end_engine "$run"
  ( cd -- "$work" && wipe ${engine} && wipe ${temporary} )
  ( cd -- "\${run%/*}" && wipe "\${run##*/}" )
} 2>/dev/null
trap clear_engine EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
cd -- "$from" || exit 73
(
[ ! -e "$job/${argumentsFile}" ] || . "$job/${argumentsFile}"
${shellLines(build)}
) || exit
(
${shellLines(save)}
) || exit
mv -- "$work/${archive}.part" "$work/${archive}" || exit 73
clear_engine
mkdir -m 700 -- "$work/${temporary}" || exit 73
(
${shellLines(convert)}
) || exit
rm -f -- "$work/${archive}"
${proveImage}`;
  const places = [work, workingFolder, runFolder].map((path) => ({ path }));
  return commandSpec('/bin/sh', ['-c', script, 'sh', ...places], {
    purpose: build.purpose,
    byHand: build.byHand,
  });
}

/** The values of secret arguments as the job's shell reads them; empty for none. */
export function secretArguments(
  buildArguments: readonly {
    readonly name: string;
    readonly value: string | null;
    readonly isSecret: boolean;
  }[],
): string {
  return buildArguments
    .filter(({ isSecret }) => isSecret)
    .map(({ name, value }) => `export ${name}=${quoteWord(value ?? '')}\n`)
    .join('');
}

/** Ends what the engine of a job left running, where the job itself was killed. */
export async function endEngineThere(host: Host, runFolder: HostPath): Promise<void> {
  const script = `${endEngineFunction}end_engine "$1"`;
  const spec = commandSpec('/bin/sh', ['-c', script, 'sh', { path: runFolder }], {
    purpose: 'End what the engine left running',
  });
  await host.run(spec, { isQuiet: true });
}
