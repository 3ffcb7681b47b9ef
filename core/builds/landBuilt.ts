import { z } from 'zod';
import type { BuildRecord } from '#core/contract/builds.ts';
import { folderName, type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { DetachedJob } from '#core/hosts/detachedJob.ts';
import type { FileFacts, Host } from '#core/hosts/host.ts';
import { isLineFailure } from '#core/hosts/lineFailure.ts';
import { landFile, partPath, prepareTarget, requireSpace } from '#core/images/pullTarget.ts';
import { verifyImage } from '#core/images/verifyImage.ts';
import { buildFolderNames } from '#core/runtime/buildDefinitionJob.ts';
import { type TaskContext, TaskDetached } from '#core/tasks/task.ts';
import { createTransferMeter } from '#core/tasks/transferMeter.ts';
import { receiveFile } from '#core/transfer/receiveFile.ts';
import type { BuildMeans } from './buildMeans.ts';
import type { BuildRun } from './buildRun.ts';

const landingName = 'landing.json';
const noteLimitBytes = 65_536;

/** By what the image is known again once it has its final name. */
const landingSchema = z.object({ inode: z.string(), sizeBytes: z.number(), sha256: z.string() });
type Landing = z.infer<typeof landingSchema>;

export interface BuiltThere {
  /** Where notes of the landing lie. */
  readonly job: Pick<DetachedJob, 'folder'>;
  readonly context: TaskContext;
  readonly means: BuildMeans;
  /** Where it was built. */
  readonly host: Host;
  readonly plan: { readonly work: HostPath; readonly overwrite: boolean };
  readonly record: BuildRecord;
  readonly run: BuildRun;
}

/** What a build on a host made gets its final name, there or here, unless that was done before by whoever followed it then. */
export async function landBuilt(built: BuiltThere): Promise<TaskResult> {
  const { host, plan, record } = built;
  const made = joinPath(plan.work, hostPathFromText(buildFolderNames.image));
  const facts = await host.files.stat(made);
  const isHere = record.targetHostId !== host.id;
  const holder = isHere ? built.means.host : host;
  const note = joinPath(built.job.folder, hostPathFromText(landingName));
  const landed = await landedBefore(built, { note, holder });
  if (landed !== null) return landed;
  if (facts === null) throw workbenchError('image.missing', { path: record.target }, { hostId: host.id });
  if (record.options.form === 'sandbox') {
    const { inode } = facts;
    await host.files.write(note, JSON.stringify({ inode, sizeBytes: 0, sha256: '' }), 0o600);
    await host.files.rename(made, record.target, { overwrite: false });
    return { path: record.target, digest: null, sizeBytes: null, facts: {} };
  }
  built.context.report({ phase: 'verify', fraction: 0.92, text: 'Checking the image' });
  await verifyImage(host, made, { mustBeSif: true, shownAs: record.target });
  const sha256 = await readDigest(host, joinPath(plan.work, hostPathFromText(buildFolderNames.digest)));
  if (!isHere) return await landIn(built, { part: made, sha256, note, holder });
  return await receiveBuilt(built, { made, facts, sha256, note });
}

async function receiveBuilt(
  built: BuiltThere,
  file: {
    readonly made: HostPath;
    readonly facts: FileFacts;
    readonly sha256: string;
    readonly note: HostPath;
  },
): Promise<TaskResult> {
  const { context, means, host, record, plan } = built;
  const { sizeBytes } = file.facts;
  const part = partPath(record.target, context.id);
  built.run.follower.begin('receive', 'The image comes here');
  await prepareTarget(means.host, record.target, { overwrite: plan.overwrite });
  const begun = (await means.host.files.stat(part))?.sizeBytes ?? 0;
  await requireSpace(means.host, folderName(record.target), sizeBytes - begun);
  await means.records.begin(context.id, { files: [], folders: [], resumable: [part] });
  let isResumableKept = false;
  try {
    const meter = createTransferMeter();
    await receiveFile(
      { local: means.host, host },
      {
        from: file.made,
        sizeBytes,
        sha256: file.sha256,
        part,
        signal: context.signal,
        onBytes: (done) =>
          context.report({
            phase: 'download',
            text: 'The image comes here',
            bytes: { done, total: sizeBytes },
            fraction: 0.92 + (done / sizeBytes) * 0.06,
            ...meter.measure(done - begun, sizeBytes - done),
          }),
      },
    );
    await verifyImage(means.host, part, { mustBeSif: true, shownAs: record.target });
    return await landIn(built, { part, sha256: file.sha256, note: file.note, holder: means.host });
  } catch (thrown) {
    isResumableKept = isLineFailure(thrown) || context.signal.reason instanceof TaskDetached;
    throw thrown;
  } finally {
    await means.records.end(context.id, { isResumableKept });
  }
}

async function landIn(
  built: BuiltThere,
  file: {
    readonly part: HostPath;
    readonly sha256: string;
    readonly note: HostPath;
    readonly holder: Host;
  },
): Promise<TaskResult> {
  const { context, record, plan, host } = built;
  const { holder, part, sha256, note } = file;
  const before = await holder.files.stat(part);
  if (before === null) throw workbenchError('image.missing', { path: record.target }, { hostId: holder.id });
  const { inode, sizeBytes } = before;
  await host.files.write(note, JSON.stringify({ inode, sizeBytes, sha256 }), 0o600);
  context.report({ phase: 'finish', fraction: 0.99, text: 'Giving it its name' });
  const facts = await landFile(
    holder,
    { from: part, target: record.target },
    { overwrite: plan.overwrite, signal: context.signal },
  );
  return await recorded(built, { facts, sha256 });
}

/** The result of a landing that was done before, by whoever followed the job then; null where there was none. */
async function landedBefore(
  built: BuiltThere,
  { note, holder }: { readonly note: HostPath; readonly holder: Host },
): Promise<TaskResult | null> {
  const { host, record } = built;
  const landing = await readLanding(host, note);
  if (landing === null) return null;
  const facts = await holder.files.stat(record.target);
  if (facts?.inode !== landing.inode) return null;
  if (record.options.form === 'sandbox')
    return { path: record.target, digest: null, sizeBytes: null, facts: {} };
  if (facts.sizeBytes !== landing.sizeBytes) return null;
  return await recorded(built, { facts, sha256: landing.sha256 });
}

async function recorded(
  { context, means, record }: BuiltThere,
  { facts, sha256 }: { readonly facts: FileFacts; readonly sha256: string },
): Promise<TaskResult> {
  const ledger = await means.ledgerOf(record.targetHostId);
  await ledger.record({
    target: record.target,
    sizeBytes: facts.sizeBytes,
    modifiedAt: facts.modifiedAt,
    inode: facts.inode,
    sha256,
    key: null,
    manifestDigest: null,
    compression: record.options.compression,
    architecture: record.architecture,
    reference: record.name,
    taskId: context.id,
  });
  return { path: record.target, digest: `sha256:${sha256}`, sizeBytes: facts.sizeBytes, facts: {} };
}

async function readLanding(host: Host, path: HostPath): Promise<Landing | null> {
  if ((await host.files.stat(path)) === null) return null;
  const text = new TextDecoder().decode(await host.files.read(path, 0, noteLimitBytes));
  try {
    const parsed = landingSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null; // not JSON: not written by us
  }
}

async function readDigest(host: Host, path: HostPath): Promise<string> {
  const text = new TextDecoder().decode(await host.files.read(path, 0, 64));
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  throw workbenchError(
    'runtime.failed',
    { verb: 'build it', reason: 'sha256sum gave no digest' },
    { hostId: host.id },
  );
}
