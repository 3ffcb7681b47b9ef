import { randomBytes } from 'node:crypto';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { DetachedFile } from '#core/hosts/detachedJob.ts';
import type { Host } from '#core/hosts/host.ts';
import { buildFolderNames } from '#core/runtime/buildDefinitionJob.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import { dockerfileBuildCommand, dockerfileSaveCommand } from '#core/runtime/dockerfileBuild.ts';
import { importCommand } from '#core/runtime/importCommand.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import type { BuildRequest } from './buildRequest.ts';
import { engineBuild } from './dockerfileBuild.ts';
import { dockerfileJob, secretArguments } from './dockerfileJob.ts';
import { dockerfileRoute } from './dockerfileRoute.ts';

/** A build of a Dockerfile as a detached job. */
export interface DockerfileThere {
  readonly spec: CommandSpec;
  /** The engine's command, as shown. */
  readonly shown: string;
  readonly files: readonly DetachedFile[];
  /** The engine's runtime folder, outside of the build's own: it must be short. */
  readonly runFolder: HostPath;
}

/**
 * A Dockerfile → the job that builds it on an ssh host. Fails with build.definition where that has no engine, and with
 * input.invalid for what cannot be had of a Dockerfile.
 */
export async function dockerfileThere(
  request: BuildRequest,
  place: { readonly host: Host; readonly work: HostPath; readonly workingFolder: HostPath },
): Promise<DockerfileThere> {
  const { host, work, workingFolder } = place;
  const { definition, input, runtime, options, compression } = request;
  const route = await dockerfileRoute(request, host);
  if (route.kind !== 'engine')
    throw workbenchError(
      'build.definition',
      {
        name: definition.name,
        reason: `Neither podman nor buildah is on ${host.label} to build a Dockerfile. Convert it to a definition file, or build it on another machine`,
      },
      { hostId: host.id },
    );
  const inWork = (name: string) => joinPath(work, hostPathFromText(name));
  // Nobody can guess it, so that nobody else can have made it.
  const runFolder = hostPathFromText(`/tmp/.ms-${randomBytes(8).toString('hex')}`);
  const lying = definition.hostId === host.id ? definition.path : null;
  const file = lying ?? inWork(buildFolderNames.dockerfile);
  const build = engineBuild(request, {
    engine: route.engine,
    file,
    contextFolder: workingFolder,
    storage: (name) => (name === 'run' ? runFolder : inWork(`${buildFolderNames.engine}/${name}`)),
  });
  const command = dockerfileBuildCommand(build);
  const archive = buildFolderNames.archive;
  const convert = importCommand({
    runtime,
    from: { transport: 'oci-archive', path: inWork(archive) },
    target: inWork(buildFolderNames.image),
    form: options.form,
    compression,
    homeFolder: inWork('home'),
    temporaryFolder: inWork(buildFolderNames.temporary),
    cacheFolder: inWork(`${buildFolderNames.temporary}/cache`),
    byHand: null,
  });
  const save = dockerfileSaveCommand(build, inWork(`${archive}.part`));
  const secrets = secretArguments(input.buildArguments);
  return {
    spec: dockerfileJob({ build: command, save, convert, work, workingFolder, runFolder }),
    shown: showCommand(command),
    files: secrets === '' ? [] : [{ name: buildFolderNames.argumentsFile, data: secrets, isSecret: true }],
    runFolder,
  };
}
