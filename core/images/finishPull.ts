import type { HostPath } from '#core/contract/hostPath.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import type { LedgerEntry } from './ledger.ts';
import type { PullMeans } from './pullMeans.ts';
import type { PullRequest } from './pullRequest.ts';
import { landFile } from './pullTarget.ts';
import { verifyImage } from './verifyImage.ts';

/** A running pull or add. */
export interface RunningPull {
  readonly request: PullRequest;
  readonly means: PullMeans;
  readonly context: TaskContext;
}

export interface FinishedPart {
  /** The whole file, still under its temporary name. */
  readonly part: HostPath;
  /** Lower-case hex, where it is known already. */
  readonly sha256: string | null;
  readonly key: string | null;
  readonly manifestDigest: string | null;
  readonly compression: LedgerEntry['compression'];
  readonly facts: TaskResult['facts'];
}

/** Looks at what was made, gives it its final name, and writes it into the ledger. */
export async function finishPull(pull: RunningPull, finished: FinishedPart): Promise<TaskResult> {
  const { request, means, context } = pull;
  context.report({ phase: 'verify', fraction: 0.96, text: 'Checking the image' });
  await verifyImage(means.host, finished.part, {
    mustBeSif: request.reference.kind !== 'file',
    shownAs: request.target,
  });
  const sha256 = finished.sha256 ?? (await means.host.files.sha256(finished.part, context.signal));
  context.report({ phase: 'finish', fraction: 0.99, text: 'Writing to the disk' });
  const facts = await landFile(
    means.host,
    { from: finished.part, target: request.target },
    { overwrite: request.overwrite, signal: context.signal },
  );
  await means.ledger.record({
    target: request.target,
    sizeBytes: facts.sizeBytes,
    modifiedAt: facts.modifiedAt,
    inode: facts.inode,
    sha256,
    key: finished.key,
    manifestDigest: finished.manifestDigest,
    compression: finished.compression,
    architecture: request.reference.kind === 'docker' ? request.architecture : null,
    reference: request.shown,
    taskId: context.id,
  });
  return {
    path: request.target,
    digest: `sha256:${sha256}`,
    sizeBytes: facts.sizeBytes,
    facts: finished.facts,
  };
}
