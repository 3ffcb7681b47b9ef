import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseImageReference, type S3Reference } from '#core/contract/imageReference.ts';
import { type DownloadProgress, downloadToFile } from '../download.ts';
import { answer, answerRange, type ScriptedServer, startScriptedServer } from '../testing/scriptedServer.ts';
import { bucketOf } from '../testing/treeRegistry.ts';
import { openS3Sif } from './openS3Sif.ts';

const { signal } = new AbortController();
let folder: string;
let server: ScriptedServer | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  await server?.dispose();
  server = null;
});

function referenceOf(text: string): S3Reference {
  const parsed = parseImageReference(text);
  if (!parsed.ok || parsed.reference.kind !== 's3') throw new TypeError(text);
  return parsed.reference;
}

const plain = {
  architecture: 'amd64',
  isHttpAllowed: false,
  credentials: null,
  credentialsFor: () => null,
  signal,
};

describe('an object that is pulled', () => {
  it.each(['412', 'another ETag'])('and changes underway (%s) comes whole in its new state', async (sign) => {
    const old = randomBytes(300_000);
    const fresh = randomBytes(200_000);
    let cut: (() => void) | null = null;
    server = await startScriptedServer((request, response) => {
      if (cut === null) {
        response.writeHead(200, { 'content-length': old.byteLength, etag: '"one"' });
        response.write(old.subarray(0, 100_000));
        cut = () => response.destroy();
      } else if (sign === '412' && request.headers['if-match'] !== undefined) answer(response, 412);
      else answerRange(request, response, fresh, { etag: '"two"' });
    });
    const registries = [bucketOf(`http://${server.address}`, 'images')];
    const source = openS3Sif(referenceOf('s3://images/site/a.sif'), { ...plain, registries });
    const partPath = join(folder, 'part');
    // Once some of it has been taken: node throws away what nobody had read when the line was cut.
    const onProgress = ({ doneBytes }: DownloadProgress) => doneBytes > 0 && cut?.();
    await downloadToFile({ open: source.open, partPath, expected: source, signal, onProgress });
    expect(
      createHash('sha256')
        .update(await readFile(partPath))
        .digest('hex'),
    ).toBe(createHash('sha256').update(fresh).digest('hex'));
    expect(server.seen[1]?.headers['if-match']).toBe('"one"');
  });

  it('is looked for in the list of registries', () => {
    const open = (registries: Parameters<typeof openS3Sif>[1]['registries'], notices: string[] = []) =>
      openS3Sif(referenceOf('s3://images/a.sif'), {
        ...plain,
        registries,
        onNotice: (text) => notices.push(text),
      });
    expect(() => open([bucketOf('https://one.example.org', 'others')])).toThrow(/not in your list/);
    const notices: string[] = [];
    const source = open(
      [bucketOf('https://one.example.org', 'images'), bucketOf('https://two.example.org', 'images')],
      notices,
    );
    expect(source.identity).toBe('s3://one.example.org/images/a.sif');
    expect(notices).toHaveLength(1);
  });
});
