import type { Answer } from '../answer.ts';

/** The first bytes of a file on a server, and what its headers say. */
export interface FileHead {
  readonly head: Uint8Array;
  readonly sizeBytes: number | null;
  /** Milliseconds since 1970. */
  readonly updatedAt: number | null;
  readonly etag: string | null;
}

export const fileHeadBytes = 65_536;
/** One GET tells size, time, ETag and first bytes, and refuses in words: after HEAD a server has none. */
export const fileHeadRange = { range: `bytes=0-${fileHeadBytes - 1}` };

/** The answer (200, 206 or 416) to a GET with `fileHeadRange`. A server that ignores ranges is cut off after them. */
export async function readFileHead(answer: Answer): Promise<FileHead> {
  const { headers, status } = answer;
  const total = /\/(\d{1,15})$/.exec(headers.get('content-range') ?? '')?.[1];
  const length = status === 200 ? (headers.get('content-length') ?? undefined) : total;
  const time = Date.parse(headers.get('last-modified') ?? '');
  const facts = {
    sizeBytes: length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : null,
    updatedAt: Number.isNaN(time) ? null : time,
    etag: headers.get('etag')?.slice(0, 200) ?? null,
  };
  if (status !== 416) return { ...facts, head: await readStart(answer) };
  answer.discard(); // an empty file has no first byte
  return { ...facts, head: new Uint8Array() };
}

async function readStart(answer: Answer): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.chunks()) {
    parts.push(chunk);
    size += chunk.byteLength;
    if (size >= fileHeadBytes) break;
  }
  return Buffer.concat(parts).subarray(0, fileHeadBytes);
}
