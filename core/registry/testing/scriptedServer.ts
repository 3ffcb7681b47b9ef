import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface ScriptedServer {
  /** `127.0.0.1:port`. */
  readonly address: string;
  readonly seen: readonly SeenRequest[];
  dispose(): Promise<void>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A small http server for tests: the outermost edge, for faults that no well-behaved server shows. */
export async function startScriptedServer(handle: Handler): Promise<ScriptedServer> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    seen.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers });
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not a TCP server');
  return {
    address: `127.0.0.1:${address.port}`,
    seen,
    dispose: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with a status, JSON or bytes, and headers. */
export function answer(
  response: ServerResponse,
  status: number,
  body: Uint8Array | object = {},
  headers: Record<string, string | number> = {},
): void {
  const bytes = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-length': bytes.byteLength, ...headers });
  response.end(bytes);
}

/** Serves bytes with Range support, as a registry does. */
export function answerRange(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Uint8Array,
  headers: Record<string, string> = {},
): void {
  const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const start = Number(range?.[1] ?? 0);
  const size = bytes.byteLength;
  if (range === null) answer(response, 200, bytes, headers);
  else if (start >= size) answer(response, 416, {}, { ...headers, 'content-range': `bytes */${size}` });
  else {
    const contentRange = `bytes ${start}-${size - 1}/${size}`;
    answer(response, 206, bytes.subarray(start), { ...headers, 'content-range': contentRange });
  }
}
