import { z } from 'zod';
import {
  folderName,
  type HostPath,
  hostPathFromText,
  hostPathSchema,
  joinPath,
} from '#core/contract/hostPath.ts';
import { compressionSchema, imageFormSchema, type PullInput, type PullPlan } from '#core/contract/images.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { runtimeProductSchema } from '#core/contract/runtime.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { reportOf, workbenchError } from '#core/errors/workbenchError.ts';
import type { DetachedEnd, DetachedJob, DetachedJobs } from '#core/hosts/detachedJob.ts';
import type { FileFacts, Host } from '#core/hosts/host.ts';
import { isLineFailure } from '#core/hosts/lineFailure.ts';
import type { Runtime } from '#core/runtime/action.ts';
import { supportedCompressions } from '#core/runtime/build.ts';
import { createDialect } from '#core/runtime/dialect.ts';
import { explainFailure } from '#core/runtime/explainFailure.ts';
import { hostPullCommand, hostPullJob, hostPullName } from '#core/runtime/hostPull.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import type { StderrRule } from '#core/runtime/stderrRule.ts';
import { stripAnsi } from '#core/runtime/terminalOutput.ts';
import { type TaskContext, TaskDetached } from '#core/tasks/task.ts';
import { authfile, credentialsFor, refuseCredentials } from './hostPullCredentials.ts';
import { createHostPullProgress } from './hostPullProgress.ts';
import { type HostPullRequest, hostPullRequest, privateFolderName } from './hostPullRequest.ts';
import type { Ledger } from './ledger.ts';
import type { CredentialsOf, ImagePreferences } from './pullMeans.ts';
import { runtimeOrNull } from './pullRequest.ts';
import { landFile, prepareTarget, requireSpace } from './pullTarget.ts';
import { verifyImage } from './verifyImage.ts';

/** What a pull by a host's own runtime stands on. */
export interface OnHostMeans {
  readonly host: Host;
  readonly jobs: DetachedJobs;
  /** The chosen installation there; fails with runtime.missing. */
  readonly runtime: () => Promise<Runtime>;
  /** OCI name of the host's processor. */
  readonly architecture: () => Promise<string>;
  /** Null takes a private folder beside the target, and the runtime's own cache. */
  readonly preferences: () => ImagePreferences & {
    readonly temporaryFolder: HostPath | null;
    readonly cacheFolder: HostPath | null;
  };
  /** On this machine. */
  readonly ledger: Ledger;
  /** What the person is signed in with. */
  readonly credentialsOf: CredentialsOf;
  /** What explains the runtime's words: the site's rules first. */
  readonly rules: readonly StderrRule[];
}

/** No image is smaller: how big this one is, only the runtime there will find out. */
const leastBytes = 1024 * 1024;
const planName = 'plan.json';
const landingName = 'landing.json';
const noteLimitBytes = 65_536;

/** What a job was begun with: settings may be others when it is adopted. */
const hostPullPlanSchema = z.object({
  target: hostPathSchema,
  /** Older notes have none. */
  form: imageFormSchema.default('sif'),
  overwrite: z.boolean(),
  shown: z.string(),
  isWholeImage: z.boolean(),
  compression: compressionSchema.nullable(),
  architecture: z.string().nullable(),
  work: hostPathSchema,
  /** As shown: nothing secret is in it. */
  command: z.string(),
  product: runtimeProductSchema,
  version: z.string(),
});
type HostPullPlan = z.infer<typeof hostPullPlanSchema>;

/** By what the image is known again once it has its final name. */
const landingSchema = z.object({ inode: z.string(), sizeBytes: z.number(), sha256: z.string() });

/** What a pull by the host's own runtime would do. Without a runtime there is no such route. */
export async function planPullOnHost(input: PullInput, means: OnHostMeans): Promise<PullPlan> {
  const runtime = await runtimeOrNull(means);
  const request = await requestOf(input, means, runtime);
  if (runtime !== null && input.route !== 'send') refuseCredentials(request, runtime);
  const { files } = means.host;
  const [existing, freeBytes] = await Promise.all([
    files.stat(request.target),
    files.freeBytes(folderName(request.target)),
  ]);
  const name = runtime === null ? null : `${runtime.dialect.programName} ${runtime.dialect.version}`;
  const free = `${formatBytes(freeBytes)} are free there.`;
  return {
    target: request.target,
    exists: existing === null ? null : { sizeBytes: existing.sizeBytes },
    byHand: request.byHand,
    means:
      name === null
        ? `There is no runtime on ${means.host.label}; ${free}`
        : `${name} on ${means.host.label} pulls it by itself; ${free}`,
    compressions:
      request.kind === 'docker' && request.form === 'sif' && runtime !== null
        ? [...supportedCompressions(runtime.dialect)]
        : [],
    routes: name === null ? [] : [{ route: 'host', text: routeText(name, means.host.label) }],
  };
}

/**
 * A pull by the host's own runtime on its own network, as work that goes on there without us; run again with the same id
 * it adopts what it began. Nothing partial has the target's name, and nothing stays when it fails or is cancelled.
 */
export async function pullOnHost(
  input: PullInput,
  context: TaskContext,
  means: OnHostMeans,
): Promise<TaskResult> {
  const { signal } = context;
  let job: DetachedJob | null = null;
  try {
    job = await means.jobs.find(context.id);
    signal.throwIfAborted();
    job ??= await begin(input, context, means);
    return await complete(job, context, means);
  } catch (thrown) {
    if (signal.reason instanceof TaskDetached) throw signal.reason;
    if (thrown instanceof TaskDetached) throw thrown;
    if (isLineFailure(thrown)) throw job === null ? thrown : new TaskDetached('cut', { cause: thrown });
    await clearAway(context, means);
    throw signal.aborted ? signal.reason : thrown;
  }
}

/** Ends and removes what the task has on the host. What cannot be ended now stays detached when it was to be cancelled. */
async function clearAway({ id, signal, log }: TaskContext, { jobs }: OnHostMeans): Promise<void> {
  try {
    const job = await jobs.find(id);
    await job?.cancel();
    await job?.remove();
  } catch (thrown) {
    if (signal.aborted) throw new TaskDetached('not cancelled', { cause: thrown });
    log('note', `Something was left behind on the host: ${reportOf(thrown).title}`);
  }
}

async function begin(input: PullInput, context: TaskContext, means: OnHostMeans): Promise<DetachedJob> {
  const { host } = means;
  const runtime = await means.runtime();
  const asked = await requestOf(input, means, runtime);
  refuseCredentials(asked, runtime);
  const request = { ...asked, credentials: await credentialsFor(asked, runtime, { context, ...means }) };
  context.report({ phase: 'resolve', text: `Preparing ${host.label}` });
  // A folder is never replaced.
  await prepareTarget(host, request.target, { overwrite: request.overwrite && request.form === 'sif' });
  await requireSpace(host, folderName(request.target), leastBytes);
  context.signal.throwIfAborted();
  const { temporaryFolder, cacheFolder } = means.preferences();
  const name = privateFolderName(context.id);
  const work = joinPath(folderName(request.target), name);
  const temporary = joinPath(
    temporaryFolder ?? work,
    temporaryFolder === null ? hostPathFromText('tmp') : name,
  );
  const secret = authfile(request);
  const command = hostPullCommand({
    ...request,
    runtime,
    target: joinPath(work, hostPathFromText(hostPullName)),
    architecture: request.askedArchitecture,
    authfile: secret === null ? null : secret.name,
    temporaryFolder: temporary,
    cacheFolder,
  });
  const plan = planOf(request, { runtime, work, command: showCommand(command) });
  context.log('command', request.byHand);
  context.log('command', plan.command);
  const title = `Pull of ${request.shown}`;
  const job = hostPullJob(command, { work, temporary, purpose: title });
  try {
    return await means.jobs.start(context.id, job, {
      title,
      wantsTerminal: true,
      files: [{ name: planName, data: JSON.stringify(plan) }, ...(secret === null ? [] : [secret])],
      ownedPaths: temporaryFolder === null ? [work] : [work, temporary],
    });
  } catch (thrown) {
    // The line was cut while it was told to begin: it may run there, and is begun when it is found that it does not.
    throw isLineFailure(thrown) ? new TaskDetached('cut', { cause: thrown }) : thrown;
  }
}

function planOf(
  request: HostPullRequest,
  rest: { readonly runtime: Runtime } & Pick<HostPullPlan, 'work' | 'command'>,
): HostPullPlan {
  const { dialect } = rest.runtime;
  const isDocker = request.kind === 'docker';
  const hasChoice = supportedCompressions(dialect).includes(request.compression);
  return {
    target: request.target,
    form: request.form,
    overwrite: request.overwrite,
    shown: request.shown,
    isWholeImage: !isDocker,
    compression: isDocker && hasChoice && request.form === 'sif' ? request.compression : null,
    architecture: isDocker ? request.architecture : null,
    work: rest.work,
    command: rest.command,
    product: dialect.product,
    version: dialect.version,
  };
}

/** Follows the job to its end and does the rest. Each step can be done twice. */
async function complete(job: DetachedJob, context: TaskContext, means: OnHostMeans): Promise<TaskResult> {
  const { host } = means;
  const plan = await readNote(host, joinPath(job.folder, hostPathFromText(planName)), hostPullPlanSchema);
  if (plan === null)
    throw workbenchError('task.interrupted', {
      host: host.label,
      reason: 'What it was to do is not known any more',
    });
  const progress = createHostPullProgress(context, plan);
  const end = await job.follow({
    from: context.resumeFrom,
    signal: context.signal,
    onOutput: (bytes, offset) => progress.take(bytes, offset),
  });
  progress.end();
  if (end.exitStatus !== 0) throw await failureOf(end, plan, means);
  const madeBy = { pulledBy: `${plan.product} ${plan.version}`, host: host.label };
  if (plan.form === 'sandbox') {
    await landSandbox(job, plan, host);
    await job.remove();
    return { path: plan.target, digest: null, sizeBytes: null, facts: { ...madeBy, form: 'sandbox' } };
  }
  const { facts, sha256 } = await land(job, plan, { context, host });
  const { sizeBytes, modifiedAt, inode } = facts;
  await means.ledger.record({
    target: plan.target,
    sizeBytes,
    modifiedAt,
    inode,
    sha256,
    key: null,
    manifestDigest: null,
    compression: plan.compression,
    architecture: plan.architecture,
    reference: plan.shown,
    taskId: context.id,
  });
  await job.remove();
  return {
    path: plan.target,
    digest: `sha256:${sha256}`,
    sizeBytes,
    facts: madeBy,
  };
}

/** Looks at the image and gives it its final name, unless that was done before by whoever followed the job then. */
async function land(
  job: DetachedJob,
  plan: HostPullPlan,
  { context, host }: { readonly context: TaskContext; readonly host: Host },
): Promise<{ readonly facts: FileFacts; readonly sha256: string }> {
  const note = joinPath(job.folder, hostPathFromText(landingName));
  const part = joinPath(plan.work, hostPathFromText(hostPullName));
  const made = await host.files.stat(part);
  if (made === null) {
    const landing = await readNote(host, note, landingSchema);
    const facts = await host.files.stat(plan.target);
    if (landing !== null && facts?.inode === landing.inode && facts.sizeBytes === landing.sizeBytes)
      return { facts, sha256: landing.sha256 };
    throw workbenchError('image.missing', { path: plan.target }, { hostId: host.id });
  }
  context.report({ phase: 'verify', fraction: 0.97, text: 'Checking the image' });
  await verifyImage(host, part, { mustBeSif: true, shownAs: plan.target });
  const sha256 = await readDigest(host, joinPath(plan.work, hostPathFromText('sha256')));
  const { inode, sizeBytes } = made;
  await host.files.write(note, JSON.stringify({ inode, sizeBytes, sha256 }), 0o600);
  context.report({ phase: 'finish', fraction: 0.99, text: 'Giving it its name' });
  const facts = await landFile(
    host,
    { from: part, target: plan.target },
    { overwrite: plan.overwrite, signal: context.signal },
  );
  return { facts, sha256 };
}

/** The same for a sandbox: the whole tree gets its name in one step. */
async function landSandbox(job: DetachedJob, plan: HostPullPlan, host: Host): Promise<void> {
  const note = joinPath(job.folder, hostPathFromText(landingName));
  const made = await host.files.stat(joinPath(plan.work, hostPathFromText(hostPullName)));
  if (made === null) {
    const landing = await readNote(host, note, landingSchema.pick({ inode: true }));
    if (landing !== null && (await host.files.stat(plan.target))?.inode === landing.inode) return;
    throw workbenchError('image.missing', { path: plan.target }, { hostId: host.id });
  }
  await host.files.write(note, JSON.stringify({ inode: made.inode }), 0o600);
  await host.files.rename(joinPath(plan.work, hostPathFromText(hostPullName)), plan.target, {
    overwrite: false,
  });
}

async function readDigest(host: Host, path: HostPath): Promise<string> {
  const text = new TextDecoder().decode(await host.files.read(path, 0, 64));
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  throw workbenchError(
    'runtime.failed',
    { verb: 'pull it', reason: 'sha256sum gave no digest' },
    { hostId: host.id },
  );
}

/** Null where there is no such file, or it is not ours. */
async function readNote<Note>(host: Host, path: HostPath, schema: z.ZodType<Note>): Promise<Note | null> {
  if ((await host.files.stat(path)) === null) return null;
  const text = new TextDecoder().decode(await host.files.read(path, 0, noteLimitBytes));
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null; // not JSON: not written by us
  }
}

/** Why the job ended without an image, told of the name that the person knows. */
async function failureOf(
  { exitStatus, tail }: DetachedEnd,
  plan: HostPullPlan,
  { host, rules, runtime }: OnHostMeans,
): Promise<Error> {
  const where = { hostId: host.id, command: plan.command, evidence: stripAnsi(tail), exitStatus };
  if (exitStatus === null) return workbenchError('task.interrupted', { host: host.label }, where);
  const dialect = createDialect(plan.product, plan.version, null);
  const conditions = (await runtime()).conditions;
  const explained = explainFailure(
    {
      stderr: tail,
      exitStatus,
      dialect,
      verb: 'pull',
      ...(conditions === undefined ? {} : { host: conditions }),
    },
    rules,
  );
  const facts = Object.entries(explained?.facts ?? {}).map(([name, value]) => [
    name,
    name === 'path' && String(value).startsWith(plan.work) ? plan.target : value,
  ]);
  return workbenchError(explained?.code ?? 'runtime.failed', Object.fromEntries(facts), where);
}

async function requestOf(
  input: PullInput,
  means: OnHostMeans,
  runtime: Runtime | null,
): Promise<HostPullRequest> {
  const hostArchitecture = await means.architecture();
  return hostPullRequest(input, { preferences: means.preferences(), runtime, hostArchitecture });
}

function routeText(name: string, label: string): string {
  return `${name} pulls it on ${label}, on its own network; it goes on when the line is cut. A pull that fails or is cancelled starts over.`;
}
