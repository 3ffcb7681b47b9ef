import { StringDecoder } from 'node:string_decoder';
import { z } from 'zod';
import type { BuildInput, BuildRecord } from '#core/contract/builds.ts';
import {
  folderName,
  type HostPath,
  hostPathFromText,
  hostPathSchema,
  joinPath,
} from '#core/contract/hostPath.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { reportOf, workbenchError } from '#core/errors/workbenchError.ts';
import type { DetachedJob, DetachedJobs } from '#core/hosts/detachedJob.ts';
import type { Host } from '#core/hosts/host.ts';
import { isLineFailure } from '#core/hosts/lineFailure.ts';
import { buildFolderNames, definitionBuildJob } from '#core/runtime/buildDefinitionJob.ts';
import { partOfDefinition } from '#core/runtime/definition/cutDefinition.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import { type TaskContext, TaskDetached } from '#core/tasks/task.ts';
import { buildFailure } from './buildFailure.ts';
import { masked } from './buildFollower.ts';
import type { BuildMeans } from './buildMeans.ts';
import { type BuildRequest, buildRequest } from './buildRequest.ts';
import { type BuildRun, openRun } from './buildRun.ts';
import { beginChain, type ChainBegin, type ChainThere, chainJob, chainPlanSchema } from './chainThere.ts';
import { chainFacts } from './checkpointChain.ts';
import { endEngineThere } from './dockerfileJob.ts';
import type { DockerfileThere } from './dockerfileThere.ts';
import { createEngineSteps, engineFailure } from './engineOutput.ts';
import { landBuilt } from './landBuilt.ts';
import { removeOwned } from './ownedRemoval.ts';
import {
  type Beginning,
  definitionCommandThere,
  type Prepared,
  prepareThere,
  workOf,
} from './prepareThere.ts';
import { withoutLines } from './sendNeeded.ts';

const planName = 'plan.json';
const planLimitBytes = 4 * 1024 * 1024;

/** What a job was begun with, beside what the history keeps. It lies on the host, for the person alone. */
const jobPlanSchema = z.object({
  work: hostPathSchema,
  overwrite: z.boolean(),
  /** As shown. */
  command: z.string(),
  /** What must not be seen in the log. */
  secrets: z.array(z.string()),
  /** Where the engine of a Dockerfile runs; null for a definition. */
  engineFolder: hostPathSchema.nullable().default(null),
  /** Of a definition that is built in parts. */
  chain: chainPlanSchema.nullable().default(null),
});
export type JobPlan = z.infer<typeof jobPlanSchema>;

/**
 * Builds on an ssh host as work that goes on there without us: the files that it needs are sent to a private folder, and
 * the image is verified there and stays, or comes here. Run again with the same id it adopts what it began. Nothing partial
 * has the target's name, and the private folder goes at the end.
 */
export async function buildThere(
  input: BuildInput,
  context: TaskContext,
  means: BuildMeans,
): Promise<TaskResult> {
  const { signal } = context;
  const host = await means.hosts.open(input.hostId);
  const jobs = await means.jobsOf(input.hostId);
  let run: BuildRun | null = null;
  const opened = async (record: BuildRecord, secrets: readonly string[]) => {
    const made = joinPath(workOf(input, context, means), hostPathFromText(buildFolderNames.image));
    run = await openRun(record, context, { ...means, secrets, made });
    return run;
  };
  let hasJob = false;
  try {
    let job = await jobs.find(context.id);
    signal.throwIfAborted();
    if (job === null)
      job = await begin(await buildRequest(input, means), { context, means, host, jobs, opened });
    hasJob = true;
    const plan = await planOf(job, host);
    const record = await means.history.find(context.id);
    if (plan === null || record === null)
      throw workbenchError('task.interrupted', {
        host: host.label,
        reason: 'What it was to do is not known any more',
      });
    run ??= await opened(record, plan.secrets);
    const result = await complete(job, { context, means, host, plan, record, run });
    await run.end('succeeded', result);
    await removeOwned(host, plan.work);
    await job.remove();
    return result;
  } catch (thrown) {
    if (signal.reason instanceof TaskDetached) throw signal.reason;
    if (thrown instanceof TaskDetached) throw thrown;
    // What was sent is found again, and sent on from there.
    // The line to a third place, on which files lie, is another matter: nothing goes on there.
    if (isLineFailure(thrown) && (thrown.report.hostId ?? host.id) === host.id)
      throw hasJob || run !== null ? new TaskDetached('cut', { cause: thrown }) : thrown;
    await clearAway(context, { jobs, host, work: workOf(input, context, means) });
    const ended = run as BuildRun | null;
    await ended?.end(signal.aborted ? 'cancelled' : 'failed', thrown);
    throw signal.aborted ? signal.reason : thrown;
  }
}

/** Ends and removes what the task has on the host. What cannot be ended now stays detached when it was to be cancelled. */
async function clearAway(
  { id, signal, log }: TaskContext,
  there: { readonly jobs: DetachedJobs; readonly host: Host; readonly work: HostPath },
): Promise<void> {
  try {
    const job = await there.jobs.find(id);
    await job?.cancel();
    const plan = job === null ? null : await planOf(job, there.host);
    const engineFolder = plan?.engineFolder ?? null;
    if (engineFolder !== null) {
      await endEngineThere(there.host, engineFolder);
      await removeOwned(there.host, engineFolder);
    }
    await removeOwned(there.host, plan?.work ?? there.work);
    await job?.remove();
  } catch (thrown) {
    if (signal.aborted) throw new TaskDetached('not cancelled', { cause: thrown });
    log('note', `Something was left behind on the host: ${reportOf(thrown).title}`);
  }
}

async function begin(
  request: BuildRequest,
  beginning: Beginning & { readonly jobs: DetachedJobs },
): Promise<DetachedJob> {
  const { context, jobs } = beginning;
  let begun: ChainBegin | null = null;
  let isAllSent = true;
  const reduced: Beginning['reduced'] = async (shipment, needed) => {
    begun = await beginChain(request, beginning, { text: shipment.text, needed });
    // What stands above the checkpoint that it goes on from need not go there again.
    const rest = begun === null ? shipment : withoutLines(shipment, begun.isLeftOut);
    isAllSent = rest.parcels.length === shipment.parcels.length;
    return rest;
  };
  const prepared = await prepareThere(request, { ...beginning, reduced });
  const { run, work, overwrite, ofDockerfile } = prepared;
  const { spec, shown, files, runFolder, chain } =
    ofDockerfile === null
      ? await definitionJob(request, { ...beginning, ...prepared, isAllSent, begun })
      : { ...ofDockerfile, chain: null };
  const plan: JobPlan = {
    work,
    overwrite,
    command: masked(shown, request.secrets),
    secrets: [...request.secrets],
    engineFolder: runFolder,
    chain: chain?.plan ?? null,
  };
  context.log('command', ofDockerfile === null ? request.byHand : (spec.byHand ?? request.byHand));
  context.log('command', plan.command);
  context.signal.throwIfAborted();
  run.follower.begin('bootstrap', 'Starting');
  return await jobs.start(context.id, spec, {
    title: `Build of ${request.definition.name}`,
    wantsTerminal: true,
    files: [{ name: planName, data: JSON.stringify(plan) }, ...files],
    ownedPaths: [work, ...(runFolder === null ? [] : [runFolder]), ...(chain?.ownedPaths ?? [])],
  });
}

/** A definition → the job that builds it, at once or in parts, and what that needs beside it. */
async function definitionJob(
  request: BuildRequest,
  there: Beginning & Prepared & { readonly begun: ChainBegin | null; readonly isAllSent: boolean },
): Promise<
  Omit<DockerfileThere, 'runFolder'> & { readonly runFolder: null; readonly chain: ChainThere | null }
> {
  const { work, shipment, begun, isAllSent } = there;
  const output = joinPath(work, hostPathFromText(buildFolderNames.image));
  const { command, files } = await definitionCommandThere(request, { ...there, output });
  const hasCredentials = files.some(({ name }) => name === buildFolderNames.authfile);
  const whole = { command, hasCredentials, isPossible: isAllSent };
  const chain = begun === null ? null : chainJob({ ...begun, request, place: there, whole });
  return {
    spec: chain?.spec ?? definitionBuildJob(command, { work, workingFolder: shipment.workingFolder }),
    shown: showCommand(command),
    files: [...files, ...(chain?.files ?? [])],
    runFolder: null,
    chain,
  };
}

async function planOf(job: DetachedJob, host: Host): Promise<JobPlan | null> {
  const path = joinPath(job.folder, hostPathFromText(planName));
  if ((await host.files.stat(path)) === null) return null;
  try {
    const bytes = await host.files.read(path, 0, planLimitBytes);
    return jobPlanSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (thrown) {
    if (isLineFailure(thrown)) throw thrown;
    return null; // not written by us
  }
}

/** Follows the job to its end and does the rest. Each step can be done twice. */
async function complete(
  job: DetachedJob,
  rest: {
    readonly context: TaskContext;
    readonly means: BuildMeans;
    readonly host: Host;
    readonly plan: JobPlan;
    readonly record: BuildRecord;
    readonly run: BuildRun;
  },
): Promise<TaskResult> {
  const { context, means, host, plan, record, run } = rest;
  const steps = createEngineSteps(run.follower, plan.secrets);
  const decoder = new StringDecoder('utf8');
  const end = await job.follow({
    from: 0, // also when it is adopted: the trace of its scripts must be whole
    signal: context.signal,
    onOutput: (bytes, offset) => {
      run.follower.take(bytes, offset);
      if (plan.engineFolder !== null)
        steps.take(decoder.write(Buffer.from(bytes)), offset > context.resumeFrom);
    },
  });
  if (end.exitStatus === null)
    throw workbenchError(
      'task.interrupted',
      { host: host.label },
      { hostId: host.id, command: plan.command },
    );
  if (end.exitStatus !== 0) {
    const failed = {
      output: end.tail,
      exitStatus: end.exitStatus,
      definition: { name: record.name, text: record.definition.text },
      secrets: plan.secrets,
      hostId: host.id,
      command: plan.command,
    };
    const archive = joinPath(plan.work, hostPathFromText(buildFolderNames.archive));
    // It is there once the engine has done its part.
    if (plan.engineFolder !== null && (await host.files.stat(archive)) === null)
      throw engineFailure({ ...failed, step: steps.now() });
    throw buildFailure({
      ...failed,
      definition: { name: record.name, text: shownText(record, { plan, run }) },
      progress: run.follower.progress(),
      runtime: await means.hosts.runtime(host.id),
      rules: means.rules,
      unpackedIn: folderName(plan.work),
    });
  }
  const result = await landBuilt({ job, context, means, host, plan, record, run });
  const { product, version } = record.runtime;
  const facts = { builtBy: `${product} ${version}`, host: host.label, test: run.follower.progress().test };
  if (plan.chain === null || run.follower.part() === null) return { ...result, facts };
  await (await means.checkpointsOf(host.id)).prune(plan.chain.keys);
  return { ...result, facts: { ...facts, ...chainFacts(plan.chain) } };
}

/** Where a failure is looked for: in parts, the definition with the other parts blank. */
function shownText(
  { definition }: BuildRecord,
  { plan, run }: { readonly plan: JobPlan; readonly run: BuildRun },
): string {
  const part = run.follower.part();
  if (plan.chain === null || part === null) return definition.text;
  const { cuts, begin } = plan.chain;
  return partOfDefinition(definition.text, { cuts, part: begin + part }, null);
}
