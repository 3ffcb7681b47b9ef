import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { OpenBytes } from './byteSource.ts';
import { digestOf } from './digest.ts';
import { type DownloadOptions, type DownloadProgress, downloadToFile } from './download.ts';
import { createHttpSource } from './httpSource.ts';
import { failureOf } from './testing/failure.ts';
import {
  answer,
  answerRange,
  type Handler,
  type ScriptedServer,
  startScriptedServer,
} from './testing/scriptedServer.ts';

const bytes = randomBytes(300_000);
const digest = digestOf(bytes);
let folder: string;
let partPath: string;
let server: ScriptedServer | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'download-'));
  partPath = join(folder, 'x.part');
});
afterEach(async () => {
  await server?.dispose();
  server = null;
  await rm(folder, { recursive: true });
});

/** Serves `content` in pieces, and breaks after `cutAfter` bytes of each opening; remembers the offsets asked for. */
function source(content: Uint8Array, cutAfter = Number.POSITIVE_INFINITY) {
  const offsets: number[] = [];
  const open: OpenBytes = async (offset, signal) => {
    offsets.push(offset);
    async function* chunks() {
      const end = Math.min(content.byteLength, offset + cutAfter);
      for (let at = offset; at < end; at += 10_000) {
        signal.throwIfAborted();
        yield content.subarray(at, Math.min(end, at + 10_000));
      }
      if (end < content.byteLength) throw workbenchError('registry.interrupted');
    }
    return { offset, totalBytes: content.byteLength, validator: null, chunks: chunks() };
  };
  return { open, offsets };
}

function download(options: Pick<DownloadOptions, 'open'> & Partial<DownloadOptions>) {
  return downloadToFile({
    partPath,
    expected: { digest, sizeBytes: bytes.byteLength },
    signal: new AbortController().signal,
    ...options,
  });
}

describe('downloadToFile', () => {
  it('brings the bytes, private, and tells how far it is', async () => {
    const seen: number[] = [];
    const { open } = source(bytes);
    const done = await download({ open, onProgress: ({ doneBytes }) => seen.push(doneBytes) });
    expect(done).toEqual({ digest, sizeBytes: bytes.byteLength, fetchedBytes: bytes.byteLength });
    expect((await readFile(partPath)).equals(bytes)).toBe(true);
    expect((await stat(partPath)).mode & 0o777).toBe(0o600);
    expect(seen).toEqual([...seen].sort((one, other) => one - other));
    expect(seen.at(-1)).toBe(bytes.byteLength);
  });

  it('goes on from what an earlier run left', async () => {
    await writeFile(partPath, bytes.subarray(0, 123_456));
    const { open, offsets } = source(bytes);
    expect((await download({ open })).fetchedBytes).toBe(bytes.byteLength - 123_456);
    expect(offsets).toEqual([123_456]);
    expect((await download({ open })).fetchedBytes).toBe(0);
  });

  it('continues a transfer that breaks, and gives up when nothing more comes', async () => {
    const { open, offsets } = source(bytes, 100_000);
    await download({ open });
    expect(offsets).toEqual([0, 100_000, 200_000]);
    await rm(partPath);
    const dry = source(bytes, 0);
    expect(await failureOf(download({ open: dry.open }))).toMatchObject({
      code: 'registry.interrupted',
      data: { doneBytes: 0, totalBytes: bytes.byteLength },
    });
    expect(dry.offsets).toHaveLength(4);
  });

  it('does not repeat what a repeat cannot mend', async () => {
    let opened = 0;
    const open: OpenBytes = () => {
      opened += 1;
      return Promise.reject(workbenchError('registry.unauthorized'));
    };
    expect((await failureOf(download({ open }))).code).toBe('registry.unauthorized');
    expect(opened).toBe(1);
  });

  it('starts over when the server does, or when the part is too long', async () => {
    await writeFile(partPath, bytes.subarray(0, 5000));
    const whole = source(bytes);
    await download({ open: (_offset, signal, validator) => whole.open(0, signal, validator) });
    expect((await readFile(partPath)).equals(bytes)).toBe(true);
    await writeFile(partPath, Buffer.concat([bytes, bytes]));
    expect((await download(source(bytes))).fetchedBytes).toBe(bytes.byteLength);
  });

  it('fetches a spoilt part again by itself', async () => {
    await writeFile(partPath, randomBytes(5000));
    await download(source(bytes));
    expect((await readFile(partPath)).equals(bytes)).toBe(true);
  });

  it('refuses other bytes than expected, and leaves none of them', async () => {
    const other = randomBytes(bytes.byteLength);
    expect(await failureOf(download(source(other)))).toMatchObject({
      code: 'registry.digestMismatch',
      data: { expected: digest, actual: digestOf(other) },
    });
    expect(existsSync(partPath)).toBe(false);
    const endless = source(Buffer.concat([bytes, bytes]));
    const unsized: OpenBytes = async (...all) => ({ ...(await endless.open(...all)), totalBytes: null });
    expect((await failureOf(download({ open: unsized }))).code).toBe('registry.digestMismatch');
  });

  it('keeps the part when cancelled', async () => {
    const stop = new AbortController();
    const reason = new Error('cancelled');
    const { open } = source(bytes);
    const work = download({
      open,
      signal: stop.signal,
      onProgress: ({ doneBytes }) => {
        if (doneBytes >= 50_000) stop.abort(reason);
      },
    });
    await expect(work).rejects.toBe(reason);
    expect((await stat(partPath)).size).toBe(50_000);
  });

  it('names a full disk, a missing folder and a link in the way', async () => {
    const full = download({ ...source(bytes), partPath: '/dev/full', expected: { digest, sizeBytes: null } });
    expect(await failureOf(full)).toMatchObject({ code: 'disk.full', data: { path: '/dev/full' } });
    const huge = download({ ...source(bytes), expected: { digest, sizeBytes: 2 ** 52 } });
    expect(await failureOf(huge)).toMatchObject({ code: 'disk.full', data: { neededBytes: 2 ** 52 } });
    const missing = download({ ...source(bytes), partPath: join(folder, 'no', 'x') });
    expect((await failureOf(missing)).code).toBe('host.pathMissing');
    await symlink(join(folder, 'elsewhere'), join(folder, 'link'));
    await expect(download({ ...source(bytes), partPath: join(folder, 'link') })).rejects.toThrow('ELOOP');
    expect(existsSync(join(folder, 'elsewhere'))).toBe(false);
  });
});

describe('createHttpSource', () => {
  const unknown = { digest: null, sizeBytes: null };

  async function serve(handle: Handler): Promise<OpenBytes> {
    server = await startScriptedServer(handle);
    return createHttpSource(`http://${server.address}/a.sif`, { isHttpAllowed: false, credentials: null });
  }

  it('continues the same file by its validator, and starts over when the file changed', async () => {
    let tag = '"one"';
    let body: Uint8Array = bytes;
    const open = await serve((request, response) => {
      const isSame = request.headers['if-range'] === tag;
      if (!isSame) delete request.headers.range;
      answerRange(request, response, body, { etag: tag });
    });
    const interrupt = async () => {
      const stop = new AbortController();
      const onProgress = () => stop.abort(new Error('stop'));
      await expect(download({ open, expected: unknown, signal: stop.signal, onProgress })).rejects.toThrow(
        'stop',
      );
      return (await stat(partPath)).size;
    };
    const first = await interrupt();
    expect(first).toBeGreaterThan(0);
    const rest = await download({ open, expected: unknown });
    expect(rest).toEqual({ digest, sizeBytes: bytes.byteLength, fetchedBytes: bytes.byteLength - first });
    await rm(partPath);
    await interrupt();
    tag = '"two"';
    body = randomBytes(1000);
    expect((await download({ open, expected: unknown })).digest).toBe(digestOf(body));
    expect(existsSync(`${partPath}.from`)).toBe(false);
  });

  it('never continues what it cannot know to be the same', async () => {
    const open = await serve((request, response) => answerRange(request, response, bytes));
    await writeFile(partPath, randomBytes(1000));
    expect((await download({ open, expected: unknown })).digest).toBe(digest);
  });

  it('continues a transfer that is cut in the middle', async () => {
    let cut: (() => void) | null = null;
    const open = await serve((request, response) => {
      if (cut !== null) return answerRange(request, response, bytes, { etag: '"one"' });
      response.writeHead(200, { 'content-length': bytes.byteLength, etag: '"one"' });
      response.write(bytes.subarray(0, 100_000));
      cut = () => response.destroy();
    });
    // Once some of it has been taken: node throws away what nobody had read when the line was cut.
    const onProgress = ({ doneBytes }: DownloadProgress) => doneBytes > 0 && cut?.();
    expect((await download({ open, expected: unknown, onProgress })).digest).toBe(digest);
    expect(server?.seen.map(({ headers }) => headers.range ?? null)).toEqual([
      null,
      expect.stringMatching(/^bytes=\d+-$/),
    ]);
  });

  it('names refusals, keeps passwords off plain http, and sends those of the URL', async () => {
    const open = await serve((_request, response) => answer(response, 404));
    expect(await failureOf(download({ open, expected: unknown }))).toMatchObject({
      code: 'registry.notFound',
      data: { reference: `http://${server?.address}/a.sif` },
    });
    expect(() =>
      createHttpSource('http://example.org/a.sif', { isHttpAllowed: false, credentials: null }),
    ).toThrow();
    const withUser = createHttpSource(`http://a%40b:c%@${server?.address}/a.sif`, {
      isHttpAllowed: false,
      credentials: null,
    });
    await failureOf(download({ open: withUser, expected: unknown }));
    expect(server?.seen.at(-1)?.headers.authorization).toBe(
      `Basic ${Buffer.from('a@b:c%').toString('base64')}`,
    );
  });
});
