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
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import { listTree, recordOf } from './baseline.ts';
import { freezeInput } from './freezeSandbox.ts';
import type { SandboxesMeans } from './sandboxes.ts';
import { changeRecord, folderOfRecord, readingPrefix, requireSandbox } from './sandboxRecord.ts';
import type { SandboxRoom } from './sandboxRoom.ts';
import {
  cloneSandbox,
  removeSandbox,
  removeSnapshot,
  restoreSandbox,
  snapshotSandbox,
} from './treeCopies.ts';
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
        await requireSandbox(room, given.path);
        const [mode, what] = rest.holds;
        return await room.hold(given.path, { taskId: context.id, mode, what }, () =>
          rest.run(room, given, context),
        );
      },
    };
    return definition as TaskDefinition<unknown>;
  }

  return [
    task('sandbox.measure', oneSandboxSchema, { run: measure, holds: ['read', 'it is measured'] }),
    task('sandbox.clone', cloneSandboxInputSchema, {
      run: cloneSandbox,
      holds: ['read', 'a copy of it is made'],
      targetOf: ({ target }) => target,
    }),
    task('sandbox.snapshot', snapshotSandboxInputSchema, {
      run: snapshotSandbox,
      holds: ['read', 'a snapshot of it is made'],
    }),
    task('sandbox.restore', restoreSandboxInputSchema, {
      run: restoreSandbox,
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
      isDetachable: ({ hostId }) => hostId !== localHostId,
    }),
  ];
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
