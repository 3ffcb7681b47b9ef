import { workbenchError } from '#core/errors/workbenchError.ts';
import type { OpenBytes, OpenedBytes } from '#core/registry/byteSource.ts';

/** Place and text of the mark of a SIF (SIF pkg/sif/sif.go, global header). */
const magicOffset = 32;
const magic = new TextEncoder().encode('SIF_MAGIC');
const neededBytes = magicOffset + magic.length;

/**
 * The same bytes, but a thing that is not a SIF ends with registry.notASif at its first bytes, not after gigabytes: a
 * sign-in page in the place of a file is common.
 */
export function refuseOtherThanSif(open: OpenBytes, reference: string): OpenBytes {
  return async (offset, signal, validator) => {
    const opened = await open(offset, signal, validator);
    return opened.offset === 0 ? { ...opened, chunks: checked(opened, reference) } : opened;
  };
}

async function* checked(opened: OpenedBytes, reference: string): AsyncGenerator<Uint8Array, void, undefined> {
  const head = new Uint8Array(neededBytes);
  let seen = 0;
  for await (const chunk of opened.chunks) {
    if (seen < neededBytes) {
      head.set(chunk.subarray(0, neededBytes - seen), seen);
      seen += Math.min(chunk.length, neededBytes - seen);
      if (seen === neededBytes && !magic.every((byte, index) => head[magicOffset + index] === byte))
        throw notASif(reference, head);
    }
    yield chunk;
  }
  if (seen < neededBytes && seen === opened.totalBytes) throw notASif(reference, head);
}

function notASif(reference: string, head: Uint8Array): unknown {
  const text = new TextDecoder('latin1').decode(head).trimStart().toLowerCase();
  const mediaType =
    text.startsWith('<!doctype') || text.startsWith('<html') ? 'a web page' : 'another kind of file';
  return workbenchError('registry.notASif', { reference, mediaType });
}
