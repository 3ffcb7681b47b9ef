import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseImageReference } from '#core/contract/imageReference.ts';
import { testbed } from '#e2e/testbed/testbed.ts';
import { digestOf } from './digest.ts';
import { downloadToFile } from './download.ts';
import { openLibrarySif } from './librarySource.ts';
import { documented, startDocumentedService } from './testing/documentedService.ts';
import { answer, answerRange, type ScriptedServer, startScriptedServer } from './testing/scriptedServer.ts';

const run = promisify(execFile);
const bed = testbed();
const { signal } = new AbortController();
let folder: string;
let library: ScriptedServer;
let storage: ScriptedServer;
let sif: Buffer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'library-'));
  sif = await readFile(bed.tiny.sif);
  storage = await startScriptedServer((request, response) => answerRange(request, response, sif));
  const hash = digestOf(sif).replace(':', '.');
  const image = documented('library-documented/image.json', {
    [`sha256.${'a'.repeat(64)}`]: hash,
    '"size": 3100000': `"size": ${sif.byteLength}`,
  });
  const toStorage = { location: `http://${storage.address}/bucket/alpine?signature=s` };
  library = await startDocumentedService({
    '/version': 'library-documented/version.json',
    '/v1/images/library/default/alpine:latest': image,
    '/v1/imagefile/library/default/alpine:latest': (_request, response) =>
      answer(response, 303, {}, toStorage),
    [`/v1/imagefile/library/default/alpine:${hash}`]: (_request, response) =>
      answer(response, 303, {}, toStorage),
  });
});
afterEach(async () => {
  await library.dispose();
  await storage.dispose();
  await rm(folder, { recursive: true });
});

/** No library can be reached: the documented answers are held against the runtime's own client instead. */
describe('the documented answers of a library', () => {
  it('are taken by the real runtime and by us, with the same file as the result', async () => {
    const pulled = join(folder, 'runtime.sif');
    await run(
      'apptainer',
      [
        'pull',
        '--arch',
        'amd64',
        '--library',
        `http://${library.address}`,
        pulled,
        'library://library/default/alpine:latest',
      ],
      { env: { ...process.env, APPTAINER_CACHEDIR: folder, HOME: folder } },
    );
    const asked = library.seen.map(({ path }) => path);
    expect(asked).toContain('/v1/images/library/default/alpine:latest?arch=amd64');
    const parsed = parseImageReference(`library://${library.address}/library/default/alpine:latest`);
    if (!parsed.ok || parsed.reference.kind !== 'library') throw new TypeError('not a reference');
    const { open, digest, sizeBytes } = await openLibrarySif(parsed.reference, {
      architecture: 'amd64',
      isHttpAllowed: false,
      credentials: null,
      signal,
    });
    const partPath = join(folder, 'ours.sif');
    await downloadToFile({ open, partPath, expected: { digest, sizeBytes }, signal });
    expect(digestOf(await readFile(pulled))).toBe(digestOf(sif));
    expect(digestOf(await readFile(partPath))).toBe(digestOf(sif));
  });
});
