import { z } from 'zod';

// A page forbids `new Function` by its content policy, and zod's probe for it would be reported there as a violation.
if ('document' in globalThis) z.config({ jitless: true });

/**
 * A path on a host as printable text. File names are bytes, and may be anything but NUL and `/`:
 * bytes that are not UTF-8, control characters and bidirectional overrides are written `\xHH` (one
 * escape a byte, lower-case hex), a backslash is written `\\`. So every name can be shown, sent as JSON,
 * and turned back into exactly its bytes.
 */
export const hostPathSchema = z
  .string()
  .min(1)
  .max(16_384)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  .regex(/^(?:[^\\\u0000-\u001f\u007f]|\\\\|\\x[0-9a-f]{2})+$/, 'not an escaped host path')
  .brand<'HostPath'>();
export type HostPath = z.infer<typeof hostPathSchema>;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped here
const unsafeCharacter = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

/** Bytes of a file name or path → its escaped text. */
export function hostPathFromBytes(bytes: Uint8Array): HostPath {
  const plain = decodeOrNull(bytes, bytes.length);
  if (plain !== null && !plain.includes('\\') && !unsafeCharacter.test(plain)) return plain as HostPath;
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes[at] ?? 0);
    const sequence = bytes.subarray(at, at + length);
    const character = decodeOrNull(sequence, length);
    if (character === null) {
      text += escapeBytes(bytes.subarray(at, at + 1));
      at += 1;
    } else {
      if (character === '\\') text += '\\\\';
      else text += unsafeCharacter.test(character) ? escapeBytes(sequence) : character;
      at += length;
    }
  }
  return text as HostPath;
}

/** Escaped text → the bytes that the host's file system knows. */
export function hostPathToBytes(path: HostPath): Uint8Array {
  if (!path.includes('\\')) return encoder.encode(path);
  const bytes: number[] = [];
  for (const part of path.matchAll(/\\\\|\\x([0-9a-f]{2})|[^\\]+/g)) {
    if (part[0] === '\\\\') bytes.push(0x5c);
    else if (part[1] !== undefined) bytes.push(Number.parseInt(part[1], 16));
    else bytes.push(...encoder.encode(part[0]));
  }
  return Uint8Array.from(bytes);
}

/** A path typed by a person or made by us (ordinary text) → HostPath. Lone surrogates become U+FFFD. */
export function hostPathFromText(text: string): HostPath {
  return hostPathFromBytes(encoder.encode(text));
}

/** The path as ordinary text, or null where its bytes are not UTF-8. */
export function hostPathToText(path: HostPath): string | null {
  if (!path.includes('\\')) return path;
  const bytes = hostPathToBytes(path);
  return decodeOrNull(bytes, bytes.length);
}

/** Last component of a path. */
export function baseName(path: HostPath): HostPath {
  const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  return (trimmed.slice(trimmed.lastIndexOf('/') + 1) || '/') as HostPath;
}

/** Everything before the last component; `/` for a path directly below the root, `.` for a bare name. */
export function folderName(path: HostPath): HostPath {
  const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  const slash = trimmed.lastIndexOf('/');
  if (slash < 0) return '.' as HostPath;
  return (slash === 0 ? '/' : trimmed.slice(0, slash)) as HostPath;
}

/** `folder` + `/` + `name`; both are already escaped. */
export function joinPath(folder: HostPath, name: HostPath): HostPath {
  return (folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`) as HostPath;
}

function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 1;
}

function decodeOrNull(bytes: Uint8Array, length: number): string | null {
  if (bytes.length < length) return null;
  try {
    return decoder.decode(bytes);
  } catch {
    return null; // not UTF-8: the caller escapes it
  }
}

function escapeBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
