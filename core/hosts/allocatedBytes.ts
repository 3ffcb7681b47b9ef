import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostPath, hostPathToBytes } from '#core/contract/hostPath.ts';
import { errnoOf } from './fileErrors.ts';

/** stat(2): `st_blocks` counts in these, whatever the file system's own are. */
const blockBytes = 512;

/**
 * Bytes that everything in a folder of this machine takes on its disk, links not followed. What goes meanwhile counts
 * nothing. Null where a folder in it may not be read.
 */
export async function allocatedBytes(folder: HostPath): Promise<number | null> {
  const waiting = [Buffer.from(hostPathToBytes(folder)).toString('latin1')];
  let bytes = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    try {
      for await (const entry of await opendir(Buffer.from(next, 'latin1'), { encoding: 'latin1' })) {
        const path = join(next, entry.name);
        if (entry.isDirectory()) waiting.push(path);
        else if (entry.isFile()) bytes += await blocksOf(path);
      }
    } catch (thrown) {
      const errno = errnoOf(thrown);
      if (errno === 'EACCES' || errno === 'EPERM') return null;
      if (errno !== 'ENOENT') throw thrown; // else: gone since it was listed
    }
  }
  return bytes;
}

async function blocksOf(path: string): Promise<number> {
  try {
    return (await lstat(Buffer.from(path, 'latin1'))).blocks * blockBytes;
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return 0; // the same
    throw thrown;
  }
}
