import { baseName, folderName, type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import {
  type CheckOverlayInput,
  type CreateOverlayInput,
  checkOverlayInputSchema,
  createOverlayInputSchema,
  type EmbedOverlayInput,
  embedOverlayInputSchema,
  type GrowOverlayInput,
  growOverlayInputSchema,
  oneOverlaySchema,
} from '#core/contract/overlays.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { Runtime } from '#core/runtime/action.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import { explainFailure } from '#core/runtime/explainFailure.ts';
import { overlayCreateCommand, overlayEmbedCommand } from '#core/runtime/overlay.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import type { StderrRule } from '#core/runtime/stderrRule.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { planEmbedding } from './embedPlan.ts';
import { isOverlay, readHead } from './overlayPlace.ts';
import { factsOf, type OverlayRoom, onCopy, requireIdle, runScript, runWhole } from './overlayRoom.ts';
import { checkScript, growScript, mendScript, replaceKeepingScript } from './overlayScripts.ts';

/** The same with the runtime of the host, and what explains its words. */
export interface RuntimeRoom extends OverlayRoom {
  readonly runtime: Runtime;
  readonly rules: readonly StderrRule[];
}

export const taskInputs = {
  create: createOverlayInputSchema,
  check: checkOverlayInputSchema,
  grow: growOverlayInputSchema,
  embed: embedOverlayInputSchema,
  unembed: oneOverlaySchema,
};

const done = (
  path: HostPath,
  facts: TaskResult['facts'] = {},
  sizeBytes: number | null = null,
): TaskResult => ({
  path,
  digest: null,
  sizeBytes,
  facts,
});

/** A new overlay, under a private name until it is whole. */
export async function createOverlay(
  room: RuntimeRoom,
  input: CreateOverlayInput & { readonly folder: HostPath },
  context: TaskContext,
): Promise<TaskResult> {
  const { host, runtime, records } = room;
  const target = joinPath(input.folder, input.fileName);
  const there = await host.files.stat(target);
  if (there !== null)
    throw workbenchError(
      'image.targetExists',
      { path: target, sizeBytes: there.sizeBytes },
      { hostId: host.id },
    );
  if (input.isFakeroot && !runtime.dialect.features.overlayFakeroot)
    throw workbenchError(
      'runtime.optionRefused',
      { option: 'an overlay for use with --fakeroot', reason: 'This version of the runtime makes none' },
      { hostId: host.id },
    );
  const part = joinPath(input.folder, hostPathFromText(`.overlay-${context.id}.part`));
  await records.begin(context.id, { files: [part], folders: [], resumable: [] });
  try {
    context.report({ phase: 'change', fraction: null, text: 'Making the file system' });
    await runRuntime(room, overlayCreateCommand(runtime, input, part), target, context);
    await host.files.rename(part, target, { overwrite: false });
  } finally {
    await records.end(context.id, { isResumableKept: false });
  }
  return done(target, {}, input.sizeBytes);
}

/** Looks, and mends a copy where asked and needed. */
export async function checkOverlay(
  room: OverlayRoom,
  { path, isMended }: CheckOverlayInput,
  context: TaskContext,
): Promise<TaskResult> {
  const { host } = room;
  const { place, overlay } = await factsOf(host, path);
  requireIdle(overlay);
  const offset = place.offset === null ? '-' : String(place.offset);
  context.report({ phase: 'verify', fraction: null, text: 'Reading the file system' });
  const { exitStatus, said } = await runScript(host, checkScript, {
    purpose: 'Check an overlay',
    words: [{ path }, offset],
    path,
    context,
  });
  const isClean = exitStatus === 0 && overlay.wasUnmountedInOrder !== false;
  if (isClean || !isMended) return done(path, { isClean, report: said });

  const kept = joinPath(folderName(path), keptName(path));
  await onCopy(room, {
    path,
    neededBytes: overlay.allocatedBytes ?? overlay.sizeBytes,
    context,
    guard: async () => await idleState(host, path),
    work: async (copy) => {
      context.report({ phase: 'change', fraction: null, text: 'Mending the copy' });
      const size = place.offset === null ? String(overlay.sizeBytes) : '-';
      await runWhole(host, mendScript, {
        purpose: 'Mend a copy of an overlay',
        words: [{ path: folderName(path) }, { path: baseName(copy) }, offset, size],
        path,
        context,
      });
    },
    replace: async (copy) =>
      await runWhole(host, replaceKeepingScript, {
        purpose: 'Put the mended overlay in place, and keep the damaged one',
        words: [folderName(path), baseName(path), baseName(copy), baseName(kept)].map((word) => ({
          path: word,
        })),
        path,
      }),
  });
  return done(path, { isClean: true, report: said, keptCopy: kept });
}

/** Never smaller. */
export async function growOverlay(
  room: OverlayRoom,
  { path, sizeBytes }: GrowOverlayInput,
  context: TaskContext,
): Promise<TaskResult> {
  const { host } = room;
  const { place, overlay } = await factsOf(host, path);
  const refuse = (reason: string) =>
    workbenchError('input.invalid', { field: 'size', path, reason }, { hostId: host.id });
  if (place.offset !== null)
    throw refuse(
      'The overlay is part of an image, and has its end right behind it. Make a larger one in a file of its own.',
    );
  if (sizeBytes <= overlay.sizeBytes)
    throw refuse(
      'It has this size or more already, and an overlay never shrinks: what is in it could be lost.',
    );
  requireIdle(overlay);
  if (overlay.sizeBytes === 0)
    throw workbenchError(
      'overlay.damaged',
      { path, reason: 'Its file system could not be read' },
      { hostId: host.id },
    );
  await onCopy(room, {
    path,
    neededBytes: overlay.allocatedBytes ?? overlay.sizeBytes,
    context,
    guard: async () => await idleState(host, path),
    work: async (copy) => {
      context.report({ phase: 'change', fraction: null, text: 'Growing the copy' });
      await runWhole(host, growScript, {
        purpose: 'Grow a copy of an overlay',
        words: [{ path: folderName(path) }, { path: baseName(copy) }, String(sizeBytes)],
        path,
        context,
      });
      const grown = await factsOf(host, copy);
      if (grown.overlay.sizeBytes <= overlay.sizeBytes)
        throw workbenchError('overlay.damaged', { path, reason: 'It did not grow' }, { hostId: host.id });
    },
  });
  return done(path, {}, sizeBytes);
}

/** Into a copy of the image, which takes its place when the overlay is seen in it. */
export async function embedOverlay(
  room: RuntimeRoom,
  input: EmbedOverlayInput,
  context: TaskContext,
): Promise<TaskResult> {
  const { host, runtime } = room;
  const { path, imagePath } = input;
  const plan = await planEmbedding(room, input);
  const state = async () => {
    const facts = await host.files.stat(imagePath);
    return `${facts?.inode} ${facts?.sizeBytes} ${facts?.modifiedAt} ${await idleState(host, path)}`;
  };
  await onCopy(room, {
    path: imagePath,
    neededBytes: plan.imageBytes + plan.overlayBytes,
    context,
    guard: state,
    work: async (copy) => {
      context.report({ phase: 'change', fraction: null, text: 'Adding the overlay to a copy of the image' });
      const spec = overlayEmbedCommand(runtime, {
        overlay: path,
        image: copy,
        architecture: plan.architecture,
      });
      if (spec === null) throw workbenchError('internal');
      await runRuntime(room, spec, imagePath, context);
      const { head } = await readHead(host, copy);
      const part =
        head.kind === 'sif' && head.truncation === null ? head.descriptors.find(isOverlay) : undefined;
      if (part?.sizeBytes !== plan.overlayBytes)
        throw workbenchError('runtime.failed', { verb: 'embed the overlay' }, { hostId: host.id });
    },
  });
  return done(imagePath, {}, plan.imageBytes + plan.overlayBytes);
}

/** What tells two states of an overlay's file apart. Fails with overlay.busy while it is open. */
export async function idleState(host: Host, path: HostPath): Promise<string> {
  const { overlay, state } = await factsOf(host, path);
  requireIdle(overlay);
  return state;
}

/** Runs a command of the runtime; its failure is explained by the runtime's own words. */
export async function runRuntime(
  { host, runtime, rules }: RuntimeRoom,
  spec: CommandSpec,
  path: HostPath,
  context: TaskContext,
): Promise<void> {
  const outcome = await host.run(spec, {
    signal: context.signal,
    taskId: context.id,
    onLine: (line, stream) => context.log(stream, line),
  });
  const { exitStatus, stderr } = outcome;
  if (exitStatus === 0) return;
  // As a build: whatever it says is the runtime's own.
  const failure = { stderr, exitStatus, dialect: runtime.dialect, verb: 'build' as const };
  const known = explainFailure(
    { ...failure, ...(runtime.conditions && { host: runtime.conditions }) },
    rules,
  );
  throw workbenchError(
    known?.code ?? 'runtime.failed',
    { ...known?.facts, path },
    { hostId: host.id, command: showCommand(spec), evidence: stderr, exitStatus },
  );
}

/** `ov.img` → `ov.img.damaged-20260309140500`. */
function keptName(path: HostPath): HostPath {
  const time = new Date()
    .toISOString()
    .replaceAll(/[^0-9]/g, '')
    .slice(0, 14);
  return `${baseName(path)}.damaged-${time}` as HostPath;
}
