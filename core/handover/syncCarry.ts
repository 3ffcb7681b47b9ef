import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { type WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { CommandOutcome, Host } from '#core/hosts/host.ts';
import { newMarker } from '#core/hosts/ssh/fence.ts';
import { pipeInput, pipeWord } from '#core/hosts/ssh/remoteCommand.ts';
import { quoteHostPath, wordPrelude } from '#core/hosts/ssh/remoteWords.ts';
import type { SshChannel, SshConnection } from '#core/hosts/ssh/sshConnection.ts';
import { type Argument, commandSpec } from '#core/runtime/commandSpec.ts';
import { createTransferMeter, type TransferRate } from '#core/tasks/transferMeter.ts';
import { hasOnlyPlainCharacters } from '#core/transfer/rsyncDelta.ts';
import {
  isUsableRsync,
  parseReceivedBytes,
  parseRsyncProgress,
  parseSentBytes,
} from '#core/transfer/rsyncOutput.ts';
import { cutStatuses, rsyncShell, rsyncShellEnvironment, sshWords } from '#core/transfer/rsyncShell.ts';
import { type SyncHost, stagingName, stagingOf, writeList } from './syncHost.ts';
import { joinLines, type TreePath } from './syncRecord.ts';

/** Files of one side on their way to the private folder of the other. */
export interface Carrying {
  /** This machine: what goes between two others goes through it. */
  readonly local: Host;
  readonly from: SyncHost;
  readonly to: SyncHost;
  /** Files alone. */
  readonly paths: readonly TreePath[];
  readonly bytes: number;
  onProgress(progress: { readonly doneBytes: number } & TransferRate): void;
  note(text: string): void;
}

export interface Carried {
  readonly way: 'rsync' | 'tar';
  /** Over the line; of tar, those of the files. */
  readonly movedBytes: number;
}

/**
 * Carries files: their differences by rsync where both ends have it, else whole, as a stream. What comes is checked by
 * the caller: a source may change meanwhile, or lie. Fails with transfer.interrupted where a line is cut, transfer.failed,
 * disk.full, disk.quota, host.permissionDenied and the signal's reason.
 */
export async function carry(job: Carrying): Promise<Carried> {
  return (await canUseRsync(job)) ? await byRsync(job) : await byTar(job);
}

const below = (folder: HostPath, name: string) => joinPath(folder, hostPathFromText(name));
const treeOf = ({ workspace }: SyncHost) => below(workspace.folder, 'home');

async function canUseRsync({ from, to }: Carrying): Promise<boolean> {
  if ((from.line === null) === (to.line === null)) return false;
  if (![treeOf(from), stagingOf(to)].every(hasOnlyPlainCharacters)) return false;
  const version = commandSpec('/bin/sh', ['-c', 'exec rsync --version'], {
    purpose: 'Look for rsync',
    environment: { LC_ALL: 'C' },
  });
  const ends = await Promise.all(
    [from, to].map(({ host, signal }) => host.run(version, { signal, isQuiet: true })),
  );
  return ends.every(({ stdout }) => isUsableRsync(stdout));
}

/**
 * Files alone, with their times: `-I`, because these are known to differ, `--copy-dest`, so that the old ones are what is
 * compared with and stay as they are. Folders, links and modes are made by ourselves.
 */
const rsyncOptions = [
  '-t',
  '-I',
  '-s',
  '--from0',
  '--files-from=-',
  '--no-implied-dirs',
  '--copy-dest=../../../home',
  '--no-inc-recursive',
  '--info=progress2',
  '--stats',
  '--no-human-readable',
];

async function byRsync(job: Carrying): Promise<Carried> {
  const { local, from, to, paths } = job;
  const line = lineOf(from.line ?? to.line);
  const channel = await line.openChannel('work', from.signal);
  const meter = createTransferMeter();
  try {
    const source = `${treeOf(from)}/`;
    const target = `${below(stagingOf(to), 'files')}/`;
    const words = from.line === null ? [source, `x:${target}`] : [`x:${source}`, target];
    const spec = commandSpec('rsync', [...rsyncOptions, '-e', rsyncShell, '--', ...words], {
      purpose: `Sync with ${line.label}`,
      environment: rsyncShellEnvironment(channel),
    });
    const outcome = await local.run(spec, {
      signal: from.signal,
      taskId: from.taskId,
      stdin: joinLines(paths.map((path) => `./${path}`)),
      onLine: (text, stream) => {
        const progress = stream === 'stdout' ? parseRsyncProgress(text) : null;
        if (progress === null) return;
        const doneBytes = Math.min(progress.doneBytes, job.bytes);
        job.onProgress({ doneBytes, ...meter.measure(doneBytes, job.bytes - doneBytes) });
      },
    });
    // 23 and 24: files that vanished or cannot be read; what came is looked at anyway.
    if (outcome.exitStatus === 23 || outcome.exitStatus === 24) job.note(outcome.stderr.trim());
    else if (outcome.exitStatus !== 0) throw failure(job, outcome, [line]);
    const moved = (parseSentBytes(outcome.stdout) ?? 0) + (parseReceivedBytes(outcome.stdout) ?? 0);
    return { way: 'rsync', movedBytes: moved };
  } finally {
    channel.release();
  }
}

const packWords = 'tar -cf - --format=posix --no-recursion --hard-dereference --ignore-failed-read --null -T';
const unpackWords = 'tar -xf - --no-same-owner --no-same-permissions';

/**
 * One stream between two ends, each here or behind ssh: whatever shells print before it is read over. Says `f` and `t` with
 * the exit status of each end.
 */
const pipeScript = `umask 077
from() { if [ -n "$MS_FROM_SSH" ]; then
{ printf '%s\\n' "$MS_FROM" | eval "$MS_FROM_SSH \\"\\$MS_WORD\\""; echo "f$?" >&4; } |
{ while IFS= read -r line; do [ "$line" = "$MS_MARK" ] && exec cat; done; }
else ( cd -- "$MS_FROM_TREE" && exec ${packWords} "$MS_FROM_LIST" ); echo "f$?" >&4; fi; }
to() { if [ -n "$MS_TO_SSH" ]; then { printf '%s\\n' "$MS_TO"; cat; } | eval "$MS_TO_SSH \\"\\$MS_WORD\\"" >/dev/null; echo "t$?" >&4
else ( cd -- "$MS_TO_FOLDER" && exec ${unpackWords} ); echo "t$?" >&4; fi; }
{ from | to; } 4>&1`;

async function byTar(job: Carrying): Promise<Carried> {
  const { local, from, to, paths } = job;
  await writeList(from, 'get', paths);
  const lines = [from.line, to.line].flatMap((line) => line ?? []);
  const channels: SshChannel[] = [];
  try {
    for (const line of lines) channels.push(await line.openChannel('work', from.signal));
    const [first, second] = channels;
    const list = below(stagingOf(from), 'get');
    const folder = below(stagingOf(to), 'files');
    const marker = newMarker();
    const remoteFrom = `${wordPrelude}\nLC_ALL=C; export LC_ALL; echo; echo ${marker}; cd -- ${quoteHostPath(treeOf(from))} && exec ${packWords} ${quoteHostPath(list)}`;
    const remoteTo = `${wordPrelude}\nLC_ALL=C; export LC_ALL; umask 077; cd -- ${quoteHostPath(folder)} && exec ${unpackWords}`;
    const environment: Record<string, Argument> = {
      ...first?.environment,
      LC_ALL: 'C',
      MS_WORD: pipeWord,
      MS_MARK: marker,
      MS_FROM_SSH: from.line === null || first === undefined ? '' : sshWords(first),
      MS_FROM: pipeInput(remoteFrom).toString('latin1').trimEnd(),
      MS_FROM_TREE: { path: treeOf(from) },
      MS_FROM_LIST: { path: list },
      MS_TO: pipeInput(remoteTo).toString('latin1').trimEnd(),
      MS_TO_FOLDER: { path: folder },
    };
    const toChannel = from.line === null ? first : second;
    environment['MS_TO_SSH'] = to.line === null || toChannel === undefined ? '' : sshWords(toChannel);
    const spec = commandSpec('/bin/sh', ['-c', pipeScript], {
      purpose: `Sync ${stagingName(to)}`,
      byHand: 'tar -cf - … | tar -xf -',
      environment,
    });
    const outcome = await local.run(spec, { signal: from.signal, taskId: from.taskId });
    const statusOf = (end: string) =>
      Number(new RegExp(`^${end}(\\d+)$`, 'm').exec(outcome.stdout)?.[1] ?? 255);
    const [packed, unpacked] = [statusOf('f'), statusOf('t')];
    // 1: a file changed while it was read; what came is looked at anyway.
    if (unpacked !== 0) throw failure(job, { ...outcome, exitStatus: unpacked }, lines);
    if (packed > 1) throw failure(job, { ...outcome, exitStatus: packed }, lines);
    return { way: 'tar', movedBytes: job.bytes };
  } finally {
    for (const channel of channels) channel.release();
  }
}

function failure(
  { to }: Carrying,
  { exitStatus, stderr }: Pick<CommandOutcome, 'exitStatus' | 'stderr'>,
  lines: readonly SshConnection[],
): WorkbenchError {
  const path = to.workspace.folder;
  const where = { hostId: to.host.id, exitStatus, evidence: stderr };
  if (/no space left on device/i.test(stderr)) return workbenchError('disk.full', { path }, where);
  if (/quota exceeded/i.test(stderr)) return workbenchError('disk.quota', { path }, where);
  if (/read-only file system/i.test(stderr)) return workbenchError('disk.readOnly', { path }, where);
  const host = lines[0]?.label ?? to.host.label;
  if (cutStatuses.includes(exitStatus ?? 255) && lines.length > 0) {
    for (const line of lines) line.reportLoss();
    return workbenchError('transfer.interrupted', { path, host, doneBytes: null, sizeBytes: null }, where);
  }
  if (/permission denied|operation not permitted/i.test(stderr))
    return workbenchError('host.permissionDenied', { path, operation: 'write' }, where);
  const reason = stderr.trimEnd().split('\n').at(-1) ?? '';
  return workbenchError('transfer.failed', { path, host, reason: reason === '' ? null : reason }, where);
}

function lineOf(line: SshConnection | null): SshConnection {
  if (line === null) throw new Error('rsync without a line');
  return line;
}
