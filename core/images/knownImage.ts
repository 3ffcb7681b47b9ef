import { folderName } from '#core/contract/hostPath.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { reportOf } from '#core/errors/workbenchError.ts';
import { finishPull, type RunningPull } from './finishPull.ts';
import { isUnchanged, type LedgerEntry } from './ledger.ts';
import { partPath, requireSpace } from './pullTarget.ts';

/**
 * Makes the target from a file that an earlier pull made of the very same source: a copy (with shared blocks where
 * the file system can), checked against the digest in the ledger. Null where there is no such file any more.
 */
export async function copyKnownImage(pull: RunningPull, key: string): Promise<TaskResult | null> {
  const { means, context } = pull;
  for (const entry of await means.ledger.findByKey(key)) {
    context.signal.throwIfAborted();
    const facts = await means.host.files.stat(entry.target).catch(() => null); // out of reach: of no use
    if (facts === null || !isUnchanged(entry, facts)) continue;
    await requireSpace(means.host, folderName(pull.request.target), entry.sizeBytes);
    const result = await copyEntry(pull, entry);
    if (result !== null) return result;
  }
  return null;
}

async function copyEntry(pull: RunningPull, entry: LedgerEntry): Promise<TaskResult | null> {
  const { request, means, context } = pull;
  const { files } = means.host;
  const part = partPath(request.target, context.id);
  await means.records.begin(context.id, { files: [part], folders: [], resumable: [] });
  try {
    const text = `The same image is in ${entry.target}: copying it`;
    context.log('note', text);
    context.report({ phase: 'copy', text, bytes: { done: 0, total: entry.sizeBytes } });
    await files.copy(entry.target, part, {
      signal: context.signal,
      onBytes: (done) =>
        context.report({
          phase: 'copy',
          fraction: entry.sizeBytes === 0 ? null : (done / entry.sizeBytes) * 0.95,
          bytes: { done, total: entry.sizeBytes },
        }),
    });
    if ((await files.sha256(part, context.signal)) !== entry.sha256) {
      context.log('note', `${entry.target} is not what was pulled any more, and is not used.`);
      await means.ledger.forget(entry.target);
      return null;
    }
    return await finishPull(pull, {
      ...entry,
      part,
      facts: { bytesDownloaded: 0, bytesReused: entry.sizeBytes, converted: false, sharedWith: entry.target },
    });
  } catch (thrown) {
    const { code, title } = reportOf(thrown);
    if (code !== 'host.pathMissing' && code !== 'host.permissionDenied') throw thrown;
    context.log('note', `${entry.target} cannot be copied: ${title}`);
    return null;
  } finally {
    await means.records.end(context.id, { isResumableKept: false });
  }
}
