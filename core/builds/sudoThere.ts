import type { BuildInput, BuildRecord } from '#core/contract/builds.ts';
import { baseName, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { isLineFailure } from '#core/hosts/lineFailure.ts';
import { buildFolderNames, proveImage } from '#core/runtime/buildDefinitionJob.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import { type TaskContext, TaskDetached } from '#core/tasks/task.ts';
import { buildFailure } from './buildFailure.ts';
import { masked } from './buildFollower.ts';
import type { BuildMeans } from './buildMeans.ts';
import { type BuildRequest, buildRequest } from './buildRequest.ts';
import { type BuildRun, openRun } from './buildRun.ts';
import { refuseForDockerfile } from './dockerfileRoute.ts';
import { landBuilt } from './landBuilt.ts';
import { removeOwned } from './ownedRemoval.ts';
import { definitionCommandThere, type Prepared, prepareThere, workOf } from './prepareThere.ts';
import { holdsRootFolder, removalLine, runWithSudo, sudoPlaces, sudoState, takeOver } from './sudoBuild.ts';

/**
 * Builds as root on an ssh host, in a terminal of that host. The build hangs on the terminal: where the line is cut or
 * this process ends, the host's own hang-up ends it, and what was sent is removed when the task is run again.
 */
export async function buildThereAsRoot(
  input: BuildInput,
  context: TaskContext,
  means: BuildMeans,
): Promise<TaskResult> {
  const { signal } = context;
  const host = await means.hosts.open(input.hostId);
  const work = workOf(input, context, means);
  let run: BuildRun | null = null;
  const opened = async (record: BuildRecord, secrets: readonly string[]) => {
    run = await openRun(record, context, { ...means, secrets, made: imageIn(work) });
    return run;
  };
  try {
    if (context.isAdopted) {
      const record = await means.history.find(context.id);
      if (record !== null) await opened(record, []);
      throw signal.aborted
        ? signal.reason
        : workbenchError(
            'task.interrupted',
            {
              host: host.label,
              reason:
                'A build as root ends with its terminal, when the line is cut or the workbench is closed',
            },
            { hostId: host.id },
          );
    }
    const request = await buildRequest(input, means);
    refuseForDockerfile(request);
    const state = await sudoState(host);
    if (state !== 'there') throw workbenchError('build.sudo', { reason: state }, { hostId: host.id });
    const prepared = await prepareThere(request, { context, means, host, opened });
    const result = await buildPrepared(request, prepared, { context, means, host });
    await prepared.run.end('succeeded', result);
    await removeOwned(host, work);
    return result;
  } catch (thrown) {
    if (signal.reason instanceof TaskDetached) throw signal.reason;
    const begun = run as BuildRun | null;
    try {
      if (begun !== null) await clearAway(host, { work, context });
    } catch (cut) {
      // What was sent lies there, and goes when the host is there again.
      if (isLineFailure(cut)) throw new TaskDetached('cut', { cause: cut });
      throw cut;
    }
    await begun?.end(signal.aborted ? 'cancelled' : 'failed', thrown);
    throw signal.aborted ? signal.reason : thrown;
  }
}

function imageIn(work: Prepared['work']) {
  return joinPath(work, hostPathFromText(buildFolderNames.image));
}

/** Removes what was sent. What is root's is named with the line that removes it: it may be that root still builds. */
async function clearAway(
  host: Host,
  { work, context }: { readonly work: Prepared['work']; readonly context: TaskContext },
): Promise<void> {
  try {
    await removeOwned(host, work);
  } catch (thrown) {
    if (isLineFailure(thrown) || !(await holdsRootFolder(host, work))) throw thrown;
    context.log('note', `Root left something behind on ${host.label}. This removes it: ${removalLine(work)}`);
  }
}

async function buildPrepared(
  request: BuildRequest,
  { run, work, overwrite, shipment }: Prepared,
  {
    context,
    means,
    host,
  }: { readonly context: TaskContext; readonly means: BuildMeans; readonly host: Host },
): Promise<TaskResult> {
  const image = imageIn(work);
  const places = sudoPlaces(request, { folder: work, output: image });
  const { command, files } = await definitionCommandThere(request, {
    context,
    means,
    host,
    work,
    output: places.made,
  });
  for (const { name, data } of files)
    await host.files.write(
      joinPath(work, hostPathFromText(name)),
      typeof data === 'string' ? new TextEncoder().encode(data) : data,
      0o600,
    );
  const shown = masked(showCommand(command), request.secrets);
  context.log('command', request.byHand);
  context.log('command', shown);
  const { exitStatus, stdout } = await runWithSudo(command, {
    ...means,
    host,
    context,
    folder: work,
    workingFolder: shipment.workingFolder,
    places,
    name: request.definition.name,
    variablePrefix: request.runtime.dialect.variablePrefix,
    follower: run.follower,
  });
  if (exitStatus !== 0)
    throw buildFailure({
      ...request,
      output: stdout,
      exitStatus,
      progress: run.follower.progress(),
      rules: means.rules,
      hostId: host.id,
      command: shown,
      unpackedIn: work,
    });
  await takeOver(host.files, places.handedOver, image);
  if (request.options.form === 'sif') await prove(host, { work, context });
  const record = await means.history.find(context.id);
  if (record === null) throw workbenchError('build.unknown');
  const plan = { work, overwrite };
  const result = await landBuilt({ job: { folder: work }, context, means, host, plan, record, run });
  const { product, version } = request.runtime.dialect;
  return {
    ...result,
    facts: { builtBy: `${product} ${version}`, host: host.label, test: run.follower.progress().test },
  };
}

/** The image on the disk, and its digest beside it. */
async function prove(
  host: Host,
  { work, context }: { readonly work: Prepared['work']; readonly context: TaskContext },
): Promise<void> {
  context.report({ phase: 'verify', fraction: 0.92, text: 'Computing the SHA-256' });
  const spec = commandSpec('/bin/sh', ['-c', `work=$1\n${proveImage}`, 'sh', { path: work }], {
    purpose: `Compute the SHA-256 of ${baseName(work)}`,
  });
  await host.run(spec, { signal: context.signal, taskId: context.id });
}
