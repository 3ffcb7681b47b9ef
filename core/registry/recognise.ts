import { z } from 'zod';
import type { Recognised } from '#core/contract/registries.ts';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import { type AddressGrounds, isLoopbackName } from './addressPolicy.ts';
import type { Answer } from './answer.ts';
import { type AuthChallenge, parseAuthChallenges } from './authChallenge.ts';
import { guardedFetch } from './guardedFetch.ts';
import { type AddressToAsk, readText, recognised } from './recogniseText.ts';
import { findEndpoint } from './registryEndpoint.ts';
import { defaultTimeouts, type RegistryTimeouts } from './registrySettings.ts';

export interface RecogniseOptions {
  readonly allowHttp: boolean;
  readonly signal: AbortSignal;
  readonly timeouts?: Partial<RegistryTimeouts>;
}

/**
 * What a name or an address is, by asking it, without credentials: an OCI registry and whose, a library, an
 * S3-compatible server, a web directory. Well-known services are known by name. GitLab, Harbor, Quay and the library are
 * recognised as their documents say, and were not run. Fails with the `registry.*` of the first request when nothing
 * answers, and with `registry.protocol` when what answers is none of these.
 */
export async function recognise(text: string, options: RecogniseOptions): Promise<Recognised> {
  const read = readText(text);
  if ('kind' in read) return read;
  const home = await findHome(read, options);
  const ask = createAsker(home, options);
  const found =
    (await asRegistry(home, ask)) ?? (await asLibrary(home, ask)) ?? (await asFile(read.url ?? home, ask));
  if (found === null)
    throw workbenchError('registry.protocol', {
      registry: home.host,
      reason: 'it answers, but neither as a registry nor as a library, a bucket or a directory of files',
    });
  const isHttpElsewhere = home.protocol === 'http:' && !isLoopbackName(home.hostname);
  return { ...found, allowHttp: isHttpElsewhere };
}

/** Scheme and host that are asked; where none was written, https, or http where that is allowed or stays on this machine. */
async function findHome({ host, url }: AddressToAsk, options: RecogniseOptions): Promise<URL> {
  const { allowHttp, signal } = options;
  if (url !== null) {
    if (url.protocol === 'http:' && !allowHttp && !isLoopbackName(url.hostname))
      throw workbenchError('registry.plainHttp', { registry: url.host });
    return new URL('/', url);
  }
  const timeouts = { ...defaultTimeouts, ...options.timeouts };
  const grounds = { host, isHttpAllowed: allowHttp };
  return new URL('/', await findEndpoint(host, { grounds, timeouts, signal }));
}

interface Heard {
  readonly status: number;
  readonly headers: Headers;
  readonly challenges: readonly AuthChallenge[];
  /** The first 4 KB. */
  readonly text: string;
}
type Ask = (path: string | URL) => Promise<Heard>;

function createAsker(home: URL, options: RecogniseOptions): Ask {
  const grounds: AddressGrounds = { host: home.host, isHttpAllowed: options.allowHttp };
  const timeouts = { ...defaultTimeouts, ...options.timeouts };
  return async (path) => {
    const answer: Answer = await guardedFetch({
      url: new URL(path, home),
      headers: {},
      authorization: null,
      grounds,
      facts: { registry: home.host },
      timeouts,
      signal: options.signal,
    });
    const challenges = parseAuthChallenges(answer.headers.get('www-authenticate'));
    const { status, headers } = answer;
    return { status, headers, challenges, text: await answer.readEvidence() };
  };
}

async function asRegistry(home: URL, ask: Ask): Promise<Recognised | null> {
  const { status, headers, challenges, text } = await ask('/v2/');
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
  const version = headers.get('docker-distribution-api-version');
  const isRegistry =
    (status === 200 && (version !== null || jsonOf(text) !== null)) ||
    (status === 401 && (version !== null || bearer?.parameters['realm'] !== undefined));
  if (!isRegistry) return null;
  const evidence = [
    status === 200
      ? 'It answers /v2/ as an OCI registry.'
      : 'It answers /v2/ as an OCI registry that wants to know who asks.',
  ];
  const service = bearer?.parameters['service'] ?? '';
  const realm = bearer?.parameters['realm'] ?? '';
  const address = home.host;
  // docs.gitlab.com, "Container registry administration": the token server is the web service itself.
  if (service === 'container_registry' && realm.endsWith('/jwt/auth') && URL.canParse(realm))
    return recognised('gitlab', address, {
      apiUrl: new URL(realm).origin,
      evidence: [...evidence, `Its token server is GitLab’s: ${new URL(realm).origin}.`],
    });
  if (service === 'harbor-registry' || (await isHarbor(ask)))
    return recognised('harbor', address, { evidence: [...evidence, 'It has Harbor’s API.'] });
  if (await isQuay(ask))
    return recognised('quay', address, { evidence: [...evidence, 'It has Quay’s API.'] });
  return recognised('oci', address, { evidence });
}

/** goharbor/harbor, api/v2.0/swagger.yaml, `/systeminfo`. */
async function isHarbor(ask: Ask): Promise<boolean> {
  const heard = await quietly(ask, '/api/v2.0/systeminfo');
  return z.object({ auth_mode: z.string() }).safeParse(jsonOf(heard?.text ?? '')).success;
}

/** Red Hat Quay API guide, `/api/v1/discovery`: a Swagger document, of which we see the beginning. */
async function isQuay(ask: Ask): Promise<boolean> {
  const heard = await quietly(ask, '/api/v1/discovery');
  return heard?.status === 200 && /^\s*\{/.test(heard.text) && /quay/i.test(heard.text);
}

/** container-library-client, client/version.go (`/version`), and Apptainer's service discovery (endpoint/service.go). */
async function asLibrary(home: URL, ask: Ask): Promise<Recognised | null> {
  const version = await quietly(ask, '/version');
  const hasVersion = z
    .object({ data: z.object({ apiVersion: z.string() }) })
    .safeParse(jsonOf(version?.text ?? '')).success;
  if (hasVersion)
    return recognised('library', home.origin, { evidence: ['It answers /version as a library server.'] });
  const services = await quietly(ask, '/assets/config/config.prod.json');
  const named = z
    .object({ libraryAPI: z.object({ uri: z.url({ protocol: /^https?$/ }).max(2048) }) })
    .safeParse(jsonOf(services?.text ?? '')).data?.libraryAPI.uri;
  if (named === undefined) return null;
  const { origin } = new URL(named);
  return recognised('library', origin, { evidence: [`It names ${origin} as its library.`] });
}

/** What is at the address itself: the list of shpc's images, a bucket, a directory. */
async function asFile(url: URL, ask: Ask): Promise<Recognised | null> {
  const { status, headers, text } = await ask(url);
  if (status === 200 && url.pathname.endsWith('/library.json') && /^\s*\{/.test(text))
    return recognised('shpc', url.href, { evidence: ['It is a list of containers as shpc publishes it.'] });
  const s3 = bucketAt(url, { headers, text });
  if (s3 !== null) return s3;
  const isPage = status === 200 && (headers.get('content-type') ?? '').startsWith('text/html');
  if (isPage) return recognised('web', url.href, { evidence: ['It answers with a web page.'] });
  if (status === 200 && /\.(?:sif|simg|img)$/i.test(url.pathname))
    return recognised('web', url.href, { evidence: ['It is a file on a web server.'] });
  const isClosed = status === 401 || status === 403;
  return isClosed
    ? recognised('web', url.href, { evidence: ['It is a web server that wants to know who asks.'] })
    : null;
}

/** Amazon S3 API reference, ListObjectsV2, ListBuckets, "Error responses": XML by all that are compatible. */
function bucketAt(url: URL, { headers, text }: Pick<Heard, 'headers' | 'text'>): Recognised | null {
  const root = /^\s*(?:<\?xml[^>]*\?>\s*)?<(ListBucketResult|ListAllMyBucketsResult|Error)[\s>]/.exec(
    text,
  )?.[1];
  const server = headers.get('server') ?? '';
  const isNamed = /amazons3|minio|ceph|seaweedfs/i.test(server) || headers.has('x-amz-request-id');
  if (root === undefined || (root === 'Error' && !isNamed && !/<Code>[A-Za-z]+<\/Code>/.test(text)))
    return null;
  const [first = '', ...rest] = url.pathname.split('/').filter((part) => part !== '');
  const bucket = /<Name>([^<]{1,255})<\/Name>/.exec(root === 'ListBucketResult' ? text : '')?.[1] ?? first;
  const isInHost = bucket !== '' && url.hostname.startsWith(`${bucket}.`);
  const path = isInHost ? [first, ...rest] : rest;
  const prefix = path
    .filter((part) => part !== '')
    .map((part) => `${part}/`)
    .join('');
  const endpoint = isInHost ? url.origin.replace(`//${bucket}.`, '//') : url.origin;
  const region = headers.get('x-amz-bucket-region') ?? /<Region>([^<]{1,64})<\/Region>/.exec(text)?.[1];
  return recognised('s3', endpoint, {
    s3:
      bucket === ''
        ? null
        : {
            bucket,
            region: (region ?? 'us-east-1').slice(0, 64),
            style: isInHost ? 'virtual' : 'path',
            prefix,
          },
    evidence: [
      `It answers as an S3-compatible server${server === '' ? '' : ` (${server.slice(0, 60)})`}.`,
      ...(bucket === '' ? ['It did not say which bucket is meant.'] : []),
    ],
  });
}

/** Null where such a question is not answered at all: it was one of several. */
async function quietly(ask: Ask, path: string): Promise<Heard | null> {
  try {
    return await ask(path);
  } catch (thrown) {
    if (thrown instanceof WorkbenchError) return null;
    throw thrown;
  }
}

function jsonOf(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null; // not JSON, or more than the beginning that is read
  }
}
