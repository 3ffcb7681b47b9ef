import { afterEach, describe, expect, it } from 'vitest';
import type { RegistryCredentials } from '../registrySettings.ts';
import { failureOf } from '../testing/failure.ts';
import { answer, type Handler, type ScriptedServer, startScriptedServer } from '../testing/scriptedServer.ts';
import { bucketOf } from '../testing/treeRegistry.ts';
import { listBucket } from './listBucket.ts';
import { createS3Requests, type S3RequestsOptions } from './s3Requests.ts';

/** Answers have the shapes of the Amazon S3 API reference ("Error responses"): from documentation, not run. */
const credentials: RegistryCredentials = { userName: 'AKID', password: 'the/secret' };
const { signal } = new AbortController();
const servers: ScriptedServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.dispose()));
});

async function serve(handle: Handler): Promise<ScriptedServer> {
  const server = await startScriptedServer(handle);
  servers.push(server);
  return server;
}

function requestsTo(server: ScriptedServer, more: Partial<S3RequestsOptions> = {}) {
  const registry = bucketOf(`http://${server.address}`, 'images');
  return createS3Requests({ registry, isHttpAllowed: false, credentials, ...more });
}

const object = { key: 'site/a b.sif', expected: [200], signal };

function refusal(code: string, more = ''): Uint8Array {
  return Buffer.from(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>No.</Message>${more}</Error>`);
}

const regionIn = (authorization = '') => /\/\d{8}\/([^/]+)\//.exec(authorization)?.[1];

describe('requests to a bucket', () => {
  it('name the object in the path, encoded once, and are signed', async () => {
    const server = await serve((_, response) => answer(response, 200));
    await requestsTo(server).get(object);
    expect(server.seen[0]?.path).toBe('/images/site/a%20b.sif');
    expect(server.seen[0]?.headers.authorization).toContain('AWS4-HMAC-SHA256 Credential=AKID/');
  });

  it.each([400, 403])('learn the region from a %i, and keep it', async (status) => {
    const server = await serve((request, response) => {
      if (regionIn(request.headers.authorization) === 'eu-central-1') answer(response, 200);
      else answer(response, status, refusal('AuthorizationHeaderMalformed', '<Region>eu-central-1</Region>'));
    });
    const requests = requestsTo(server);
    await requests.get(object);
    await requests.get(object);
    expect(server.seen.map(({ headers }) => regionIn(headers.authorization))).toEqual([
      'us-east-1',
      'eu-central-1',
      'eu-central-1',
    ]);
  });

  it('end when every region is said to be wrong', async () => {
    let count = 0;
    const server = await serve((_, response) => {
      count += 1;
      answer(response, 400, refusal('AuthorizationHeaderMalformed', `<Region>r-${count}</Region>`));
    });
    expect((await failureOf(requestsTo(server).get(object))).code).toBe('registry.protocol');
    expect(count).toBe(2);
  });

  it('say where a bucket is that lives at another endpoint', async () => {
    const server = await serve((_, response) =>
      answer(response, 301, refusal('PermanentRedirect'), { 'x-amz-bucket-region': 'eu-west-1' }),
    );
    const { code, cause } = await failureOf(requestsTo(server).get(object));
    expect(code).toBe('registry.protocol');
    expect(cause).toContain('eu-west-1');
  });

  it('never take the signature to where they are redirected', async () => {
    const other = await serve((_, response) => answer(response, 403, refusal('AccessDenied')));
    const server = await serve((_, response) =>
      answer(response, 307, {}, { location: `http://${other.address}/images/x` }),
    );
    const { code, data } = await failureOf(requestsTo(server).get(object));
    expect(code).toBe('registry.forbidden');
    expect(data['askedBy']).toBe(other.address);
    expect(server.seen[0]?.headers.authorization).toBeDefined();
    expect(other.seen).toHaveLength(1);
    expect(other.seen[0]?.headers.authorization).toBeUndefined();
  });

  it('show nothing of a signed address that they are not led to', async () => {
    const location = 'http://192.0.2.1/x.sif?X-Amz-Signature=0123abcd';
    const server = await serve((_, response) => answer(response, 307, {}, { location }));
    const report = await failureOf(requestsTo(server).get(object));
    expect(report.code).toBe('registry.protocol');
    expect(report.data['address']).toBe('http://192.0.2.1/x.sif');
    expect(JSON.stringify(report)).not.toContain('0123abcd');
  });

  it('tell that the clocks differ, from the code and from the Date of a refusal', async () => {
    const server = await serve((_, response) => answer(response, 403, refusal('SignatureDoesNotMatch')));
    const now = () => Date.now() - 3600_000;
    const { code, data } = await failureOf(requestsTo(server, { now }).get(object));
    expect(code).toBe('registry.clockDiffers');
    expect(Math.abs(Number(data['differenceSeconds']) + 3600)).toBeLessThan(60);
    const skewed = await serve((_, response) => answer(response, 403, refusal('RequestTimeTooSkewed')));
    const inTime = await failureOf(requestsTo(skewed).get(object));
    expect(inTime.code).toBe('registry.clockDiffers');
    expect(inTime.data['differenceSeconds']).toBeNull();
  });

  it('do not blame the clock where nothing was signed or the object is missing', async () => {
    const server = await serve((_, response) => answer(response, 404, refusal('NoSuchKey')));
    const now = () => Date.now() - 3600_000;
    expect((await failureOf(requestsTo(server, { now }).get(object))).code).toBe('registry.notFound');
    const closed = await serve((_, response) => answer(response, 403, refusal('AccessDenied')));
    const anonymous = requestsTo(closed, { now, credentials: null });
    expect((await failureOf(anonymous.get(object))).code).toBe('registry.unauthorized');
  });

  it('ask for credentials on demand only when they are wanted, and tell whether they were taken', async () => {
    const server = await serve((request, response) => {
      if (request.url?.startsWith('/images/open')) answer(response, 200);
      else answer(response, request.headers.authorization === undefined ? 403 : 200, refusal('AccessDenied'));
    });
    const outcomes: string[] = [];
    let asked = 0;
    const requests = requestsTo(server, {
      credentials: {
        get: () => {
          asked += 1;
          return Promise.resolve(credentials);
        },
        onOutcome: (outcome) => outcomes.push(outcome),
      },
    });
    await requests.get({ ...object, key: 'open' });
    expect(asked).toBe(0);
    await requests.get(object);
    await requests.get(object);
    expect(asked).toBe(1);
    expect(outcomes).toEqual(['accepted', 'accepted']);
  });

  it('name a wrong key and a missing right apart, and show neither secret nor signature', async () => {
    const body = `<StringToSign>AWS4-HMAC</StringToSign><SignatureProvided>0123abcd</SignatureProvided>`;
    const wrong = await serve((_, response) => answer(response, 403, refusal('SignatureDoesNotMatch', body)));
    const report = await failureOf(requestsTo(wrong).get(object));
    expect(report.code).toBe('registry.unauthorized');
    expect(report.evidence).toContain('SignatureDoesNotMatch');
    expect(JSON.stringify(report)).not.toMatch(/0123abcd|the\/secret|StringToSign/);
    const closed = await serve((_, response) => answer(response, 403, refusal('AccessDenied')));
    expect((await failureOf(requestsTo(closed).get(object))).code).toBe('registry.forbidden');
  });

  it('do not go to another machine by http, nor to a host that a bucket names', () => {
    const open = (address: string, bucket: string) => () =>
      createS3Requests({
        registry: bucketOf(address, bucket, { style: 'virtual' }),
        isHttpAllowed: false,
        credentials,
      });
    expect(open('http://store.example.org', 'images')).toThrow(/does not encrypt/);
    expect(open('https://store.example.org', 'evil.example/')).toThrow(/not an image reference/);
    expect(open('https://192.0.2.7:9000', 'images')).toThrow(/not an image reference/);
  });
});

describe('the pages of a list', () => {
  const readAll = async (server: ScriptedServer) => {
    const pages = [];
    for await (const page of listBucket(requestsTo(server), { prefix: '', isDeep: false }, signal))
      pages.push(page);
    return pages;
  };
  const page = (token: string) =>
    Buffer.from(
      `<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken></ListBucketResult>`,
    );

  it('that go round in a circle end', async () => {
    const server = await serve((_, response) => answer(response, 200, page('again')));
    const report = await failureOf(readAll(server));
    expect(report.code).toBe('registry.protocol');
    expect(server.seen).toHaveLength(2);
    expect(server.seen[1]?.path).toContain('continuation-token=again');
  });

  it('that are too long end', async () => {
    const server = await serve((_, response) => answer(response, 200, Buffer.alloc(10_000_000, 'x')));
    expect((await failureOf(readAll(server))).code).toBe('registry.protocol');
  });
});
