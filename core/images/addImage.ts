import { folderName, type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { createTransferMeter } from '#core/tasks/transferMeter.ts';
import { finishPull, type RunningPull } from './finishPull.ts';
import { partPath, prepareTarget, requireSpace } from './pullTarget.ts';
import { verifyImage } from './verifyImage.ts';

const copyShare = 0.9;

/** Copies an image file of this host to the target, verified. Fails with image.missing and image.notAnImage first. */
export async function addFile(pull: RunningPull, source: HostPath): Promise<TaskResult> {
  const { request, means, context } = pull;
  const { files } = means.host;
  const facts = await files.stat(source);
  if (facts === null) throw workbenchError('image.missing', { path: source }, { hostId: means.host.id });
  await verifyImage(means.host, source, { mustBeSif: false, shownAs: source });
  await refuseItself(means.host, source, request.target);
  await prepareTarget(means.host, request.target, { overwrite: request.overwrite });
  await requireSpace(means.host, folderName(request.target), facts.sizeBytes);
  const part = partPath(request.target, context.id);
  await means.records.begin(context.id, { files: [part], folders: [], resumable: [] });
  try {
    await copyWithProgress(pull, { source, part, sizeBytes: facts.sizeBytes });
    return await finishPull(pull, {
      part,
      sha256: null,
      key: null,
      manifestDigest: null,
      compression: null,
      facts: { bytesDownloaded: 0, bytesReused: facts.sizeBytes, converted: false },
    });
  } finally {
    await means.records.end(context.id, { isResumableKept: false });
  }
}

/** A path that a person typed: whole, or from the home folder. */
export function localPath(host: Host, text: string): HostPath {
  if (text.startsWith('/')) return hostPathFromText(text);
  if (text.startsWith('~/')) return `${host.homeFolder}/${hostPathFromText(text.slice(2))}` as HostPath;
  throw workbenchError('input.invalid', {
    field: 'reference',
    reason: 'It has no scheme such as docker://, and is not a whole path',
  });
}

async function refuseItself(host: Host, source: HostPath, target: HostPath): Promise<void> {
  if ((await host.files.stat(target)) === null) return;
  if ((await host.files.realPath(target)) !== (await host.files.realPath(source))) return;
  throw workbenchError('image.targetExists', { path: target }, { hostId: host.id });
}

async function copyWithProgress(
  { means, context }: RunningPull,
  work: { readonly source: HostPath; readonly part: HostPath; readonly sizeBytes: number },
): Promise<void> {
  const meter = createTransferMeter();
  await means.host.files.copy(work.source, work.part, {
    signal: context.signal,
    onBytes: (done) =>
      context.report({
        phase: 'copy',
        text: '',
        fraction: work.sizeBytes === 0 ? null : (done / work.sizeBytes) * copyShare,
        bytes: { done, total: work.sizeBytes },
        ...meter.measure(done, work.sizeBytes - done),
      }),
  });
}
