import { type HostPath, hostPathFromBytes, joinPath } from '#core/contract/hostPath.ts';
import type { Software, WorkspaceManifest } from '#core/contract/workspaces.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { measureScript, parseMeasure } from './measureScript.ts';
import { findSoftware, softwareOf } from './software.ts';
import { mustRun } from './treeScript.ts';

/** Traces of software of one tree, as base64. */
const measureLimitBytes = 64 * 1024 * 1024;
/** The lines that tell a version are among the first of their files. */
const versionFileBytes = 16 * 1024;

export interface MeasuredTree {
  readonly size: NonNullable<WorkspaceManifest['size']>;
  readonly software: Software[];
}

/** Size, files and software of a tree: one `find`, and one reading of the few files that tell versions. */
export async function measureTree(
  host: Host,
  tree: HostPath,
  context: Pick<TaskContext, 'id' | 'signal'>,
): Promise<MeasuredTree> {
  const output = await mustRun(host, {
    purpose: 'Measure a tree',
    script: measureScript,
    words: [{ path: tree }],
    byHand: null,
    taskId: context.id,
    signal: context.signal,
    keepBytes: measureLimitBytes,
    path: tree,
  });
  const measured = parseMeasure(output);
  if (measured === null)
    throw workbenchError(
      'internal',
      {},
      { hostId: host.id, evidence: 'The measure of the tree is not whole.' },
    );
  const found = findSoftware(measured.marks);
  const asked = found.filter(({ versionFile }) => versionFile !== null);
  const pieces = await host.files.readMany(
    asked.map(({ versionFile }) => ({
      path: joinPath(tree, hostPathFromBytes(Buffer.from(versionFile ?? '', 'latin1'))),
      offset: 0,
      length: versionFileBytes,
    })),
  );
  const texts = new Map(asked.map((each, at) => [each, pieces[at] ?? null]));
  const software = found.map((each) => {
    const bytes = texts.get(each) ?? null;
    return softwareOf(each, bytes === null ? null : Buffer.from(bytes).toString('latin1'));
  });
  return { size: { bytes: measured.bytes, files: measured.files, measuredAt: Date.now() }, software };
}
