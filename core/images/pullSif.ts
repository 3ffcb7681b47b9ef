import { createHash } from 'node:crypto';
import { folderName, type HostPath, hostPathToText } from '#core/contract/hostPath.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { reportOf, workbenchError } from '#core/errors/workbenchError.ts';
import { downloadToFile } from '#core/registry/download.ts';
import { createHttpSource } from '#core/registry/httpSource.ts';
import type { FileServiceReference, SifSource } from '#core/registry/sifSource.ts';
import { createDownloadProgress } from './downloadProgress.ts';
import { finishPull, type RunningPull } from './finishPull.ts';
import { copyKnownImage } from './knownImage.ts';
import { partPath, prepareTarget, refuseExisting } from './pullTarget.ts';
import { refuseOtherThanSif } from './sifGuard.ts';

/** Failures after which the half-fetched file is of no use. */
const worthless: readonly string[] = [
  'registry.notASif',
  'registry.digestMismatch',
  'image.notAnImage',
  'image.truncated',
  'image.hostileHeader',
];

/** `http(s)://…`: the file as it is. */
export async function pullHttp(pull: RunningPull, url: string): Promise<TaskResult> {
  const { request, context, means } = pull;
  await prepareTarget(means.host, request.target, { overwrite: request.overwrite });
  const open = createHttpSource(url, {
    isHttpAllowed: request.isHttpAllowed,
    credentials: request.credentials,
    onNotice: (text) => context.log('note', text),
  });
  return await downloadSif(pull, {
    open,
    identity: url,
    digest: null,
    sizeBytes: null,
    manifestDigest: null,
  });
}

/** `library://`, `shub://`, `s3://`: a file that is asked for in its service's own way. */
export async function pullFromService(
  pull: RunningPull,
  reference: FileServiceReference,
): Promise<TaskResult> {
  const { request, context, means } = pull;
  await prepareTarget(means.host, request.target, { overwrite: request.overwrite });
  context.report({ phase: 'resolve', text: `Asking for ${request.shown}` });
  const source = await means.openSif(reference, {
    architecture: request.architecture,
    isHttpAllowed: request.isHttpAllowed,
    credentials: request.credentials,
    onNotice: (text) => context.log('note', text),
    signal: context.signal,
  });
  return await downloadSif(pull, source);
}

/** Straight beside the target, once over the disk; verified; under its final name at the end. */
export async function downloadSif(pull: RunningPull, source: SifSource): Promise<TaskResult> {
  const { means, context, request } = pull;
  const key = source.digest === null ? null : `sif ${source.digest}`;
  const known = key === null ? null : await copyKnownImage(pull, key);
  if (known !== null) return known;
  const mark = createHash('sha256')
    .update(`${source.identity}\0${request.target}`)
    .digest('hex')
    .slice(0, 16);
  const part = partPath(request.target, mark);
  const partText = hostPathToText(part);
  if (partText === null)
    throw workbenchError('input.invalid', {
      field: 'folder',
      path: folderName(request.target),
      reason: 'Its name is not valid UTF-8, and a download cannot be kept in it.',
    });
  const held = await means.locks.acquire(`part ${part}`, {
    signal: context.signal,
    onWait: () => context.report({ phase: 'wait', text: 'Another pull is fetching this file.' }),
  });
  try {
    await refuseExisting(means.host, request.target, { overwrite: request.overwrite });
    return await fetchAndFinish(pull, source, { part, partText, key });
  } finally {
    await held.release();
  }
}

async function fetchAndFinish(
  pull: RunningPull,
  source: SifSource,
  place: { readonly part: HostPath; readonly partText: string; readonly key: string | null },
): Promise<TaskResult> {
  const { means, context } = pull;
  const note = `${place.part}.from` as HostPath;
  await means.records.begin(context.id, { files: [], folders: [], resumable: [place.part, note] });
  let isResumableKept = true;
  try {
    const downloaded = await downloadToFile({
      open: refuseOtherThanSif(source.open, pull.request.shown),
      partPath: place.partText,
      expected: { digest: source.digest, sizeBytes: source.sizeBytes },
      signal: context.signal,
      onProgress: createDownloadProgress((progress) => context.report(progress)),
      onNotice: (text) => context.log('note', text),
    });
    const result = await finishPull(pull, {
      part: place.part,
      sha256: downloaded.digest.startsWith('sha256:') ? downloaded.digest.slice('sha256:'.length) : null,
      key: place.key,
      manifestDigest: source.manifestDigest,
      compression: null,
      facts: {
        bytesDownloaded: downloaded.fetchedBytes,
        bytesReused: downloaded.sizeBytes - downloaded.fetchedBytes,
        converted: false,
      },
    });
    isResumableKept = false;
    return result;
  } catch (thrown) {
    isResumableKept = !worthless.includes(reportOf(thrown).code);
    throw thrown;
  } finally {
    await means.records.end(context.id, { isResumableKept });
  }
}
