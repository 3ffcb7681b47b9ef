import { type DoorChannel, type DoorLine, openDoor } from './door.ts';

let first: Promise<DoorLine> | null = null;

/** Opens the line for calls now, before the code that makes them is loaded: shaking hands takes as long as that. */
export function beginFirstLine(): void {
  first = openDoor('rpc');
  first.catch(() => undefined); // told to whoever takes it
}

/** Opens a line; the first one for calls is the one that was begun, if it still stands. */
export async function openLine(channel: DoorChannel): Promise<DoorLine> {
  const begun = channel === 'rpc' ? first : null;
  if (begun === null) return await openDoor(channel);
  first = null;
  const line = await begun;
  const stands = line.kind === 'port' || line.socket.readyState === WebSocket.OPEN;
  return stands ? line : await openDoor(channel);
}
