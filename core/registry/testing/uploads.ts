import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { digestOf } from '../digest.ts';
import { RegistryRequests } from '../registryRequests.ts';
import { uploadBlob } from '../upload.ts';
import type { BlobBytes, UploadOptions } from '../uploadOptions.ts';
import { createUploadRecords } from '../uploadRecords.ts';
import type { ScriptedServer } from './scriptedServer.ts';
import { type Interference, startUploadServer, type UploadServer } from './uploadServer.ts';

export const repository = 'demo/sif';
export const bytes = randomBytes(3_000_000);
export const digest = digestOf(bytes);

interface Pushed {
  readonly notices: string[];
  readonly ended: ReturnType<typeof uploadBlob>;
}

/** Servers, and a folder of records, that each test has anew. */
export interface Uploads {
  readonly records: string;
  start(interfere?: Interference): Promise<UploadServer>;
  /** Has a server end with the test. */
  own(server: ScriptedServer): void;
  /** Uploads `bytes` unless more is said. */
  push(server: { readonly address: string }, more?: Partial<UploadOptions>): Pushed;
}

export function uploadsOfEachTest(): Uploads {
  const servers: ScriptedServer[] = [];
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'upload-'));
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.dispose();
    await rm(folder, { recursive: true });
  });
  const uploads: Uploads = {
    get records() {
      return join(folder, 'uploads');
    },
    async start(interfere) {
      const server = await startUploadServer(interfere);
      servers.push(server);
      return server;
    },
    own: (server) => void servers.push(server),
    push(server, more = {}) {
      const notices: string[] = [];
      const requests = new RegistryRequests({
        registry: server.address,
        isHttpAllowed: false,
        credentials: { userName: 'u', password: 'secret' },
      });
      const ended = uploadBlob({
        requests,
        repository,
        blob: blobOf(bytes),
        digest,
        mountFrom: [],
        record: { records: createUploadRecords(uploads.records), key: 'file' },
        signal: new AbortController().signal,
        onNotice: (text) => notices.push(text),
        ...more,
      });
      return { notices, ended };
    },
  };
  return uploads;
}

/** Pieces of 100 kB. */
export function blobOf(content: Uint8Array): BlobBytes {
  return {
    sizeBytes: content.byteLength,
    async *read(offset) {
      for (let at = offset; at < content.byteLength; at += 100_000) yield content.subarray(at, at + 100_000);
    },
  };
}

/** Takes so many bytes of the first PATCH, and then breaks its connection; the server keeps what it got. */
export function cutOnce(
  afterBytes: number,
  isWanted: (request: IncomingMessage) => boolean = () => true,
): Interference {
  let isCut = false;
  return (request) => {
    if (request.method !== 'PATCH' || isCut || !isWanted(request)) return false;
    isCut = true;
    let taken = 0;
    request.on('data', (piece: Buffer) => {
      taken += piece.length;
      if (taken >= afterBytes) request.socket.destroy();
    });
    return false;
  };
}

export const methods = (server: ScriptedServer) =>
  server.seen.map(({ method }) => method).filter((method) => method !== 'HEAD');
