import { z } from 'zod';
import { type HostPath, hostPathFromText, hostPathSchema, joinPath } from '#core/contract/hostPath.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import {
  type RemoveSnapshotInput,
  removeSnapshotInputSchema,
  type SnapshotInput,
  snapshotInputSchema,
  type Workspace,
} from '#core/contract/workspaces.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { type DetachedWork, runDetached } from '#core/tasks/detachedWork.ts';
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import { type Copies, copyJob, copyTrees, followCopyJob } from './copyTree.ts';
import { measureTree } from './measureTree.ts';
import { removeTree } from './removeTree.ts';
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
import { storedSnapshotSchema } from './storedSnapshot.ts';
import { mustRun } from './treeScript.ts';
import { finishScript } from './treeScripts.ts';
import { isThere, partOf, type WorkspaceMeans } from './workspaceMeans.ts';
import type { HoldRequest } from './workspaceStore.ts';

/** What a snapshot will be; it lies beside its detached job. */
const planSchema = z.object({
  /** In which it is made. */
  snapshots: hostPathSchema,
  part: z.enum(['home', 'upper']),
  stored: storedSnapshotSchema,
});
type Plan = z.infer<typeof planSchema>;

/** A snapshot is a copy of the tree in `snapshots/<id>/`, with `snapshot.json` beside it: there whole, or not at all. */
export function snapshotTask(means: WorkspaceMeans): TaskDefinition<SnapshotInput> {
  const { store } = means;

  async function run(input: SnapshotInput, context: TaskContext): Promise<TaskResult> {
    const host = await means.openHost(input.hostId);
    if (isThere(input)) return await runDetached(host, context, detached(host, input, context));
    return await store.hold(host, holdOf(input, context), async (workspace) => {
      const { plan, copies } = await begin(host, workspace, input, context);
      return await orRemove(host, makingOf(workspace, context), context, async () => {
        await copyTrees(host, copies, context);
        return await complete(host, plan, context);
      });
    });
  }

  function detached(host: Host, input: SnapshotInput, context: TaskContext): DetachedWork<TaskResult> {
    const { id } = input;
    return {
      async made() {
        const workspace = await findOrNull(store, host, id);
        const found = workspace?.snapshots.find((each) => isOfTask(each.id, context.id));
        return workspace == null || found === undefined
          ? null
          : resultOf(snapshotsOf(workspace), { id: found.id, bytes: found.bytes, files: null });
      },
      begin: (start) =>
        store.hold(host, { ...holdOf(input, context), isDetached: true }, async (workspace) => {
          const { plan, copies } = await begin(host, workspace, input, context);
          const title = `Snapshot of ${workspace.name}`;
          const privateFolder = makingOf(workspace, context);
          const { spec, options } = copyJob(copies, { title, plan, privateFolder });
          context.signal.throwIfAborted();
          return await start(spec, options);
        }),
      async complete(job) {
        const plan = await followCopyJob(host, job, { schema: planSchema, context });
        return await complete(host, plan, context);
      },
      end: () => endInSnapshots(store, host, { id, taskId: context.id }),
    };
  }

  async function begin(
    host: Host,
    workspace: Workspace,
    input: SnapshotInput,
    context: TaskContext,
  ): Promise<{ readonly plan: Plan; readonly copies: Copies }> {
    const snapshots = snapshotsOf(workspace);
    const id = newSnapshotId(context.id);
    const part = partOf(workspace);
    await beginInSnapshots(host, { snapshots, making: makingName(context), id }, context);
    const from = joinPath(workspace.folder, hostPathFromText(part));
    const to = joinPath(makingOf(workspace, context), hostPathFromText(part));
    const entries = part === 'home' ? (workspace.size?.files ?? null) : null;
    return {
      plan: { snapshots, part, stored: storedSnapshot(workspace, { id, note: input.note, bytes: null }) },
      copies: { copies: [{ kind: 'tree', from, to }], entries, byHand: null },
    };
  }

  async function complete(
    host: Host,
    { snapshots, part, stored }: Plan,
    context: TaskContext,
  ): Promise<TaskResult> {
    const making = makingName(context);
    const { size } = await measureTree(
      host,
      joinPath(joinPath(snapshots, making), hostPathFromText(part)),
      context,
    );
    const { id } = stored;
    context.signal.throwIfAborted();
    await mustRun(host, {
      purpose: 'Give the snapshot its name',
      script: finishScript,
      words: [
        { path: snapshots },
        { path: making },
        id,
        'snapshot.json',
        JSON.stringify({ ...stored, bytes: size.bytes }),
      ],
      byHand: null,
      path: snapshots,
    });
    return resultOf(snapshots, { id, ...size });
  }

  return {
    kind: 'workspace.snapshot',
    input: snapshotInputSchema,
    describe: ({ hostId, id }) => ({ title: store.titleOf(id), hostId, target: null, byHand: null }),
    storedInput: (input) => input,
    isDetachable: isThere,
    run,
  };
}

function holdOf({ id }: SnapshotInput, { id: taskId }: TaskContext): HoldRequest {
  return { id, taskId, mode: 'read', what: 'a snapshot of it is made' };
}

function makingName({ id }: TaskContext): HostPath {
  return hostPathFromText(`.making-${id}`);
}

function makingOf(workspace: Workspace, context: TaskContext): HostPath {
  return joinPath(snapshotsOf(workspace), makingName(context));
}

function resultOf(
  snapshots: HostPath,
  { id, bytes, files }: { readonly id: string; readonly bytes: number | null; readonly files: number | null },
): TaskResult {
  const path = joinPath(snapshots, hostPathFromText(id));
  return { path, digest: null, sizeBytes: bytes, facts: { id, ...(files === null ? {} : { files }) } };
}

export function removeSnapshotTask(means: WorkspaceMeans): TaskDefinition<RemoveSnapshotInput> {
  return {
    kind: 'workspace.removeSnapshot',
    input: removeSnapshotInputSchema,
    describe: ({ hostId, id }) => ({ title: means.store.titleOf(id), hostId, target: null, byHand: null }),
    storedInput: (input) => input,
    async run(input, context) {
      const host = await means.openHost(input.hostId);
      const { id: workspaceId, snapshotId } = input;
      const hold = { id: workspaceId, taskId: context.id, mode: 'read', what: 'a snapshot goes' } as const;
      return await means.store.hold(host, hold, async (workspace) => {
        const path = joinPath(snapshotsOf(workspace), hostPathFromText(snapshotId));
        if (!workspace.snapshots.some(({ id }) => id === snapshotId))
          throw workbenchError('host.pathMissing', { path }, { hostId: host.id });
        context.report({ phase: 'remove', fraction: null, text: '' });
        await removeTree(host, path, { taskId: context.id, byHand: null });
        return { path: null, digest: null, sizeBytes: null, facts: { removed: snapshotId } };
      });
    },
  };
}
