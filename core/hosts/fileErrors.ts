import type { HostPath } from '#core/contract/hostPath.ts';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';

/** A failed file operation of node → a named failure with the path. What has no name passes through as it is. */
export function fileError(thrown: unknown, path: HostPath): unknown {
  if (thrown instanceof WorkbenchError || !(thrown instanceof Error)) return thrown;
  const code = 'code' in thrown ? thrown.code : undefined;
  const where = { evidence: thrown.message, cause: thrown };
  switch (code) {
    case 'ENOENT':
      return workbenchError('host.pathMissing', { path }, where);
    case 'EACCES':
    case 'EPERM':
      return workbenchError('host.permissionDenied', { path }, where);
    case 'ENOTDIR':
      return workbenchError('host.notADirectory', { path }, where);
    case 'ENOSPC':
      return workbenchError('disk.full', { path }, where);
    case 'EDQUOT':
      return workbenchError('disk.quota', { path }, where);
    case 'EROFS':
      return workbenchError('disk.readOnly', { path }, where);
    case 'EEXIST':
    case 'ENOTEMPTY':
      return workbenchError('image.targetExists', { path }, where);
    case 'ETXTBSY':
    case 'EBUSY':
      return workbenchError('image.busy', { path }, where);
    default:
      return thrown;
  }
}

/** The errno name of a node error, or null. */
export function errnoOf(thrown: unknown): string | null {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : null;
}
