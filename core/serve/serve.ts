import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { RPCHandler } from '@orpc/server/ws';
import type { TerminalId } from '#core/contract/ids.ts';
import type { TerminalChannel } from '#core/terminals/terminalChannel.ts';
import { listenOnPort, listenOnSocket } from './listen.ts';
import { isLoopbackHost } from './loopbackName.ts';
import { type PageFile, readPageFile } from './pageFiles.ts';
import { isOwnPeer } from './peerUser.ts';
import { securityHeaders } from './securityHeaders.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { socketChannel } from './socketChannel.ts';
import type { SocketAdmission, SocketDoor } from './socketDoor.ts';

/** What is served of a core. */
export interface ServedCore {
  readonly router: ConstructorParameters<typeof RPCHandler>[0];
  readonly terminals: { attach(id: TerminalId, channel: TerminalChannel): void };
}

export interface ServeOptions {
  /** May still be on its way: the page loads meanwhile, its sockets are answered when it is there. */
  readonly core: Promise<ServedCore>;
  /** The built page. */
  readonly rendererFolder: string;
  /** Where to listen: a port of 127.0.0.1 (0 lets the system choose), or a unix socket of mode 0600. */
  readonly listen: { readonly port: number } | { readonly socketPath: string };
}

/** A running loopback host. */
export interface LoopbackHost {
  /** Null on a unix socket. */
  readonly port: number | null;
  /** An address with a new launch token, which opens the workbench once. `port` where a tunnel ends at another one. */
  newLaunchUrl(port?: number): string;
  /** Stops listening and closes every connection. Does not dispose the core. */
  close(): Promise<void>;
}

/** How long a connection may take to say what it asks for. */
const headersTimeoutMs = 10_000;
const defaultTunnelPort = 8765;

/** Serves the page and the core to browsers on this machine, and to tunnels that end here (handshake.ts). */
export async function serve(options: ServeOptions): Promise<LoopbackHost> {
  const sessions = createSessions();
  let opened: Promise<SocketDoor> | null = null;
  // Not before listening, so that this (and a browser's start) does not wait for it.
  const door = () => {
    opened ??= openDoor(options, sessions);
    return opened;
  };
  // Core comes first, and then the door, still before the first page knocks.
  options.core.then(door).catch(() => undefined); // told to the page, which asks for both
  const server = createServer((request, response) => {
    answerRequest(request, response, options.rendererFolder).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  server.headersTimeout = headersTimeoutMs;
  server.on('upgrade', (request, stream, head) => {
    stream.on('error', () => stream.destroy());
    door()
      .then((ready) => ready.handleUpgrade(request, stream, head))
      .catch((error: unknown) => {
        console.error(error);
        stream.destroy();
      });
  });
  const port = await listen(server, options.listen);
  return {
    port,
    newLaunchUrl: (tunnelPort) =>
      `http://127.0.0.1:${tunnelPort ?? port ?? defaultTunnelPort}/#launch=${sessions.newLaunchToken()}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      (await opened)?.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function openDoor(options: ServeOptions, sessions: Sessions): Promise<SocketDoor> {
  const { createSocketDoor } = await import('./socketDoor.ts');
  const admission = admissionTo(options.core);
  admission.catch(() => undefined); // told to each page that comes
  return createSocketDoor({
    sessions,
    mayLaunch: async (connection) => {
      // A unix socket is for its owner alone by its mode.
      const isTcp = connection instanceof Socket && connection.remotePort !== undefined;
      return !isTcp || (await isOwnPeer(connection, process.getuid?.() ?? 0));
    },
    admit: () => admission,
  });
}

/** What takes over the sockets of pages that showed a good token. */
async function admissionTo(whenThere: Promise<ServedCore>): Promise<SocketAdmission> {
  const [core, { RPCHandler }] = await Promise.all([whenThere, import('@orpc/server/ws')]);
  const handler = new RPCHandler(core.router);
  return (socket, subject) => {
    if (subject.kind === 'rpc') void handler.upgrade(socket);
    else core.terminals.attach(subject.id, socketChannel(socket));
  };
}

async function listen(server: Server, where: ServeOptions['listen']): Promise<number | null> {
  if ('port' in where) return await listenOnPort(server, where.port);
  await listenOnSocket(server, where.socketPath);
  return null;
}

async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  folder: string,
): Promise<void> {
  if (!isLoopbackHost(request.headers.host)) return refuse(response, 421);
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405);
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const file = await readPageFile(folder, path);
  if (file === null) return refuse(response, 404);
  answerFile(response, file);
}

function answerFile(response: ServerResponse, file: PageFile): void {
  response.writeHead(200, { ...file.headers, 'Content-Length': file.body.length });
  // node leaves the body out where HEAD was asked
  response.end(file.body);
}

function refuse(response: ServerResponse, status: 404 | 405 | 421): void {
  response.writeHead(status, { ...securityHeaders, 'Content-Length': 0 });
  response.end();
}
