import { folderName, type HostPath } from '#core/contract/hostPath.ts';
import type { EmbedOverlayInput } from '#core/contract/overlays.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { Runtime } from '#core/runtime/action.ts';
import { overlayEmbedCommand } from '#core/runtime/overlay.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import { dataType } from '#core/sif/descriptor.ts';
import { isOverlay, readHead } from './overlayPlace.ts';
import { factsOf, requireIdle } from './overlayRoom.ts';
import type { EmbedPlan } from './overlays.ts';

/** What embedding comes to, and for which architecture. Fails on all that is known before. */
export async function planEmbedding(
  { host, runtime }: { readonly host: Host; readonly runtime: Runtime },
  { path, imagePath }: EmbedOverlayInput,
): Promise<EmbedPlan & { readonly architecture: string | null }> {
  const { place, overlay } = await factsOf(host, path);
  if (place.offset !== null) throw refusal(host, path, 'It is part of an image already.');
  requireIdle(overlay);
  if (overlay.wasUnmountedInOrder !== true)
    throw workbenchError(
      'overlay.damaged',
      { path, reason: 'It was not unmounted in good order' },
      { hostId: host.id },
    );
  const { head, sizeBytes } = await readHead(host, imagePath);
  if (head.kind !== 'sif')
    throw refusal(host, imagePath, 'Only a SIF can hold an overlay, and this is none.');
  if (head.truncation !== null)
    throw workbenchError('image.truncated', { path: imagePath, ...head.truncation }, { hostId: host.id });
  const there = head.descriptors.find(isOverlay);
  if (there !== undefined)
    throw refusal(host, imagePath, `It has an overlay already (object ${there.id}). Take that out first.`);
  if (head.descriptors.some(({ type }) => type === dataType.signature))
    throw refusal(
      host,
      imagePath,
      'It is signed, and another part would break its signature. Take an unsigned copy, or attach the overlay beside it.',
    );
  const architecture =
    head.descriptors.find(({ partition }) => partition?.role === 2)?.partition?.architecture ?? null;
  const spec = overlayEmbedCommand(runtime, { overlay: path, image: imagePath, architecture });
  if (spec === null)
    throw refusal(
      host,
      imagePath,
      'It does not say for which processors it is, which an overlay must share.',
    );
  const facts = await host.files.stat(path);
  return {
    imageBytes: sizeBytes,
    overlayBytes: facts?.sizeBytes ?? overlay.sizeBytes,
    freeBytes: await host.files.freeBytes(folderName(imagePath)),
    command: showCommand(spec),
    architecture,
  };
}

function refusal(host: Host, path: HostPath, reason: string) {
  return workbenchError('input.invalid', { field: 'image', path, reason }, { hostId: host.id });
}
