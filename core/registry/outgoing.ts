import { readFile } from 'node:fs/promises';
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, Agent as SecureAgent } from 'node:https';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';
import { isLoopbackRegistry } from '#core/contract/imageReference.ts';

/** The answer to a request: its body is read, or its connection given up by aborting the request. */
export interface OutgoingAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AsyncIterator<Uint8Array>;
}

export type OutgoingMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface OutgoingRequest {
  readonly method?: OutgoingMethod;
  readonly headers: Readonly<Record<string, string>>;
  /** Opened once for each sending; the headers tell its length. */
  readonly body?: () => Uint8Array | AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
}

type OutgoingFetch = (url: URL, request: OutgoingRequest) => Promise<OutgoingAnswer>;

/**
 * A request as the runtimes would do it: through `HTTP_PROXY`/`HTTPS_PROXY`/`NO_PROXY` of the environment (this machine
 * itself never through a proxy), and trusting what the system trusts. Redirects are not followed.
 *
 * On node:http, because fetch does neither, and its client (undici 6 and 7) ends the whole process with an assertion
 * when a server closes a connection while a slow reader has paused it (undici issue 5360).
 */
export const outgoingFetch: OutgoingFetch = createOutgoingFetch();

/** As `outgoingFetch`, with connections of its own. Nothing is read before the first request. */
export function createOutgoingFetch(): OutgoingFetch {
  let ways: Promise<(url: URL) => Way> | null = null;
  return async (url, request) => {
    ways ??= createWays();
    const way = (await ways)(url);
    try {
      return await ask(url, request, way);
    } catch (thrown) {
      // A kept connection that the server closed meanwhile: nothing was answered, so a new one may ask again.
      if (!(thrown instanceof StaleConnection)) throw thrown;
      return await ask(url, request, way);
    }
  };
}

/** How a request gets out, and whom it trusts (also behind a proxy, where the agent knows only the proxy). */
interface Way {
  readonly agent: Agent;
  readonly secureContext?: SecureContext;
}

class StaleConnection extends Error {
  override readonly name = 'StaleConnection';
}

async function ask(url: URL, request: OutgoingRequest, way: Way): Promise<OutgoingAnswer> {
  const { method = 'GET', headers, signal } = request;
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const body = request.body?.() ?? null;
  const asked: ClientRequest = send(url, { ...way, method, headers, signal });
  asked.on('socket', outliveErrors);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.on('response', resolve);
    asked.on('error', (thrown: Error & { readonly code?: string }) => {
      // Of a stream a part may have been taken: only who sends it can find out.
      const isStream = body !== null && !(body instanceof Uint8Array);
      const isStale = asked.reusedSocket && thrown.code === 'ECONNRESET' && !signal.aborted && !isStream;
      reject(isStale ? new StaleConnection('closed meanwhile', { cause: thrown }) : thrown);
    });
    sendBody(asked, body, reject);
  });
  return {
    status: response.statusCode ?? 0,
    headers: headersOf(response),
    body: response[Symbol.asyncIterator](),
  };
}

const outliving = new WeakSet<Socket>();

/**
 * A body that is given up at the moment when all of it has arrived: node 20 has taken its listeners off the socket
 * then, and the error of the abort would end the process. Errors that matter reach the request and its answer besides.
 */
function outliveErrors(socket: Socket): void {
  if (outliving.has(socket)) return;
  outliving.add(socket);
  socket.on('error', () => undefined);
}

/** What a server does not want to read to its end, such as the body of a refused request, it may cut: its answer counts. */
function sendBody(
  asked: ClientRequest,
  body: Uint8Array | AsyncIterable<Uint8Array> | null,
  reject: (thrown: unknown) => void,
): void {
  if (body === null) asked.end();
  else if (body instanceof Uint8Array) asked.end(body);
  else pipeline(Readable.from(body, { objectMode: false }), asked).catch(reject);
}

function headersOf(response: IncomingMessage): Headers {
  const headers = new Headers();
  const { rawHeaders } = response;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  return headers;
}

async function createWays(): Promise<(url: URL) => Way> {
  // Made once: reading some hundred certificates again for every connection would be felt.
  const secureContext = createSecureContext({ ca: [...rootCertificates, ...(await systemCertificates())] });
  const plain: Way = { agent: new Agent({ keepAlive: true }) };
  const secure: Way = { agent: new SecureAgent({ keepAlive: true }), secureContext };
  const proxied = new Map<string, Way>();
  return (url) => {
    const isSecure = url.protocol === 'https:';
    const proxy = isLoopbackRegistry(url.host) ? '' : getProxyForUrl(url.href);
    if (proxy === '') return isSecure ? secure : plain;
    const key = `${url.protocol}${proxy}`;
    const known = proxied.get(key);
    if (known !== undefined) return known;
    const way: Way = isSecure
      ? { agent: new HttpsProxyAgent(proxy, { keepAlive: true, secureContext }), secureContext }
      : { agent: new HttpProxyAgent(proxy, { keepAlive: true }) };
    proxied.set(key, way);
    return way;
  };
}

/** Where distributions keep the certificates that their administrator trusts (Debian and others; Fedora, RHEL; SUSE). */
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
];

/** The administrator's certificates, and those that `NODE_EXTRA_CA_CERTS` names. */
async function systemCertificates(): Promise<readonly string[]> {
  const extra = process.env['NODE_EXTRA_CA_CERTS'];
  const bundles = extra === undefined ? systemBundles : [extra, ...systemBundles];
  const texts = await Promise.all(
    bundles.map((path) => readFile(path, 'utf8').catch(() => '')), // a bundle that another distribution has
  );
  return texts.filter((text) => text !== '');
}
