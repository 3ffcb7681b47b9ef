import type { KeyedLock } from '#core/cache/keyedLock.ts';
import { folderName, type HostPath } from '#core/contract/hostPath.ts';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { FileFacts, Host } from '#core/hosts/host.ts';
import type { SshConnection } from '#core/hosts/ssh/sshConnection.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { requireUnchanged, type SendSource } from './localBytes.ts';
import { partNames } from './partName.ts';
import { copyPlainly } from './plainCopy.ts';
import { canSendDelta, sendDelta } from './rsyncDelta.ts';
import type { SendJob, SentPart } from './sendJob.ts';

/** What sending stands on. */
export interface SendMeans {
  /** Where the file lies: this machine, or another host. */
  readonly local: Host;
  /** Where the file goes. */
  readonly host: Host;
  readonly connection: SshConnection;
  /** The line to a data-transfer node that sees the same files; null where there is none. */
  readonly transferConnection: SshConnection | null;
  /** Across processes: one sending of a file to a target at a time. */
  readonly locks: KeyedLock;
}

export interface SendRequest {
  /** A file of `local`. */
  readonly source: HostPath;
  /** The whole path there; its folder is made when it is missing. */
  readonly target: HostPath;
  readonly overwrite: boolean;
  /** Lower-case hex, where it is known without reading the file. */
  readonly sha256: string | null;
  /** The part of the task's whole that sending is, from 0 to 1. */
  readonly share: { readonly from: number; readonly to: number };
}

/** A file that is at its target now. */
export interface SentFile {
  /** Lower-case hex, told by both machines. */
  readonly sha256: string;
  /** The target's. */
  readonly facts: FileFacts;
  /** Bytes that went over the line. */
  readonly sentBytes: number;
  /** Bytes that were there: of the same image, of an older one, of an interrupted sending. */
  readonly reusedBytes: number;
  /** `none`: the same image was there already. */
  readonly way: 'copy' | 'delta' | 'none';
}

/** Of the share: until here bytes move, then they are proved. */
const movedShare = 0.94;

/**
 * Sends a file to a host: to a private name beside the target, resumed where an earlier sending of the same file stopped,
 * proved by SHA-256 on both machines, put on the disk, renamed at the end. Nothing is sent where the same file is there
 * already. Fails with image.targetExists, disk.full, disk.quota, disk.readOnly, host.permissionDenied,
 * host.notADirectory, transfer.interrupted (the same call again goes on), transfer.digestMismatch, transfer.failed, what
 * the connection fails with, and the signal's reason (the same call again goes on, too).
 */
export async function sendFile(
  means: SendMeans,
  request: SendRequest,
  context: TaskContext,
): Promise<SentFile> {
  const { local, host } = means;
  const facts = await local.files.stat(request.source);
  if (facts === null) throw workbenchError('image.missing', { path: request.source }, { hostId: local.id });
  const source: SendSource = { host: local, path: request.source, facts };
  const names = partNames(request.source, facts, request.target);
  const key = `send ${host.id} ${names.part}`;
  const lock = await means.locks.acquire(key, {
    signal: context.signal,
    onWait: () => context.report({ phase: 'wait', text: 'Another push of the same file is at work' }),
  });
  try {
    const existing = await host.files.stat(request.target);
    const same = existing === null ? null : await sameThere(means, { ...request, source, existing, context });
    if (same !== null) return { ...same, sentBytes: 0, reusedBytes: facts.sizeBytes, way: 'none' };
    refuseExisting(means, request, existing);
    const job = sendJob(means, request, { source, names, context });
    return await sendNew(job, { existing, overwrite: request.overwrite });
  } finally {
    await lock.release();
  }
}

/** SHA-256 of the target where it is the file that would be sent; null where it is another. Reads only what it must. */
async function sameThere(
  { host }: SendMeans,
  work: {
    readonly source: SendSource;
    readonly existing: FileFacts;
    readonly context: TaskContext;
  } & Pick<SendRequest, 'target' | 'sha256'>,
): Promise<{ readonly sha256: string; readonly facts: FileFacts } | null> {
  const { source, existing, target, context } = work;
  if (existing.kind !== 'file' || existing.sizeBytes !== source.facts.sizeBytes) return null;
  if (!(await beginsAlike(host, target, source))) return null;
  context.report({ phase: 'verify', text: 'Comparing with what is there' });
  const [here, there] = await Promise.all([
    work.sha256 ?? source.host.files.sha256(source.path, context.signal),
    host.files.sha256(target, context.signal),
  ]);
  return here === there ? { sha256: there, facts: existing } : null;
}

const headBytes = 4096;

/** Two builds of an image differ in the first bytes already: they hold its id and time. */
export async function beginsAlike(host: Host, target: HostPath, source: SendSource): Promise<boolean> {
  const [here, there] = await Promise.all([
    source.host.files.read(source.path, 0, headBytes),
    host.files.read(target, 0, headBytes),
  ]);
  return Buffer.compare(here, there) === 0;
}

function refuseExisting({ host }: SendMeans, request: SendRequest, existing: FileFacts | null): void {
  if (existing === null || (request.overwrite && existing.kind === 'file')) return;
  const sizeBytes = existing.kind === 'file' ? existing.sizeBytes : null;
  throw workbenchError('image.targetExists', { path: request.target, sizeBytes }, { hostId: host.id });
}

function sendJob(
  means: SendMeans,
  request: SendRequest,
  work: Pick<SendJob, 'source' | 'names'> & { readonly context: TaskContext },
): SendJob {
  const { source, names, context } = work;
  const { from, to } = request.share;
  const total = source.facts.sizeBytes;
  const span = to - from;
  return {
    source,
    names,
    there: means.host,
    line: means.transferConnection ?? means.connection,
    target: request.target,
    knownSha256: request.sha256,
    signal: context.signal,
    onProgress: ({ doneBytes, ...rate }) =>
      context.report({
        phase: 'send',
        text: '',
        fraction: from + (total === 0 ? 0 : doneBytes / total) * span * movedShare,
        bytes: { done: doneBytes, total },
        ...rate,
      }),
    onVerify: () =>
      context.report({
        phase: 'verify',
        fraction: from + span * movedShare,
        text: 'Checking it there and writing it to the disk',
      }),
    note: (text) => context.log('note', text),
  };
}

async function sendNew(
  job: SendJob,
  old: { readonly existing: FileFacts | null; readonly overwrite: boolean },
): Promise<SentFile> {
  const { there, names, signal, target } = job;
  await prepareFolder(job);
  const isDelta = old.existing !== null && (await canSendDelta(job, old.existing));
  try {
    const sent =
      isDelta && old.existing !== null ? await sendDelta(job, old.existing) : await copyPlainly(job);
    await requireUnchanged(job.source);
    await requireSame(job, sent);
    signal.throwIfAborted();
    await there.files.rename(sent.part, target, { overwrite: old.overwrite });
    if (old.existing !== null || isDelta) await forgetParts(job);
    const facts = await there.files.stat(target);
    if (facts === null) throw workbenchError('image.missing', { path: target }, { hostId: there.id });
    const { sentBytes, reusedBytes } = sent;
    return { sha256: sent.there, facts, sentBytes, reusedBytes, way: isDelta ? 'delta' : 'copy' };
  } catch (thrown) {
    if (signal.aborted)
      job.note(`What was sent is kept in ${folderName(names.part)}: the next push goes on from there.`);
    // A full disk is not kept full by what is of no use to anybody; a changed file makes another part.
    if (isUseless(thrown)) await forgetParts(job);
    throw thrown;
  }
}

async function prepareFolder({ there, target, names, source }: SendJob): Promise<void> {
  const { files } = there;
  const folder = folderName(target);
  const facts = await files.stat(folder);
  if (facts === null) await files.makeFolder(folder);
  else if (facts.kind !== 'folder')
    throw workbenchError('host.notADirectory', { path: folder }, { hostId: there.id });
  const part = await files.stat(names.part);
  const neededBytes = source.facts.sizeBytes - (part?.sizeBytes ?? 0);
  const freeBytes = await files.freeBytes(folder);
  if (freeBytes < neededBytes)
    throw workbenchError('disk.full', { path: folder, neededBytes, freeBytes }, { hostId: there.id });
}

async function requireSame(job: SendJob, { here, there }: SentPart): Promise<void> {
  if (here === there) return;
  throw workbenchError(
    'transfer.digestMismatch',
    { path: job.target, expected: here, found: there },
    { hostId: job.there.id },
  );
}

function isUseless(thrown: unknown): boolean {
  if (!(thrown instanceof WorkbenchError)) return false;
  const { code } = thrown.report;
  return (
    code === 'disk.full' ||
    code === 'disk.quota' ||
    code === 'transfer.digestMismatch' ||
    code === 'transfer.failed'
  );
}

/** Takes away what this file's sending has beside the target. */
async function forgetParts({ there, names }: SendJob): Promise<void> {
  await there.files.remove(names.part);
  await there.files.remove(names.deltaFolder);
}
