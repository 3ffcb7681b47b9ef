import type { HostId } from '#core/contract/ids.ts';
import type { ImageEvent } from '#core/contract/images.ts';
import { client } from '#renderer/api/client.ts';

interface Asked {
  readonly hostId: HostId;
  readonly stop: AbortController;
  readonly events: Promise<AsyncIterable<ImageEvent>>;
}

const unusedMs = 10_000;
let asked: Asked | null = null;

/** Asks for a host's images before the page that shows them is drawn. Given up when nobody takes them. */
export function askForImages(hostId: HostId): void {
  const stop = new AbortController();
  const events = client.images.watch({ hostId }, { signal: stop.signal });
  events.catch(() => undefined); // told to whoever takes it
  asked = { hostId, stop, events };
  setTimeout(() => {
    if (asked?.stop !== stop) return;
    asked = null;
    stop.abort();
  }, unusedMs);
}

/** The images of a host: what was asked for before, the first time, else asked for now. */
export async function watchImages(hostId: HostId, signal: AbortSignal): Promise<AsyncIterable<ImageEvent>> {
  if (asked?.hostId !== hostId) return await client.images.watch({ hostId }, { signal });
  const { stop, events } = asked;
  asked = null;
  signal.addEventListener('abort', () => stop.abort(signal.reason), { once: true });
  return await events;
}
