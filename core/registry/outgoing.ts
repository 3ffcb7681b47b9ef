import { readFile } from 'node:fs/promises';
import { createSecureContext, rootCertificates } from 'node:tls';
import type { EnvHttpProxyAgent } from 'undici';

/** What is used of an answer: its status, headers and body. */
export interface OutgoingAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
}

export type OutgoingRequest = {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
};

/** Where distributions keep the certificates that their administrator trusts (Debian and others; Fedora, RHEL; SUSE). */
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
];

export type OutgoingFetch = (url: URL, request: OutgoingRequest) => Promise<OutgoingAnswer>;

/**
 * GET as the runtimes would do it: through `HTTP_PROXY`/`HTTPS_PROXY`/`NO_PROXY` of the environment (this machine
 * itself never through a proxy), and trusting what the system trusts. node's own fetch does neither. Redirects are not followed.
 */
export const outgoingFetch: OutgoingFetch = createOutgoingFetch(process.env);

/** As `outgoingFetch`, for an environment. Nothing is read before the first request. */
export function createOutgoingFetch(environment: NodeJS.ProcessEnv): OutgoingFetch {
  let agent: Promise<EnvHttpProxyAgent> | null = null;
  return async (url, request) => {
    agent ??= createAgent(environment);
    const { fetch } = await import('undici'); // large, and not needed to start
    const answer = await fetch(url, { ...request, redirect: 'manual', dispatcher: await agent });
    // The same web standard, declared twice: by the library and by the platform's types.
    return answer as unknown as OutgoingAnswer;
  };
}

async function createAgent(environment: NodeJS.ProcessEnv): Promise<EnvHttpProxyAgent> {
  // Made once: reading some hundred certificates again for every connection would be felt.
  const secureContext = createSecureContext({
    ca: [...rootCertificates, ...(await systemCertificates(environment))],
  });
  const { EnvHttpProxyAgent } = await import('undici');
  const noProxy = [
    environment['no_proxy'] ?? environment['NO_PROXY'] ?? '',
    'localhost',
    '127.0.0.1',
    '[::1]',
    '::1',
  ];
  return new EnvHttpProxyAgent({
    httpProxy: environment['http_proxy'] ?? environment['HTTP_PROXY'] ?? '',
    httpsProxy: environment['https_proxy'] ?? environment['HTTPS_PROXY'] ?? '',
    noProxy: noProxy.filter((entry) => entry !== '').join(','),
    connect: { secureContext },
    requestTls: { secureContext },
    proxyTls: { secureContext },
  });
}

/** The administrator's certificates, and those that `NODE_EXTRA_CA_CERTS` names. */
async function systemCertificates(environment: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const extra = environment['NODE_EXTRA_CA_CERTS'];
  const bundles = extra === undefined ? systemBundles : [extra, ...systemBundles];
  const texts = await Promise.all(
    bundles.map((path) => readFile(path, 'utf8').catch(() => '')), // a bundle that another distribution has
  );
  return texts.filter((text) => text !== '');
}
