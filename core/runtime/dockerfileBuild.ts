import { baseName, type HostPath } from '#core/contract/hostPath.ts';
import { parseImageReference } from '#core/contract/imageReference.ts';
import { type Argument, type CommandSpec, commandSpec } from './commandSpec.ts';
import { type DockerfileInstruction, parseDockerfile } from './definition/dockerfileText.ts';
import { engineFolderVariable, withoutSessionBus, withoutSystemd } from './engineEnvironment.ts';
import { mask, quotePath, quoteWord } from './shellWords.ts';

/** What builds Dockerfiles beside the runtime. Both are run by the project's tests where they are installed. */
export const dockerfileEngines = ['podman', 'buildah'] as const;
export type DockerfileEngine = (typeof dockerfileEngines)[number];

/** A build of a Dockerfile, as an engine is asked for it. */
export interface DockerfileBuild {
  readonly engine: DockerfileEngine;
  readonly text: string;
  readonly file: HostPath;
  readonly contextFolder: HostPath;
  /** All that the engine keeps: images, layers, caches. Private, and removed with the build. `run` is its runtime folder too. */
  readonly storage: (name: 'root' | 'run' | 'data' | 'tmp') => HostPath;
  readonly buildArguments: readonly {
    readonly name: string;
    readonly value: string;
    readonly isSecret: boolean;
  }[];
  readonly binds: readonly string[];
  readonly architecture: string | null;
  readonly sourceDateEpoch: number | null;
  readonly byHand: string;
}

/** How the engine calls what it builds, in a storage that holds nothing else. */
const builtName = 'localhost/built:latest';

/**
 * `build` of a Dockerfile by podman or buildah without root. Commands run by `chroot` in a user namespace: it needs no
 * cgroups and no container runtime, so that it works wherever rootless storage does (podman 4.3.1, run; the default is
 * refused under hybrid cgroups). Values of secret arguments go by the environment, whose names the engine takes for
 * arguments without a value. Certificates are not asked of a registry on the loopback when no other is named.
 */
export function dockerfileBuildCommand(build: DockerfileBuild): CommandSpec {
  const secrets = build.buildArguments.filter(({ isSecret }) => isSecret);
  const args: readonly Argument[] = [
    ...storageArguments(build),
    ...(build.engine === 'podman' ? ['build'] : ['bud']),
    '--isolation',
    'chroot',
    '--format',
    'oci',
    '--layers=false',
    ...(isOnLoopback(build.text) ? ['--tls-verify=false'] : []),
    ...(build.architecture === null ? [] : ['--arch', build.architecture]),
    ...(build.sourceDateEpoch === null ? [] : ['--timestamp', String(build.sourceDateEpoch)]),
    ...build.buildArguments.flatMap(({ name, value, isSecret }) => [
      '--build-arg',
      isSecret ? name : `${name}=${value}`,
    ]),
    ...build.binds.flatMap((bind) => ['--volume', bind]),
    '--tag',
    builtName,
    '--file',
    { path: build.file },
    { path: build.contextFolder },
  ];
  const secretEnvironment = Object.fromEntries(secrets.map(({ name, value }) => [name, { secret: value }]));
  return withoutQuestions(build, args, secretEnvironment, `Build ${baseName(build.file)}`);
}

/** The image that was built → an OCI archive. */
export function dockerfileSaveCommand(build: DockerfileBuild, archive: HostPath): CommandSpec {
  const args: readonly Argument[] =
    build.engine === 'podman'
      ? ['save', '--quiet', '--format', 'oci-archive', '--output', { path: archive }, builtName]
      : ['push', '--quiet', builtName, { path: `oci-archive:${archive}` as HostPath }];
  return withoutQuestions(build, [...storageArguments(build), ...args], {}, 'Save the image that was built');
}

/** What a person would type. Secret values are masked. */
export function dockerfileByHand(build: {
  readonly engine: DockerfileEngine;
  readonly programName: string;
  readonly file: HostPath;
  readonly contextFolder: HostPath;
  readonly target: HostPath;
  readonly isSandbox: boolean;
  readonly buildArguments: readonly {
    readonly name: string;
    readonly value: string | null;
    readonly isSecret: boolean;
  }[];
}): string {
  const { engine, programName } = build;
  const given = build.buildArguments.map(({ name, value, isSecret }) =>
    isSecret || value === null
      ? ` --build-arg ${name}=${mask}`
      : ` --build-arg ${quoteWord(`${name}=${value}`)}`,
  );
  const made = `${engine} build --format oci -t built${given.join('')} -f ${quotePath(build.file)} ${quotePath(build.contextFolder)}`;
  const saved =
    engine === 'podman'
      ? 'podman save --format oci-archive -o built.tar built'
      : 'buildah push built oci-archive:built.tar';
  return `${made} && ${saved} && ${programName} build${build.isSandbox ? ' --sandbox' : ''} ${quotePath(build.target)} oci-archive:built.tar`;
}

/** Names that would change the engine itself when they are set for an argument. */
export function isEngineVariable(name: string): boolean {
  return /^(?:PATH|HOME|USER|TERM|TMPDIR|SHELL|LANG|LC_.*|LD_.*|XDG_.*|DBUS_.*|MYSINGULARITY_.*|.*_PROXY|BUILDAH_.*|_?CONTAINERS?_.*|REGISTRY_.*|STORAGE_.*|DOCKER_.*|GODEBUG|GO.*)$/i.test(
    name,
  );
}

/** The step that the engine was at, as it writes it: `STEP 2/3: RUN …`, `[1/2] STEP …` where there are stages. */
export interface DockerfileStep {
  /** Both from 1 on. */
  readonly stage: number;
  readonly number: number;
  readonly text: string;
}

export function dockerfileStep(line: string): DockerfileStep | null {
  const found = /^(?:\[(\d+)\/\d+\] )?STEP (\d+)\/\d+: (.*)$/.exec(line.trimEnd());
  return found === null
    ? null
    : { stage: Number(found[1] ?? 1), number: Number(found[2]), text: found[3] ?? '' };
}

/**
 * Where a build stopped → the instruction. The engine counts within a stage from its FROM on; where ONBUILD adds steps,
 * the last instruction of the stage with the step's word and text serves. Null for what no instruction is known to be.
 */
export function failedInstruction(
  text: string,
  step: DockerfileStep | null,
  output: string,
): DockerfileInstruction | null {
  const all = parseDockerfile(text);
  const unknown = /nknown instruction:? "?(\w+)/i.exec(output)?.[1]?.toUpperCase();
  if (unknown !== undefined) return all.find(({ keyword }) => keyword === unknown) ?? null;
  if (step === null) return null;
  const starts = all.flatMap(({ keyword }, index) => (keyword === 'FROM' ? [index] : []));
  const from = starts[step.stage - 1];
  if (from === undefined) return null;
  const stage = all.slice(from, starts[step.stage]);
  const [keyword = ''] = step.text.toUpperCase().split(/\s/, 1);
  const counted = stage[step.number - 1];
  if (counted?.keyword === keyword) return counted;
  return stage.findLast((one) => one.keyword === keyword) ?? null;
}

/** Whether every image that is named comes from this machine's loopback. */
function isOnLoopback(text: string): boolean {
  const stages = new Set<string>();
  const named: string[] = [];
  for (const { keyword, content, flags } of parseDockerfile(text)) {
    if (keyword === 'FROM') {
      const [image = '', as, name] = content.split(/\s+/);
      named.push(image);
      if (as?.toUpperCase() === 'AS' && name !== undefined) stages.add(name.toLowerCase());
    }
    for (const flag of flags) if (flag.name === 'from' && !/^\d+$/.test(flag.value)) named.push(flag.value);
  }
  const images = named.filter((one) => one !== 'scratch' && !stages.has(one.toLowerCase()));
  return images.length > 0 && images.every(isLoopbackImage);
}

function isLoopbackImage(image: string): boolean {
  const parsed = parseImageReference(`docker://${image}`);
  if (!parsed.ok || parsed.reference.kind !== 'docker') return false;
  return /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d+)?$/.test(parsed.reference.registry);
}

function storageArguments({ engine, storage }: DockerfileBuild): readonly Argument[] {
  const own = engine === 'podman' ? withoutSystemd : [];
  return ['--root', { path: storage('root') }, '--runroot', { path: storage('run') }, ...own];
}

/**
 * A runtime folder of its own, so that the process with which podman holds its namespace is nobody else's. That is also
 * where a person's sign-in to registries lies (containers-auth.json(5)): it is led to from there.
 */
const engineScript = `run=$1; shift
auth=\${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/containers/auth.json
if [ -f "$auth" ] && [ ! -e "$run/containers/auth.json" ]; then
  mkdir -p "$run/containers" && ln -s "$auth" "$run/containers/auth.json" || exit
fi
XDG_RUNTIME_DIR=$run; export XDG_RUNTIME_DIR
exec "$@" </dev/null`;

/** On a terminal whose end ends the engine too, but with nobody to answer: it would ask which registry a name is of. */
function withoutQuestions(
  { engine, storage, byHand }: DockerfileBuild,
  args: readonly Argument[],
  environment: Readonly<Record<string, Argument>>,
  purpose: string,
): CommandSpec {
  return commandSpec('/bin/sh', ['-c', engineScript, 'sh', { path: storage('run') }, engine, ...args], {
    purpose,
    environment: {
      ...environment,
      ...withoutSessionBus,
      [engineFolderVariable]: { path: storage('run') },
      TMPDIR: { path: storage('tmp') },
      XDG_DATA_HOME: { path: storage('data') },
    },
    byHand,
  });
}
