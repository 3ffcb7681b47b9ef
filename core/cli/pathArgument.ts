import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import {
  baseName,
  folderName,
  type HostPath,
  hostPathFromBytes,
  hostPathFromText,
} from '#core/contract/hostPath.ts';

/** What node puts where an argument's bytes are not UTF-8. */
const replacement = '\ufffd';

/**
 * A path argument → absolute HostPath. File names are bytes: where node could not decode an argument, its bytes are
 * taken from the kernel (`/proc/self/cmdline`, Linux).
 */
export function pathFromArgument(argument: string, workingFolder: string): HostPath {
  return absolutePath(wordBytes(argument), workingFolder);
}

/**
 * A path on another host: whole, or from the home folder there, with or without `~/`. `before` is what its argument has
 * in front of it, such as `HOST:`.
 */
export function pathThere(argument: string, homeFolder: string, before = ''): HostPath {
  const bytes = wordBytes(argument).subarray(Buffer.byteLength(before));
  const isFromHome = /^~(?:\/|$)/.test(bytes.toString('latin1'));
  return absolutePath(isFromHome ? Buffer.concat([Buffer.from('.'), bytes.subarray(1)]) : bytes, homeFolder);
}

function absolutePath(bytes: Buffer, folder: string): HostPath {
  const text = bytes.toString('utf8');
  if (Buffer.from(text).equals(bytes)) return hostPathFromText(resolve(folder, text));
  const prefix = isAbsolute(text) ? '' : `${folder}/`;
  return hostPathFromBytes(Buffer.concat([Buffer.from(prefix), bytes]));
}

function wordBytes(argument: string): Buffer {
  return (argument.includes(replacement) ? bytesOfArgument(argument) : null) ?? Buffer.from(argument);
}

function bytesOfArgument(argument: string): Buffer | null {
  if (process.platform !== 'linux') return null;
  const raw = splitAtNul(readFileSync('/proc/self/cmdline'));
  const found = raw.filter((bytes) => bytes.toString('utf8') === argument);
  return found[0] ?? null;
}

function splitAtNul(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, from)) {
    parts.push(bytes.subarray(from, at));
    from = at + 1;
  }
  return parts;
}

/** Where a pull goes: an existing folder (or a name that ends with `/`) keeps the file's own name. */
export function pullTarget(
  argument: string | undefined,
  workingFolder: string,
): { readonly folder: HostPath | null; readonly fileName: HostPath | null } {
  if (argument === undefined) return { folder: null, fileName: null };
  const path = pathFromArgument(argument, workingFolder);
  if (argument.endsWith('/') || isFolder(resolve(workingFolder, argument))) {
    return { folder: path, fileName: null };
  }
  return { folder: folderName(path), fileName: baseName(path) };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
