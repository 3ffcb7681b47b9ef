import { createHash } from 'node:crypto';
import { createTransferMeter } from '#core/tasks/transferMeter.ts';
import { commonBlocks, mebibyte, parseDigests, proofBlockBytes, provableBlocks } from './blocks.ts';
import { runOverChannel } from './channelRun.ts';
import { blockDigests, hashing, localBytes } from './localBytes.ts';
import { hashFunction, remoteScript } from './remoteScript.ts';
import { failureThere, interrupted, type SendJob, type SentPart } from './sendJob.ts';

const endedEarly = 3;

/** One line a block: what a half-sent file begins with. */
const proofScript = `${hashFunction}
block=0
while [ "$block" -lt "$count" ]; do
  dd if="$part" bs=${mebibyte} skip=$((block * blocks)) count="$blocks" 2>/dev/null | hash || exit 1
  block=$((block + 1))
done`;

/**
 * Writes what comes at its own place in the file: a late writer of a cut line writes the same bytes to the same places.
 * Behind it follows what hashes the file and, now and then, has it put on the disk, so that at the end little is left to
 * wait for. The mode is what the umask allows, as the runtime's own pull gives.
 */
const receiveScript = `${hashFunction}
LC_ALL=C; export LC_ALL
at=$skip; synced=$skip; whole=$(((size + ${mebibyte - 1}) / ${mebibyte}))
follow() {
  dd if="$part" bs=${mebibyte} count="$skip" 2>/dev/null
  while [ "$at" -lt "$whole" ]; do
    kill -0 $$ 2>/dev/null || return 1
    have=$(wc -c <"$part")
    if [ "$have" -ge "$size" ]; then have=$whole; else have=$((have / ${mebibyte})); fi
    if [ "$have" -le "$at" ]; then sleep 0.1 2>/dev/null || sleep 1; continue; fi
    dd if="$part" bs=${mebibyte} skip="$at" count=$((have - at)) 2>/dev/null || return 1
    at=$have
    if [ $((at - synced)) -ge 128 ]; then synced=$at; sync "$part" & fi
  done
}
(umask 077; exec dd of="$part" bs=${mebibyte} seek="$skip" count=0) || exit 1
{ follow | hash; } & hashing=$!
dd of="$part" bs=${mebibyte} seek="$skip" conv=notrunc
status=$?
if [ "$status" != 0 ] || [ "$(wc -c <"$part")" -ne "$size" ]; then
  # What follows sees that this shell is gone.
  [ "$status" = 0 ] && exit ${endedEarly}
  exit 1
fi
chmod +rwx "$part" && sync "$part" || exit 1
wait "$hashing"`;

/**
 * Copies the file as it is, over a channel, from where an earlier copy stopped. Fails with transfer.interrupted,
 * disk.full, disk.quota, disk.readOnly, host.permissionDenied, transfer.failed, and the signal's reason.
 */
export async function copyPlainly(job: SendJob): Promise<SentPart> {
  const { source, names, line, signal } = job;
  const size = source.facts.sizeBytes;
  const from = await provenBytes(job);
  if (from > 0) job.note(`${from} of ${size} bytes are there already, and are the same.`);
  const hash = job.knownSha256 === null ? createHash('sha256') : null;
  if (hash !== null)
    for await (const chunk of localBytes(source, { from: 0, to: from })) {
      signal.throwIfAborted();
      hash.update(chunk);
    }
  const bytes = localBytes(source, { from, to: size });
  const meter = createTransferMeter();
  const values = { part: { path: names.part }, skip: from / mebibyte, size };
  const end = await runOverChannel(line, remoteScript(receiveScript, values), {
    signal,
    source: hash === null ? bytes : hashing(bytes, hash),
    onTaken: (taken) => {
      const doneBytes = from + taken;
      job.onProgress({ doneBytes, ...meter.measure(taken, size - doneBytes) });
      if (doneBytes === size) job.onVerify();
    },
  });
  if (end === null || end.exitStatus === endedEarly) throw interrupted(job, end?.stderr);
  const [followed] = parseDigests(end.output);
  if (end.exitStatus !== 0 || followed === undefined) throw failureThere(job, end);
  const here = job.knownSha256 ?? hash?.digest('hex') ?? '';
  return {
    part: names.part,
    here,
    // What follows the writer may have met a late one of a cut line: then only the finished file tells.
    there: followed === here ? followed : await digestThere(job),
    sentBytes: size - from,
    reusedBytes: from,
  };
}

async function digestThere({ line, names, signal, target }: SendJob): Promise<string> {
  const script = remoteScript(`${hashFunction}\nhash <"$part"`, { part: { path: names.part } });
  const end = await runOverChannel(line, script, { signal });
  if (end === null) throw interrupted({ target, line });
  const [digest] = parseDigests(end.output);
  if (end.exitStatus !== 0 || digest === undefined) throw failureThere({ target, line }, end);
  return digest;
}

/** Up to where a half-sent file is known to be ours, in whole blocks: both machines hash them, at the same time. */
async function provenBytes({ source, there, names, line, signal, target }: SendJob): Promise<number> {
  const facts = await there.files.stat(names.part);
  if (facts?.kind !== 'file') return 0;
  const size = source.facts.sizeBytes;
  const blockBytes = proofBlockBytes(size);
  const count = provableBlocks(facts.sizeBytes, size);
  if (count === 0) return 0;
  const script = remoteScript(proofScript, {
    part: { path: names.part },
    count,
    blocks: blockBytes / mebibyte,
  });
  const [here, proof] = await Promise.all([
    blockDigests(source, { count, blockBytes, signal }),
    runOverChannel(line, script, { signal }),
  ]);
  if (proof === null) throw interrupted({ target, line });
  return commonBlocks(here, parseDigests(proof.output)) * blockBytes;
}
