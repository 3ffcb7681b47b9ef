import type { HostId } from '#core/contract/ids.ts';
import type { ImageEvent } from '#core/contract/images.ts';
import { client } from '#renderer/api/client.ts';
import { imageListOf } from './imagesState.ts';

interface Asked {
  readonly hostId: HostId;
  readonly stop: AbortController;
  /** The rest of the stream, when the list was given what there is now. */
  readonly rest: Promise<AsyncIterator<ImageEvent, unknown, undefined>>;
}

const unusedMs = 10_000;
let asked: Asked | null = null;

/**
 * Asks for a host's images before the page that shows them is drawn, and gives them to its list. Resolves when the
 * list has them, or will not. The stream is given up when no page takes it over.
 */
export async function askForImages(hostId: HostId): Promise<void> {
  const stop = new AbortController();
  const rest = readFirst(hostId, stop.signal);
  asked = { hostId, stop, rest };
  setTimeout(() => {
    if (asked?.stop !== stop) return;
    asked = null;
    stop.abort();
  }, unusedMs);
  await rest.then(
    () => imageListOf(hostId).settled(),
    () => undefined, // told to the page that takes it over
  );
}

async function readFirst(
  hostId: HostId,
  signal: AbortSignal,
): Promise<AsyncIterator<ImageEvent, unknown, undefined>> {
  const events = (await client.images.watch({ hostId }, { signal }))[Symbol.asyncIterator]();
  const list = imageListOf(hostId);
  for (;;) {
    const next = await events.next();
    if (next.done === true) return events;
    list.apply(next.value);
    if (next.value.type === 'ready') return events;
  }
}

/** The images of a host: what was asked for before, the first time, else asked for now. */
export async function watchImages(hostId: HostId, signal: AbortSignal): Promise<AsyncIterable<ImageEvent>> {
  if (asked?.hostId !== hostId) return await client.images.watch({ hostId }, { signal });
  const { stop, rest } = asked;
  asked = null;
  signal.addEventListener('abort', () => stop.abort(signal.reason), { once: true });
  const events = await rest;
  return { [Symbol.asyncIterator]: () => events };
}
