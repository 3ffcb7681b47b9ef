import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { securityHeaders } from './securityHeaders.ts';

const mimeTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/** A part of the page, as it is answered by either door. */
export interface PageFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The file of the built page that a URL path stands for (`/` is `/index.html`), with its headers; null where there is
 * none, where the path leads out of the folder, or where its kind is not one that a page has.
 */
export async function readPageFile(folder: string, urlPath: string): Promise<PageFile | null> {
  const name = relativeName(urlPath);
  if (name === null) return null;
  const mimeType = mimeTypes[extname(name)];
  if (mimeType === undefined) return null;
  try {
    const root = await realpath(folder);
    const file = await realpath(join(root, name));
    if (!file.startsWith(root + sep)) return null;
    return { body: await readFile(file), headers: headersOf(name, mimeType) };
  } catch (error) {
    if (isNotThere(error)) return null;
    throw error;
  }
}

function relativeName(urlPath: string): string | null {
  let path: string;
  try {
    path = decodeURIComponent(urlPath);
  } catch {
    return null; // not an encoded path: nothing of ours has such a name
  }
  if (!path.startsWith('/') || /[\\\0]/.test(path)) return null;
  const parts = path.slice(1).split('/');
  if (parts.some((part) => part === '..' || part === '.')) return null;
  return path === '/' ? 'index.html' : parts.join('/');
}

/** Files below `assets/` have a hash of their content in the name and never change; the others are asked for again. */
function headersOf(name: string, mimeType: string): Record<string, string> {
  const isHashed = name.startsWith('assets/');
  return {
    ...securityHeaders,
    'Content-Type': mimeType,
    'Cache-Control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
}

function isNotThere(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'ENAMETOOLONG';
}
