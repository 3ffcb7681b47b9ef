import type { BuildInput, BuildRecord } from '#core/contract/builds.ts';
import { folderName, type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { authfileText } from '#core/credentials/authfile.ts';
import type { DetachedFile } from '#core/hosts/detachedJob.ts';
import type { Host } from '#core/hosts/host.ts';
import { prepareTarget, refuseExisting, requireSpace } from '#core/images/pullTarget.ts';
import { argumentsFileText, definitionBuildCommand } from '#core/runtime/buildDefinition.ts';
import { buildFolderNames } from '#core/runtime/buildDefinitionJob.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { baseCredentials } from './baseCredentials.ts';
import type { BuildMeans } from './buildMeans.ts';
import { placesOf, requireNeeded, workParent } from './buildPlan.ts';
import type { BuildRequest } from './buildRequest.ts';
import { type BuildRun, firstRecord } from './buildRun.ts';
import { isOfDockerfile } from './dockerfileBuild.ts';
import { contextShipment } from './dockerfileContext.ts';
import { type DockerfileThere, dockerfileThere } from './dockerfileThere.ts';
import { type Needed, neededFiles } from './neededFiles.ts';
import { type Shipment, sendShipment, shipmentOf } from './sendNeeded.ts';

/** A build that begins on an ssh host. */
export interface Beginning {
  readonly context: TaskContext;
  readonly means: BuildMeans;
  readonly host: Host;
  readonly opened: (record: BuildRecord, secrets: readonly string[]) => Promise<BuildRun>;
  /** What of a definition's files is sent, where that is not all of it. */
  readonly reduced?: (shipment: Shipment, needed: readonly Needed[]) => Promise<Shipment>;
}

/** What lies in the private folder of a build on a host before it begins. */
export interface Prepared {
  readonly run: BuildRun;
  readonly work: HostPath;
  readonly overwrite: boolean;
  readonly shipment: Shipment;
  /** Of a Dockerfile: its job. */
  readonly ofDockerfile: DockerfileThere | null;
}

/** The private folder of a build on a host: known beforehand, so that it is found again. */
export function workOf(input: BuildInput, context: TaskContext, means: BuildMeans): HostPath {
  return joinPath(workParent(input, means), hostPathFromText(`.mysingularity-${context.id}`));
}

/** Looks at the target, and brings the definition or Dockerfile to the host with all that it needs. */
export async function prepareThere(request: BuildRequest, beginning: Beginning): Promise<Prepared> {
  const { context, means, host } = beginning;
  const { input, definition, options } = request;
  context.report({ phase: 'resolve', text: `Preparing ${host.label}` });
  const overwrite = input.overwrite && options.form === 'sif';
  const holder = await means.hosts.open(request.targetHostId);
  if (holder.id === host.id) await prepareTarget(host, request.target, { overwrite });
  else await refuseExisting(holder, request.target, { overwrite });
  const places = placesOf(input, means);
  const needed = await neededFiles(definition, places);
  requireNeeded(definition, needed);
  const run = await beginning.opened(
    firstRecord(request, { id: context.id, hostLabel: host.label }),
    request.secrets,
  );
  const work = workOf(input, context, means);
  const inWork = (name: string) => joinPath(work, hostPathFromText(name));
  const isDockerfile = isOfDockerfile(request);
  const shipment = isDockerfile
    ? await contextShipment(definition, { ...places, work })
    : await shipmentOfDefinition();
  const ofDockerfile = isDockerfile
    ? await dockerfileThere(request, { host, work, workingFolder: shipment.workingFolder })
    : null;
  run.follower.begin('send', 'Sending files');
  await host.files.makeFolder(inWork(buildFolderNames.context), 0o700);
  await requireSpace(host, folderName(work), shipment.sizeBytes);
  for (const line of shipment.replaced) context.log('note', `In the definition that is sent: ${line}`);
  const send = await means.sendMeansOf(host.id);
  await sendShipment(shipment, { work, builder: host, send }, context);
  const textName = isDockerfile ? buildFolderNames.dockerfile : buildFolderNames.definition;
  await host.files.write(inWork(textName), shipment.text, 0o600);
  return { run, work, overwrite, shipment, ofDockerfile };

  async function shipmentOfDefinition(): Promise<Shipment> {
    const whole = await shipmentOf(definition, needed, { ...places, work });
    return beginning.reduced === undefined ? whole : await beginning.reduced(whole, needed);
  }
}

/** The runtime's command for a definition that was sent, and the secret files that it names in the private folder. */
export async function definitionCommandThere(
  request: BuildRequest,
  there: Omit<Beginning, 'opened'> & { readonly work: HostPath; readonly output: HostPath },
): Promise<{ readonly command: CommandSpec; readonly files: readonly DetachedFile[] }> {
  const { context, means, work, output } = there;
  const { input, runtime } = request;
  const inWork = (name: string) => joinPath(work, hostPathFromText(name));
  const credentials = runtime.dialect.features.authfile
    ? await baseCredentials(request, means, context)
    : null;
  const hasArguments = input.buildArguments.length > 0;
  const definition = inWork(buildFolderNames.definition);
  const command = commandThere(request, there, { definition, output, hasCredentials: credentials !== null });
  const files: DetachedFile[] = [];
  if (hasArguments)
    files.push({
      name: buildFolderNames.argumentsFile,
      data: argumentsFileText(input.buildArguments),
      isSecret: true,
    });
  if (credentials !== null)
    files.push({
      name: buildFolderNames.authfile,
      data: authfileText({ registry: credentials.registry, credentials }),
      isSecret: true,
    });
  return { command, files };
}

/** The runtime's command for a definition on a host: what else it needs lies in the private folder. */
export function commandThere(
  request: BuildRequest,
  { means, host, work }: Pick<Beginning, 'means' | 'host'> & { readonly work: HostPath },
  files: { readonly definition: HostPath; readonly output: HostPath; readonly hasCredentials: boolean },
): CommandSpec {
  const inWork = (name: string) => joinPath(work, hostPathFromText(name));
  return definitionBuildCommand({
    ...request,
    definition: files.definition,
    output: files.output,
    argumentsFile: request.input.buildArguments.length > 0 ? inWork(buildFolderNames.argumentsFile) : null,
    authfile: files.hasCredentials ? { path: inWork(buildFolderNames.authfile) } : null,
    temporaryFolder: inWork(buildFolderNames.temporary),
    cacheFolder: means.preferences(host.id).cacheFolder,
  });
}
