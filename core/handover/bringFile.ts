import type { HostPath } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { receiveFile } from '#core/transfer/receiveFile.ts';
import { sendFile } from '#core/transfer/sendFile.ts';
import type { HandoverMeans } from './handoverMeans.ts';

/** The share of an adoption that the way from host to host takes. */
const share = { from: 0.05, to: 0.4 };

/** A file of one host to another, through this machine where both are others; proved by its digest at both ends. */
export async function bringFile(
  means: Pick<HandoverMeans, 'sendMeansOf'>,
  {
    from,
    path,
    host,
    to,
  }: { readonly from: Host; readonly path: HostPath; readonly host: Host; readonly to: HostPath },
  context: TaskContext,
): Promise<void> {
  if (host.id !== localHostId) {
    const sendMeans = await means.sendMeansOf(host.id);
    const request = { source: path, target: to, overwrite: false, sha256: null, share };
    await sendFile({ ...sendMeans, local: from }, request, context);
    return;
  }
  const facts = await from.files.stat(path);
  if (facts === null) throw workbenchError('image.missing', { path }, { hostId: from.id });
  const sha256 = await from.files.sha256(path, context.signal);
  const total = facts.sizeBytes;
  await receiveFile(
    { local: host, host: from },
    {
      from: path,
      sizeBytes: total,
      sha256,
      part: to,
      signal: context.signal,
      onBytes: (done) =>
        context.report({
          phase: 'download',
          fraction: share.from + (done / Math.max(1, total)) * (share.to - share.from),
          text: '',
          bytes: { done, total },
        }),
    },
  );
}
