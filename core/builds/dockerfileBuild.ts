import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { type HostId, taskIdSchema } from '#core/contract/ids.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { requireSpace } from '#core/images/pullTarget.ts';
import { definitionBuildCommand } from '#core/runtime/buildDefinition.ts';
import { buildFolderNames } from '#core/runtime/buildDefinitionJob.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import { isDockerfile } from '#core/runtime/definition/dockerfileText.ts';
import {
  type DockerfileBuild,
  type DockerfileEngine,
  dockerfileBuildCommand,
  dockerfileSaveCommand,
} from '#core/runtime/dockerfileBuild.ts';
import { importCommand } from '#core/runtime/importCommand.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { buildFailure } from './buildFailure.ts';
import { type BuildFollower, masked } from './buildFollower.ts';
import type { BuildMeans } from './buildMeans.ts';
import type { BuildRequest } from './buildRequest.ts';
import { contextShipment } from './dockerfileContext.ts';
import { dockerfileRoute, engineByHand } from './dockerfileRoute.ts';
import { engineFolderPrefix } from './engineFolder.ts';
import { createEngineSteps, engineFailure } from './engineOutput.ts';
import { sendShipment } from './sendNeeded.ts';

/** Progress bars of the conversion appear on a terminal only. */
const terminal = { columns: 120, rows: 40 };
const keptOutputBytes = 1024 * 1024;
/** podman refuses a runroot of more than 50 characters (4.3.1); the folder's own name has 30. */
const longestRunParent = 20;
const shortFolder = hostPathFromText('/tmp');

/** A running build of a Dockerfile. */
export interface DockerfileRun {
  readonly request: BuildRequest;
  readonly means: Pick<BuildMeans, 'host' | 'hosts' | 'rules' | 'records' | 'temporaryFolder'>;
  readonly context: TaskContext;
  readonly follower: BuildFollower;
  /** The private folder of the build. */
  readonly folder: HostPath;
  /** Must not exist. */
  readonly output: HostPath;
}

/** What the engine reads. */
export interface DockerfilePlace {
  readonly file: HostPath;
  readonly contextFolder: HostPath;
}

/** Whether what is to be built is a Dockerfile. */
export function isOfDockerfile({ definition }: Pick<BuildRequest, 'definition'>): boolean {
  return isDockerfile(definition.text);
}

/**
 * A Dockerfile → an image: by the runtime itself where it knows BuildKit (from documentation, not run), else by podman or
 * buildah without root, whose OCI archive is what the runtime builds from. Everything
 * that the engine keeps lies in the private folder. Fails with build.failed at the Dockerfile's line, with input.invalid
 * for what cannot be had of it, and as a build does.
 */
export async function buildDockerfile(run: DockerfileRun): Promise<void> {
  const { request, means, folder, output } = run;
  const route = await dockerfileRoute(request, means.host);
  const { files } = means.host;
  const inside = (name: string) => joinPath(folder, hostPathFromText(name));
  for (const name of ['tmp', 'home']) await files.makeFolder(inside(name), 0o700);
  if (route.kind === 'none')
    throw workbenchError('build.definition', {
      name: request.definition.name,
      reason:
        'Neither podman nor buildah is on this machine to build a Dockerfile. Convert it to a definition file, or install one of them',
    });
  if (route.kind === 'buildkit') {
    const definition = inside('definition.def');
    await files.write(definition, route.definitionText, 0o600);
    await runRuntime(
      run,
      definitionBuildCommand({
        ...request,
        definition,
        output,
        argumentsFile: null,
        authfile: null,
        temporaryFolder: inside('tmp'),
        cacheFolder: inside('cache'),
      }),
    );
    return;
  }
  const archive = await builtArchive(run, route.engine, await bringContext(run));
  await requireSpace(means.host, folder, ((await files.stat(archive))?.sizeBytes ?? 0) * 2);
  const spec = importCommand({
    runtime: request.runtime,
    from: { transport: 'oci-archive', path: archive },
    target: output,
    form: request.options.form,
    compression: request.compression,
    homeFolder: inside('home'),
    temporaryFolder: inside('tmp'),
    cacheFolder: inside('cache'),
    byHand: null,
  });
  await runRuntime(run, spec);
}

/** Runs the runtime's own build. */
async function runRuntime(run: DockerfileRun, spec: CommandSpec): Promise<void> {
  const { request, means, follower } = run;
  const { exitStatus, stdout, command } = await runLogged(run, spec, (chunk) => follower.take(chunk));
  if (exitStatus === 0) return;
  throw buildFailure({
    ...request,
    output: stdout,
    exitStatus,
    progress: follower.progress(),
    rules: means.rules,
    hostId: means.host.id,
    command,
  });
}

/**
 * Builds, and saves what was built. The engine's storage is gone afterwards, but for what lies in the private folder, and
 * so is what it left running.
 */
async function builtArchive(
  run: DockerfileRun,
  engine: DockerfileEngine,
  place: DockerfilePlace,
): Promise<HostPath> {
  const { request, means, context, follower, folder } = run;
  const { files } = means.host;
  const inside = (name: string) => joinPath(folder, hostPathFromText(name));
  for (const name of ['engine', 'engine/root', 'engine/data', 'engine/tmp'])
    await files.makeFolder(inside(name), 0o700);
  const parent = means.temporaryFolder.length <= longestRunParent ? means.temporaryFolder : shortFolder;
  const prefix = engineFolderPrefix(context.id);
  const recordId = taskIdSchema.parse(`${context.id}-engine`); // beside the record of the build itself
  await means.records.begin(recordId, { files: [], folders: [{ parent, prefix }], resumable: [] });
  try {
    const runFolder = await files.makeTemporaryFolder(parent, prefix);
    const build = engineBuild(request, {
      ...place,
      engine,
      storage: (name) => (name === 'run' ? runFolder : inside(`engine/${name}`)),
    });
    context.log('command', build.byHand);
    follower.begin('bootstrap', 'Starting');
    await runEngine(run, dockerfileBuildCommand(build));
    const archive = inside('image.tar');
    await runEngine(run, dockerfileSaveCommand(build, archive));
    return archive;
  } finally {
    await means.records.end(recordId, { isResumableKept: false });
  }
}

/** What an engine is asked for. */
export function engineBuild(
  request: BuildRequest,
  place: DockerfilePlace & Pick<DockerfileBuild, 'engine' | 'storage'>,
): DockerfileBuild {
  const { definition, input, options } = request;
  return {
    ...place,
    text: definition.text,
    buildArguments: input.buildArguments.map((one) => ({ ...one, value: one.value ?? '' })),
    binds: options.binds,
    architecture: options.architecture,
    sourceDateEpoch: options.sourceDateEpoch,
    byHand: engineByHand(request, place.engine),
  };
}

/** The Dockerfile and its folder as they lie here, or brought into the private folder from their own machine. */
async function bringContext({
  request,
  means,
  context,
  follower,
  folder,
}: DockerfileRun): Promise<DockerfilePlace> {
  const { definition } = request;
  const { host } = means;
  const isHere = definition.hostId === host.id;
  const places = { builderId: host.id, open: (id: HostId) => means.hosts.open(id), work: folder };
  const shipment = await contextShipment(definition, places);
  if (!isHere) {
    follower.begin('send', 'Fetching files');
    await requireSpace(host, folder, shipment.sizeBytes);
    await host.files.makeFolder(joinPath(folder, hostPathFromText(buildFolderNames.context)), 0o700);
    await sendShipment(shipment, { work: folder, builder: host, send: null }, context);
  }
  const own = joinPath(folder, hostPathFromText(buildFolderNames.dockerfile));
  const file = (isHere ? definition.path : null) ?? own;
  if (file === own) await host.files.write(own, definition.text, 0o600);
  return { file, contextFolder: shipment.workingFolder };
}

/** Runs podman or buildah; what it says goes to the log, and its steps are the progress. */
async function runEngine(run: DockerfileRun, spec: CommandSpec): Promise<void> {
  const { request, means, follower } = run;
  const steps = createEngineSteps(follower, request.secrets);
  const { exitStatus, stdout, command } = await runLogged(run, spec, (chunk) => {
    follower.take(chunk);
    steps.take(chunk, true);
  });
  if (exitStatus === 0) return;
  throw engineFailure({
    ...request,
    step: steps.now(),
    output: stdout,
    exitStatus,
    hostId: means.host.id,
    command,
  });
}

async function runLogged(
  { request, means, context, folder }: DockerfileRun,
  spec: CommandSpec,
  onChunk: (chunk: string) => void,
) {
  const command = masked(showCommand(spec), request.secrets);
  context.log('command', command);
  const { exitStatus, stdout } = await means.host.run(spec, {
    signal: context.signal,
    terminal,
    workingFolder: request.definition.hostId === means.host.id ? request.definition.folder : folder,
    taskId: context.id,
    keepBytes: keptOutputBytes,
    onChunk,
  });
  return { exitStatus, stdout, command };
}
