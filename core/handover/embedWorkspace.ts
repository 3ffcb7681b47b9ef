import { type EmbedInput, embedInputSchema, type PackPlan } from '#core/contract/handover.ts';
import { folderName, type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { workspaceHome } from '#core/contract/workspaces.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { landFile, prepareTarget, targetPath } from '#core/images/pullTarget.ts';
import { quotePath } from '#core/runtime/shellWords.ts';
import { dataType, primaryPartition } from '#core/sif/descriptor.ts';
import type { SifHead } from '#core/sif/imageHead.ts';
import { packedWorkspace } from '#core/sif/packedWorkspace.ts';
import { withObjects } from '#core/sif/writeObjects.ts';
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import { runTreeScript, treeFailure } from '#core/workspaces/treeScript.ts';
import { attributeWarnings } from './attributes.ts';
import { type HandoverMeans, inWorkFolder } from './handoverMeans.ts';
import { endOf, nextPage, packedText, readPacked, readSifHead, workspaceObjects } from './packedFile.ts';
import {
  compressionsOf,
  listed,
  openWarnings,
  packedManifest,
  strayWarnings,
  writeHead,
} from './packWorkspace.ts';
import { squashByHand, squashedName, squashTree } from './squashTree.ts';
import { findStrays } from './strayFiles.ts';

/** A copy of an image that shows a workspace at /home/mysingularity to everybody who runs it, without a workbench. */
export function embedTask(means: HandoverMeans): TaskDefinition<EmbedInput> {
  return {
    kind: 'workspace.embed',
    input: embedInputSchema,
    describe: (input) => ({
      title: means.store.titleOf(input.id),
      hostId: input.hostId,
      target: joinPath(folderOf(input), input.fileName),
      byHand: null,
    }),
    storedInput: (input) => input,
    run: (input, context) => runEmbed(means, input, context),
  };
}

/**
 * `WORK IMAGE TREE_AT JSON_AT`: the image as `image.sif`, and behind what it holds the tree of `packed` and the text of
 * `manifest`; the file is then `packed`. Its table of objects still knows nothing of them.
 */
const appendScript = `cd -- "$1" || exit 74
cp --reflink=auto -- "$2" image.sif && chmod u+rw image.sif && truncate -s "$3" image.sif && cat packed >>image.sif &&
truncate -s "$4" image.sif && cat manifest >>image.sif && rm manifest && mv -fT image.sif packed`;

async function runEmbed(means: HandoverMeans, input: EmbedInput, context: TaskContext): Promise<TaskResult> {
  const host = await means.hosts.open(input.hostId);
  context.report({ phase: 'resolve', fraction: 0, text: '' });
  const workspace = await means.store.find(host, input.id);
  const { imagePath, overwrite, confirmed } = input;
  const target = embedTarget(input);
  const { head, bytes, fileBytes } = await readImage(host, imagePath);
  await prepareTarget(host, target, { overwrite });
  const place = { host, parent: folderName(target), records: means.recordsOf(host) };
  return await inWorkFolder(place, context, async (work) => {
    const hold = { id: workspace.id, taskId: context.id, mode: 'read', what: 'it is embedded' } as const;
    const tree = await means.store.hold(host, hold, async () => {
      const [strays, compressions] = await Promise.all([
        findStrays(host, workspace, { confirmed, context }),
        compressionsOf(host),
      ]);
      const compression = compressions[0] ?? 'gzip';
      context.report({ phase: 'convert', fraction: 0.1, text: 'Packing the tree' });
      const request = { workspace, work, strays, compression, offset: 0, isForEverybody: true };
      return await squashTree(host, request, context);
    });
    const packed = { manifest: packedManifest(workspace), tree };
    const json = new TextEncoder().encode(packedText(packed));
    // Behind all that is there, also behind bytes that no object owns.
    const treeOffset = nextPage(Math.max(endOf(head), fileBytes));
    const jsonOffset = nextPage(treeOffset + tree.sizeBytes);
    const places = { json: { offset: jsonOffset, sizeBytes: json.length }, treeOffset };
    const architecture = primaryPartition(head.descriptors)?.partition?.architecture ?? null;
    const objects = workspaceObjects(places, packed, architecture, 'image');
    const table = withObjects(bytes, head.header, objects);
    if (table === null)
      throw workbenchError('input.invalid', {
        field: 'image',
        path: imagePath,
        reason: 'Its table of objects is full: nothing more fits into it.',
      });
    await host.files.write(joinPath(work, hostPathFromText('manifest')), json, 0o600);
    context.report({ phase: 'copy', fraction: 0.7, text: 'Copying the image' });
    await append(host, { work, imagePath, treeOffset, jsonOffset }, context);
    await writeHead(host, { work, head: table }, context);
    context.report({ phase: 'verify', fraction: 0.93, text: 'Looking at the new image' });
    const from = joinPath(work, squashedName);
    await readPacked(host, from);
    const { sizeBytes } = await landFile(host, { from, target }, { overwrite, signal: context.signal });
    const facts = {
      name: workspace.name,
      entries: tree.entries,
      adoptByHand: adoptByHand(target, treeOffset),
    };
    context.log('note', `Made one’s own without a workbench: ${facts.adoptByHand}`);
    return { path: target, digest: `sha256:${tree.sha256}`, sizeBytes, facts };
  });
}

/** What somebody without a workbench types to have the workspace of an image as files of their own. */
function adoptByHand(image: HostPath, offset: number): string {
  const file = quotePath(image);
  return [
    `unsquashfs -o ${offset} -d own ${file} home/mysingularity`,
    `apptainer run --home "$PWD/own/home/mysingularity:${workspaceHome}" ${file}`,
  ].join(' && ');
}

async function append(
  host: Host,
  places: {
    readonly work: HostPath;
    readonly imagePath: HostPath;
    readonly treeOffset: number;
    readonly jsonOffset: number;
  },
  context: TaskContext,
): Promise<void> {
  const purpose = 'Put a workspace into a copy of an image';
  const { work, imagePath, treeOffset, jsonOffset } = places;
  const outcome = await runTreeScript(host, {
    purpose,
    script: appendScript,
    words: [{ path: work }, { path: imagePath }, String(treeOffset), String(jsonOffset)],
    byHand: null,
    taskId: context.id,
    signal: context.signal,
  });
  if (outcome.exitStatus !== 0) throw treeFailure(host, outcome, { path: work, purpose });
}

/** An image into which a workspace can go. Fails with image.missing, workspace.none, workspace.hostile, input.invalid. */
async function readImage(
  host: Host,
  path: HostPath,
): Promise<{ readonly head: SifHead; readonly bytes: Uint8Array; readonly fileBytes: number }> {
  const read = await readSifHead(host, path);
  const refuse = (reason: string) => workbenchError('input.invalid', { field: 'image', path, reason });
  if (primaryPartition(read.head.descriptors) === null) throw refuse('It holds no system to run.');
  if (packedWorkspace(read.head.descriptors) !== null)
    throw refuse('It has a workspace embedded already: choose the image without it.');
  return read;
}

/** Everything that an embedding would do. */
export async function planEmbed(means: HandoverMeans, input: EmbedInput): Promise<PackPlan> {
  const host = await means.hosts.open(input.hostId);
  const workspace = await means.store.find(host, input.id);
  const target = embedTarget(input);
  const [attributes, existing, strays, compressions, { head }] = await Promise.all([
    attributeWarnings(host, workspace),
    host.files.stat(target),
    findStrays(host, workspace, { confirmed: input.confirmed, context: null }),
    compressionsOf(host),
    readImage(host, input.imagePath),
  ]);
  const isSigned = head.descriptors.some(({ type }) => type === dataType.signature);
  const architecture = primaryPartition(head.descriptors)?.partition?.architecture ?? null;
  const madeFor = workspace.image?.architecture ?? null;
  const tree = joinPath(workspace.folder, hostPathFromText('home'));
  const sif = quotePath(target);
  return {
    target,
    exists: existing === null ? null : { sizeBytes: existing.sizeBytes },
    ...listed(strays),
    compressions,
    byHand: [
      `cp ${quotePath(input.imagePath)} ${sif}`,
      squashByHand(tree, compressions[0] ?? 'gzip'),
      `apptainer sif add --datatype 4 --partfs 1 --parttype 4 --partarch 2 --groupid 1 ${sif} workspace.sqfs`,
    ].join(' && '),
    warnings: [
      `Everybody who may read the image sees its ${workspaceHome}, also what only you may read now; it is read-only there, until it is adopted.`,
      ...(isSigned
        ? ['The image is signed; the signature does not cover the workspace. Sign the new image again.']
        : []),
      ...(madeFor !== null && architecture !== null && madeFor !== architecture
        ? [`The workspace was made for ${madeFor}, the image is for ${architecture}.`]
        : []),
      ...strayWarnings(strays),
      ...attributes,
      ...openWarnings(workspace),
    ],
  };
}

/** Beside the image when no folder is said. */
function folderOf({ folder, imagePath }: EmbedInput): HostPath {
  return folder ?? folderName(imagePath);
}

function embedTarget(input: EmbedInput): HostPath {
  const target = targetPath(folderOf(input), input.fileName);
  if (target === input.imagePath)
    throw workbenchError('input.invalid', {
      field: 'file name',
      path: target,
      reason: 'The image itself stays as it is: give the copy another name.',
    });
  return target;
}
