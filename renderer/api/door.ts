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

/** Close code of a refused token, and the subprotocol of a socket, as in `core/serve/handshake.ts`. */
const refusedCode = 4401;
const protocol = 'mysingularity';
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

/** Whether core closed a socket because it does not take this page's token. That may come after it was open. */
export function isRefusal({ code }: CloseEvent): boolean {
  return code === refusedCode;
}

function openSocket(channel: DoorChannel): Promise<DoorLine> {
  const launch = channel === 'rpc' ? launchToken() : null;
  let session = sessionStorage.getItem(sessionKey);
  if (session === null && launch === null)
    return Promise.reject(new DoorRefusedError('this page has no token'));
  if (session === null) {
    session = newToken();
    sessionStorage.setItem(sessionKey, session);
  }
  const path = channel === 'rpc' ? '/rpc' : `/terminal/${channel.terminal}`;
  const address = new URL(path, location.href);
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  address.hash = '';
  const tokens = [`session.${session}`, ...(launch === null ? [] : [`launch.${launch}`])];
  const socket = new WebSocket(address, [protocol, ...tokens]);
  socket.binaryType = 'arraybuffer';
  return new Promise((resolve, reject) => {
    function close(event: CloseEvent) {
      reject(
        isRefusal(event)
          ? new DoorRefusedError('the token was refused')
          : new DoorClosedError(`the socket closed with ${event.code}`),
      );
    }
    socket.addEventListener('close', close, { once: true });
    socket.addEventListener(
      'open',
      () => {
        socket.removeEventListener('close', close);
        resolve({ kind: 'socket', socket });
      },
      { once: true },
    );
  });
}

/** 32 random bytes in base64url. */
function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace('=', '');
}

let launch: string | null = null;

/**
 * The launch token of the address, which it goes out of before anything is sent. It is shown again with each socket:
 * whether an earlier one came so far that it was used is not known here, and a used one does no harm.
 */
function launchToken(): string | null {
  const found = launchPattern.exec(location.hash)?.[1];
  if (found !== undefined) {
    history.replaceState(history.state, '', location.pathname + location.search);
    launch = decodeURIComponent(found);
  }
  return launch;
}
