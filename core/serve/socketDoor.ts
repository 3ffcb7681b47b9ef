import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type TerminalId, terminalIdSchema } from '#core/contract/ids.ts';
import { helloOf, protocol, refusedCode } from './handshake.ts';
import { isLoopbackHost, isSameOrigin } from './loopbackName.ts';
import type { Sessions } from './sessions.ts';

/** What a WebSocket's path asks for. */
export type SocketSubject = { readonly kind: 'rpc' } | { readonly kind: 'terminal'; readonly id: TerminalId };

/** Takes a socket over that showed a good token, before anything of it is read. */
export type SocketAdmission = (socket: WebSocket, subject: SocketSubject) => void;

export interface SocketDoorOptions {
  readonly sessions: Sessions;
  /** Whether the other end of a connection may use a launch token. */
  readonly mayLaunch: (connection: Duplex) => Promise<boolean>;
  /** Called for each socket that showed a good token. When it resolves, the socket is read. */
  readonly admit: () => Promise<SocketAdmission>;
}

/** Takes the upgrade requests of the loopback host: checks Host, Origin, path and token (see handshake.ts). */
export interface SocketDoor {
  handleUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void;
  /** Closes every socket. */
  close(): void;
}

/** The longest message that an admitted page may send. */
const messageLimitBytes = 32 * 1024 * 1024;
/** What a socket without a good token may have sent when it hears so. */
const refusedLimitBytes = 64 * 1024;
/** Sockets whose tokens are looked at, at one time. */
const waitingLimit = 64;
/** How long a page may take to agree to the end. */
const farewellMs = 500;

export function createSocketDoor(options: SocketDoorOptions): SocketDoor {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: messageLimitBytes,
    handleProtocols: (offered) => (offered.has(protocol) ? protocol : false),
  });
  let waiting = 0;

  async function receive(socket: WebSocket, request: IncomingMessage, subject: SocketSubject): Promise<void> {
    // A broken frame or connection: `close` always follows, and tells whoever uses the socket.
    socket.on('error', () => socket.terminate());
    // A page sends as soon as the socket is open: that waits in the kernel until it is known whose it is.
    socket.pause();
    waiting += 1;
    const isGood = await isAdmitted(options, request, subject).finally(() => {
      waiting -= 1;
    });
    if (!isGood) return refuse(socket, request.socket);
    try {
      const takeOver = await options.admit();
      if (socket.readyState !== socket.OPEN) return;
      takeOver(socket, subject);
    } catch (error) {
      socket.close(1011, 'The workbench could not start');
      throw error;
    } finally {
      socket.resume();
    }
  }

  return {
    handleUpgrade(request, stream, head) {
      const refusal = refusalOf(request) ?? (waiting >= waitingLimit ? '503 Service Unavailable' : null);
      const subject = subjectOf(request.url ?? '');
      if (refusal !== null || subject === null) {
        stream.end(
          `HTTP/1.1 ${refusal ?? '404 Not Found'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
        );
        return;
      }
      server.handleUpgrade(request, stream, head, (socket) => {
        receive(socket, request, subject).catch((error: unknown) => {
          console.error(error);
        });
      });
    },
    close() {
      for (const socket of server.clients) {
        socket.close(1001, 'The workbench ends');
        const timer = setTimeout(() => socket.terminate(), farewellMs);
        socket.once('close', () => clearTimeout(timer));
      }
      server.close();
    },
  };
}

function refusalOf(request: IncomingMessage): string | null {
  const host = request.headers.host;
  if (!isLoopbackHost(host)) return '421 Misdirected Request';
  return isSameOrigin(request.headers.origin, host) ? null : '403 Forbidden';
}

function subjectOf(path: string): SocketSubject | null {
  if (path === '/rpc') return { kind: 'rpc' };
  if (!path.startsWith('/terminal/')) return null;
  const id = terminalIdSchema.safeParse(path.slice('/terminal/'.length));
  return id.success ? { kind: 'terminal', id: id.data } : null;
}

async function isAdmitted(
  { sessions, mayLaunch }: SocketDoorOptions,
  request: IncomingMessage,
  subject: SocketSubject,
): Promise<boolean> {
  const hello = helloOf(request.headers['sec-websocket-protocol']);
  if (hello === null) return false;
  const { launch, session } = hello;
  const mayExchange = launch !== null && subject.kind === 'rpc' && (await mayLaunch(request.socket));
  return (mayExchange && sessions.exchange(launch, session)) || sessions.isSession(session);
}

/** Reads on, for the other end's farewell; of one that sends more than that nothing is kept. */
function refuse(socket: WebSocket, stream: Duplex): void {
  let received = 0;
  stream.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received > refusedLimitBytes) socket.terminate();
  });
  socket.close(refusedCode, 'Refused');
  socket.resume();
  const timer = setTimeout(() => socket.terminate(), farewellMs);
  socket.once('close', () => clearTimeout(timer));
}
