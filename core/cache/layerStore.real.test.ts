import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testbed } from '#e2e/testbed/testbed.ts';
import type { PullerInput, PullerResult } from './testing/puller.ts';

/** The realistic image of the real registry, through a door that counts the bytes of layers and can be slow. */
const { registry, realistic } = testbed();
let program: string;
let programFolder: string;
let folder: string;
let door: Server;
let address: string;
let blobBytes = 0;
let delayMs = 0;

beforeAll(async () => {
  programFolder = await mkdtemp(join(tmpdir(), 'puller-'));
  program = join(programFolder, 'puller.mjs');
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: fileURLToPath(new URL('./testing/puller.ts', import.meta.url)),
      outDir: programFolder,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'puller.mjs' } },
    },
    ssr: { noExternal: true },
  });
  door = createServer((incoming, outgoing) => {
    const [host = '', port = ''] = registry.split(':');
    const headers = { ...incoming.headers, host: registry };
    const asked = httpRequest(
      { host, port, path: incoming.url, method: incoming.method, headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        const isLayer = answer.headers['content-type'] === 'application/octet-stream';
        async function* counted(chunks: AsyncIterable<Uint8Array>) {
          for await (const chunk of chunks) {
            if (isLayer) blobBytes += chunk.byteLength;
            yield chunk;
            if (delayMs > 0) await pause(delayMs);
          }
        }
        pipeline(answer, counted, outgoing).catch(() => asked.destroy()); // the child was killed
      },
    );
    asked.on('error', () => outgoing.destroy());
    asked.end();
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const bound = door.address();
  address = `127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`;
});
afterAll(async () => {
  door.closeAllConnections();
  door.close();
  await rm(programFolder, { recursive: true });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layers-'));
  blobBytes = 0;
  delayMs = 0;
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

function startPuller(): ChildProcess {
  const input: PullerInput = {
    folder,
    reference: `docker://${address}/${realistic.repository}:${realistic.tags[0]}`,
  };
  return spawn(process.execPath, [program, JSON.stringify(input)], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Reads its lines; `onLine` gets the number of each. Gives the result, or null when it was killed. */
async function follow(child: ChildProcess, onLine?: (count: number) => void): Promise<PullerResult | null> {
  if (child.stdout === null) throw new TypeError('no stdout');
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let last = '';
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = line;
    onLine?.(++count);
  }
  const status = await exit;
  if (status !== null && status !== 0) throw new Error(`puller ended with ${status}`);
  return status === 0 ? JSON.parse(last) : null;
}

async function expectWholeStore(result: PullerResult): Promise<void> {
  const names = await readdir(join(folder, 'sha256'));
  expect(names.sort()).toEqual(result.paths.map((path) => basename(path)).sort());
  for (const path of result.paths) {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path)) hash.update(chunk);
    expect(hash.digest('hex')).toBe(basename(path));
  }
}

describe('the layer store among processes', () => {
  it('brings each byte once when eight processes pull the same image', async () => {
    const results = await Promise.all(Array.from({ length: 8 }, () => follow(startPuller())));
    const fetched = results.reduce((sum, result) => sum + (result?.fetchedBytes ?? Number.NaN), 0);
    expect(fetched).toBe(realistic.compressedBytes);
    // Beside the layers each of the eight read the small configuration: it too comes as a blob.
    expect(blobBytes).toBeGreaterThanOrEqual(realistic.compressedBytes);
    expect(blobBytes).toBeLessThan(realistic.compressedBytes + 8 * 64_000);
    const [result] = results;
    if (result === null || result === undefined) throw new TypeError('killed');
    await expectWholeStore(result);
    expect(await readdir(join(folder, 'locks'))).toEqual([]);
    expect(await readdir(join(folder, 'leases'))).toEqual([]);
  });

  it('survives SIGKILL at any moment: the next goes on, and nothing wrong has a final name', async () => {
    delayMs = 1;
    let isDone = false;
    for (let round = 0; round < 6 && !isDone; round += 1) {
      const child = startPuller();
      const killAt = randomInt(1, 400);
      isDone = (await follow(child, (count) => void (count >= killAt && child.kill('SIGKILL')))) !== null;
      const whole = (await readdir(join(folder, 'sha256'))).filter((name) => !name.endsWith('.part'));
      for (const name of whole) {
        const hash = createHash('sha256');
        for await (const chunk of createReadStream(join(folder, 'sha256', name))) hash.update(chunk);
        expect(hash.digest('hex')).toBe(name);
      }
    }
    delayMs = 0;
    const result = await follow(startPuller());
    if (result === null) throw new TypeError('killed');
    await expectWholeStore(result);
    // Bytes on their way when a process died are lost; those that it wrote are not fetched again.
    expect(blobBytes).toBeLessThan(realistic.compressedBytes * 1.5);
  });

  it('hands the work over when the one that fetches is killed while others wait', async () => {
    delayMs = 1;
    const winner = startPuller();
    let startOthers: () => void = () => undefined;
    const started = new Promise<void>((resolve) => {
      startOthers = resolve;
    });
    const winning = follow(winner, (count) => {
      if (count === 50) startOthers();
      if (count === 120) winner.kill('SIGKILL');
    });
    await started;
    const others = [startPuller(), startPuller()].map((child) => follow(child));
    expect(await winning).toBeNull();
    delayMs = 0;
    for (const other of others) {
      const result = await other;
      if (result === null) throw new TypeError('killed');
      await expectWholeStore(result);
    }
  });
});
