import { z } from 'zod';
import {
  baseName,
  type HostPath,
  hostPathFromText,
  hostPathSchema,
  joinPath,
} from '#core/contract/hostPath.ts';
import { type TaskId, type WorkspaceId, workspaceIdSchema } from '#core/contract/ids.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import {
  type CreateWorkspaceInput,
  createWorkspaceInputSchema,
  type LineageStep,
  type Workspace,
  type WorkspaceManifest,
  workspaceManifestSchema,
} from '#core/contract/workspaces.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { quotePath } from '#core/runtime/shellWords.ts';
import { type DetachedWork, runDetached } from '#core/tasks/detachedWork.ts';
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import { type Copies, copyJob, copyTrees, followCopyJob, type TreeCopy } from './copyTree.ts';
import { withStep } from './lineage.ts';
import { measureTree } from './measureTree.ts';
import { inFolder, isThere, type WorkspaceMeans } from './workspaceMeans.ts';
import type { PrivateFolder, WorkspaceList } from './workspaceStore.ts';

/** What a new workspace will be; it lies beside its detached job. */
const planSchema = z.object({ parent: hostPathSchema, manifest: workspaceManifestSchema });
type Plan = z.infer<typeof planSchema>;

/** Where it comes from, and the private folder in which it is made. */
interface Making {
  readonly input: CreateWorkspaceInput;
  readonly source: Workspace | null;
  readonly folder: PrivateFolder;
  readonly taskId: TaskId;
}

type Contents = Pick<WorkspaceManifest, 'size' | 'software' | 'layered' | 'image'>;

/** New workspaces: empty, from a folder, or as a fork of another. */
export function createTask(means: WorkspaceMeans): TaskDefinition<CreateWorkspaceInput> {
  const { store } = means;

  async function run(input: CreateWorkspaceInput, context: TaskContext): Promise<TaskResult> {
    const host = await means.openHost(input.hostId);
    context.report({ phase: 'resolve', fraction: null, text: '' });
    if (isDetachable(input)) return await runDetached(host, context, detached(host, input, context));
    return await heldSource(host, { input, taskId: context.id, isDetached: false }, async (source) => {
      const folder = await begin(host, input, context);
      return await inFolder(folder, context, async () => {
        const { plan, copies } = await prepare(host, { input, source, folder, taskId: context.id });
        if (copies.length > 0) await copyTrees(host, copiesOf(input, { source, copies }), context);
        return await complete(host, plan, context);
      });
    });
  }

  function detached(host: Host, input: CreateWorkspaceInput, context: TaskContext): DetachedWork<TaskResult> {
    const { id: taskId } = context;
    const { name, parent } = input;
    return {
      async made() {
        const found = (await store.list(host)).workspaces.find(({ id }) => id === idOf(taskId));
        return found === undefined ? null : resultOf(found, found.folder);
      },
      begin: (start) =>
        heldSource(host, { input, taskId, isDetached: true }, async (source) => {
          const folder = await begin(host, input, context);
          const { plan, copies } = await prepare(host, { input, source, folder, taskId: context.id });
          const { spec, options } = copyJob(copiesOf(input, { source, copies }), {
            title: source === null ? `Copy into the workspace ${name}` : `Fork of ${source.name}`,
            plan,
            privateFolder: folder.folder,
          });
          context.signal.throwIfAborted();
          return await start(spec, options);
        }),
      async complete(job) {
        const plan = await followCopyJob(host, job, { schema: planSchema, context });
        return await complete(host, plan, context);
      },
      async end() {
        await store.privateFolder(host, { parent, name, taskId }).discard();
        if (input.from.kind === 'workspace') await store.release(host, { id: input.from.id, taskId });
      },
    };
  }

  /** Does work while nobody disturbs the workspace that is forked, if one is. */
  async function heldSource<Result>(
    host: Host,
    {
      input: { from },
      ...rest
    }: {
      readonly input: CreateWorkspaceInput;
      readonly taskId: TaskId;
      readonly isDetached: boolean;
    },
    work: (source: Workspace | null) => Promise<Result>,
  ): Promise<Result> {
    if (from.kind !== 'workspace') return await work(null);
    const hold = { id: from.id, mode: 'read', what: 'a fork of it is made', ...rest } as const;
    return await store.hold(host, hold, work);
  }

  async function begin(
    host: Host,
    input: CreateWorkspaceInput,
    { id: taskId }: TaskContext,
  ): Promise<PrivateFolder> {
    requireFreeName(await store.list(host), input);
    return await store.beginFolder(host, { parent: input.parent, name: input.name, taskId });
  }

  /** Makes what is small, and says what is to be copied. */
  async function prepare(
    host: Host,
    making: Making,
  ): Promise<{ readonly plan: Plan; readonly copies: readonly TreeCopy[] }> {
    const { input, source, folder, taskId } = making;
    const { imagePath, name, description } = input;
    const image = imagePath === null ? null : await means.describeImage(host.id, imagePath);
    const { copies, ...contents } = await fill(host, making);
    const lineage = await withStep(host, source?.lineage ?? [], stepOf(input));
    const node = lineage.at(-1)?.by.replace(/^.*@/, '').slice(0, 256) ?? '';
    const place = imagePath === null ? null : { node, path: imagePath };
    const manifest: WorkspaceManifest = {
      version: 1,
      id: idOf(taskId),
      name,
      description,
      createdAt: Date.now(),
      ...contents,
      image: image === null ? contents.image : { ...image, place },
      lineage,
    };
    return { plan: { parent: folder.parent, manifest }, copies };
  }

  /** Measures a tree that nobody measured yet, and gives the workspace its name. */
  async function complete(host: Host, { parent, manifest }: Plan, context: TaskContext): Promise<TaskResult> {
    const { name } = manifest;
    const folder = store.privateFolder(host, { parent, name, taskId: context.id });
    const home = joinPath(folder.folder, hostPathFromText('home'));
    const isMeasured = manifest.layered !== null || manifest.size !== null;
    const measured = isMeasured ? {} : await measureTree(host, home, context);
    context.signal.throwIfAborted();
    context.report({ phase: 'finish', fraction: null, text: '' });
    const whole = { ...manifest, ...measured };
    return resultOf(whole, await folder.finish(whole));
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
    isDetachable,
    run,
  };
}

/** A copy on a host of its own goes on there without us; what is quick does not need that. */
function isDetachable({ hostId, from }: CreateWorkspaceInput): boolean {
  return isThere({ hostId }) && from.kind !== 'empty';
}

/** That of its task, so that who runs this again knows whether it is made. */
function idOf(taskId: TaskId): WorkspaceId {
  return workspaceIdSchema.parse(taskId);
}

function resultOf({ id, name, size, software }: WorkspaceManifest, path: HostPath): TaskResult {
  const facts = { id, name, files: size?.files ?? 0, software: software.length };
  return { path, digest: null, sizeBytes: size?.bytes ?? null, facts };
}

function copiesOf(
  input: CreateWorkspaceInput,
  { source, copies }: { readonly source: Workspace | null; readonly copies: readonly TreeCopy[] },
): Copies {
  return { copies, entries: source?.size?.files ?? null, byHand: byHandOf(input) };
}

/** What is in the folder beside the manifest: empty folders are made, the rest is to be copied. */
async function fill(
  host: Host,
  { input, source, folder: { folder } }: Making,
): Promise<Contents & { readonly copies: readonly TreeCopy[] }> {
  const inside = (name: string) => joinPath(folder, hostPathFromText(name));
  const plain = { size: null, software: [], layered: null, image: source?.image ?? null };
  if (source !== null && source.layered !== null) {
    const { layered, copies } = forkLayered({ source, layered: source.layered, inside });
    for (const name of ['home', 'work']) await host.files.makeFolder(inside(name), 0o700);
    const { size, software, image } = source;
    return { size, software, layered, image, copies };
  }
  if (source !== null) {
    const from = joinPath(source.folder, hostPathFromText('home'));
    return { ...plain, copies: [{ kind: 'tree', from, to: inside('home') }] };
  }
  if (input.from.kind === 'folder')
    return { ...plain, copies: [{ kind: 'tree', from: input.from.path, to: inside('home') }] };
  await host.files.makeFolder(inside('home'), 0o700);
  return { ...plain, size: { bytes: 0, files: 0, measuredAt: Date.now() }, copies: [] };
}

/**
 * The packed file or plain files below, own writes above; the folders of the overlay itself are new. A packed file that
 * lies elsewhere stays there for both.
 */
function forkLayered({
  source,
  layered,
  inside,
}: {
  readonly source: Workspace;
  readonly layered: NonNullable<WorkspaceManifest['layered']>;
  readonly inside: (name: string) => HostPath;
}): {
  readonly layered: NonNullable<WorkspaceManifest['layered']>;
  readonly copies: readonly TreeCopy[];
} {
  const packed = layered.file.startsWith('/') ? layered.file : joinPath(source.folder, layered.file);
  const isOwn = packed.startsWith(`${source.folder}/`);
  const tree = (name: string): TreeCopy => ({
    kind: 'tree',
    from: joinPath(source.folder, hostPathFromText(name)),
    to: inside(name),
  });
  const copies: TreeCopy[] = [];
  if (source.below === 'files') copies.push(tree('lower'));
  else if (isOwn) copies.push({ kind: 'file', from: packed, to: inside(baseName(packed)) });
  copies.push(tree('upper'));
  return { layered: isOwn ? { ...layered, file: baseName(packed) } : layered, copies };
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
