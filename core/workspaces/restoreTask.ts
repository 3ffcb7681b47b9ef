import { z } from 'zod';
import { type HostPath, hostPathFromText, hostPathSchema, joinPath } from '#core/contract/hostPath.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { type RestoreInput, restoreInputSchema, type Workspace } from '#core/contract/workspaces.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { type DetachedWork, runDetached } from '#core/tasks/detachedWork.ts';
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import { type Copies, copyJob, copyTrees, followCopyJob } from './copyTree.ts';
import { withStep } from './lineage.ts';
import { type MeasuredTree, measureTree } from './measureTree.ts';
import {
  beginInSnapshots,
  endInSnapshots,
  findOrNull,
  isOfTask,
  newSnapshotId,
  orRemove,
  snapshotsOf,
  storedSnapshot,
} from './snapshotFolder.ts';
import { parseStoredSnapshot, type StoredSnapshot, storedSnapshotSchema } from './storedSnapshot.ts';
import { mustRun } from './treeScript.ts';
import { exchangeScript } from './treeScripts.ts';
import { isThere, manifestOf, partOf, requireUnused, type WorkspaceMeans } from './workspaceMeans.ts';
import type { HoldRequest } from './workspaceStore.ts';

const snapshotLimitBytes = 65_536;

/** What is restored, and what the tree that is there will be kept as; it lies beside the detached job. */
const planSchema = z.object({
  snapshots: hostPathSchema,
  part: z.enum(['home', 'upper']),
  from: z.string(),
  kept: storedSnapshotSchema,
});
type Plan = z.infer<typeof planSchema>;

/**
 * The tree becomes a copy of a snapshot, and what was there becomes a snapshot: all of it or nothing. The copy is made
 * beside the tree first; then two renames exchange them, and a kill between them is mended before anybody looks.
 */
export function restoreTask(means: WorkspaceMeans): TaskDefinition<RestoreInput> {
  const { store } = means;

  async function run(input: RestoreInput, context: TaskContext): Promise<TaskResult> {
    const host = await means.openHost(input.hostId);
    if (isThere(input)) return await runDetached(host, context, detached(host, input, context));
    return await store.hold(host, holdOf(input, context), async (workspace) => {
      const { plan, copies } = await begin(host, workspace, input, context);
      const measured = await orRemove(host, placeOf(plan), context, async () => {
        await copyTrees(host, copies, context);
        return await prepared(host, plan, input, context);
      });
      return await exchange(host, { workspace, plan, measured }, context);
    });
  }

  function detached(host: Host, input: RestoreInput, context: TaskContext): DetachedWork<TaskResult> {
    const { id } = input;
    return {
      async made() {
        const workspace = await findOrNull(store, host, id);
        const kept = workspace?.snapshots.find((each) => isOfTask(each.id, context.id));
        if (workspace == null || kept === undefined) return null;
        const last = workspace.lineage.at(-1);
        const isNoted =
          last?.what === 'restored' && last.from === input.snapshotId && last.at >= kept.createdAt;
        const { folder } = workspace;
        const tree = joinPath(folder, hostPathFromText(partOf(workspace)));
        const plan = { from: input.snapshotId, kept };
        return isNoted
          ? resultOf(folder, plan, workspace.size?.bytes ?? null)
          : await note(host, { workspace, plan, measured: await measureTree(host, tree, context) });
      },
      begin: (start) =>
        store.hold(host, { ...holdOf(input, context), isDetached: true }, async (workspace) => {
          const { plan, copies } = await begin(host, workspace, input, context);
          const title = `Return of ${workspace.name} to a snapshot`;
          // Not the whole folder: what was there is in it while names are exchanged.
          const privateFolder = joinPath(placeOf(plan), hostPathFromText('copy'));
          const { spec, options } = copyJob(copies, { title, plan, privateFolder });
          context.signal.throwIfAborted();
          return await start(spec, options);
        }),
      async complete(job) {
        const plan = await followCopyJob(host, job, { schema: planSchema, context });
        // The copy is over, and with it what kept others away; they may have come in between.
        return await store.hold(host, holdOf(input, context), async (workspace) => {
          const measured = await prepared(host, plan, input, context);
          return await exchange(host, { workspace, plan, measured }, context);
        });
      },
      end: () => endInSnapshots(store, host, { id, taskId: context.id }),
    };
  }

  async function begin(
    host: Host,
    workspace: Workspace,
    input: RestoreInput,
    context: TaskContext,
  ): Promise<{ readonly plan: Plan; readonly copies: Copies }> {
    if (!input.isForced) requireUnused(workspace);
    const source = await readSnapshot(host, workspace, input.snapshotId);
    const snapshots = snapshotsOf(workspace);
    const part = partOf(workspace);
    const id = newSnapshotId(context.id);
    const text = `Before going back to the snapshot of ${new Date(source.createdAt).toISOString()}`;
    const kept = storedSnapshot(workspace, { id, note: text, bytes: workspace.size?.bytes ?? null });
    const plan = { snapshots, part, from: source.id, kept };
    await beginInSnapshots(host, { snapshots, making: restoringName(id), id }, context);
    const from = joinPath(joinPath(snapshots, hostPathFromText(source.id)), hostPathFromText(part));
    const to = joinPath(placeOf(plan), hostPathFromText('copy'));
    return { plan, copies: { copies: [{ kind: 'tree', from, to }], entries: null, byHand: null } };
  }

  /** Has the copy ready for the exchange. */
  async function prepared(
    host: Host,
    plan: Plan,
    { id, isForced }: RestoreInput,
    context: TaskContext,
  ): Promise<MeasuredTree> {
    const place = placeOf(plan);
    await host.files.write(joinPath(place, hostPathFromText('part')), `${plan.part}\n`, 0o600);
    const measured = await measureTree(host, joinPath(place, hostPathFromText('copy')), context);
    // The copy took its time: somebody may have opened it meanwhile.
    if (!isForced) requireUnused(await store.find(host, id));
    context.signal.throwIfAborted();
    return measured;
  }

  async function exchange(host: Host, restored: Restored, context: TaskContext): Promise<TaskResult> {
    const { snapshots, kept } = restored.plan;
    context.report({ phase: 'finish', fraction: null, text: '' });
    await mustRun(host, {
      purpose: 'Put the snapshot in the place of the tree',
      script: exchangeScript,
      words: [{ path: snapshots }, { path: restoringName(kept.id) }, JSON.stringify(kept)],
      byHand: null,
      path: snapshots,
      taskId: context.id,
    });
    return await note(host, restored);
  }

  /** Writes down that it was done. */
  async function note(
    host: Host,
    { workspace, plan, measured }: Omit<Restored, 'plan'> & { readonly plan: Exchange },
  ): Promise<TaskResult> {
    // Somebody may have given it another name.
    const now = manifestOf(await store.find(host, workspace.id));
    const lineage = await withStep(host, now.lineage, { what: 'restored', from: plan.from });
    const isPlain = partOf(workspace) === 'home';
    const manifest = { ...now, ...(isPlain ? measured : {}), lineage };
    await store.writeManifest(host, workspace.folder, manifest);
    return resultOf(workspace.folder, plan, measured.size.bytes);
  }

  return {
    kind: 'workspace.restore',
    input: restoreInputSchema,
    describe: ({ hostId, id }) => ({ title: store.titleOf(id), hostId, target: null, byHand: null }),
    storedInput: (input) => input,
    isDetachable: isThere,
    run,
  };
}

/** Ids of the snapshot that came, and of the one that what was there became. */
interface Exchange {
  readonly from: string;
  readonly kept: { readonly id: string };
}

interface Restored {
  readonly workspace: Workspace;
  readonly plan: Plan;
  readonly measured: MeasuredTree;
}

function holdOf({ id }: RestoreInput, { id: taskId }: TaskContext): HoldRequest {
  return { id, taskId, mode: 'write', what: 'it goes back to a snapshot' };
}

function restoringName(id: string): HostPath {
  return hostPathFromText(`.restoring-${id}`);
}

function placeOf({ snapshots, kept }: Plan): HostPath {
  return joinPath(snapshots, restoringName(kept.id));
}

function resultOf(path: HostPath, { from, kept }: Exchange, sizeBytes: number | null): TaskResult {
  return { path, digest: null, sizeBytes, facts: { restored: from, kept: kept.id } };
}

/** Fails with host.pathMissing, and with input.invalid for one that stands over another packed file than the tree does. */
async function readSnapshot(host: Host, workspace: Workspace, id: string): Promise<StoredSnapshot> {
  const folder = joinPath(snapshotsOf(workspace), hostPathFromText(id));
  const file = joinPath(folder, hostPathFromText('snapshot.json'));
  const stored = parseStoredSnapshot(await host.files.read(file, 0, snapshotLimitBytes));
  if (stored === null || stored.id !== id)
    throw workbenchError('host.pathMissing', { path: folder }, { hostId: host.id });
  if (stored.layeredDigest !== (workspace.layered?.digest ?? null))
    throw workbenchError(
      'input.invalid',
      {
        field: 'snapshot',
        path: folder,
        reason: 'It was made when the workspace stood over another packed file, or over none',
      },
      { hostId: host.id },
    );
  return stored;
}
