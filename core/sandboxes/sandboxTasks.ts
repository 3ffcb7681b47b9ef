import type { z } from 'zod';
import { baseName, type HostPath, joinPath } from '#core/contract/hostPath.ts';
import { type HostId, localHostId } from '#core/contract/ids.ts';
import {
  cloneSandboxInputSchema,
  freezeSandboxInputSchema,
  type OneSandbox,
  oneSandboxSchema,
  restoreSandboxInputSchema,
  snapshotSandboxInputSchema,
} from '#core/contract/sandboxes.ts';
import type { TaskKind, TaskResult } from '#core/contract/tasks.ts';
import type { LockMode } from '#core/hosts/workLocks.ts';
import { runDetached } from '#core/tasks/detachedWork.ts';
import { type TaskContext, type TaskDefinition, TaskDetached } from '#core/tasks/task.ts';
import { listTree, recordOf } from './baseline.ts';
import { freezeInput } from './freezeSandbox.ts';
import type { SandboxesMeans } from './sandboxes.ts';
import { changeRecord, folderOfRecord, readingPrefix, requireSandbox } from './sandboxRecord.ts';
import type { SandboxRoom } from './sandboxRoom.ts';
import { cloning, removeSandbox, removeSnapshot, restoring, snapshotting } from './treeCopies.ts';
import { copyHere, copyThere, type TreeCopying } from './treeCopy.ts';
import { measureOf } from './treeListing.ts';

interface TaskMeans extends Pick<SandboxesMeans, 'build' | 'defaultFolder'> {
  readonly roomOf: (id: HostId) => Promise<SandboxRoom>;
}

/** The long work on sandboxes. */
export function sandboxTasks({
  roomOf,
  build,
  defaultFolder,
}: TaskMeans): readonly TaskDefinition<unknown>[] {
  function task<Input extends OneSandbox>(
    kind: TaskKind,
    input: z.ZodType<Input>,
    rest: {
      readonly run: (room: SandboxRoom, input: Input, context: TaskContext) => Promise<TaskResult>;
      /** How it bears other work, and what it is called there. */
      readonly holds: readonly [LockMode, string];
      readonly targetOf?: (input: Input) => HostPath;
      readonly isDetachable?: (input: Input) => boolean;
      /** In the place of `run` for what is detachable; it holds the sandbox itself. */
      readonly runThere?: (room: SandboxRoom, input: Input, context: TaskContext) => Promise<TaskResult>;
    },
  ): TaskDefinition<unknown> {
    const definition: TaskDefinition<Input> = {
      kind,
      input,
      describe: (given) => ({
        title: baseName(given.path),
        hostId: given.hostId,
        target: rest.targetOf?.(given) ?? given.path,
        byHand: null,
      }),
      storedInput: (given) => given,
      ...(rest.isDetachable === undefined ? {} : { isDetachable: rest.isDetachable }),
      async run(given, context) {
        const room = await roomOf(given.hostId);
        const isDetachable = rest.isDetachable?.(given) === true;
        if (isDetachable && rest.runThere !== undefined) return await rest.runThere(room, given, context);
        await requireSandbox(room, given.path);
        const [mode, what] = rest.holds;
        const hold = { taskId: context.id, mode, what, ...(isDetachable ? { isLeftAfter } : {}) };
        return await room.hold(given.path, hold, () => rest.run(room, given, context));
      },
    };
    return definition as TaskDefinition<unknown>;
  }

  /** Work that is a copy in its long part: on an ssh host it goes on there without us. */
  function copyTask<Input extends OneSandbox, Plan>(
    kind: TaskKind,
    input: z.ZodType<Input>,
    rest: {
      readonly work: TreeCopying<Input, Plan>;
      readonly holds: readonly [LockMode, string];
      readonly targetOf?: (input: Input) => HostPath;
    },
  ): TaskDefinition<unknown> {
    const { work, ...others } = rest;
    const [mode, what] = rest.holds;
    return task(kind, input, {
      ...others,
      isDetachable: isThere,
      async run(room, given, context) {
        const { plan, places } = await work.prepare(room, given, context.id);
        return await copyHere(room, places, context, (folder) => work.land(room, plan, folder));
      },
      runThere: async (room, given, context) =>
        await runDetached(
          room.host,
          context,
          copyThere(room, { input: given, hold: { mode, what }, work }, context),
        ),
    });
  }

  return [
    task('sandbox.measure', oneSandboxSchema, { run: measure, holds: ['read', 'it is measured'] }),
    copyTask('sandbox.clone', cloneSandboxInputSchema, {
      work: cloning,
      holds: ['read', 'a copy of it is made'],
      targetOf: ({ target }) => target,
    }),
    copyTask('sandbox.snapshot', snapshotSandboxInputSchema, {
      work: snapshotting,
      holds: ['read', 'a snapshot of it is made'],
    }),
    copyTask('sandbox.restore', restoreSandboxInputSchema, {
      work: restoring,
      holds: ['write', 'it goes back to a snapshot'],
    }),
    task('sandbox.removeSnapshot', restoreSandboxInputSchema, {
      run: removeSnapshot,
      holds: ['read', 'a snapshot of it is removed'],
    }),
    task('sandbox.remove', oneSandboxSchema, { run: removeSandbox, holds: ['write', 'it is removed'] }),
    task('sandbox.freeze', freezeSandboxInputSchema, {
      holds: ['read', 'it is frozen'],
      run: async (room, input, context) => await build(await freezeInput(room, input), context),
      targetOf: ({ hostId, folder, fileName }) => joinPath(folder ?? defaultFolder(hostId), fileName),
      isDetachable: isThere,
    }),
  ];
}

function isThere({ hostId }: OneSandbox): boolean {
  return hostId !== localHostId;
}

function isLeftAfter(thrown: unknown): boolean {
  return thrown instanceof TaskDetached;
}

/** What it takes on the disk, and whether files belong to other ids. */
async function measure(room: SandboxRoom, { path }: OneSandbox, context: TaskContext): Promise<TaskResult> {
  const record = await recordOf(room, path);
  context.report({ phase: 'resolve', fraction: null, text: 'Reading the tree' });
  const kept = folderOfRecord(room, record.id);
  const folder = await room.host.files.makeTemporaryFolder(kept, readingPrefix);
  try {
    const { listing, hasForeignOwners } = await listTree(room, { path, folder, signal: context.signal });
    const size = { ...measureOf(listing), measuredAt: Date.now() };
    await changeRecord(room, record, { size, hasForeignOwners });
    return { path, digest: null, sizeBytes: size.bytes, facts: { files: size.files } };
  } finally {
    await room.host.files.remove(folder);
  }
}
