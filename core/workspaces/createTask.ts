import { randomUUID } from 'node:crypto';
import { baseName, type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { workspaceIdSchema } from '#core/contract/ids.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import {
  type CreateWorkspaceInput,
  createWorkspaceInputSchema,
  type LineageStep,
  type Workspace,
  type WorkspaceManifest,
} from '#core/contract/workspaces.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { quotePath } from '#core/runtime/shellWords.ts';
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import { copyTree } from './copyTree.ts';
import { withStep } from './lineage.ts';
import { measureTree } from './measureTree.ts';
import { inFolder, type WorkspaceMeans } from './workspaceMeans.ts';
import type { WorkspaceList } from './workspaceStore.ts';

type Contents = Pick<WorkspaceManifest, 'size' | 'software' | 'layered' | 'image'>;

/** New workspaces: empty, from a folder, or as a fork of another. */
export function createTask(means: WorkspaceMeans): TaskDefinition<CreateWorkspaceInput> {
  async function run(input: CreateWorkspaceInput, context: TaskContext): Promise<TaskResult> {
    const host = await means.openHost(input.hostId);
    context.report({ phase: 'resolve', fraction: null, text: '' });
    const list = await means.store.list(host);
    requireFreeName(list, input);
    if (input.from.kind !== 'workspace') return await make(host, { input, source: null }, context);
    const hold = {
      id: input.from.id,
      taskId: context.id,
      mode: 'read',
      what: 'a fork of it is made',
    } as const;
    return await means.store.hold(host, hold, (source) => make(host, { input, source }, context));
  }

  async function make(
    host: Host,
    { input, source }: { readonly input: CreateWorkspaceInput; readonly source: Workspace | null },
    context: TaskContext,
  ): Promise<TaskResult> {
    const { imagePath } = input;
    const image = imagePath === null ? null : await means.describeImage(host.id, imagePath);
    const { name, parent } = input;
    const folder = await means.store.beginFolder(host, { parent, name, taskId: context.id });
    return await inFolder(folder, context, async () => {
      const contents = await fill(host, { input, source, folder: folder.folder }, context);
      const lineage = await withStep(host, source?.lineage ?? [], stepOf(input));
      const node = lineage.at(-1)?.by.replace(/^.*@/, '').slice(0, 256) ?? '';
      const place = imagePath === null ? null : { node, path: imagePath };
      const manifest: WorkspaceManifest = {
        version: 1,
        id: workspaceIdSchema.parse(randomUUID()),
        name,
        description: input.description,
        createdAt: Date.now(),
        ...contents,
        image: image === null ? contents.image : { ...image, place },
        lineage,
      };
      context.signal.throwIfAborted();
      context.report({ phase: 'finish', fraction: null, text: '' });
      const path = await folder.finish(manifest);
      const { size, id } = manifest;
      return {
        path,
        digest: null,
        sizeBytes: size?.bytes ?? null,
        facts: { id, name, files: size?.files ?? 0, software: manifest.software.length },
      };
    });
  }

  /** Makes the tree, and what else is in the folder beside the manifest. */
  async function fill(
    host: Host,
    {
      input,
      source,
      folder,
    }: {
      readonly input: CreateWorkspaceInput;
      readonly source: Workspace | null;
      readonly folder: HostPath;
    },
    context: TaskContext,
  ): Promise<Contents> {
    const inside = (name: string) => joinPath(folder, hostPathFromText(name));
    if (source !== null && source.layered !== null) {
      const layered = await forkLayered(host, { source, layered: source.layered, inside }, context);
      const { size, software, image } = source;
      return { size, software, layered, image };
    }
    if (source !== null) {
      const from = joinPath(source.folder, hostPathFromText('home'));
      const entries = source.size?.files ?? null;
      await copyTree(host, { from, to: inside('home'), entries, byHand: byHandOf(input) }, context);
    } else if (input.from.kind === 'folder') {
      const { path } = input.from;
      await copyTree(
        host,
        { from: path, to: inside('home'), entries: null, byHand: byHandOf(input) },
        context,
      );
    } else {
      await host.files.makeFolder(inside('home'), 0o700);
      const size = { bytes: 0, files: 0, measuredAt: Date.now() };
      return { size, software: [], layered: null, image: null };
    }
    const measured = await measureTree(host, inside('home'), context);
    return { ...measured, layered: null, image: source?.image ?? null };
  }

  return {
    kind: 'workspace.create',
    input: createWorkspaceInputSchema,
    describe: (input) => ({
      title: input.name,
      hostId: input.hostId,
      target: input.parent === null ? null : joinPath(input.parent, hostPathFromText(input.name)),
      byHand: byHandOf(input),
    }),
    storedInput: (input) => input,
    run,
  };
}

/**
 * The packed file or plain files below, own writes above; the folders of the overlay itself are new. A packed file that
 * lies elsewhere stays there for both.
 */
async function forkLayered(
  host: Host,
  {
    source,
    layered,
    inside,
  }: {
    readonly source: Workspace;
    readonly layered: NonNullable<WorkspaceManifest['layered']>;
    readonly inside: (name: string) => HostPath;
  },
  context: TaskContext,
): Promise<NonNullable<WorkspaceManifest['layered']>> {
  const packed = layered.file.startsWith('/') ? layered.file : joinPath(source.folder, layered.file);
  const isOwn = packed.startsWith(`${source.folder}/`);
  if (source.below === 'files') {
    const lower = joinPath(source.folder, hostPathFromText('lower'));
    const entries = source.size?.files ?? null;
    await copyTree(host, { from: lower, to: inside('lower'), entries, byHand: null }, context);
  } else if (isOwn) {
    context.report({ phase: 'copy', fraction: null, text: '' });
    await host.files.copy(packed, inside(baseName(packed)), { signal: context.signal });
  }
  const upper = joinPath(source.folder, hostPathFromText('upper'));
  await copyTree(host, { from: upper, to: inside('upper'), entries: null, byHand: null }, context);
  for (const name of ['home', 'work']) await host.files.makeFolder(inside(name), 0o700);
  return isOwn ? { ...layered, file: baseName(packed) } : layered;
}

function requireFreeName({ workspaces }: WorkspaceList, { name, hostId }: CreateWorkspaceInput): void {
  const taken = workspaces.find((workspace) => workspace.name === name);
  if (taken !== undefined)
    throw workbenchError('workspace.nameTaken', { name, folder: taken.folder }, { hostId });
}

function stepOf({ from }: CreateWorkspaceInput): Pick<LineageStep, 'what' | 'from'> {
  switch (from.kind) {
    case 'empty':
      return { what: 'created', from: null };
    case 'folder':
      return { what: 'copied', from: from.path };
    case 'workspace':
      return { what: 'forked', from: from.id };
  }
}

function byHandOf({ from, name }: CreateWorkspaceInput): string {
  switch (from.kind) {
    case 'empty':
      return `mkdir -p ${name}/home`;
    case 'folder':
      return `cp -a --reflink=auto -T ${quotePath(from.path)} ${name}/home`;
    case 'workspace':
      return `cp -a --reflink=auto -T ${from.id}/home ${name}/home`;
  }
}
