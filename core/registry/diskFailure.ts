import type { ErrorCode } from '#core/contract/errors.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { type WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';

const codeOfReason: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'disk.full',
  EDQUOT: 'disk.quota',
  EFBIG: 'disk.quota',
  EROFS: 'disk.readOnly',
  EACCES: 'host.permissionDenied',
  EPERM: 'host.permissionDenied',
  ENOENT: 'host.pathMissing',
  ENOTDIR: 'host.notADirectory',
};

/** What writing at `path` (ordinary text) threw → a named failure; null for what has no name of its own. */
export function diskFailure(
  thrown: unknown,
  path: string,
  sizes: { readonly neededBytes?: number | null } = {},
): WorkbenchError | null {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') return null;
  const code = codeOfReason[thrown.code];
  if (code === undefined) return null;
  const facts = { path: hostPathFromText(path), neededBytes: sizes.neededBytes ?? null, reason: thrown.code };
  return workbenchError(code, facts, { evidence: thrown.message, cause: thrown });
}
