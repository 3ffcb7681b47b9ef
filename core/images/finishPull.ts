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
  return await finishImage(
    means,
    {
      ...finished,
      target: request.target,
      overwrite: request.overwrite,
      mustBeSif: request.reference.kind !== 'file',
      architecture: request.reference.kind === 'docker' ? request.architecture : null,
      reference: request.shown,
    },
    context,
  );
}

/** A whole image under its temporary name, and what is to become of it. */
export interface FinishedImage extends FinishedPart {
  readonly target: HostPath;
  readonly overwrite: boolean;
  readonly mustBeSif: boolean;
  /** What it was made for, where that was chosen. */
  readonly architecture: string | null;
  /** Where it came from, without credentials. */
  readonly reference: string;
}

/** The same for an image that did not come by a pull. */
export async function finishImage(
  means: Pick<PullMeans, 'host' | 'ledger'>,
  image: FinishedImage,
  context: TaskContext,
): Promise<TaskResult> {
  const { host, ledger } = means;
  const { part, target, overwrite } = image;
  context.report({ phase: 'verify', fraction: 0.96, text: 'Checking the image' });
  await verifyImage(host, part, { mustBeSif: image.mustBeSif, shownAs: target });
  const sha256 = image.sha256 ?? (await host.files.sha256(part, context.signal));
  context.report({ phase: 'finish', fraction: 0.99, text: 'Writing to the disk' });
  const facts = await landFile(host, { from: part, target }, { overwrite, signal: context.signal });
  await ledger.record({
    target,
    sizeBytes: facts.sizeBytes,
    modifiedAt: facts.modifiedAt,
    inode: facts.inode,
    sha256,
    key: image.key,
    manifestDigest: image.manifestDigest,
    compression: image.compression,
    architecture: image.architecture,
    reference: image.reference,
    taskId: context.id,
  });
  return { path: target, digest: `sha256:${sha256}`, sizeBytes: facts.sizeBytes, facts: image.facts };
}
