import { closeSync, constants, open, read } from 'node:fs';
import { promisify } from 'node:util';
import { type HostPath, hostPathToBytes } from '#core/contract/hostPath.ts';
import { errnoOf, fileError } from './fileErrors.ts';
import type { ReadRequest } from './host.ts';

const openFile = promisify(open);
const readFile = promisify(read);
/** Open files at once. */
const filesAtOnce = 64;
/** What makes a file of many one that is gone or may not be read. */
const goneOrClosed: ReadonlySet<string> = new Set([
  'ENOENT',
  'ENOTDIR',
  'EACCES',
  'EPERM',
  'EISDIR',
  'ELOOP',
]);

/** `HostFiles.readMany` on this machine. Each file is opened once for requests that follow each other. */
export async function readMany(requests: readonly ReadRequest[]): Promise<readonly (Uint8Array | null)[]> {
  const pieces: (Uint8Array | null)[] = [];
  const files = byFile(requests);
  for (let from = 0; from < files.length; from += filesAtOnce) {
    const slice = files.slice(from, from + filesAtOnce);
    for (const ofFile of await Promise.all(slice.map(readPiecesOrNulls))) pieces.push(...ofFile);
  }
  return pieces;
}

/** Up to `length` bytes from `offset`. Fails as node does. */
export async function readPiece({ path, offset, length }: ReadRequest): Promise<Uint8Array> {
  return await withFile(path, (file) => readNew(file, offset, length));
}

/** File handles of the promise API cost twice as much (measured on 1,000 image heads), and lists read thousands. */
async function withFile<Value>(path: HostPath, use: (file: number) => Promise<Value>): Promise<Value> {
  const name = Buffer.from(hostPathToBytes(path));
  const file = await openFile(name, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return await use(file);
  } finally {
    closeSync(file); // waits for nothing: nothing was written
  }
}

function readNew(file: number, offset: number, length: number): Promise<Buffer> {
  return readInto(Buffer.allocUnsafeSlow(length), file, offset, length);
}

/** What was read, which is less than `length` at the end of the file: nothing else of the buffer is given on. */
async function readInto(buffer: Buffer, file: number, offset: number, length: number): Promise<Buffer> {
  let done = 0;
  while (done < length) {
    const { bytesRead } = await readFile(file, buffer, done, length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}

type OfOneFile = readonly [ReadRequest, ...ReadRequest[]];

/** Requests for one file that follow each other, together. */
function byFile(requests: readonly ReadRequest[]): readonly OfOneFile[] {
  const files: [ReadRequest, ...ReadRequest[]][] = [];
  for (const request of requests) {
    const last = files.at(-1);
    if (last?.[0].path === request.path) last.push(request);
    else files.push([request]);
  }
  return files;
}

async function readPiecesOrNulls(requests: OfOneFile): Promise<readonly (Uint8Array | null)[]> {
  const [{ path }] = requests;
  try {
    return await withFile(path, (file) => readPieces(file, requests));
  } catch (thrown) {
    if (goneOrClosed.has(errnoOf(thrown) ?? '')) return requests.map(() => null);
    throw fileError(thrown, path);
  }
}

/** Pieces that lie close together are read at once, with what is between them, into one of these; others alone. */
const spanBytes = 65_536;
/** 4 MiB at most. */
const freeSpans: Buffer[] = [];

async function readPieces(file: number, requests: OfOneFile): Promise<readonly Uint8Array[]> {
  const start = Math.min(...requests.map(({ offset }) => offset));
  const end = Math.max(...requests.map(({ offset, length }) => offset + length));
  if (requests.length === 1 || end - start > spanBytes) {
    const pieces: Uint8Array[] = [];
    for (const { offset, length } of requests) pieces.push(await readNew(file, offset, length));
    return pieces;
  }
  const span = freeSpans.pop() ?? Buffer.allocUnsafeSlow(spanBytes);
  const read = await readInto(span, file, start, end - start);
  const pieces = requests.map(({ offset, length }) =>
    Uint8Array.prototype.slice.call(read, offset - start, offset - start + length),
  );
  if (freeSpans.length < filesAtOnce) freeSpans.push(span);
  return pieces;
}
