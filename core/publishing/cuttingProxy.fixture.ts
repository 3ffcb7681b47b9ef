import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands before a registry, and cuts the connection of a PATCH. */
export interface CuttingProxy {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Methods that passed, in their order. */
  readonly methods: readonly string[];
  /** The next PATCH is cut after so many bytes of it have passed. */
  cutAfter(bytes: number): void;
  /** Called once, when so many bytes of PATCHes have passed: that one stands still from there on. */
  holdAfter(bytes: number, onHeld: () => void): void;
  close(): void;
}

export async function startCuttingProxy(registry: string): Promise<CuttingProxy> {
  const [host = '', port = ''] = registry.split(':');
  const methods: string[] = [];
  let cutLeft = Number.POSITIVE_INFINITY;
  let holdLeft = Number.POSITIVE_INFINITY;
  let onHeldNow: () => void = () => undefined;

  function pass(incoming: IncomingMessage, response: ServerResponse): void {
    methods.push(incoming.method ?? '');
    const upstream = request(
      { host, port, method: incoming.method, path: incoming.url, headers: incoming.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    upstream.on('error', () => response.destroy());
    incoming.on('error', () => upstream.destroy());
    incoming.on('aborted', () => upstream.destroy());
    if (incoming.method === 'PATCH')
      incoming.on('data', (piece: Buffer) => {
        cutLeft -= piece.length;
        holdLeft -= piece.length;
        if (cutLeft <= 0) {
          cutLeft = Number.POSITIVE_INFINITY;
          incoming.socket.destroy();
          upstream.destroy();
        } else if (holdLeft <= 0) {
          holdLeft = Number.POSITIVE_INFINITY;
          incoming.unpipe(upstream);
          incoming.pause();
          onHeldNow();
        }
      });
    incoming.pipe(upstream);
  }

  const server = createServer(pass);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: ownPort } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${ownPort}`,
    methods,
    cutAfter: (bytes) => {
      cutLeft = bytes;
    },
    holdAfter: (bytes, onHeld) => {
      holdLeft = bytes;
      onHeldNow = onHeld;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
