import { baseName, folderName, type HostPath } from '#core/contract/hostPath.ts';
import type { OneOverlay } from '#core/contract/overlays.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { overlayUnembedCommand } from '#core/runtime/overlay.ts';
import { dataType, type SifDescriptor } from '#core/sif/descriptor.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { isOverlay, readHead } from './overlayPlace.ts';
import { factsOf, onCopy, requireIdle, runWhole } from './overlayRoom.ts';
import { cutScript } from './overlayScripts.ts';
import { idleState, type RuntimeRoom, runRuntime } from './overlayTasks.ts';

/**
 * Takes the overlay out of a copy of its image, with its bytes; the copy takes the image's place when all else is in it as
 * it was. Fails with overlay.busy, and with input.invalid where nothing can be taken out.
 */
export async function unembedOverlay(
  room: RuntimeRoom,
  { path }: OneOverlay,
  context: TaskContext,
): Promise<TaskResult> {
  const { host, runtime } = room;
  requireIdle((await factsOf(host, path)).overlay);
  const before = await objectsOf(host, path);
  const part = before.objects.find(isOverlay);
  if (part === undefined) throw refusal(host, path, 'It is a file of its own: delete it instead.');
  if (before.objects.some((object) => isSignatureOf(object, part)))
    throw refusal(
      host,
      path,
      'It is signed together with its overlay, and without it the signature would not hold. Take an unsigned copy.',
    );
  const rest = before.objects.filter((object) => object !== part);
  let sizeBytes = before.sizeBytes;
  await onCopy(room, {
    path,
    neededBytes: before.sizeBytes,
    context,
    guard: async () => await idleState(host, path),
    work: async (copy) => {
      context.report({
        phase: 'change',
        fraction: null,
        text: 'Taking the overlay out of a copy of the image',
      });
      await runRuntime(room, overlayUnembedCommand(runtime, { image: copy, id: part.id }), path, context);
      const end = Math.max(...rest.map((object) => object.offset + object.sizeBytes), before.dataOffset);
      await runWhole(host, cutScript, {
        purpose: 'Remove the bytes of an overlay from a copy of an image',
        words: [
          { path: folderName(path) },
          { path: baseName(copy) },
          ...[part.offset, part.sizeBytes, end].map((number) => String(number)),
          octalWord(end - before.dataOffset),
        ],
        path,
        context,
      });
      const after = await objectsOf(host, copy);
      if (listed(after.objects) !== listed(rest))
        throw workbenchError('runtime.failed', { verb: 'take the overlay out' }, { hostId: host.id });
      sizeBytes = after.sizeBytes;
    },
  });
  return { path, digest: null, sizeBytes, facts: {} };
}

/** Eight bytes, the lowest first, as `printf` takes them. */
function octalWord(number: number): string {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(number), true);
  return [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

/** What must be the same afterwards. */
function listed(objects: readonly SifDescriptor[]): string {
  return objects.map(({ id, type, offset, sizeBytes }) => `${id} ${type} ${offset} ${sizeBytes}`).join('\n');
}

async function objectsOf(host: Host, path: HostPath) {
  const { head, sizeBytes } = await readHead(host, path);
  if (head.kind !== 'sif') throw refusal(host, path, 'It is a file of its own: delete it instead.');
  if (head.truncation !== null)
    throw workbenchError('image.truncated', { path, ...head.truncation }, { hostId: host.id });
  return { objects: head.descriptors, dataOffset: head.header.dataOffset, sizeBytes };
}

/** Whether a signature covers an object: by its id, or with its group. */
function isSignatureOf({ type, link }: SifDescriptor, { id, group }: SifDescriptor): boolean {
  if (type !== dataType.signature || link === null) return false;
  return link.isGroup ? link.id === group : link.id === id;
}

function refusal(host: Host, path: HostPath, reason: string) {
  return workbenchError('input.invalid', { field: 'path', path, reason }, { hostId: host.id });
}
