import { z } from 'zod';
import {
  baseName,
  folderName,
  type HostPath,
  hostPathFromText,
  hostPathSchema,
  joinPath,
} from '#core/contract/hostPath.ts';
import type { TaskId } from '#core/contract/ids.ts';
import {
  type CloneSandboxInput,
  type OneSandbox,
  type RestoreSandboxInput,
  type SandboxSnapshot,
  type SnapshotSandboxInput,
  sandboxSnapshotSchema,
} from '#core/contract/sandboxes.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { reportOf, workbenchError } from '#core/errors/workbenchError.ts';
import { mayBeAlive, processOwnerSchema, thisProcess } from '#core/hosts/processOwner.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { giveId, recordOf } from './baseline.ts';
import { requireIdle } from './runningIn.ts';
import {
  changeRecord,
  findRecord,
  folderOfRecord,
  listRecords,
  listSnapshots,
  newRecord,
  readIds,
  requireSandbox,
  type SandboxRecord,
  sandboxRecordSchema,
  writeRecord,
} from './sandboxRecord.ts';
import { ownerlessPlace, type SandboxRoom } from './sandboxRoom.ts';
import type { TreeCopying } from './treeCopy.ts';

const text = hostPathFromText;
const snapshotsName = '.mysingularity-snapshots';
const journalName = text('restore.json');

/** Where both trees of a restore are while their names change, and whose restore it is. */
const journalSchema = z.object({
  owner: processOwnerSchema,
  path: hostPathSchema,
  /** What is there becomes this tree of a snapshot, in its folder. */
  tree: hostPathSchema,
  savedFolder: hostPathSchema,
  /** What comes in its place. */
  copy: hostPathSchema,
});

/** The tree of `$1` goes to `$2`, and the one of `$3` takes its place; when that fails, the first comes back. */
const swapScript = `[ ! -e "$2" ] || exit 1
mv -T -- "$1" "$2" || exit 1
mv -T -- "$3" "$1" && exit 0
mv -T -- "$2" "$1"; exit 1`;

function nothingMade(path: HostPath | null, facts: TaskResult['facts'] = {}): TaskResult {
  return { path, digest: null, sizeBytes: null, facts };
}

const clonePlanSchema = z.object({ from: z.string(), clone: sandboxRecordSchema });

/** A sandbox of its own with the same files, which knows what the first one began with. Its id is that of its task. */
export const cloning: TreeCopying<CloneSandboxInput, z.infer<typeof clonePlanSchema>> = {
  title: ({ path }) => `Copy of the sandbox ${baseName(path)}`,
  plan: clonePlanSchema,
  async prepare(room, { path, target }, taskId) {
    const record = await recordOf(room, path);
    if ((await room.host.files.stat(target)) !== null)
      throw workbenchError('image.targetExists', { path: target }, { hostId: room.host.id });
    const parent = folderName(target);
    const fileSystem = record.hasForeignOwners === true ? await ownerlessPlace(room.host, parent) : null;
    if (fileSystem !== null)
      throw workbenchError('sandbox.fileSystem', { path: parent, fileSystem }, { hostId: room.host.id });
    const clone: SandboxRecord = {
      ...newRecord(taskId, target),
      base: record.base,
      createdAt: Date.now(),
      size: record.size,
      hasForeignOwners: record.hasForeignOwners,
      hasBaseline: record.hasBaseline,
    };
    return { plan: { from: record.id, clone }, places: { from: path, parent, path } };
  },
  async land(room, { from, clone }, folder) {
    const made = joinPath(folder, text('root'));
    await keepBaseline(room, from, clone);
    await giveId(room, made, clone.id);
    await room.move(made, clone.path);
    return cloned(clone.path);
  },
  async made(room, { target }, taskId) {
    const [id] = await readIds(room, [target]);
    return id === taskId ? cloned(target) : null;
  },
  parentOf: async (_room, { target }) => folderName(target),
};

function cloned(target: HostPath): TaskResult {
  return nothingMade(target, { form: 'sandbox' });
}

async function keepBaseline(room: SandboxRoom, from: string, clone: SandboxRecord): Promise<void> {
  await writeRecord(room, clone);
  const script = `for each in "$1"/*.gz; do [ ! -f "$each" ] || cp -p -- "$each" "$2"/ || exit 1; done`;
  await room.run(script, {
    path: clone.path,
    words: [{ path: folderOfRecord(room, from) }, { path: folderOfRecord(room, clone.id) }],
    purpose: 'Keep what it began with',
  });
}

const snapshotPlanSchema = z.object({
  id: z.string(),
  folder: hostPathSchema,
  path: hostPathSchema,
  facts: sandboxSnapshotSchema.omit({ id: true }),
});

/** A copy of the tree, kept beside it. */
export const snapshotting: TreeCopying<SnapshotSandboxInput, z.infer<typeof snapshotPlanSchema>> = {
  title: ({ path }) => `Snapshot of the sandbox ${baseName(path)}`,
  plan: snapshotPlanSchema,
  async prepare(room, { path, note }, taskId) {
    const record = await recordOf(room, path);
    const folder = await snapshotFolderOf(room, record);
    const facts = { note, createdAt: Date.now(), bytes: record.size?.bytes ?? null };
    const plan = { id: newSnapshotId(taskId), folder, path, facts };
    return { plan, places: { from: path, parent: folder, path } };
  },
  async land(room, { id, folder, path, facts }, made) {
    await writeSnapshot(room, made, facts);
    await room.host.files.rename(made, joinPath(folder, text(id)), { overwrite: false });
    return nothingMade(path, { snapshotId: id });
  },
  made: madeSnapshot,
  parentOf: snapshotsOf,
};

/** The snapshot that a task has made of a sandbox, also of what was there before it went back to another. */
async function madeSnapshot(
  room: SandboxRoom,
  { path }: OneSandbox,
  taskId: TaskId,
): Promise<TaskResult | null> {
  const snapshots = await listSnapshots(room, await findRecord(room, path));
  const found = snapshots.find(({ id }) => isOfTask(id, taskId));
  return found === undefined ? null : nothingMade(path, { snapshotId: found.id });
}

async function snapshotsOf(room: SandboxRoom, { path }: OneSandbox): Promise<HostPath | null> {
  return (await findRecord(room, path))?.snapshotFolder ?? null;
}

async function snapshotFolderOf(room: SandboxRoom, record: SandboxRecord): Promise<HostPath> {
  const known = record.snapshotFolder;
  const beside = joinPath(joinPath(folderName(record.path), text(snapshotsName)), text(record.id));
  const folder = known !== null && (await room.host.files.stat(known)) !== null ? known : beside;
  await room.host.files.makeFolder(folderName(folder), 0o700);
  await room.host.files.makeFolder(folder, 0o700);
  if (folder !== known) await changeRecord(room, record, { snapshotFolder: folder });
  return folder;
}

/** Sorts by time, and tells whose task made it. */
function newSnapshotId(taskId: TaskId): string {
  return `${Date.now().toString(36)}-${shortOf(taskId)}`;
}

function isOfTask(snapshot: string, taskId: TaskId): boolean {
  return snapshot.endsWith(`-${shortOf(taskId)}`);
}

function shortOf(taskId: TaskId): string {
  return taskId.slice(0, 8);
}

async function writeSnapshot(
  room: SandboxRoom,
  folder: HostPath,
  facts: Omit<SandboxSnapshot, 'id'>,
): Promise<void> {
  await room.host.files.write(joinPath(folder, text('snapshot.json')), JSON.stringify(facts), 0o600);
}

async function requireSnapshot(
  room: SandboxRoom,
  record: SandboxRecord,
  id: string,
): Promise<{ readonly folder: HostPath; readonly snapshot: SandboxSnapshot }> {
  const snapshot = (await listSnapshots(room, record)).find((one) => one.id === id);
  if (snapshot === undefined || record.snapshotFolder === null)
    throw workbenchError('input.invalid', { field: 'snapshot', reason: `There is no snapshot ${id} of it.` });
  return { folder: joinPath(record.snapshotFolder, text(id)), snapshot };
}

const restorePlanSchema = z.object({
  path: hostPathSchema,
  journal: hostPathSchema,
  savedFolder: hostPathSchema,
  facts: sandboxSnapshotSchema.omit({ id: true }),
});

/**
 * Back to a snapshot, which stays; what is there becomes a snapshot. A journal says where both trees are while names
 * change, so that a crash between the two renames loses nothing.
 */
export const restoring: TreeCopying<RestoreSandboxInput, z.infer<typeof restorePlanSchema>> = {
  title: ({ path }) => `Return of the sandbox ${baseName(path)} to a snapshot`,
  plan: restorePlanSchema,
  async prepare(room, { path, snapshotId }, taskId) {
    const record = await recordOf(room, path);
    const { folder, snapshot } = await requireSnapshot(room, record, snapshotId);
    await requireIdle(room, path);
    const snapshots = folderName(folder);
    const note = `Before going back to ${snapshot.note === '' ? snapshotId : snapshot.note}`.slice(0, 4000);
    const plan = {
      path,
      journal: joinPath(folderOfRecord(room, record.id), journalName),
      savedFolder: joinPath(snapshots, text(newSnapshotId(taskId))),
      facts: { note, createdAt: Date.now(), bytes: record.size?.bytes ?? null },
    };
    return { plan, places: { from: joinPath(folder, text('root')), parent: snapshots, path } };
  },
  async land(room, { path, journal, savedFolder, facts }, made) {
    const { files } = room.host;
    await requireIdle(room, path); // the copy took its time
    await files.makeFolder(savedFolder, 0o700);
    await writeSnapshot(room, savedFolder, facts);
    const tree = joinPath(savedFolder, text('root'));
    const copy = joinPath(made, text('root'));
    await files.write(journal, JSON.stringify({ owner: thisProcess, path, tree, copy, savedFolder }), 0o600);
    // Without a terminal: it goes on when we are killed now.
    await room.run(swapScript, {
      path,
      words: [{ path }, { path: tree }, { path: copy }],
      purpose: 'Put the snapshot in its place',
    });
    await files.remove(journal);
    return nothingMade(path, { snapshotId: baseName(savedFolder) });
  },
  made: madeSnapshot,
  settle: (room, taskId) => settleRestores(room, ({ savedFolder }) => isOfTask(savedFolder, taskId)),
  parentOf: snapshotsOf,
};

/** Takes up restores whose process was killed between two renames. To be done before leftovers are removed. */
export async function recoverRestores(room: SandboxRoom): Promise<void> {
  await settleRestores(room, ({ owner }) => !mayBeAlive(owner));
}

async function settleRestores(
  room: SandboxRoom,
  isOver: (journal: z.infer<typeof journalSchema>) => boolean,
): Promise<void> {
  const { files } = room.host;
  for (const record of await listRecords(room)) {
    const journal = joinPath(folderOfRecord(room, record.id), journalName);
    const [bytes] = await files.readMany([{ path: journal, offset: 0, length: 65_536 }]);
    if (bytes == null) continue;
    const known = journalSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    if (!isOver(known)) continue;
    const { path, tree, copy, savedFolder } = known;
    if ((await files.stat(path)) === null) {
      const whole = (await files.stat(copy)) === null ? tree : copy;
      await room.move(whole, path);
    }
    if ((await files.stat(tree)) === null) await files.remove(savedFolder);
    await files.remove(journal);
  }
}

/** Removes a snapshot. */
export async function removeSnapshot(
  room: SandboxRoom,
  { path, snapshotId }: { readonly path: HostPath; readonly snapshotId: string },
  context: TaskContext,
): Promise<TaskResult> {
  const record = await recordOf(room, path);
  const { folder } = await requireSnapshot(room, record, snapshotId);
  context.report(removing);
  await removeTrees(room, context.id, [folder]);
  return nothingMade(path);
}

/** Everything of a sandbox, its snapshots too. A link is refused: what it leads to is somebody else's. */
export async function removeSandbox(
  room: SandboxRoom,
  { path }: { readonly path: HostPath },
  context: TaskContext,
): Promise<TaskResult> {
  const { files } = room.host;
  const purpose = 'Look whether it is a link';
  const isLink = await room.run('if [ -L "$1" ]; then echo link; fi', { path, purpose, words: [{ path }] });
  if (isLink !== '')
    throw workbenchError('input.invalid', {
      field: 'path',
      path,
      reason: 'It is a link. Name the folder that it leads to.',
    });
  await requireSandbox(room, path);
  await requireIdle(room, path);
  const record = await findRecord(room, path);
  const snapshots = record?.snapshotFolder ?? null;
  const hasSnapshots = snapshots !== null && (await files.stat(snapshots)) !== null;
  context.report(removing);
  await removeTrees(room, context.id, [path, ...(hasSnapshots ? [snapshots] : [])]);
  if (hasSnapshots) await removeEmptyFolder(room, folderName(snapshots));
  if (record !== null) await files.remove(folderOfRecord(room, record.id));
  return nothingMade(null);
}

const removing = { phase: 'remove', fraction: null, text: 'Removing the files' } as const;

/** First each gets a name that says so: from then on it is gone for everybody, and is removed even when we are killed. */
export async function removeTrees(
  room: SandboxRoom,
  taskId: TaskId,
  trees: readonly HostPath[],
): Promise<void> {
  const prefix = text(`.mysingularity-${taskId}-`);
  const folders = trees.map((tree) => ({ parent: folderName(tree), prefix }));
  await room.records.begin(taskId, { files: [], folders, resumable: [] });
  const doomed = (tree: HostPath, index: number) =>
    joinPath(folderName(tree), text(`.mysingularity-${taskId}-${index}`));
  try {
    for (const [index, tree] of trees.entries()) await room.move(tree, doomed(tree, index));
  } finally {
    await room.records.end(taskId, { isResumableKept: false });
  }
  for (const [index, tree] of trees.entries()) {
    const left = doomed(tree, index);
    if ((await room.host.files.stat(left)) !== null)
      throw workbenchError(
        'sandbox.failed',
        { path: tree, reason: `Some of its files may only be removed by root. They lie in ${left}` },
        { hostId: room.host.id },
      );
  }
}

/** The folder that holds the snapshots of all sandboxes beside it. */
async function removeEmptyFolder(room: SandboxRoom, folder: HostPath): Promise<void> {
  try {
    if ((await room.host.files.list(folder)).length === 0) await room.host.files.remove(folder);
  } catch (thrown) {
    if (reportOf(thrown).code !== 'host.pathMissing') throw thrown;
  }
}
