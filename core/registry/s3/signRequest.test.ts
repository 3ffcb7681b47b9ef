import { describe, expect, it } from 'vitest';
import { signRequest } from './signRequest.ts';

/**
 * The examples of the Amazon S3 API reference, "Authenticating Requests: Using the Authorization Header (AWS Signature
 * Version 4)", section "Examples: Signature Calculations".
 */
const signing = {
  credentials: {
    userName: 'AKIAIOSFODNN7EXAMPLE',
    password: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  },
  region: 'us-east-1',
  at: new Date('2013-05-24T00:00:00Z'),
};
const host = 'https://examplebucket.s3.amazonaws.com';

describe('a signature for S3', () => {
  it('of a ranged GET is that of the documentation', async () => {
    const signed = await signRequest(
      { method: 'GET', url: new URL(`${host}/test.txt`), headers: { range: 'bytes=0-9' } },
      signing,
    );
    expect(signed.authorization).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, ' +
        'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, ' +
        'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    );
    expect(signed.headers).toEqual({
      range: 'bytes=0-9',
      'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      'x-amz-date': '20130524T000000Z',
    });
  });

  it.each([
    ['?max-keys=2&prefix=J', '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'],
    ['?lifecycle', 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
  ])('of a GET with the query %s is that of the documentation', async (query, signature) => {
    const request = { method: 'GET', url: new URL(`${host}/${query}`), headers: {} } as const;
    expect((await signRequest(request, signing)).authorization).toContain(`Signature=${signature}`);
  });

  it('never holds the secret', async () => {
    const request = { method: 'GET', url: new URL(`${host}/`), headers: {} } as const;
    expect(JSON.stringify(await signRequest(request, signing))).not.toContain('wJalr');
  });
});
