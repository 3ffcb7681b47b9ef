import { randomUUID } from 'node:crypto';
import { type AdoptInput, type AdoptPlan, adoptInputSchema } from '#core/contract/handover.ts';
import { folderName, type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { workspaceIdSchema } from '#core/contract/ids.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import type { Workspace, WorkspaceManifest } from '#core/contract/workspaces.ts';
import { reportOf, workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { requireSpace } from '#core/images/pullTarget.ts';
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import { withStep } from '#core/workspaces/lineage.ts';
import { inFolder } from '#core/workspaces/workspaceMeans.ts';
import type { PrivateFolder } from '#core/workspaces/workspaceStore.ts';
import { adoptForm } from './adoptForm.ts';
import { bringFile } from './bringFile.ts';
import { type HandoverMeans, inWorkFolder } from './handoverMeans.ts';
import { layOver } from './layOver.ts';
import { type PackedFile, readPacked } from './packedFile.ts';
import { packedManifest, packInto } from './packWorkspace.ts';
import { squashedName } from './squashTree.ts';
import { checkTree, unpackTree } from './takeTree.ts';
import { roomProblem } from './unpackRoom.ts';
import { wishUnpacking } from './unpackWish.ts';

/** A packed file, an image with an embedded workspace, or another host's workspace, made one's own. */
export function adoptTask(means: HandoverMeans): TaskDefinition<AdoptInput> {
  return {
    kind: 'workspace.adopt',
    input: adoptInputSchema,
    describe: ({ name, hostId, parent }) => ({
      title: name,
      hostId,
      target: parent === null ? null : joinPath(parent, hostPathFromText(name)),
      byHand: null,
    }),
    storedInput: (input) => input,
    run: (input, context) => runAdopt(means, input, context),
  };
}

/** A file of a host with a workspace in it. */
interface Source {
  readonly host: Host;
  readonly path: HostPath;
  /** Of no use to anybody else: it may be taken away from where it lies. */
  readonly isTemporary: boolean;
}

async function runAdopt(means: HandoverMeans, input: AdoptInput, context: TaskContext): Promise<TaskResult> {
  const host = await means.hosts.open(input.hostId);
  context.report({ phase: 'resolve', fraction: 0, text: '' });
  await requireFreeName(means, host, input);
  const from = await means.hosts.open(input.from.hostId);
  if (input.from.kind === 'file')
    return await adoptFile(means, input, { host: from, path: input.from.path, isTemporary: false }, context);
  const workspace = await means.store.find(from, input.from.id);
  const place = { host: from, parent: folderName(workspace.folder), records: means.recordsOf(from) };
  return await inWorkFolder(place, context, async (work) => {
    await packInto(means, from, { workspace, work, confirmed: [], compression: null }, context);
    const source = { host: from, path: joinPath(work, squashedName), isTemporary: true };
    return await adoptFile(means, input, source, context);
  });
}

async function adoptFile(
  means: HandoverMeans,
  input: AdoptInput,
  source: Source,
  context: TaskContext,
): Promise<TaskResult> {
  const host = await means.hosts.open(input.hostId);
  const file = await readPacked(source.host, source.path);
  const { store } = means;
  const { name } = input;
  const parent = input.parent ?? store.parent(host);
  const chosen = await adoptForm(means, host, { parent, wanted: input.form });
  if (input.form === 'over' && chosen.hindrance !== null)
    throw workbenchError('workspace.cannotOpen', { name, reason: chosen.hindrance }, { hostId: host.id });
  await requireSpace(host, parent, neededBytes(file, chosen.form, source.host.id !== host.id));
  const folder = await store.beginFolder(host, { parent: input.parent, name, taskId: context.id });
  return await inFolder(folder, context, async () => {
    const taken = await takeOver(means, { host, file, source, folder, form: chosen.form }, context);
    if (taken.form !== 'over' && input.form === 'over')
      throw workbenchError('workspace.cannotOpen', { name, reason: taken.reason }, { hostId: host.id });
    const isToUnpack = input.form === null && taken.form === 'over';
    const [manifest] = await Promise.all([
      adoptedManifest(host, { packed: file.packed, name, form: taken.form }),
      isToUnpack ? wishUnpacking(host, folder.folder) : null,
    ]);
    context.signal.throwIfAborted();
    context.report({ phase: 'finish', fraction: 0.98, text: '' });
    const path = await folder.finish(manifest);
    if (isToUnpack) await unpackLater(means, host, { path, manifest, file }, context);
    const { entries, bytes } = file.packed.tree;
    const facts = { id: manifest.id, name, form: taken.form, entries };
    return { path, digest: `sha256:${file.packed.tree.sha256}`, sizeBytes: bytes, facts };
  });
}

/** Plain files below are read faster. It is adopted without them: what goes wrong here is told, and no failure of it. */
async function unpackLater(
  means: HandoverMeans,
  host: Host,
  {
    path,
    manifest,
    file,
  }: { readonly path: HostPath; readonly manifest: WorkspaceManifest; readonly file: PackedFile },
  context: TaskContext,
): Promise<void> {
  try {
    const problem = await roomProblem(host, path, file.packed.tree);
    if (problem !== null) context.log('note', `It stays packed: ${problem.report.title}`);
    else if (means.unpackLater({ hostId: host.id, id: manifest.id }))
      context.log('note', 'It is unpacked in the background, so that it is read faster.');
  } catch (thrown) {
    context.log('note', `It stays packed: ${reportOf(thrown).title}`);
  }
}

interface Taking {
  readonly host: Host;
  readonly file: PackedFile;
  readonly source: Source;
  readonly folder: PrivateFolder;
  readonly form: 'over' | 'unpacked';
}

/** Proves the file and makes a tree of it in the private folder; unpacked where it cannot be mounted after all. */
async function takeOver(
  means: HandoverMeans,
  { host, file, source, folder, form }: Taking,
  context: TaskContext,
): Promise<{ readonly form: 'over' | 'unpacked'; readonly reason: string }> {
  const where = folder.folder;
  let lies: { readonly path: HostPath; readonly file: PackedFile } = { path: source.path, file };
  if (source.host.id !== host.id) {
    const path = joinPath(where, hostPathFromText('received.sif'));
    await bringFile(means, { from: source.host, path: source.path, host, to: path }, context);
    lies = { path, file: await readPacked(host, path) };
    if (lies.file.packed.tree.sha256 !== file.packed.tree.sha256)
      throw workbenchError(
        'workspace.hostile',
        { path: source.path, reason: 'It changed while it was sent' },
        { hostId: source.host.id },
      );
  }
  const isOwn = source.host.id !== host.id || source.isTemporary;
  if (form === 'over') {
    const laid = { ...lies, folder: where, shownAs: source.path, isOwn };
    const { hindrance, ...over } = await layOver(means, host, laid, context);
    if (hindrance === null) return { form, reason: '' };
    lies = over;
    context.log('note', `Unpacked after all: ${hindrance}`);
    await requireSpace(host, where, file.packed.tree.bytes);
  }
  await checkTree(host, { ...lies, folder: where, shownAs: source.path, form: 'unpacked' }, context);
  await unpackTree(host, { ...lies, folder: where, shownAs: source.path }, context);
  if (lies.path.startsWith(`${where}/`)) await host.files.remove(lies.path);
  return { form: 'unpacked', reason: 'Its packed file cannot be mounted here' };
}

async function adoptedManifest(
  host: Host,
  {
    packed: { manifest, tree },
    name,
    form,
  }: { readonly packed: PackedFile['packed']; readonly name: string; readonly form: 'over' | 'unpacked' },
): Promise<WorkspaceManifest> {
  const digest = `sha256:${tree.sha256}`;
  return {
    ...manifest,
    id: workspaceIdSchema.parse(randomUUID()),
    name,
    createdAt: Date.now(),
    size: manifest.size ?? { bytes: tree.bytes, files: tree.entries, measuredAt: Date.now() },
    lineage: await withStep(host, manifest.lineage, { what: 'adopted', from: digest }),
    layered: form === 'over' ? { file: hostPathFromText('packed.sif'), digest } : null,
  };
}

async function requireFreeName(means: HandoverMeans, host: Host, { name }: AdoptInput): Promise<void> {
  const { workspaces } = await means.store.list(host);
  const taken = workspaces.find((each) => each.name === name);
  if (taken !== undefined)
    throw workbenchError('workspace.nameTaken', { name, folder: taken.folder }, { hostId: host.id });
}

/** Unpacking from a file of this host needs the files alone; what comes from elsewhere is there as a file first. */
function neededBytes(file: PackedFile, form: 'over' | 'unpacked', isSent: boolean): number {
  const { bytes } = file.packed.tree;
  return form === 'over' ? file.fileBytes : bytes + (isSent ? file.fileBytes : 0);
}

/** Everything that an adoption would do. */
export async function planAdopt(means: HandoverMeans, input: AdoptInput): Promise<AdoptPlan> {
  const host = await means.hosts.open(input.hostId);
  const from = await means.hosts.open(input.from.hostId);
  const parent = input.parent ?? means.store.parent(host);
  const chosen = await adoptForm(means, host, { parent, wanted: input.form });
  const { manifest, bytes, fileBytes, warnings } = await sourceFacts(means, from, input);
  const isSent = from.id !== host.id;
  const architecture = await means.hosts.architecture(host.id);
  const madeFor = manifest.image?.architecture ?? null;
  return {
    manifest,
    folder: joinPath(parent, hostPathFromText(input.name)),
    form: chosen.form,
    sentence: chosen.sentence,
    neededBytes:
      chosen.form === 'over' ? fileBytes : bytes === null ? null : bytes + (isSent ? (fileBytes ?? 0) : 0),
    freeBytes: await host.files.freeBytes(parent),
    warnings: [
      ...warnings,
      ...(input.form === 'over' && chosen.hindrance !== null ? [chosen.hindrance] : []),
      ...(madeFor !== null && madeFor !== architecture
        ? [`It was made for ${madeFor}; this host is ${architecture}, and its programs do not run here.`]
        : []),
    ],
  };
}

interface SourceFacts {
  readonly manifest: WorkspaceManifest;
  readonly bytes: number | null;
  /** Null where it is not packed yet. */
  readonly fileBytes: number | null;
  readonly warnings: readonly string[];
}

async function sourceFacts(
  means: HandoverMeans,
  from: Host,
  { from: source }: AdoptInput,
): Promise<SourceFacts> {
  if (source.kind === 'file') {
    const { packed, fileBytes } = await readPacked(from, source.path);
    return { manifest: packed.manifest, bytes: packed.tree.bytes, fileBytes, warnings: [] };
  }
  const workspace: Workspace = await means.store.find(from, source.id);
  return {
    manifest: packedManifest(workspace),
    bytes: workspace.size?.bytes ?? null,
    fileBytes: null,
    warnings: [
      'It is packed on its host first; secrets and what cannot travel are left out, and named in the log.',
    ],
  };
}
