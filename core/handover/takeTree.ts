import type { HostPath } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { runTreeScript, treeFailure } from '#core/workspaces/treeScript.ts';
import { adoptStatus, checkScript, unpackScript } from './adoptScripts.ts';
import type { PackedFile } from './packedFile.ts';

/** A file with a workspace, and the private folder into which its tree comes. */
export interface TreeTaking {
  readonly path: HostPath;
  readonly file: PackedFile;
  readonly folder: HostPath;
  /** The path that the person knows. */
  readonly shownAs: HostPath;
  /** Nobody waits for it: all other work of the host comes first. */
  readonly givesWay?: boolean;
}

/** What a script begins with that nobody waits for; not every host has both programs. */
const giveWay = `renice -n 19 -p $$ >/dev/null 2>&1; ionice -c 3 -p $$ 2>/dev/null
`;

/**
 * Proves that a packed tree is the one that was packed, unless `isProved` elsewhere, and looks at the list of what is in
 * it. Fails with workspace.hostile.
 */
export async function checkTree(
  host: Host,
  taking: TreeTaking & { readonly form: 'over' | 'unpacked'; readonly isProved?: boolean },
  context: TaskContext,
): Promise<void> {
  context.report({ phase: 'verify', fraction: 0.4, text: 'Proving the packed file' });
  const { sha256, entries, bytes } = taking.file.packed.tree;
  await runOnTaking(
    host,
    taking,
    {
      purpose: 'Check a packed workspace',
      script: checkScript,
      more: [taking.isProved === true ? '-' : sha256, String(entries), String(bytes), taking.form],
    },
    context,
  );
}

/** The tree as files of the person's own in `home` of the folder. Fails with disk.full, disk.quota and workspace.hostile. */
export async function unpackTree(host: Host, taking: TreeTaking, context: TaskContext): Promise<void> {
  context.report({
    phase: 'unpack',
    fraction: 0.5,
    text: `${taking.file.packed.tree.entries.toLocaleString('en')} entries`,
  });
  await runOnTaking(host, taking, { purpose: 'Unpack a workspace', script: unpackScript, more: [] }, context);
}

/** Runs a script on the file and the folder of a taking, and names what is wrong with the file. */
export async function runOnTaking(
  host: Host,
  taking: TreeTaking,
  {
    purpose,
    script,
    more,
  }: { readonly purpose: string; readonly script: string; readonly more: readonly string[] },
  context: Pick<TaskContext, 'id' | 'signal'>,
): Promise<void> {
  const { path, file, folder } = taking;
  const outcome = await runTreeScript(host, {
    purpose,
    script: taking.givesWay === true ? giveWay + script : script,
    words: [{ path: folder }, { path }, String(file.offset), String(file.sizeBytes), ...more],
    byHand: null,
    taskId: context.id,
    signal: context.signal,
  });
  if (outcome.exitStatus === 0) return;
  if (outcome.exitStatus === adoptStatus.noProgram)
    throw workbenchError('host.commandMissing', { program: 'unsquashfs' }, { hostId: host.id });
  const reason = hostileReason(outcome.exitStatus);
  throw reason === null
    ? treeFailure(host, outcome, { path: folder, purpose })
    : hostileFile(host, taking, reason, outcome.stderr);
}

/** A packed file that is not to be taken. */
export function hostileFile(host: Host, { shownAs }: TreeTaking, reason: string, evidence?: string): Error {
  return workbenchError(
    'workspace.hostile',
    { path: shownAs, reason },
    { hostId: host.id, ...(evidence === undefined ? {} : { evidence }) },
  );
}

function hostileReason(exitStatus: number | null): string | null {
  switch (exitStatus) {
    case adoptStatus.digest:
      return 'Its bytes are not those that were packed: it was damaged or changed';
    case adoptStatus.damaged:
      return 'Its tree cannot be listed';
    case adoptStatus.device:
      return 'It holds devices or sockets, which no workspace does';
    case adoptStatus.leaves:
      return 'It holds names that lead out of it';
    case adoptStatus.counts:
      return 'It holds more or less than it says';
    case adoptStatus.different:
      return 'What came out of it is not what it lists';
    default:
      return null;
  }
}
