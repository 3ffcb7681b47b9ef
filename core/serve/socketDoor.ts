import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type TerminalId, terminalIdSchema } from '#core/contract/ids.ts';
import { firstMessage } from './firstMessage.ts';
import { refusedCode, rpcHelloSchema, terminalHelloSchema } from './handshake.ts';
import { isLoopbackHost, isSameOrigin } from './loopbackName.ts';
import type { Sessions } from './sessions.ts';

/** What a WebSocket's path asks for. */
export type SocketSubject = { readonly kind: 'rpc' } | { readonly kind: 'terminal'; readonly id: TerminalId };

/** Takes a socket over that showed a good token. */
export type SocketAdmission = (socket: WebSocket, subject: SocketSubject) => void;

export interface SocketDoorOptions {
  readonly sessions: Sessions;
  /** How long a socket may stay without a token. */
  readonly helloTimeoutMs: number;
  /** Whether the other end of a connection may use a launch token. */
  readonly mayLaunch: (connection: Duplex) => Promise<boolean>;
  /**
   * Called for each socket that showed a good token. When it resolves the page is answered, and the function that it
   * gave takes the socket over at once.
   */
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
/** Sockets without a token at one time. */
const waitingLimit = 64;
/** How long a page may take to agree to the end. */
const farewellMs = 500;

export function createSocketDoor(options: SocketDoorOptions): SocketDoor {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: messageLimitBytes,
  });
  let waiting = 0;

  async function receive(socket: WebSocket, stream: Duplex, subject: SocketSubject): Promise<void> {
    // A broken frame or connection: `close` always follows, and tells whoever uses the socket.
    socket.on('error', () => socket.terminate());
    waiting += 1;
    // Looked up while the page says what it is.
    const [hello, mayLaunch] = await Promise.all([
      firstMessage(socket, stream, options.helloTimeoutMs),
      options.mayLaunch(stream),
    ]).finally(() => {
      waiting -= 1;
    });
    const answer = answerTo(hello, subject, options.sessions, mayLaunch);
    if (answer === null) {
      socket.close(refusedCode, 'Refused');
      return;
    }
    try {
      const takeOver = await options.admit();
      if (socket.readyState !== socket.OPEN) return;
      socket.send(JSON.stringify({ session: answer }));
      takeOver(socket, subject);
    } catch (error) {
      socket.close(1011, 'The workbench could not start');
      throw error;
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
        receive(socket, stream, subject).catch((error: unknown) => {
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

function answerTo(
  hello: unknown,
  subject: SocketSubject,
  sessions: Sessions,
  mayLaunch: boolean,
): string | null {
  if (subject.kind === 'terminal') {
    const message = terminalHelloSchema.safeParse(hello);
    return message.success && sessions.isSession(message.data.session) ? 'ok' : null;
  }
  const message = rpcHelloSchema.safeParse(hello);
  if (!message.success) return null;
  if ('launch' in message.data) return mayLaunch ? sessions.exchange(message.data.launch) : null;
  return sessions.isSession(message.data.session) ? message.data.session : null;
}
