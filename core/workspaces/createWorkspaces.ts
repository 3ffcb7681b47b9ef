import { randomUUID } from 'node:crypto';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { type HostId, type TaskId, taskIdSchema } from '#core/contract/ids.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import {
  type OneWorkspace,
  oneWorkspaceSchema,
  type RemoveWorkspaceInput,
  removeWorkspaceInputSchema,
  type Workspace,
} from '#core/contract/workspaces.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { quotePath } from '#core/runtime/shellWords.ts';
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import { createTask } from './createTask.ts';
import { createWorkspaceStore } from './createWorkspaceStore.ts';
import { dropPackedFile } from './dropPacked.ts';
import { findImage, type KnownImages } from './findImage.ts';
import { readLease } from './leases.ts';
import { removeLeftovers } from './leftovers.ts';
import { measureTree } from './measureTree.ts';
import { createParentBook } from './parentBook.ts';
import { removeTree } from './removeTree.ts';
import { restoreTask } from './restoreTask.ts';
import { removeSnapshotTask, snapshotTask } from './snapshotTasks.ts';
import { removeStartLeftovers } from './startLeftovers.ts';
import { manifestOf, partOf, requireUnused, type WorkspaceMeans } from './workspaceMeans.ts';
import type { Workspaces } from './workspaces.ts';

export interface WorkspacesMeans {
  /** This machine, where the book of folders is kept. */
  readonly local: Host;
  /** Fails with host.unknown or host.notConnected. */
  readonly openHost: (id: HostId) => Promise<Host>;
  /** Where new workspaces go on a host. */
  readonly parentOf: (host: Host) => HostPath;
  readonly describeImage: WorkspaceMeans['describeImage'];
  readonly knownImages: KnownImages;
  /** There is none where it is not given. */
  readonly stopBackgroundWork?: WorkspaceMeans['stopBackgroundWork'];
  readonly stateFolder: HostPath;
  /** Whether a task of this workbench has not ended, also where it goes on without us. */
  readonly isTaskOpen: (id: TaskId) => boolean;
  readonly onProblem: (text: string) => void;
}

/** Workspaces of all hosts, with what they stand on. */
export function createWorkspaces(options: WorkspacesMeans): Workspaces {
  const book = createParentBook(options.local.files, options.stateFolder);
  const store = createWorkspaceStore({
    parentOf: options.parentOf,
    otherParents: ({ id }) => book.parents(id),
    rememberParent: ({ id }, parent) => book.remember(id, parent),
    readLease,
  });
  const means: WorkspaceMeans = {
    openHost: options.openHost,
    store,
    describeImage: options.describeImage,
    stopBackgroundWork: options.stopBackgroundWork ?? (async () => undefined),
  };
  return {
    store,
    taskDefinitions: [
      untyped(createTask(means)),
      untyped(measureTask(means)),
      untyped(removeTask(means)),
      untyped(snapshotTask(means)),
      untyped(restoreTask(means)),
      untyped(removeSnapshotTask(means)),
    ],
    list: async (hostId) => await store.list(await options.openHost(hostId)),
    async findImage({ hostId, id }) {
      const host = await options.openHost(hostId);
      const { image } = await store.find(host, id);
      return image === null ? null : await findImage(host, image, options.knownImages);
    },
    async describe({ hostId, id, name, description }) {
      const host = await options.openHost(hostId);
      const { workspaces } = await store.list(host);
      const workspace = workspaces.find((each) => each.id === id);
      if (workspace === undefined) throw workbenchError('workspace.unknown', { name: id }, { hostId });
      const taken = workspaces.find((each) => each.name === name && each.id !== id);
      if (taken !== undefined)
        throw workbenchError('workspace.nameTaken', { name, folder: taken.folder }, { hostId });
      await store.writeManifest(host, workspace.folder, { ...manifestOf(workspace), name, description });
      return { ...workspace, name, description };
    },
    async removeLeftovers(hostId) {
      const host = await options.openHost(hostId);
      const parents = [...new Set([options.parentOf(host), ...(await book.parents(hostId))])];
      const facts = await Promise.all(parents.map((parent) => host.files.stat(parent)));
      const existing = parents.filter((_parent, at) => facts[at] !== null);
      if (existing.length === 0) return [];
      const gone = [
        ...(await removeLeftovers(host, existing, options)),
        ...(await removeStartLeftovers(host, existing)),
      ];
      return [...gone, ...(await dropPackedFiles(means, host))];
    },
  };
}

/** Packed files that nobody needs any more, and that could not go when what was in them had been unpacked. */
async function dropPackedFiles(means: WorkspaceMeans, host: Host): Promise<readonly HostPath[]> {
  const { workspaces } = await means.store.list(host);
  const gone: HostPath[] = [];
  for (const { id, folder } of workspaces.filter(({ below }) => below === 'files')) {
    const path = joinPath(folder, hostPathFromText('packed.sif'));
    if ((await host.files.stat(path)) === null) continue;
    if (await dropPackedFile(means, host, { id, taskId: taskIdSchema.parse(randomUUID()) })) gone.push(path);
  }
  return gone;
}

/** Size, files and software, anew. */
function measureTask(means: WorkspaceMeans): TaskDefinition<OneWorkspace> {
  return {
    kind: 'workspace.measure',
    input: oneWorkspaceSchema,
    describe: ({ hostId, id }) => ({ title: means.store.titleOf(id), hostId, target: null, byHand: null }),
    storedInput: (input) => input,
    async run({ hostId, id }, context) {
      const host = await means.openHost(hostId);
      const hold = { id, taskId: context.id, mode: 'read', what: 'it is measured' } as const;
      return await means.store.hold(host, hold, (workspace) => measure(means, { host, workspace }, context));
    },
  };
}

async function measure(
  means: WorkspaceMeans,
  { host, workspace }: { readonly host: Host; readonly workspace: Workspace },
  context: TaskContext,
): Promise<TaskResult> {
  const { id, folder, layered, size: before, software: known } = workspace;
  context.report({ phase: 'resolve', fraction: null, text: '' });
  const part = partOf({ layered });
  const tree = await measureTree(host, joinPath(folder, hostPathFromText(part)), context);
  // Somebody may have given it another name meanwhile.
  const now = manifestOf(await means.store.find(host, id));
  // Over layers, own writes come to what lies below.
  const isPlain = layered === null;
  const size = isPlain
    ? tree.size
    : {
        bytes: tree.size.bytes + (await bytesBelow(host, workspace, context)),
        files: Math.max(before?.files ?? 0, tree.size.files),
        measuredAt: tree.size.measuredAt,
      };
  const software = isPlain ? tree.software : known;
  await means.store.writeManifest(host, folder, { ...now, size, software });
  const facts = { files: size.files, software: software.length };
  return { path: folder, digest: null, sizeBytes: size.bytes, facts };
}

async function bytesBelow(
  host: Host,
  { folder, layered, below }: Workspace,
  context: TaskContext,
): Promise<number> {
  if (below === 'files') {
    const { size } = await measureTree(host, joinPath(folder, hostPathFromText('lower')), context);
    return size.bytes;
  }
  const file = layered?.file ?? hostPathFromText('packed.sif');
  const facts = await host.files.stat(file.startsWith('/') ? file : joinPath(folder, file));
  return facts?.sizeBytes ?? 0;
}

/** With everything in it, snapshots too. */
function removeTask(means: WorkspaceMeans): TaskDefinition<RemoveWorkspaceInput> {
  return {
    kind: 'workspace.remove',
    input: removeWorkspaceInputSchema,
    describe: ({ hostId, id }) => ({ title: means.store.titleOf(id), hostId, target: null, byHand: null }),
    storedInput: (input) => input,
    async run({ hostId, id, isForced }, context) {
      const host = await means.openHost(hostId);
      if (!isForced) requireUnused(await means.store.find(host, id));
      await means.stopBackgroundWork(hostId, id);
      const hold = { id, taskId: context.id, mode: 'write', what: 'it is removed' } as const;
      return await means.store.hold(host, hold, async (workspace) => {
        if (!isForced) requireUnused(workspace);
        context.report({ phase: 'remove', fraction: null, text: '' });
        const byHand = `rm -rf --one-file-system ${quotePath(workspace.folder)}`;
        await removeTree(host, workspace.folder, { taskId: context.id, byHand });
        return { path: null, digest: null, sizeBytes: null, facts: { removed: workspace.name } };
      });
    },
  };
}

/** The task manager keeps definitions of all kinds beside each other; each checks its own input. */
function untyped<Input>(definition: TaskDefinition<Input>): TaskDefinition<unknown> {
  const { input, describe, storedInput, isDetachable, run } = definition;
  return {
    kind: definition.kind,
    input,
    describe: (value) => describe(input.parse(value)),
    storedInput: (value) => storedInput(input.parse(value)),
    isDetachable: (value) => isDetachable?.(input.parse(value)) ?? false,
    run: (value, context) => run(input.parse(value), context),
  };
}
