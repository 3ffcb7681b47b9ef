import { baseName, type HostPath, hostPathToText, joinPath } from '#core/contract/hostPath.ts';
import type { SshChannel } from '#core/hosts/ssh/sshConnection.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { createTransferMeter } from '#core/tasks/transferMeter.ts';
import { parseDigests } from './blocks.ts';
import { runOverChannel } from './channelRun.ts';
import { hashFunction, remoteScript } from './remoteScript.ts';
import { isUsableRsync, parseRsyncProgress, parseSentBytes } from './rsyncOutput.ts';
import { cutStatuses, rsyncShell, rsyncShellEnvironment } from './rsyncShell.ts';
import { failureThere, interrupted, type SendJob, type SentPart } from './sendJob.ts';

/** Below this a whole copy costs no more than looking for differences. */
const smallestBytes = 1024 * 1024;

/** rsync expands `*?[]` in paths by itself, and its messages are lines: such paths are copied plainly. */
export const hasOnlyPlainCharacters = (path: HostPath): boolean => {
  const text = hostPathToText(path);
  return text !== null && text === path && !/[*?[\]]/.test(text);
};

/**
 * Whether only the differences to the old file can be sent: there must be one, and rsync at both ends. Sending a new
 * file is quicker without it.
 */
export async function canSendDelta(
  job: Pick<SendJob, 'source' | 'line' | 'target' | 'signal'>,
  old: { readonly sizeBytes: number },
): Promise<boolean> {
  const { source, line, target, signal } = job;
  if (source.host.kind !== 'local') return false; // rsync reads files of this machine
  if (Math.min(old.sizeBytes, source.facts.sizeBytes) < smallestBytes) return false;
  if (!hasOnlyPlainCharacters(target) || !hasOnlyPlainCharacters(source.path)) return false;
  const version = commandSpec('/bin/sh', ['-c', 'exec rsync --version'], {
    purpose: 'Look for rsync',
    environment: { LC_ALL: 'C' },
  });
  const [here, there] = await Promise.all([
    source.host.run(version, { signal, isQuiet: true }),
    runOverChannel(line, remoteScript('LC_ALL=C rsync --version'), { signal }),
  ]);
  return isUsableRsync(here.stdout) && there !== null && isUsableRsync(there.output);
}

/**
 * rsync compares with `../NAME`, the old target, and writes `NAME` in a private folder: the old one is not touched and
 * not missed by a job that has it open. `-I`, because two builds often have the same size and second; never `--inplace`,
 * which sends nearly all of an image again (RUNTIME §5). `-s` keeps paths out of the login shell.
 */
const rsyncOptions = [
  '-I',
  '-s',
  '--copy-dest=..',
  '--partial',
  '--no-inc-recursive',
  '--info=progress2',
  '--stats',
  '--no-human-readable',
];

/**
 * Makes the private folder ready. What an interrupted rsync left (its own temporary file too, where it was killed) is
 * what the next one compares with, so the old file is put behind it: all that either has need not be sent again. Where
 * there is no room for that, the larger of the two is taken.
 */
const prepareScript = `LC_ALL=C; export LC_ALL; umask 077
mkdir -p "$folder" && cd "$folder" || exit 1
for left in ."$name".??????; do
  [ -f "$left" ] || continue
  if [ -e "$name" ]; then rm -f "$left"; else mv -f "$left" "$name" || exit 1; fi
done
[ -f "$name" ] || exit 0
[ "$(wc -c <"$name")" -lt "$size" ] || exit 0
[ "$room" = 1 ] && { cat "../$name" >>"$name"; exit; }
[ "$(wc -c <"$name")" -gt "$(wc -c <"../$name")" ] || rm -f "$name"`;

const finishScript = `${hashFunction}
LC_ALL=C; export LC_ALL
chmod +rwx "$part" || exit 1
sync "$part" & written=$!
hash <"$part" || exit 1
wait "$written"`;

/** Sends the differences to the old target. Fails as `copyPlainly` does. */
export async function sendDelta(job: SendJob, old: { readonly sizeBytes: number }): Promise<SentPart> {
  const { line, signal, names, source, target } = job;
  const size = source.facts.sizeBytes;
  const name = baseName(target);
  const part = joinPath(names.deltaFolder, name);
  const freeBytes = await job.there.files.freeBytes(names.deltaFolder);
  await finished(
    job,
    remoteScript(prepareScript, {
      folder: { path: names.deltaFolder },
      name: { path: name },
      size,
      room: freeBytes > size + old.sizeBytes ? 1 : 0,
    }),
  );
  const channel = await line.openChannel('work', signal);
  const local = new AbortController();
  const hashed =
    job.knownSha256 === null
      ? source.host.files.sha256(source.path, AbortSignal.any([signal, local.signal]))
      : Promise.resolve(job.knownSha256);
  hashed.catch(() => undefined); // told below, after rsync
  let sentBytes: number;
  try {
    sentBytes = await runRsync(job, channel, part);
  } catch (thrown) {
    local.abort(thrown);
    throw thrown;
  } finally {
    channel.release();
  }
  job.onVerify();
  const [here, output] = await Promise.all([
    hashed,
    finished(job, remoteScript(finishScript, { part: { path: part } })),
  ]);
  const [there] = parseDigests(output);
  if (there === undefined) throw failureThere(job, { exitStatus: 0, stderr: output });
  return { part, here, there, sentBytes, reusedBytes: Math.max(0, size - sentBytes) };
}

async function finished(job: SendJob, script: ReturnType<typeof remoteScript>): Promise<string> {
  const end = await runOverChannel(job.line, script, { signal: job.signal });
  if (end === null) throw interrupted(job);
  if (end.exitStatus !== 0) throw failureThere(job, end);
  return end.output;
}

async function runRsync(job: SendJob, channel: SshChannel, part: HostPath): Promise<number> {
  const { source, signal, line } = job;
  const size = source.facts.sizeBytes;
  const meter = createTransferMeter();
  const spec = commandSpec(
    'rsync',
    [...rsyncOptions, '-e', rsyncShell, '--', { path: source.path }, `x:${part}`],
    {
      purpose: `Send what is new to ${line.label}`,
      environment: rsyncShellEnvironment(channel),
    },
  );
  const outcome = await source.host.run(spec, {
    signal,
    isQuiet: true,
    onLine: (text, stream) => {
      const progress = stream === 'stdout' ? parseRsyncProgress(text) : null;
      if (progress !== null)
        job.onProgress({
          doneBytes: Math.min(progress.doneBytes, size),
          ...meter.measure(progress.doneBytes, size - progress.doneBytes),
        });
    },
  });
  if (outcome.exitStatus === 0) return parseSentBytes(outcome.stdout) ?? size;
  const failure = failureThere(job, { exitStatus: outcome.exitStatus ?? 255, stderr: outcome.stderr });
  // Without words of the disk it is the line.
  if (failure.report.code !== 'transfer.failed' || !cutStatuses.includes(outcome.exitStatus ?? 255))
    throw failure;
  line.reportLoss();
  throw interrupted(job, outcome.stderr);
}
