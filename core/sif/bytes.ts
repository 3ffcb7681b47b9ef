import { hostPathFromBytes } from '#core/contract/hostPath.ts';

/** A part of a file that has been read. */
export interface Chunk {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A part of a file, in bytes. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** Returned for an i64 that is negative or above 2^53: nothing in an image can be there. */
export const impossible = -1;

const twoTo32 = 2 ** 32;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** An i64, little-endian, as a number; `impossible` when it is negative or not exact. No BigInt: this runs often. */
export function readSize(view: DataView, at: number): number {
  const high = view.getInt32(at + 4, true);
  if (high < 0 || high > 0x1f_ffff) return impossible;
  return high * twoTo32 + view.getUint32(at, true);
}

/** An i64 of seconds since 1970 as milliseconds; null for "not set" (0, Go's zero time) and for nonsense. */
export function readTime(view: DataView, at: number): number | null {
  const seconds = readSize(view, at);
  return seconds <= 0 || seconds > 253_402_300_799 ? null : seconds * 1000;
}

/** A view of exactly these bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes up to the first NUL as printable text: what cannot be shown is escaped. */
export function readName(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const name = end < 0 ? bytes : bytes.subarray(0, end);
  if (name.length === 0) return '';
  // Nearly all names are plain ASCII: this is read for every object of every image of a list.
  const isPlain = name.every((byte) => byte >= 0x20 && byte < 0x7f && byte !== 0x5c);
  return isPlain ? String.fromCharCode(...name) : hostPathFromBytes(name);
}

/** Bytes → text; what is not UTF-8 becomes U+FFFD. A trailing NUL is dropped. */
export function readText(bytes: Uint8Array): string {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return decoder.decode(bytes.subarray(0, end));
}

/** True when `bytes` has these ASCII characters at `at`. */
export function hasAscii(bytes: Uint8Array, at: number, ascii: string): boolean {
  if (at < 0 || at + ascii.length > bytes.length) return false;
  for (let index = 0; index < ascii.length; index += 1)
    if (bytes[at + index] !== ascii.charCodeAt(index)) return false;
  return true;
}

/** The wanted range out of what was read; null when it is not all there in one chunk. */
export function takeBytes(chunks: readonly Chunk[], range: ByteRange): Uint8Array | null {
  for (const { offset, bytes } of chunks)
    if (range.offset >= offset && range.offset + range.length <= offset + bytes.length)
      return bytes.subarray(range.offset - offset, range.offset - offset + range.length);
  return null;
}
