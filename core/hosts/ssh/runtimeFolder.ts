import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workbenchError } from '#core/errors/workbenchError.ts';

/**
 * A unix socket's path holds 108 bytes with its end (unix(7)); ssh first makes it with 17 more characters (mux.c), and
 * our own names take up to 21.
 */
const longestFolder = 107 - 17 - 21;

/**
 * The folder for control sockets and questions: `mysingularity` in XDG_RUNTIME_DIR, or where that is missing or too
 * long, `mysingularity-<uid>` in the temporary folder. `given` goes before both.
 */
export function defaultRuntimeFolder(environment: Readonly<Record<string, string>>): string {
  const runtime = environment['XDG_RUNTIME_DIR'];
  const preferred = runtime === undefined || runtime === '' ? null : join(runtime, 'mysingularity');
  if (preferred !== null && Buffer.byteLength(preferred) <= longestFolder) return preferred;
  const temporary = Buffer.byteLength(tmpdir()) <= longestFolder - 24 ? tmpdir() : '/tmp';
  return join(temporary, `mysingularity-${process.getuid?.() ?? 0}`);
}

/**
 * Makes the folder when it is missing. Fails with host.sshFailed unless it is a folder (no link) of this user that
 * nobody else may look into: whoever could write there could speak for our hosts.
 */
export async function preparePrivateFolder(folder: string, host: string): Promise<void> {
  if (Buffer.byteLength(folder) > longestFolder)
    throw unusable(host, `the path ${folder} is too long for a socket`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const facts = await lstat(folder);
  if (!facts.isDirectory()) throw unusable(host, `${folder} is not a folder`);
  if (facts.uid !== process.getuid?.()) throw unusable(host, `${folder} belongs to somebody else`);
  if ((facts.mode & 0o077) !== 0) throw unusable(host, `${folder} is open to others: its mode must be 0700`);
}

function unusable(host: string, reason: string) {
  return workbenchError('host.sshFailed', { host, reason });
}
