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
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import { adoptSandbox, listTree } from './baseline.ts';
import { freezeInput } from './freezeSandbox.ts';
import type { SandboxesMeans } from './sandboxes.ts';
import { findRecord, folderOfRecord, readingPrefix, requireSandbox, writeRecord } from './sandboxRecord.ts';
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
      run: async (given, context) => await rest.run(await roomOf(given.hostId), given, context),
    };
    return definition as TaskDefinition<unknown>;
  }

  return [
    task('sandbox.measure', oneSandboxSchema, { run: measure }),
    task('sandbox.clone', cloneSandboxInputSchema, { run: cloneSandbox, targetOf: ({ target }) => target }),
    task('sandbox.snapshot', snapshotSandboxInputSchema, { run: snapshotSandbox }),
    task('sandbox.restore', restoreSandboxInputSchema, { run: restoreSandbox }),
    task('sandbox.removeSnapshot', restoreSandboxInputSchema, { run: removeSnapshot }),
    task('sandbox.remove', oneSandboxSchema, { run: removeSandbox }),
    task('sandbox.freeze', freezeSandboxInputSchema, {
      run: async (room, input, context) => await build(await freezeInput(room, input), context),
      targetOf: ({ hostId, folder, fileName }) => joinPath(folder ?? defaultFolder(hostId), fileName),
      isDetachable: ({ hostId }) => hostId !== localHostId,
    }),
  ];
}

/** What it takes on the disk, and whether files belong to other ids. */
async function measure(room: SandboxRoom, { path }: OneSandbox, context: TaskContext): Promise<TaskResult> {
  await requireSandbox(room, path);
  const record = (await findRecord(room, path)) ?? (await adoptSandbox(room, path));
  context.report({ phase: 'resolve', fraction: null, text: 'Reading the tree' });
  const kept = folderOfRecord(room, record.id);
  const folder = await room.host.files.makeTemporaryFolder(kept, readingPrefix);
  try {
    const { listing, hasForeignOwners } = await listTree(room, { path, folder, signal: context.signal });
    const size = { ...measureOf(listing), measuredAt: Date.now() };
    await writeRecord(room, { ...record, size, hasForeignOwners });
    return { path, digest: null, sizeBytes: size.bytes, facts: { files: size.files } };
  } finally {
    await room.host.files.remove(folder);
  }
}
