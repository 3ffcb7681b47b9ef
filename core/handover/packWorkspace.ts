import { type PackInput, type PackPlan, packInputSchema, type StrayFile } from '#core/contract/handover.ts';
import { baseName, folderName, type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import type { Workspace, WorkspaceManifest } from '#core/contract/workspaces.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { landFile, prepareTarget, targetPath } from '#core/images/pullTarget.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { quotePath } from '#core/runtime/shellWords.ts';
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import { runTreeScript, treeFailure } from '#core/workspaces/treeScript.ts';
import { manifestOf } from '#core/workspaces/workspaceMeans.ts';
import { attributeWarnings } from './attributes.ts';
import { type HandoverMeans, inWorkFolder } from './handoverMeans.ts';
import { type Packed, packedHead, packedText, readPacked, treeOffset } from './packedFile.ts';
import { squashByHand, squashedName, squashTree } from './squashTree.ts';
import { findStrays } from './strayFiles.ts';

/** Strays that a plan lists; the rest is counted. */
const mostListed = 1000;
export type Compression = 'zstd' | 'gzip';

/** A workspace to one file. */
export function packTask(means: HandoverMeans): TaskDefinition<PackInput> {
  return {
    kind: 'workspace.pack',
    input: packInputSchema,
    describe: (input) => ({
      title: means.store.titleOf(input.id),
      hostId: input.hostId,
      target: input.fileName === null ? null : joinPath(folderOf(means, input), input.fileName),
      byHand: null,
    }),
    storedInput: (input) => input,
    run: (input, context) => runPack(means, input, context),
  };
}

async function runPack(means: HandoverMeans, input: PackInput, context: TaskContext): Promise<TaskResult> {
  const host = await means.hosts.open(input.hostId);
  context.report({ phase: 'resolve', fraction: 0, text: '' });
  const workspace = await means.store.find(host, input.id);
  const target = packTarget(means, input, workspace);
  const { overwrite, confirmed } = input;
  await prepareTarget(host, target, { overwrite });
  const place = { host, parent: folderName(target), records: means.recordsOf(host) };
  return await inWorkFolder(place, context, async (work) => {
    const options = { workspace, work, confirmed, compression: input.compression };
    const { packed, leftOut } = await packInto(means, host, options, context);
    context.report({ phase: 'finish', fraction: 0.97, text: '' });
    const from = joinPath(work, squashedName);
    const { sizeBytes } = await landFile(host, { from, target }, { overwrite, signal: context.signal });
    return {
      path: target,
      digest: `sha256:${packed.tree.sha256}`,
      sizeBytes,
      facts: { name: workspace.name, entries: packed.tree.entries, leftOut },
    };
  });
}

/** Where a workspace is packed. */
export interface PackJob {
  readonly workspace: Workspace;
  /** A private folder; the packed file is `packed` in it. */
  readonly work: HostPath;
  readonly confirmed: readonly HostPath[];
  /** The host's best when null. */
  readonly compression: Compression | null;
}

/** The whole packed file under a private name, looked at again. Reproducible: the same tree gives the same bytes. */
export async function packInto(
  means: Pick<HandoverMeans, 'hosts' | 'store'>,
  host: Host,
  job: PackJob,
  context: TaskContext,
): Promise<PackedAndLeftOut> {
  const request = { id: job.workspace.id, taskId: context.id, mode: 'read', what: 'it is packed' } as const;
  return await means.store.hold(host, request, (workspace) =>
    packHeld(means, host, { ...job, workspace }, context),
  );
}

interface PackedAndLeftOut {
  readonly packed: Omit<Packed, 'format' | 'version'>;
  readonly leftOut: number;
}

async function packHeld(
  means: Pick<HandoverMeans, 'hosts'>,
  host: Host,
  { workspace, work, confirmed, compression }: PackJob,
  context: TaskContext,
): Promise<PackedAndLeftOut> {
  context.report({ phase: 'resolve', fraction: 0.02, text: 'Looking for what will not travel' });
  const [strays, compressions] = await Promise.all([
    findStrays(host, workspace, { confirmed, context }),
    compressionsOf(host),
  ]);
  const leftOut = strays.filter(({ isLeftOut }) => isLeftOut);
  for (const { path, detail } of leftOut.slice(0, mostListed))
    context.log('note', `Left out: ${path} (${detail})`);
  const manifest = packedManifest(workspace);
  const offset = headLength(manifest);
  context.report({ phase: 'convert', fraction: 0.1, text: 'Packing the tree' });
  const chosen = compression ?? compressions[0] ?? 'gzip';
  const request = { workspace, work, strays, compression: chosen, offset, isForEverybody: false };
  const packed = { manifest, tree: await squashTree(host, request, context) };
  context.report({ phase: 'verify', fraction: 0.93, text: 'Looking at the packed file' });
  const architecture = await means.hosts.architecture(host.id);
  await writeHead(host, { work, head: packedHead(packed, offset, architecture) }, context);
  const file = joinPath(work, squashedName);
  const read = await readPacked(host, file);
  if (read.packed.tree.sha256 !== packed.tree.sha256)
    throw workbenchError(
      'internal',
      {},
      { hostId: host.id, evidence: 'The packed file is not what was packed.' },
    );
  return { packed, leftOut: leftOut.length };
}

/** What travels: everything but how it lies here, and where things lay here. No step is added, so that the same tree gives the same bytes. */
export function packedManifest(workspace: Workspace): WorkspaceManifest {
  const { image, lineage, ...manifest } = manifestOf(workspace);
  const bare = (text: string) => (text.startsWith('/') ? baseName(hostPathFromText(text)) : text);
  return {
    ...manifest,
    image: image === null ? null : { ...image, name: bare(image.name), place: null },
    lineage: lineage.map((step) => ({ ...step, from: step.from === null ? null : bare(step.from) })),
    layered: null,
  };
}

/** The numbers of the tree are not known yet when its place is chosen. */
function headLength(manifest: WorkspaceManifest): number {
  const most = Number.MAX_SAFE_INTEGER;
  const tree = { sha256: '0'.repeat(64), sizeBytes: most, entries: most, bytes: most };
  return treeOffset(Buffer.byteLength(packedText({ manifest, tree })));
}

/** Puts the bytes of a head over the beginning of the packed file. */
export async function writeHead(
  host: Host,
  { work, head }: { readonly work: HostPath; readonly head: Uint8Array },
  context: Pick<TaskContext, 'id' | 'signal'>,
): Promise<void> {
  const path = joinPath(work, hostPathFromText('head'));
  await host.files.write(path, head, 0o600);
  const purpose = 'Write the head of a packed workspace';
  const outcome = await runTreeScript(host, {
    purpose,
    script: 'cd -- "$1" && dd if=head of=packed bs=65536 conv=notrunc status=none && rm head',
    words: [{ path: work }],
    byHand: null,
    taskId: context.id,
    signal: context.signal,
  });
  if (outcome.exitStatus !== 0) throw treeFailure(host, outcome, { path: work, purpose });
}

/** What mksquashfs and unsquashfs of a host can, the better first; the kernel mounts zstd since Linux 4.14. */
export async function compressionsOf(host: Host): Promise<Compression[]> {
  const script =
    'uname -r; { mksquashfs -help; mksquashfs -help-all; unsquashfs -help; unsquashfs -help-all; } 2>&1 | grep -cw zstd; :';
  const { stdout } = await host.run(
    commandSpec('/bin/sh', ['-c', script], { purpose: 'Ask what mksquashfs can' }),
    { isQuiet: true },
  );
  const [kernel = '', mentions = '0'] = stdout.split('\n');
  const [major = 0, minor = 0] = kernel.split('.').map((part) => Number.parseInt(part, 10));
  const isNew = major > 4 || (major === 4 && minor >= 14);
  return isNew && Number(mentions) > 0 ? ['zstd', 'gzip'] : ['gzip'];
}

/** Everything that a pack would do. */
export async function planPack(means: HandoverMeans, input: PackInput): Promise<PackPlan> {
  const host = await means.hosts.open(input.hostId);
  const workspace = await means.store.find(host, input.id);
  const target = packTarget(means, input, workspace);
  const [attributes, existing, strays, compressions] = await Promise.all([
    attributeWarnings(host, workspace),
    host.files.stat(target),
    findStrays(host, workspace, { confirmed: input.confirmed, context: null }),
    compressionsOf(host),
  ]);
  const compression = input.compression ?? compressions[0] ?? 'gzip';
  return {
    target,
    exists: existing === null ? null : { sizeBytes: existing.sizeBytes },
    ...listed(strays),
    compressions,
    byHand: packByHand(workspace, target, compression),
    warnings: [...strayWarnings(strays), ...attributes, ...openWarnings(workspace)],
  };
}

function packByHand(workspace: Workspace, target: HostPath, compression: Compression): string {
  const tree = joinPath(workspace.folder, hostPathFromText('home'));
  const sif = quotePath(target);
  return [
    squashByHand(tree, compression),
    `apptainer sif new ${sif}`,
    `apptainer sif add --datatype 4 --partfs 1 --parttype 4 --partarch 2 --groupid 1 ${sif} workspace.sqfs`,
  ].join(' && ');
}

/** The strays that a plan shows: what is left out first. */
export function listed(strays: readonly StrayFile[]): Pick<PackPlan, 'strays' | 'moreStrays'> {
  const sorted = [...strays].sort((left, right) => Number(right.isLeftOut) - Number(left.isLeftOut));
  return { strays: sorted.slice(0, mostListed), moreStrays: Math.max(0, strays.length - mostListed) };
}

export function strayWarnings(strays: readonly StrayFile[]): string[] {
  const absolute = strays.filter(({ kind }) => kind === 'linkAbsolute').length;
  return absolute === 0
    ? []
    : [
        `${absolute} links lead to the workspace by its path on this host, and lead nowhere elsewhere: make them relative, or begin them with /home/mysingularity.`,
      ];
}

/** Somebody who writes while a tree is packed. */
export function openWarnings({ writers }: Workspace): string[] {
  return writers
    .filter(({ isAlive }) => isAlive !== false)
    .slice(0, 8)
    .map(
      ({ user, node, what }) =>
        `${user} has it open on ${node} (${what}): what changes meanwhile may be packed half done.`,
    );
}

function folderOf(means: HandoverMeans, { hostId, folder }: Pick<PackInput, 'hostId' | 'folder'>): HostPath {
  return folder ?? means.imageFolder(hostId);
}

function packTarget(means: HandoverMeans, input: PackInput, { name }: Workspace): HostPath {
  return targetPath(folderOf(means, input), input.fileName ?? hostPathFromText(`${name}.sif`));
}
