import { baseName, folderName, type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { finishImage } from '#core/images/finishPull.ts';
import { partPath, prepareTarget, refuseExisting, requireSpace } from '#core/images/pullTarget.ts';
import { argumentsFileText, definitionBuildCommand } from '#core/runtime/buildDefinition.ts';
import { buildFolderNames } from '#core/runtime/buildDefinitionJob.ts';
import { type CommandSpec, commandSpec } from '#core/runtime/commandSpec.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { baseCredentials } from './baseCredentials.ts';
import { buildFailure } from './buildFailure.ts';
import { masked } from './buildFollower.ts';
import type { BuildMeans } from './buildMeans.ts';
import { placesOf, requireNeeded, workParent } from './buildPlan.ts';
import type { BuildRequest } from './buildRequest.ts';
import { type BuildRun, firstRecord, openRun } from './buildRun.ts';
import { chainOf, type PartRun, partRequest, runChain, withFirstInPath } from './checkpointChain.ts';
import { buildDockerfile, isOfDockerfile } from './dockerfileBuild.ts';
import { type Needed, neededFiles } from './neededFiles.ts';
import { type Shipment, sendShipment, shipmentOf } from './sendNeeded.ts';
import { canStoreBases, openStoredBases, type StoredBases } from './storedBases.ts';
import { runWithSudo, type SudoPlaces, sudoPlaces, takeOver } from './sudoBuild.ts';

/** Progress bars appear on a terminal only, and this wide they are not cut. */
const terminal = { columns: 120, rows: 40 };
const keptOutputBytes = 1024 * 1024;

interface LocalBuild {
  readonly request: BuildRequest;
  readonly needed: readonly Needed[];
  readonly context: TaskContext;
  readonly means: BuildMeans;
  readonly run: BuildRun;
  /** A part after the first one: what a person would type is told already. */
  readonly isContinued?: boolean;
}

/**
 * Builds on this machine. The image is made under a private name beside its target, looked at, and only then gets its
 * own; for another host it is made in a private folder and sent. The runtime dies with us, and all that it leaves goes.
 */
export async function buildHere(
  request: BuildRequest,
  context: TaskContext,
  means: BuildMeans,
): Promise<TaskResult> {
  const { target, options, targetHostId, input } = request;
  const overwrite = input.overwrite && options.form === 'sif'; // a folder is never replaced
  if (targetHostId === localHostId) await prepareTarget(means.host, target, { overwrite });
  else await refuseExisting(await means.hosts.open(targetHostId), target, { overwrite });
  const needed = await neededFiles(request.definition, placesOf(input, means));
  requireNeeded(request.definition, needed);
  const record = firstRecord(request, { id: context.id, hostLabel: means.host.label });
  const isBeside = targetHostId === localHostId && options.form === 'sif';
  const run = await openRun(record, context, {
    ...means,
    secrets: request.secrets,
    made: isBeside ? partPath(target, context.id) : null,
  });
  try {
    const result = await inPrivateFolder({ request, needed, context, means, run });
    await run.end('succeeded', result);
    return { ...result, facts: { ...result.facts, test: run.follower.progress().test } };
  } catch (thrown) {
    await run.end(context.signal.aborted ? 'cancelled' : 'failed', thrown);
    throw thrown;
  }
}

async function inPrivateFolder(build: LocalBuild): Promise<TaskResult> {
  const { request, context, means } = build;
  const { files } = means.host;
  const isLocal = request.targetHostId === localHostId;
  const isSandbox = request.options.form === 'sandbox';
  const parent = workParent(request.input, means);
  const prefix = hostPathFromText(`.mysingularity-${context.id}-`);
  const beside = folderName(request.target);
  const part = isLocal && !isSandbox ? partPath(request.target, context.id) : null;
  const parents = isSandbox ? [parent, beside] : [parent];
  await means.records.begin(context.id, {
    files: [...(part === null ? [] : [part]), means.checkpoints.partOf(context.id)],
    folders: parents.map((each) => ({ parent: each, prefix })),
    resumable: [],
  });
  try {
    const folder = await files.makeTemporaryFolder(parent, prefix);
    // The runtime puts a folder of its own beside a sandbox that it makes.
    const output =
      part ??
      joinPath(
        isSandbox ? await files.makeTemporaryFolder(beside, prefix) : folder,
        isSandbox ? hostPathFromText('sandbox') : baseName(request.target),
      );
    const facts = await runIn(build, folder, output);
    const result = await land(build, output);
    return { ...result, facts: { ...result.facts, ...facts } };
  } finally {
    await means.records.end(context.id, { isResumableKept: false });
  }
}

/** Answers with facts for the result. */
async function runIn(build: LocalBuild, folder: HostPath, output: HostPath): Promise<TaskResult['facts']> {
  const { request, needed, means, context, run } = build;
  if (isOfDockerfile(request)) {
    await buildDockerfile({ request, means, context, follower: run.follower, folder, output });
    return {};
  }
  const shipment = await bringFiles(build, folder);
  const { chain, problem } = await chainOf(request, { text: shipment.text, needed }, means);
  if (problem !== null) context.log('note', problem);
  if (chain !== null) {
    const { follower } = run;
    const runPart = (part: PartRun) => runPartIn(build, { part, folder, shipment });
    const facts = await runChain(chain, { request, means, context, follower, folder, output, runPart });
    if (facts !== null) return facts;
    follower.inPart(0, 1);
  }
  run.follower.begin('bootstrap', 'Starting');
  const bases = canStoreBases(request) ? await openStoredBases(request, { means, context, folder }) : null;
  try {
    const places = request.input.way === 'sudo' ? sudoPlaces(request, { folder, output }) : null;
    const made = places?.made ?? output;
    const spec = await commandOf(build, { folder, output: made, bases, text: shipment.text });
    await runBuild(build, spec, shipment.workingFolder, places === null ? null : { places, folder });
    if (places !== null) await takeOver(means.host.files, places.handedOver, output);
    return {};
  } finally {
    await bases?.dispose();
  }
}

async function runPartIn(
  build: LocalBuild,
  {
    part,
    folder,
    shipment,
  }: { readonly part: PartRun; readonly folder: HostPath; readonly shipment: Shipment },
): Promise<void> {
  const { request } = build;
  const own: LocalBuild = {
    ...build,
    request: {
      ...partRequest(request, part.isLast),
      definition: { ...request.definition, text: part.shownText },
    },
    isContinued: !part.isFirst,
  };
  const { output, bases, text } = part;
  const spec = await commandOf(own, { folder, output, bases, text });
  await runBuild(own, withFirstInPath(spec, part.correctionFolder), shipment.workingFolder, null);
}

/** What lies on another machine comes into the private folder, which goes with the build. */
async function bringFiles(
  { request, needed, context, means, run }: LocalBuild,
  folder: HostPath,
): Promise<Shipment> {
  const builder = means.host;
  const places = { ...placesOf(request.input, means), work: folder };
  const shipment = await shipmentOf(request.definition, needed, places);
  if (shipment.parcels.length > 0) run.follower.begin('send', 'Fetching files');
  await requireSpace(builder, folderName(folder), shipment.sizeBytes);
  await builder.files.makeFolder(joinPath(folder, hostPathFromText(buildFolderNames.context)), 0o700);
  for (const line of shipment.replaced) context.log('note', `In the definition that is built: ${line}`);
  await sendShipment(shipment, { work: folder, builder, send: null }, context);
  return shipment;
}

async function commandOf(
  build: LocalBuild,
  {
    folder,
    output,
    bases,
    text,
  }: {
    readonly folder: HostPath;
    readonly output: HostPath;
    readonly bases: StoredBases | null;
    /** The definition as it is built here. */
    readonly text: string;
  },
): Promise<CommandSpec> {
  const { request, means, context } = build;
  const { files } = means.host;
  const inside = (name: string) => joinPath(folder, hostPathFromText(name));
  const definition = inside('definition.def');
  await files.write(definition, text, 0o600);
  await files.makeFolder(inside('tmp'), 0o700);
  await startTreesAnywhere(
    means.host,
    request.options.form === 'sandbox' ? folderName(output) : inside('tmp'),
  );
  const { buildArguments } = request.input;
  const argumentsFile = buildArguments.length === 0 ? null : inside('arguments');
  if (argumentsFile !== null) await files.write(argumentsFile, argumentsFileText(buildArguments), 0o600);
  const credentials = bases === null ? await baseCredentials(request, means, context) : null;
  const prefix = request.runtime.dialect.variablePrefix;
  const spec = definitionBuildCommand({
    ...request,
    definition,
    output,
    argumentsFile,
    authfile: null,
    temporaryFolder: inside('tmp'),
    cacheFolder: bases === null ? means.preferences(localHostId).cacheFolder : inside('cache'),
  });
  return {
    ...spec,
    purpose: `Build ${request.definition.name}`,
    environment: {
      ...spec.environment,
      ...(bases === null ? {} : { HOME: { path: bases.home } }),
      // Through the environment, which other users cannot see, never the command line.
      ...(credentials === null
        ? {}
        : {
            [`${prefix}_DOCKER_USERNAME`]: { secret: credentials.userName },
            [`${prefix}_DOCKER_PASSWORD`]: { secret: credentials.password },
          }),
    },
  };
}

/**
 * Lets ext4 begin each tree that is unpacked in a folder in a part of the disk of its own (`chattr +T`, the attribute of
 * folders like /home). Beside a tree that was just removed it is slow without a journal: every inode that was freed in the
 * last minutes is looked at and left alone for each new one, which took 8 s of 10 (recently_deleted in fs/ext4/ialloc.c).
 */
async function startTreesAnywhere({ run }: Host, folder: HostPath): Promise<void> {
  const spec = commandSpec('chattr', ['+T', { path: folder }], { purpose: 'Unpack in a part of its own' });
  // Other file systems have no such attribute, and need none.
  await run(spec, { isQuiet: true }).catch(() => null);
}

async function runBuild(
  build: LocalBuild,
  spec: CommandSpec,
  workingFolder: HostPath,
  asRoot: { readonly places: SudoPlaces; readonly folder: HostPath } | null,
): Promise<void> {
  const { request, context, means, run } = build;
  const command = masked(showCommand(spec), request.secrets);
  if (build.isContinued !== true) context.log('command', request.byHand);
  context.log('command', command);
  const outcome =
    asRoot === null
      ? await means.host.run(spec, {
          signal: context.signal,
          terminal,
          workingFolder,
          taskId: context.id,
          keepBytes: keptOutputBytes,
          onChunk: (chunk) => run.follower.take(chunk),
        })
      : await runWithSudo(spec, {
          ...means,
          ...asRoot,
          context,
          workingFolder,
          name: request.definition.name,
          variablePrefix: request.runtime.dialect.variablePrefix,
          follower: run.follower,
        });
  const { exitStatus, stdout } = outcome;
  if (exitStatus === 0) return;
  throw buildFailure({
    ...request,
    output: stdout,
    exitStatus,
    progress: run.follower.progress(),
    rules: means.rules,
    hostId: means.host.id,
    command,
    unpackedIn: workParent(request.input, means),
  });
}

async function land(build: LocalBuild, output: HostPath): Promise<TaskResult> {
  const { request, context, means } = build;
  const { target, targetHostId, options } = request;
  const { product, version } = request.runtime.dialect;
  const facts = { builtBy: `${product} ${version}`, host: means.host.label };
  if (options.form === 'sandbox') {
    context.signal.throwIfAborted();
    await means.host.files.rename(output, target, { overwrite: false });
    return { path: target, digest: null, sizeBytes: null, facts: { ...facts, form: 'sandbox' } };
  }
  if (targetHostId !== localHostId) return await sendAway(build, output, facts);
  return await finishImage(
    { host: means.host, ledger: await means.ledgerOf(localHostId) },
    {
      part: output,
      target,
      overwrite: request.input.overwrite,
      mustBeSif: true,
      sha256: null,
      key: null,
      manifestDigest: null,
      compression: request.compression,
      architecture: request.architecture,
      reference: request.definition.name,
      facts,
    },
    context,
  );
}

async function sendAway(
  { request, context, means }: LocalBuild,
  output: HostPath,
  facts: TaskResult['facts'],
): Promise<TaskResult> {
  const { target, targetHostId } = request;
  if ((await means.host.files.stat(output)) === null)
    throw workbenchError('image.missing', { path: output }, { hostId: means.host.id });
  const sent = await means.send.run(
    {
      path: output,
      hostId: targetHostId,
      folder: folderName(target),
      fileName: baseName(target),
      overwrite: request.input.overwrite,
    },
    context,
  );
  return { ...sent, facts: { ...sent.facts, ...facts } };
}
