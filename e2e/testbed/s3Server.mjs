// s3Server.mjs FOLDER PORT ACCESS_KEY SECRET - the test bed's S3-compatible server (@20minutes/s3rver, a real server
// from npm) on 127.0.0.1:PORT, with the buckets `images` and `public` in FOLDER. It prints one line when it listens.
//
// That server lets anybody read anything who does not sign. So the bucket `images` is closed here, as S3 words it; of a
// request that is signed, the server itself judges the key, the signature and the clock.
//
// Its continuation tokens are enciphered with DES: start node with --openssl-legacy-provider.
import { createServer } from 'node:http';
import S3rver from '@20minutes/s3rver';
import account from '@20minutes/s3rver/lib/models/account.js';

const [directory, port, accessKey, secret] = process.argv.slice(2);
// The server has one account, and no setting for its keys.
account.DUMMY_ACCOUNT.createKeyPair(accessKey, secret);

const server = new S3rver({
  directory,
  silent: true,
  // Hosts of buckets are BUCKET.s3.test.
  serviceEndpoint: 'test',
  vhostBuckets: false,
  configureBuckets: [{ name: 'images' }, { name: 'public' }],
});
await server.configureBuckets();
const handle = server.callback();

const denied = Buffer.from(
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
);

createServer((request, response) => {
  const isClosed = /^\/images(?:[/?]|$)/.test(request.url) || request.headers.host?.startsWith('images.');
  if (!isClosed || request.headers.authorization !== undefined) return handle(request, response);
  response.writeHead(403, { 'content-type': 'application/xml', 'content-length': denied.byteLength });
  response.end(request.method === 'HEAD' ? undefined : denied);
}).listen(Number(port), '127.0.0.1', () => console.log(`S3 on 127.0.0.1:${port}`));
