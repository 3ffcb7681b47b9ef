import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { HostId, TaskId, WorkspaceId } from '#core/contract/ids.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { type OneWorkspace, oneWorkspaceSchema, type Workspace } from '#core/contract/workspaces.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { createWorkLocks, lockInWords, type WorkLock } from '#core/hosts/workLocks.ts';
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import { dropPackedFile } from '#core/workspaces/dropPacked.ts';
import { unpackLockPrefix } from '#core/workspaces/listing.ts';
import { ownerText } from '#core/workspaces/owner.ts';
import { removeTree } from '#core/workspaces/removeTree.ts';
import { mustRun } from '#core/workspaces/treeScript.ts';
import { beginScript } from '#core/workspaces/treeScripts.ts';
import { inFolder } from '#core/workspaces/workspaceMeans.ts';
import type { HandoverMeans } from './handoverMeans.ts';
import { readPacked } from './packedFile.ts';
import { checkTree, unpackTree } from './takeTree.ts';
import { roomProblem } from './unpackRoom.ts';
import { giveUpUnpacking, isToUnpack, listWanted, packedName, wishName } from './unpackWish.ts';

const lowerName = hostPathFromText('lower');

/** Plain files in the place of packed ones below workspaces. */
export interface Unpacking {
  readonly definition: TaskDefinition<OneWorkspace>;
  /** Ends the unpacking of a workspace where this process is at it: what is to be removed need not be unpacked. */
  stop(hostId: HostId, id: WorkspaceId): Promise<void>;
  /** Workspaces of a host that were adopted to be unpacked, and are not yet. */
  wanted(hostId: HostId): Promise<readonly OneWorkspace[]>;
  /** Whether a workspace is still to be unpacked, nobody is at it, and there is room for it. */
  isToUnpack(one: OneWorkspace): Promise<boolean>;
}

/**
 * Reading through squashfuse costs a switch of processes for each operation. So the packed tree is unpacked beside it, into
 * `lower`, under a private name until it is whole and compared with its listing; whoever opens the workspace from then on
 * has it below own writes instead. Those are not touched, nor is who has it open: that goes on over the packed file. That
 * one goes when nobody has the workspace open.
 */
export function createUnpacking(means: HandoverMeans): Unpacking {
  const running = new Map<string, TaskId>();
  const locks = createWorkLocks();
  const keyOf = ({ hostId, id }: OneWorkspace) => `${hostId} ${id}`;

  async function run(input: OneWorkspace, context: TaskContext): Promise<TaskResult> {
    const host = await means.hosts.open(input.hostId);
    const key = keyOf(input);
    running.set(key, running.get(key) ?? context.id);
    context.report({ phase: 'resolve', fraction: 0, text: '' });
    try {
      const isNew = await unpack(means, { locks, host, id: input.id }, context);
      const isDropped = await dropPackedFile(means, host, { id: input.id, taskId: context.id });
      if (!isDropped)
        context.log('note', 'The packed file goes at the next start: somebody may still have it open.');
      const { folder, name } = await means.store.find(host, input.id);
      const facts = { name, isNew, isDropped };
      return { path: joinPath(folder, lowerName), digest: null, sizeBytes: null, facts };
    } finally {
      if (running.get(key) === context.id) running.delete(key);
    }
  }

  return {
    definition: {
      kind: 'workspace.unpackBelow',
      input: oneWorkspaceSchema,
      describe: ({ hostId, id }) => ({ title: means.store.titleOf(id), hostId, target: null, byHand: null }),
      storedInput: (input) => input,
      run,
    },
    async stop(hostId, id) {
      const taskId = running.get(keyOf({ hostId, id }));
      if (taskId !== undefined) await means.stopTask(taskId);
    },
    wanted: async (hostId) => await listWanted(means, await means.hosts.open(hostId)),
    async isToUnpack({ hostId, id }) {
      const host = await means.hosts.open(hostId);
      const sweep = (folder: HostPath) => locks.sweep(host, { folder, prefix: unpackLockPrefix });
      return await isToUnpack(means, host, { id, sweep });
    },
  };
}

/** True where there were no plain files below it before. */
async function unpack(
  means: HandoverMeans,
  {
    locks,
    host,
    id,
  }: {
    readonly locks: ReturnType<typeof createWorkLocks>;
    readonly host: Host;
    readonly id: WorkspaceId;
  },
  context: TaskContext,
): Promise<boolean> {
  const { folder, name } = await means.store.find(host, id);
  const busy = (lock: WorkLock) =>
    workbenchError('workspace.busy', { name, reason: lockInWords(lock), isWork: true }, { hostId: host.id });
  const what = 'it is unpacked';
  const alone = { folder, prefix: unpackLockPrefix, taskId: context.id, mode: 'write', what, busy } as const;
  const hold = { id, taskId: context.id, mode: 'read', what } as const;
  try {
    return await locks.hold(host, alone, () =>
      means.store.hold(host, hold, (workspace) => unpackHeld(host, workspace, context)),
    );
  } catch (thrown) {
    // What is cancelled because this process ends was nobody's wish.
    const isCancelled = context.signal.aborted;
    if (!isCancelled || !means.isEnding()) await giveUpUnpacking(host, { folder, thrown, isCancelled });
    throw thrown;
  }
}

async function unpackHeld(host: Host, workspace: Workspace, context: TaskContext): Promise<boolean> {
  const { folder, below } = workspace;
  if (below === 'files') {
    await host.files.remove(joinPath(folder, wishName)); // killed right after it was done
    return false;
  }
  if (below === null || workspace.layered?.file !== packedName)
    throw workbenchError(
      'input.invalid',
      { field: 'workspace', reason: 'It has no packed file of its own below it' },
      { hostId: host.id },
    );
  const path = joinPath(folder, packedName);
  const file = await readPacked(host, path);
  const problem = await roomProblem(host, folder, file.packed.tree);
  if (problem !== null) throw problem;
  const making = hostPathFromText(`.making-${context.id}`);
  const place = joinPath(folder, making);
  const step = (script: string, words: readonly (string | { readonly path: HostPath })[], purpose: string) =>
    mustRun(host, {
      purpose,
      script,
      words: [{ path: folder }, { path: making }, ...words],
      byHand: null,
      path: folder,
    });
  await step(beginScript, [{ path: lowerName }, ownerText(context.id)], 'Make a private folder');
  const discard = () => removeTree(host, place, { taskId: context.id, byHand: null });
  await inFolder({ folder: place, discard }, context, async () => {
    const taking = { path, file, folder: place, shownAs: path, givesWay: true };
    await checkTree(host, { ...taking, form: 'unpacked' }, context);
    await unpackTree(host, taking, context);
    context.signal.throwIfAborted();
    context.report({ phase: 'finish', fraction: 0.95, text: '' });
    await step(takeScript, [], 'Put plain files below a workspace');
  });
  return true;
}

/** `FOLDER MAKING`: the whole tree gets its name, once it is on the disk: the packed file may be gone soon after. */
const takeScript = `cd -- "$1" && { sync -f -- "$2" 2>/dev/null || sync; } || exit
[ ! -e lower ] && [ ! -L lower ] || exit 71
mv -T -- "$2/home" lower && rm -f -- "$2/.owner.json" ${wishName} && rmdir -- "$2"
sync -- . 2>/dev/null || :`;
