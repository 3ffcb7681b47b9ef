import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { CommandOutcome, Host } from '#core/hosts/host.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { mustRun, runTreeScript, treeFailure } from '#core/workspaces/treeScript.ts';
import {
  adoptStatus,
  checkScript,
  extractScript,
  layeredScript,
  layScript,
  unpackScript,
} from './adoptScripts.ts';
import type { HandoverMeans } from './handoverMeans.ts';
import { type PackedFile, packedHead, packedText, readPacked, treeOffset } from './packedFile.ts';
import { writeHead } from './packWorkspace.ts';
import { squashedName } from './squashTree.ts';

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
 * Proves that a packed tree is the one that was packed, and looks at the list of what is in it. Fails with
 * workspace.hostile.
 */
export async function checkTree(
  host: Host,
  taking: TreeTaking & { readonly form: 'over' | 'unpacked' },
  context: TaskContext,
): Promise<void> {
  context.report({ phase: 'verify', fraction: 0.4, text: 'Proving the packed file' });
  const { sha256, entries, bytes } = taking.file.packed.tree;
  await run(
    host,
    taking,
    {
      purpose: 'Check a packed workspace',
      script: checkScript,
      more: [sha256, String(entries), String(bytes), taking.form],
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
  await run(host, taking, { purpose: 'Unpack a workspace', script: unpackScript, more: [] }, context);
}

/** Mounts what was laid into the folder as it will be; null, or why that cannot be here. */
export async function tryLayers(
  host: Host,
  taking: TreeTaking,
  context: TaskContext,
): Promise<string | null> {
  const { folder, file } = taking;
  context.report({ phase: 'verify', fraction: 0.8, text: 'Opening it once' });
  const tree = joinPath(folder, hostPathFromText('home'));
  const purpose = 'Open an adopted workspace once';
  const outcome = await runTreeScript(host, {
    purpose,
    script: layeredScript,
    words: [{ path: tree }, String(file.offset), { path: folder }],
    byHand: null,
    taskId: context.id,
    signal: context.signal,
  });
  if (outcome.exitStatus === 0) return null;
  context.log('stderr', outcome.stderr.slice(0, 4096));
  for (const name of ['upper', 'work', 'home'])
    await host.files.remove(joinPath(folder, hostPathFromText(name)));
  return 'Its packed file cannot be mounted here';
}

/** Resolves when a packed file that was laid into a folder is on the disk: its name must not outlive its bytes. */
export async function putOnDisk(
  host: Host,
  { path }: Pick<TreeTaking, 'path'>,
  context: Pick<TaskContext, 'id' | 'signal'>,
): Promise<void> {
  await mustRun(host, {
    purpose: 'Put a packed file on the disk',
    script: 'sync -- "$1"',
    words: [{ path }],
    byHand: null,
    path,
    taskId: context.id,
    signal: context.signal,
  });
}

/** Puts the packed file itself into the folder, as `packed.sif`; of an image only the part that is the workspace's. */
export async function layTree(
  means: Pick<HandoverMeans, 'hosts'>,
  host: Host,
  { path, file, folder, isOwn }: Omit<TreeTaking, 'shownAs'> & { readonly isOwn: boolean },
  context: TaskContext,
): Promise<{ readonly path: HostPath; readonly file: PackedFile }> {
  context.report({ phase: 'copy', fraction: 0.2, text: '' });
  const target = joinPath(folder, hostPathFromText('packed.sif'));
  const isLaid = file.isImage || isOwn;
  if (file.isImage) await extractTree(means, host, { path, file, folder, target }, context);
  else if (isOwn) await host.files.rename(path, target, { overwrite: false });
  await mustRun(host, {
    purpose: 'Lay a packed file into a workspace',
    script: layScript,
    words: [{ path: folder }, isLaid ? '' : { path }],
    byHand: null,
    path: folder,
    taskId: context.id,
    signal: context.signal,
  });
  return { path: target, file: await readPacked(host, target) };
}

async function extractTree(
  { hosts }: Pick<HandoverMeans, 'hosts'>,
  host: Host,
  { path, file, folder, target }: Omit<TreeTaking, 'shownAs'> & { readonly target: HostPath },
  context: TaskContext,
): Promise<void> {
  const { packed } = file;
  const at = treeOffset(Buffer.byteLength(packedText(packed)));
  const options = { purpose: 'Take a workspace out of an image', script: extractScript, more: [String(at)] };
  await run(host, { path, file, folder, shownAs: path }, options, context);
  const head = packedHead(packed, at, await hosts.architecture(host.id));
  await writeHead(host, { work: folder, head }, context);
  await host.files.rename(joinPath(folder, squashedName), target, { overwrite: false });
}

async function run(
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
  throw hostileReason(outcome.exitStatus) === null
    ? treeFailure(host, outcome, { path: folder, purpose })
    : hostileTree(host, taking, outcome);
}

function hostileTree(host: Host, { shownAs }: TreeTaking, outcome: CommandOutcome): Error {
  const reason = hostileReason(outcome.exitStatus) ?? 'Its tree cannot be read';
  return workbenchError(
    'workspace.hostile',
    { path: shownAs, reason },
    { hostId: host.id, evidence: outcome.stderr },
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
