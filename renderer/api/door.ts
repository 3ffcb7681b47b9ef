import type { TerminalId } from '#core/contract/ids.ts';

/** What a page may ask a door for: the calls, or the bytes of one terminal. */
export type DoorChannel = 'rpc' | { readonly terminal: TerminalId };

/** An open way to core: a port in the desktop window, a socket anywhere else (`core/serve/handshake.ts`). */
export type DoorLine =
  | { readonly kind: 'port'; readonly port: MessagePort }
  | { readonly kind: 'socket'; readonly socket: WebSocket };

/** Core is there but does not take this page's token: trying again is no use. */
export class DoorRefusedError extends Error {
  override readonly name = 'DoorRefusedError';
}

/** Nothing answered, or the line was cut before it stood. */
export class DoorClosedError extends Error {
  override readonly name = 'DoorClosedError';
}

interface PreloadDoor {
  readonly connect: (channel: DoorChannel) => void;
  /** Path of a file that the person gave to the page; empty where it has none. */
  readonly pathOf?: (file: File) => string;
}

declare global {
  interface Window {
    readonly workbench?: PreloadDoor;
  }
}

/** Close code of a refused token, as in `core/serve/handshake.ts`. */
const refusedCode = 4401;
const sessionKey = 'mysingularity.session';
const launchPattern = /^#(?:.*&)?launch=([^&]+)/;

/** Opens a line to core through whichever door this page has; rejects with one of the errors above. */
export function openDoor(channel: DoorChannel): Promise<DoorLine> {
  return window.workbench === undefined ? openSocket(channel) : openPort(window.workbench, channel);
}

function openPort(door: PreloadDoor, channel: DoorChannel): Promise<DoorLine> {
  return new Promise((resolve) => {
    function receive(event: MessageEvent) {
      const port = event.ports[0];
      if (event.source !== window || event.origin !== location.origin || port === undefined) return;
      if (!isPortMessage(event.data) || JSON.stringify(event.data.channel) !== JSON.stringify(channel))
        return;
      window.removeEventListener('message', receive);
      resolve({ kind: 'port', port });
    }
    window.addEventListener('message', receive);
    door.connect(channel);
  });
}

function isPortMessage(data: unknown): data is { readonly channel: unknown } {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === 'workbench.port';
}

async function openSocket(channel: DoorChannel): Promise<DoorLine> {
  const launch = takeLaunchToken();
  if (launch !== null && channel === 'rpc') {
    try {
      return await openSocketWith(channel, { launch });
    } catch (failure) {
      // A reload of the address finds its launch token used: the session of this tab may still be good.
      if (!(failure instanceof DoorRefusedError)) keepLaunchToken(launch);
      if (!(failure instanceof DoorRefusedError) || sessionStorage.getItem(sessionKey) === null)
        throw failure;
    }
  }
  const session = sessionStorage.getItem(sessionKey);
  if (session === null) throw new DoorRefusedError('this page has no token');
  return openSocketWith(channel, { session });
}

function openSocketWith(channel: DoorChannel, hello: Readonly<Record<string, string>>): Promise<DoorLine> {
  const path = channel === 'rpc' ? '/rpc' : `/terminal/${channel.terminal}`;
  const address = new URL(path, location.href);
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  address.hash = '';
  const socket = new WebSocket(address);
  socket.binaryType = 'arraybuffer';
  return new Promise((resolve, reject) => {
    function close(event: CloseEvent) {
      reject(
        event.code === refusedCode
          ? new DoorRefusedError('the token was refused')
          : new DoorClosedError(`the socket closed with ${event.code}`),
      );
    }
    socket.addEventListener('open', () => socket.send(JSON.stringify(hello)), { once: true });
    socket.addEventListener('close', close, { once: true });
    socket.addEventListener(
      'message',
      (event: MessageEvent<unknown>) => {
        socket.removeEventListener('close', close);
        if (channel === 'rpc') keepSession(event.data);
        resolve({ kind: 'socket', socket });
      },
      { once: true },
    );
  });
}

function keepSession(answer: unknown): void {
  const parsed: unknown = typeof answer === 'string' ? JSON.parse(answer) : null;
  if (typeof parsed !== 'object' || parsed === null || !('session' in parsed)) return;
  if (typeof parsed.session === 'string') sessionStorage.setItem(sessionKey, parsed.session);
}

let unusedLaunchToken: string | null = null;

/** The launch token of the address, once; it goes out of the address before anything is sent. */
function takeLaunchToken(): string | null {
  const kept = unusedLaunchToken;
  unusedLaunchToken = null;
  if (kept !== null) return kept;
  const found = launchPattern.exec(location.hash)?.[1];
  if (found === undefined) return null;
  history.replaceState(history.state, '', location.pathname + location.search);
  return decodeURIComponent(found);
}

/** Core could not be reached, so the token is not used up: the next try takes it again. */
function keepLaunchToken(token: string): void {
  unusedLaunchToken = token;
}
