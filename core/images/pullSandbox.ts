import {
  folderName,
  type HostPath,
  hostPathFromText,
  hostPathToText,
  joinPath,
} from '#core/contract/hostPath.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Argument } from '#core/runtime/commandSpec.ts';
import { type Conversion, convert, convertSif, makeWorkplace, type Workplace } from './conversion.ts';
import type { RunningPull } from './finishPull.ts';
import { partPath, refuseExisting } from './pullTarget.ts';

/**
 * Has the runtime unpack layers into a folder, with no SIF between. It works in a private folder beside the target, so
 * that the whole tree gets its name in one step; what is there already is never replaced.
 */
export async function makeSandbox(
  pull: RunningPull,
  conversion: Conversion,
  facts: TaskResult['facts'],
): Promise<TaskResult> {
  return await inPrivateFolder(pull, facts, (unpacking, workplace) =>
    convert(unpacking, conversion, workplace),
  );
}

/** The same from a SIF: `obtain` brings one to the path that it is given, which is gone afterwards. */
export async function makeSandboxOfSif(
  pull: RunningPull,
  obtain: (pull: RunningPull) => Promise<TaskResult>,
): Promise<TaskResult> {
  const { request, means } = pull;
  await refuseExisting(means.host, request.target, { overwrite: false });
  const sif = partPath(request.target, 'sif');
  const inner: RunningPull = { ...pull, request: { ...request, form: 'sif', target: sif, overwrite: true } };
  const { facts } = await obtain(inner);
  try {
    const source: Argument = { path: sif };
    return await inPrivateFolder(pull, facts, (unpacking, workplace) =>
      convertSif(unpacking, source, workplace),
    );
  } finally {
    await means.host.files.remove(sif);
    await means.ledger.forget(sif);
  }
}

async function inPrivateFolder(
  pull: RunningPull,
  facts: TaskResult['facts'],
  make: (unpacking: RunningPull, workplace: Workplace) => Promise<void>,
): Promise<TaskResult> {
  const { request, means, context } = pull;
  const { files } = means.host;
  const parent = folderName(request.target);
  if (hostPathToText(parent) === null)
    throw workbenchError('input.invalid', {
      field: 'folder',
      path: parent,
      reason: 'Its name is not valid UTF-8, and the runtime cannot unpack into it.',
    });
  const prefix = hostPathFromText(`.mysingularity-${context.id}-`);
  await means.records.begin(context.id, { files: [], folders: [{ parent, prefix }], resumable: [] });
  try {
    const folder = await files.makeTemporaryFolder(parent, prefix);
    const output = joinPath(folder, hostPathFromText('sandbox'));
    await make(asUnpacking(pull), await makeWorkplace(pull, folder, output));
    context.signal.throwIfAborted();
    context.report({ phase: 'verify', fraction: 0.96, text: 'Looking at the sandbox' });
    await requireSandbox(pull, output);
    context.report({ phase: 'finish', fraction: 0.99, text: 'Giving it its name' });
    await files.rename(output, request.target, { overwrite: false });
    return { path: request.target, digest: null, sizeBytes: null, facts: { ...facts, form: 'sandbox' } };
  } finally {
    await means.records.end(context.id, { isResumableKept: false });
  }
}

/** What the runtime's build tells is told as unpacking. */
function asUnpacking(pull: RunningPull): RunningPull {
  const { context } = pull;
  const report: typeof context.report = (progress) =>
    context.report(progress.phase === 'convert' ? { ...progress, phase: 'unpack' } : progress);
  return { ...pull, context: { ...context, report } };
}

async function requireSandbox({ means, request }: RunningPull, folder: HostPath): Promise<void> {
  const facts = await means.host.files.stat(joinPath(folder, hostPathFromText('.singularity.d')));
  if (facts?.kind !== 'folder')
    throw workbenchError('runtime.failed', {
      verb: 'unpack it',
      path: request.target,
      reason: 'The folder has no .singularity.d',
    });
}
