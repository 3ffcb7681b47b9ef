import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { errnoOf, fileError } from '../fileErrors.ts';
import type { ShellAnswer } from './remoteShell.ts';

/**
 * What the C library says of an error in the C locale → its name. The small tools (GNU, busybox) end their messages with
 * it; shells have words of their own for some, so scripts let tools open files.
 */
const errnoTexts: readonly (readonly [RegExp, string])[] = [
  [/No such file or directory/, 'ENOENT'],
  [/Permission denied/, 'EACCES'],
  [/Operation not permitted/, 'EPERM'],
  [/Not a directory/, 'ENOTDIR'],
  [/Is a directory/, 'EISDIR'],
  [/File exists/, 'EEXIST'],
  [/Directory not empty/, 'ENOTEMPTY'],
  [/No space left on device/, 'ENOSPC'],
  [/Disk quota exceeded/, 'EDQUOT'],
  [/Read-only file system/, 'EROFS'],
  [/Text file busy/, 'ETXTBSY'],
  [/Device or resource busy|it's on a different device/, 'EBUSY'],
  [/Invalid cross-device link/, 'EXDEV'],
  [/Too many levels of symbolic links/, 'ELOOP'],
  [/File name too long/, 'ENAMETOOLONG'],
  [/Operation not supported|Function not implemented|Not supported/, 'ENOTSUP'],
  [/Too many links/, 'EMLINK'],
  [/Input\/output error/, 'EIO'],
  [/Stale file handle/, 'ESTALE'],
];

/** A failed tool's error output → the same error that node would throw: `code` is the errno name, where it is known. */
export function remoteFileError(stderr: string, exitStatus: number): Error {
  const lines = stderr.trim().split('\n');
  // The message is after the last colon; a name before it may hold anything.
  for (const line of lines.reverse()) {
    const message = line.slice(line.lastIndexOf(': ') + 1);
    const found = errnoTexts.find(([pattern]) => pattern.test(message));
    if (found !== undefined) return Object.assign(new Error(stderr.trim()), { code: found[1] });
  }
  return new Error(`The remote command ended with ${exitStatus}: ${stderr.trim()}`);
}

/** The output of a script that succeeded; fails with the named error of the path otherwise. */
export function succeeded(answer: ShellAnswer, path: HostPath, hostId: HostId): Buffer {
  if (answer.exitStatus === 0) return answer.stdout;
  throw remoteNamed(remoteFileError(answer.stderr.toString('utf8'), answer.exitStatus), path, hostId);
}

/** As `fileError`, for a file of this host. */
export function remoteNamed(thrown: Error, path: HostPath, hostId: HostId): unknown {
  const named = fileError(thrown, path);
  if (named !== thrown) return named;
  return workbenchError('internal', { path }, { hostId, evidence: thrown.message, cause: thrown });
}

/** The errno name of a script's failure; null when it succeeded or has none. */
export function errnoOfAnswer(answer: ShellAnswer): string | null {
  if (answer.exitStatus === 0) return null;
  return errnoOf(remoteFileError(answer.stderr.toString('utf8'), answer.exitStatus));
}
