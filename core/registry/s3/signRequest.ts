import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { RegistryCredentials } from '../registrySettings.ts';

export interface RequestToSign {
  readonly method: 'GET' | 'HEAD';
  /** Its path is encoded as RFC 3986 asks (`s3Url` does it): it is signed as it is sent. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Signing {
  /** The access key id as user name, the secret key as password. */
  readonly credentials: RegistryCredentials;
  readonly region: string;
  readonly at: Date;
}

export interface SignedHeaders {
  /** The request's own headers with `x-amz-date` and `x-amz-content-sha256`, all signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly authorization: string;
}

/** Of an empty body: what every GET and HEAD has. */
const emptyBodyHash = createHash('sha256').digest('hex');

/**
 * A request without a body → its headers with AWS Signature Version 4 for S3 ("Authenticating Requests: Using the
 * Authorization Header", Amazon S3 API reference). The signature is good for this host, path, query and these headers,
 * for 15 minutes.
 */
export async function signRequest(request: RequestToSign, signing: Signing): Promise<SignedHeaders> {
  const { userName, password } = signing.credentials;
  const signer = new SignatureV4({
    service: 's3',
    region: signing.region,
    credentials: { accessKeyId: userName, secretAccessKey: password },
    sha256: Sha256,
    uriEscapePath: false, // S3 alone signs the path encoded once
  });
  const { url, method } = request;
  const signed = await signer.sign(
    {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...request.headers, host: url.host, 'x-amz-content-sha256': emptyBodyHash },
    },
    { signingDate: signing.at },
  );
  const { authorization = '', host: _, ...headers } = signed.headers;
  return { headers, authorization };
}

type SourceData = string | ArrayBuffer | ArrayBufferView;

/** SHA-256, keyed or not, as the signer asks for it. */
class Sha256 {
  readonly #secret: SourceData | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: SourceData) {
    this.#secret = secret;
    this.#hash = this.#start();
  }

  update(chunk: Uint8Array | string): void {
    this.#hash.update(chunk);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    this.#hash = this.#start();
  }

  #start(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(this.#secret));
  }
}

function bytesOf(data: SourceData): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return new Uint8Array(data);
}
