import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';

/** A door in front of a real server on this machine, which counts and can be made slow. */
export interface SlowServer {
  readonly address: string;
  /** Body bytes by path that went through. */
  readonly bytes: ReadonlyMap<string, number>;
  /** Null: as fast as it goes. */
  bytesPerSecond: number | null;
  close(): void;
}

const sliceMs = 20;

/** Passes everything on to `target` (host:port); only bodies of at least 10 kB are slowed down. */
export async function startSlowServer(target: string, bytesPerSecond: number | null): Promise<SlowServer> {
  const bytes = new Map<string, number>();
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const passed = httpRequest(`http://${target}${url}`, { method, headers }, (answer) => {
      const { connection: _ofTheOtherConnection, ...passedHeaders } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 502, passedHeaders);
      void passBody(answer, outgoing, (count) => bytes.set(url, (bytes.get(url) ?? 0) + count));
    });
    passed.on('error', () => outgoing.destroy());
    passed.end();
  });
  const slow: { bytesPerSecond: number | null } = { bytesPerSecond };

  async function passBody(
    answer: IncomingMessage,
    outgoing: ServerResponse,
    count: (bytes: number) => void,
  ): Promise<void> {
    const isSmall = Number(answer.headers['content-length'] ?? Number.POSITIVE_INFINITY) < 10_000;
    try {
      for await (const chunk of answer as AsyncIterable<Buffer>) {
        for (let at = 0; at < chunk.length; ) {
          const rate = isSmall ? null : slow.bytesPerSecond;
          const slice = rate === null ? chunk.subarray(at) : chunk.subarray(at, at + (rate * sliceMs) / 1000);
          if (outgoing.destroyed) return;
          outgoing.write(slice);
          count(slice.length);
          at += slice.length;
          if (rate !== null) await new Promise((resolve) => setTimeout(resolve, sliceMs));
        }
      }
      outgoing.end();
    } catch {
      outgoing.destroy(); // the real server broke off: so do we
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not a TCP server');
  return {
    address: `127.0.0.1:${address.port}`,
    bytes,
    get bytesPerSecond() {
      return slow.bytesPerSecond;
    },
    set bytesPerSecond(value) {
      slow.bytesPerSecond = value;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
