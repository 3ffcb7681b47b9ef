import { createHash } from 'node:crypto';
import { createTransferMeter } from '#core/images/transferMeter.ts';
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
 * Writes what comes at its own place in the file (a late writer of a cut line writes the same bytes to the same places),
 * then proves that all came, puts it on the disk and hashes it, both at once. The mode is what the umask allows, as the
 * runtime's own pull does.
 */
const receiveScript = `${hashFunction}
LC_ALL=C; export LC_ALL
(umask 077; exec dd of="$part" bs=${mebibyte} seek="$skip") || exit 1
[ "$(wc -c <"$part")" -eq "$size" ] || exit ${endedEarly}
chmod +rwx "$part" || exit 1
sync "$part" & written=$!
hash <"$part" || exit 1
wait "$written"`;

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
  const [there] = parseDigests(end.output);
  if (end.exitStatus !== 0 || there === undefined) throw failureThere(job, end);
  return {
    part: names.part,
    here: job.knownSha256 ?? hash?.digest('hex') ?? '',
    there,
    sentBytes: size - from,
    reusedBytes: from,
  };
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
